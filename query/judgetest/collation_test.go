package judgetest_test

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query/shipstream"
	"github.com/muster-go/muster/query/shipstream/shipstreamtest"
	"pgregory.net/rapid"
)

// character is a code point and what MariaDB's utf8mb4_general_ci makes of it.
type character struct {
	r rune
	// rank is the place of its equals among all, by ORDER BY.
	rank int
	// alike says whether LIKE takes it for the first of its equals.
	alike bool
	first rune // the first of its equals
}

// A prime, so that the sample of the supplementary planes keeps no step with
// their blocks.
const supplementaryStep = 997

// characters asks MariaDB for the rank of every character of the basic plane,
// and of some beyond.
func characters(t *testing.T) []character {
	t.Helper()
	j := mariadb(t, model.CI)
	j.exec(t.Context(), t, "CREATE TEMPORARY TABLE characters (id BIGINT PRIMARY KEY, c "+j.text+")")
	var rows [][]any
	for r := rune(0); r <= utf8.MaxRune; r++ {
		if utf8.ValidRune(r) && (r <= 0xFFFF || r%supplementaryStep == 0 || r == utf8.MaxRune) {
			rows = append(rows, []any{r, string(r)})
		}
	}
	j.insert(t.Context(), t, "characters", rows)
	j.exec(t.Context(), t, `CREATE TEMPORARY TABLE ranked (PRIMARY KEY (id)) AS
		SELECT id, c, DENSE_RANK() OVER (ORDER BY c) AS place, FIRST_VALUE(id) OVER (PARTITION BY c ORDER BY id) AS first FROM characters`)
	var all []character
	const query = `SELECT a.id, a.place, a.first, a.c LIKE CONCAT('|', b.c) ESCAPE '|' FROM ranked a JOIN ranked b ON b.id = a.first ORDER BY a.place, a.id`
	j.each(t.Context(), t, query, nil, func(rows *sql.Rows) error {
		var c character
		err := rows.Scan(&c.r, &c.rank, &c.first, &c.alike)
		all = append(all, c)
		return err
	})
	if len(all) != len(rows) {
		t.Fatalf("%d characters came back of %d", len(all), len(rows))
	}
	return all
}

// TestEveryCharacter holds the weights of the language to MariaDB's: neighbours
// in its order are in that order, and equals are equal, for LIKE too.
func TestEveryCharacter(t *testing.T) {
	t.Parallel()
	all := characters(t)
	for i, c := range all {
		if i > 0 {
			before := all[i-1]
			want := cmp.Compare(before.rank, c.rank)
			if got := dsl.CompareStrings(model.CI, string(before.r), string(c.r)); sign(got) != want {
				t.Errorf("%U compares with %U as %d, MariaDB says %d", before.r, c.r, got, want)
			}
		}
		if got := like(t, model.CI, quotedPattern(string(c.first)))(string(c.r)); got != c.alike {
			t.Errorf("%U like %U is %v, MariaDB says %v", c.r, c.first, got, c.alike)
		}
	}
}

// TestEveryCharacterEmulated does the same for the emulator, which has a table
// of its own. Only a sort compares without a request for every pair: a page is
// sorted, ties by id, and the ids within a page are strewn.
func TestEveryCharacterEmulated(t *testing.T) {
	t.Parallel()
	all := characters(t)
	rng := rand.New(rand.NewPCG(5, 5))
	const size = shipstreamtest.MaxLimit
	type page struct{ from, to int64 }
	var pages []page
	var users []shipstreamtest.User
	rank := make(map[int64]character)
	for at := 0; at < len(all); at += size - 1 { // the last of a page is the first of the next
		part := all[at:min(at+size, len(all))]
		from := int64(len(users)) + 1
		for i, place := range rng.Perm(len(part)) {
			id := from + int64(i)
			users = append(users, shipstreamtest.User{ID: id, Email: string(part[place].r), Active: true})
			rank[id] = part[place]
		}
		pages = append(pages, page{from, int64(len(users))})
	}
	e := &emulated{Transport: newEmulator(model.CI, false, users)}
	defer e.Close()
	for _, p := range pages {
		rows := e.page(t.Context(), t, url.Values{
			"sort": {"email,id"}, "limit": {strconv.Itoa(size)}, "filter": {fmt.Sprintf("id{gteq:%d,lteq:%d}", p.from, p.to)},
		}).Rows
		if len(rows) != int(p.to-p.from+1) {
			t.Fatalf("%d rows of the ids %d to %d", len(rows), p.from, p.to)
		}
		for i := 1; i < len(rows); i++ {
			a, b := rank[rows[i-1].ID], rank[rows[i].ID]
			if order := cmp.Or(cmp.Compare(a.rank, b.rank), cmp.Compare(rows[i-1].ID, rows[i].ID)); order >= 0 {
				t.Errorf("%U (user %d) is sorted before %U (user %d), MariaDB ranks them %d and %d", a.r, rows[i-1].ID, b.r, rows[i].ID, a.rank, b.rank)
			}
		}
	}
}

func sign(n int) int { return cmp.Compare(n, 0) }

// like returns the language's `like pattern` under c as a function.
func like(t fatal, c model.Collation, pattern string) func(string) bool {
	t.Helper()
	checked, err := dsl.Check(dsl.Where(dsl.Field("name").Like(pattern)), collated(c))
	if err != nil {
		t.Fatal(err)
	}
	p, err := dsl.Compile(checked.Root, checked.Schema)
	if err != nil {
		t.Fatal(err)
	}
	return func(s string) bool { return p.Match(&shipstream.User{Name: model.Some(s)}) }
}

// TestTrickyPairs compares every tricky string with every other, and takes it as
// a pattern for every other.
func TestTrickyPairs(t *testing.T) {
	t.Parallel()
	for name, call := range judges() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			j := call(t)
			texts := tricky()
			if j.collation == model.CI {
				// SQLite's text ends at the first NUL, so only MariaDB is asked.
				texts = append(texts, "\x00", "a\x00", "a\x00b", "\uffff", "\ufffe")
			}
			j.texts(t.Context(), t)
			j.holdTexts(t.Context(), t, texts)
		})
	}
}

// TestRandomPairs does the same with random strings and patterns, longer ones
// among them.
func TestRandomPairs(t *testing.T) {
	long := rapid.Map(rapid.SliceOfN(patterns(), 1, 6), func(parts []string) string { return strings.Join(parts, "") })
	t.Parallel()
	for name, call := range judges() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			j := call(t)
			j.texts(t.Context(), t)
			rapid.Check(t, func(rt *rapid.T) {
				j.holdTexts(t.Context(), rt, rapid.SliceOfNDistinct(rapid.OneOf(patterns(), long), 2, 12, rapid.ID).Draw(rt, "texts"))
			})
		})
	}
}

// texts makes the table that holdTexts fills.
func (j *judge) texts(ctx context.Context, t fatal) {
	t.Helper()
	j.exec(ctx, t, "CREATE TEMPORARY TABLE texts (id BIGINT PRIMARY KEY, s "+j.text+", pattern "+j.text+")")
}

// holdTexts holds comparison and LIKE of every pair to the judge's.
func (j *judge) holdTexts(ctx context.Context, t fatal, texts []string) {
	t.Helper()
	rows := make([][]any, len(texts))
	patterns := make([]func(string) bool, len(texts))
	for i, s := range texts {
		rows[i] = []any{i, s, closedPattern(s)}
		patterns[i] = like(t, j.collation, s)
	}
	j.exec(ctx, t, "DELETE FROM texts")
	j.insert(ctx, t, "texts", rows)
	const query = `SELECT a.id, b.id, (a.s > b.s) - (a.s < b.s), a.s = b.s, a.s LIKE b.pattern ESCAPE ? FROM texts a CROSS JOIN texts b`
	pairs := 0
	j.each(ctx, t, query, []any{`\`}, func(rows *sql.Rows) error {
		var i, k, order int
		var equal, alike bool
		if err := rows.Scan(&i, &k, &order, &equal, &alike); err != nil {
			return err
		}
		pairs++
		a, b := texts[i], texts[k]
		if got := sign(dsl.CompareStrings(j.collation, a, b)); got != order || equal != (order == 0) {
			t.Fatalf("%+q compares with %+q as %d, %s says %d (equal: %v)", a, b, got, j.name, order, equal)
		}
		if got := patterns[k](a); got != alike {
			t.Fatalf("%+q like %+q is %v, %s says %v", a, b, got, j.name, alike)
		}
		return nil
	})
	if pairs != len(texts)*len(texts) {
		t.Fatalf("%d pairs of %d texts", pairs, len(texts))
	}
	j.holdOrder(ctx, t, texts)
}

// holdOrder sorts texts as ORDER BY does, ties by their place.
func (j *judge) holdOrder(ctx context.Context, t fatal, texts []string) {
	t.Helper()
	var want []string
	j.each(ctx, t, "SELECT id FROM texts ORDER BY s, id", nil, func(rows *sql.Rows) error {
		var i int
		err := rows.Scan(&i)
		want = append(want, texts[i])
		return err
	})
	got := slices.Clone(texts)
	slices.SortStableFunc(got, func(a, b string) int { return dsl.CompareStrings(j.collation, a, b) })
	if !slices.Equal(got, want) {
		t.Fatalf("sorted\n%+q\n%s says\n%+q", got, j.name, want)
	}
}
