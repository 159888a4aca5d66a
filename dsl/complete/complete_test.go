package complete_test

import (
	"runtime"
	"strings"
	"testing"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/model/modeltest"
)

// TestComplete marks the cursor by | and the range that is replaced by [ ].
func TestComplete(t *testing.T) {
	t.Parallel()
	const (
		fields    = "id name note code sku brand size active flag created_at seen_at secret price score labels ratings visits answers samples owner tags"
		scalars   = "id name note code sku brand size active flag created_at seen_at secret price score labels ratings visits answers samples"
		numbers   = "id size secret price score ratings samples"
		condition = fields + " not true false"
		texts     = "= != < <= > >= in,not in between,not between like,not like starts with,not starts with ends with,not ends with contains,not contains matches,not matches is null,is not null"
	)
	for _, tc := range []struct{ text, rng, want string }{
		{"|", "[]", condition},
		{"na|", "[na]", "name"},
		{"n|", "[n]", "name note not now no"},
		{"N|", "[N]", "name note not now no"},
		{"na|me = 'x'", "[name]", "name"},
		{"not |", "not []", condition},
		{"(|", "([]", condition},
		{"id = 1 and |", "id = 1 and []", condition},
		{"id = 1 || s|", "id = 1 || [s]", "sku size seen_at secret score samples substring("},
		{"tags.|", "[tags.]", "tags.id tags.name tags.rate tags.weight tags.marks"},
		{"tags.n|", "[tags.n]", "tags.name"},
		{"tags . n|", "tags . [n]", "name"},
		{"`|na` = 1", "[`na`]", condition},
		{"`na|", "[`na]", "name"},
		{"name |", "name []", texts},
		{"name n|", "name [n]", "not in,not between,not like,not starts with,not ends with,not contains,not matches"},
		{"name st|", "name [st]", "starts with"},
		{"name starts |", "name starts []", "with"},
		{"name not |", "name not []", "in between like,starts with,ends with,contains matches"},
		{"name not l|", "name not [l]", "like"},
		{"id |", "id []", "= != < <= > >= in,not in between,not between is null,is not null"},
		{"created_at o|", "created_at [o]", "on"},
		{"active |", "active []", "= != in,not in is true,is not true,is false,is not false,is null,is not null and or"},
		{"active is |", "active is []", "null true false,not null,not true,not false"},
		{"id is |", "id is []", "null,not null"},
		{"labels is |", "labels is []", "null empty,not null,not empty"},
		{"labels is not e|", "labels is not [e]", "empty"},
		{"labels is empty |", "labels is empty []", "and or"},
		{"tags |", "tags []", "is empty,is not empty"},
		{"tags is |", "tags is []", "empty,not empty"},
		{"answers |", "answers []", "= != in,not in is true,is not true,is false,is not false is null,is not null is empty,is not empty"},
		{"answers = |", "answers = []", "true false"},
		{"visits o|", "visits [o]", "on"},
		{"id is not |", "id is not []", "null"},
		{"owner |", "owner []", "is null,is not null is empty,is not empty"},
		{"active = |", "active = []", "true false"},
		{"active = t|", "active = [t]", "true"},
		{"active in (true, |", "active in (true, []", "true false"},
		{"active in |", "active in []", "("},
		{"id in (1|", "id in ([1]", ""},
		{"id in (1 |", "id in (1 []", ", )"},
		{"id between 1 |", "id between 1 []", "and"},
		{"created_at between today |", "created_at between today []", "- + and"},
		{"created_at between today and |", "created_at between today and []", "today now,now - 1h,now - 7d"},
		{"created_at between today and now |", "created_at between today and now []", "- + and or"},
		{"created_at > n|", "created_at > [n]", "now,now - 1h,now - 7d"},
		{"created_at > now - 7|", "created_at > now - [7]", "7s 7min 7h 7d 7w 7mo 7y"},
		{"created_at > now - 7m|", "created_at > now - [7m]", "7min 7mo"},
		{"created_at on |", "created_at on []", ""},
		{"id = 1 |", "id = 1 []", "and or"},
		{"(id = 1 |", "(id = 1 []", "and or )"},
		{"(id = 1) |", "(id = 1) []", "and or"},
		{"id = 1 a|", "id = 1 [a]", "and"},
		{"nope |", "nope []", texts + " on,not on is true,is not true,is false,is not false is empty,is not empty"},
		{"name = 'a|", "name = 'a[]", ""},
		{"name = 'a' |", "name = 'a' []", "and or"},
		{"id = 1 -- x|", "id = 1 -- x[]", ""},
		{"id = 1 -- x\nand |", "id = 1 -- x\nand []", condition},
		{"id = :p|", "id = :p[]", ""},
		// An unfinished token.
		{`name = '\u00|`, `name = '\u00[]`, ""},
		{`name = "a\|`, `name = "a\[]`, ""},
		{`name = '\q b|`, `name = '\q b[]`, ""},
		{`name = '\q''b' |`, `name = '\q''b' []`, "and or"},
		{"created_at > 2024|", "created_at > [2024]", ""},
		{"created_at > 2024-|", "created_at > [2024-]", ""},
		{"created_at > 2024-0|", "created_at > [2024-0]", ""},
		{"created_at > 2024-01-|", "created_at > [2024-01-]", ""},
		{"created_at > 2024-01-01T|", "created_at > [2024-01-01T]", ""},
		{"created_at > 2024-01-01T10:|", "created_at > [2024-01-01T10:]", ""},
		{"created_at > 2024-01-01T10:00:00+|", "created_at > [2024-01-01T10:00:00+]", ""},
		{"created_at > 2024-01- |", "created_at > 2024-01- []", "and or"},
		{"created_at > 2024-01--x\n|", "created_at > 2024-01--x\n[]", "and or"},
		{"id = $|", "id = $[]", ""},
		{"id = :|", "id = :[]", ""},
		{"id = 1 &|", "id = 1 &[]", ""},
		{"id !|", "id [!]", "!="},
		{"id !|= 1", "id [!=]", "!="},
		{"id !|name", "id [!]", "!="},
		{"name !|", "name [!]", "!= !~"},
		{"nope !|", "nope [!]", "!= !~"},
		{"active !|", "active [!]", "!="},
		{"owner !|", "owner [!]", ""},
		{"id ! |", "id ! []", ""},
		{"id = 1 !|", "id = 1 [!]", ""},
		{"!|", "![]", condition},
		{"id = 1 and !n|", "id = 1 and ![n]", "name note not now no"},
		// Operands.
		{"le|", "[le]", "length("},
		{"id = 1 and W|", "id = 1 and [W]", "weekday("},
		{"length(|", "length([]", "name note code sku brand labels"},
		{"length(na|", "length([na]", "name"},
		{"length(lo|", "length([lo]", "lower("},
		{"length ( name |", "length ( name []", ")"},
		{"length(lower(name |", "length(lower(name []", ")"},
		{"length(name) |", "length(name) []", "= != < <= > >= in,not in between,not between is null,is not null"},
		{"lower(name) s|", "lower(name) [s]", "starts with"},
		{"coalesce(name, note |", "coalesce(name, note []", ", )"},
		{"coalesce(name, |", "coalesce(name, []", "name note labels"},
		{"coalesce(lower(name), no|", "coalesce(lower(name), [no]", "note"},
		{"(length(name) > 2 |", "(length(name) > 2 []", "and or )"},
		{"length(name) > |", "length(name) > []", ""},
		{"length(name) > s|", "length(name) > [s]", "size secret score samples"},
		{"length(name) > 2 and n|", "length(name) > 2 and [n]", "name note not now no"},
		{"created_at > s|", "created_at > [s]", "seen_at"},
		{"created_at > d|", "created_at > [d]", "date("},
		{"name = u|", "name = [u]", "upper("},
		{"name = upper(|", "name = upper([]", "name note labels"},
		{"name = upper(note |", "name = upper(note []", ")"},
		{"name = upper(note) |", "name = upper(note) []", "and or"},
		{"(name = upper(note)) |", "(name = upper(note)) []", "and or"},
		{"name = note |", "name = note []", "and or"},
		{"id + si|", "id + [si]", "size"},
		{"id + |", "id + []", numbers},
		{"id * |", "id * []", numbers},
		{"id + 1 - |", "id + 1 - []", numbers},
		{"3 * |", "3 * []", numbers},
		{"length(name) + |", "length(name) + []", numbers},
		{"id + l|", "id + [l]", "length("},
		{"id + size |", "id + size []", "= != < <= > >= in,not in between,not between is null,is not null"},
		{"id + 1 |", "id + 1 []", "= != < <= > >= in,not in between,not between is null,is not null"},
		{"id + 1 > s|", "id + 1 > [s]", "size secret score samples"},
		{"(id + length(name)) * 2 |", "(id + length(name)) * 2 []", "= != < <= > >= in,not in between,not between is null,is not null"},
		{"substring(name, id + 1, 2) |", "substring(name, id + 1, 2) []", texts},
		{"id > size + |", "id > size + []", numbers},
		{"abs(id) |", "abs(id) []", "= != < <= > >= in,not in between,not between is null,is not null"},
		{"3 |", "3 []", "= != < <= > >="},
		{"3 < |", "3 < []", numbers},
		{"3 + 1 |", "3 + 1 []", "= != < <= > >="},
		{"abs(3) * 2 |", "abs(3) * 2 []", "= != < <= > >="},
		{"'a' |", "'a' []", "= != < <= > >="},
		{"true |", "true []", "= != and or"},
		{"name + |", "name + []", ""},
		{"name + i|", "name + [i]", ""},
		{"flag * |", "flag * []", ""},
		{"owner + |", "owner + []", ""},
		{"-|", "-[]", ""},
		{"id > -|", "id > -[]", ""},
		{"id between -|", "id between -[]", ""},
		{"id > c|", "id > [c]", "coalesce( count("},
		{"id + c|", "id + [c]", "coalesce( count("},
		{"substring(code, c|", "substring(code, [c]", "coalesce( count("},
		{"length(c|", "length([c]", "code concat( coalesce("},
		{"name = c|", "name = [c]", "concat( coalesce("},
		{"name = `c|", "name = [`c]", "concat( coalesce("},
		{"sku = c|", "sku = [c]", "code concat( coalesce("},
		{"'a' = co|", "'a' = [co]", "code concat( coalesce("},
		{"abs(count(tags |", "abs(count(tags []", "where )"},
		{"abs(count(tags where id = size + |", "abs(count(tags where id = size + []", "id rate weight"},
		{"abs(count(tags where id = 1) |", "abs(count(tags where id = 1) []", ")"},
		{"id > count(tags) |", "id > count(tags) []", "and or"},
		{"flag = coalesce(t|", "flag = coalesce([t]", "true"},
		{"substring(code, size / |", "substring(code, size / []", ""},
		{"7d < |", "7d < []", "today now,now - 1h,now - 7d created_at seen_at visits"},
		{"7d < now |", "7d < now []", "-"},
		{"7d < now - |", "7d < now - []", "1s 1min 1h 1d 1w 1mo 1y created_at seen_at visits"},
		{"7d < now - seen_at |", "7d < now - seen_at []", "and or"},
		{"date(now - |", "date(now - []", "1s 1min 1h 1d 1w 1mo 1y"},
		{"created_at > now |", "created_at > now []", "- + and or"},
		{"3 < s|", "3 < [s]", "size secret score samples"},
		{"3 < size |", "3 < size []", "and or"},
		{"substring(name, s|", "substring(name, [s]", "size secret"},
		{"length(name, |", "length(name, []", ""},
		{"year(|", "year([]", "created_at seen_at visits"},
		{"lower(u|", "lower([u]", "upper("},
		{"created_at + |", "created_at + []", "1s 1min 1h 1d 1w 1mo 1y"},
		{"created_at + 7m|", "created_at + [7m]", "7min 7mo"},
		{"created_at < seen_at - 7|", "created_at < seen_at - [7]", "7s 7min 7h 7d 7w 7mo 7y"},
		{"date(created_at) + |", "date(created_at) + []", "1s 1min 1h 1d 1w 1mo 1y"},
		{"now - c|", "now - [c]", "created_at coalesce("},
		{"created_at + 7d < s|", "created_at + 7d < [s]", "seen_at"},
		{"name in (u|", "name in ([u]", ""},
		{"`length`(|", "`length`([]", ""},
		{"owner.length(|", "owner.length([]", ""},
		{"nope(|", "nope([]", scalars},
		{"length(name, (|", "length(name, ([]", ""},
		{"length(name and |", "length(name and []", condition},
		// A mistake before the cursor.
		{"%% and na|", "%% and [na]", "name"},
		{"id = = and na|", "id = = and [na]", "name"},
		{")) or tags.w|", ")) or [tags.w]", "tags.weight"},
		{"name like and |", "name like and []", condition},
	} {
		hold(t, tc.text, tc.rng, tc.want)
	}
}

// hold compares what stands at the mark | of a text with the range that is replaced, in [ ],
// and the proposals.
func hold(t *testing.T, marked, rng, want string) {
	t.Helper()
	cursor := strings.IndexByte(marked, '|')
	if rest := marked[cursor+1:]; strings.HasPrefix(rest, "| ") { // the operator || before the mark
		cursor = strings.LastIndexByte(marked, '|')
	}
	text := marked[:cursor] + marked[cursor+1:]
	got := dsl.Complete(modeltest.Schema(), text, cursor)
	if found := text[:got.Range.Start] + "[" + text[got.Range.Start:got.Range.End] + "]"; found != rng {
		t.Errorf("%s replaces %s, want %s", marked, found, rng)
	}
	found := make([]string, len(got.Candidates))
	for i, c := range got.Candidates {
		found[i] = c.Text
	}
	want = strings.ReplaceAll(strings.ReplaceAll(strings.ReplaceAll(want, ", )", "\x00 )"), ",", " "), "\x00", ",")
	if got := strings.Join(found, " "); got != want {
		t.Errorf("%s\n got %s\nwant %s", marked, got, want)
	}
}

// TestCompleteFunctions proposes an environment's functions with their signatures.
func TestCompleteFunctions(t *testing.T) {
	t.Parallel()
	call := func([]model.Value) (model.Value, error) { return model.Int(1), nil }
	env, err := dsl.NewEnv(
		dsl.Function{Name: "day_of", Args: []dsl.Argument{{Name: "text", Type: model.TypeString}, {Name: "zone", Type: model.TypeString}}, Result: model.TypeInt, Doc: "the day in a text", Call: call},
		dsl.Function{Name: "dice", Result: model.TypeInt, Call: call},
	)
	if err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct{ text, want string }{
		{"da", "day(: day(time): the day of the month; date(: date(time): the instant at which the day begins; day_of(: day_of(text, zone): the day in a text"},
		{"id > di", "dice(: dice()"},
		{"name = di", ""},
		{"day_of(name ", ",: "},
		{"dice() i", "in: ; is null: ; is not null: "},
	} {
		var found []string
		for _, c := range env.Complete(modeltest.Schema(), tc.text, len(tc.text)).Candidates {
			if function := strings.HasSuffix(c.Text, "("); function != (c.Kind == dsl.KindFunction) || function && c.Kind.String() != "function" {
				t.Errorf("%s is of kind %v", c.Text, c.Kind)
			}
			found = append(found, c.Text+": "+c.Detail)
		}
		if got := strings.Join(found, "; "); got != tc.want {
			t.Errorf("%s\n got %s\nwant %s", tc.text, got, tc.want)
		}
	}
}

// TestCompleteTakesAnyCursor moves the cursor through every text of the corpus,
// and beyond both ends.
func TestCompleteTakesAnyCursor(t *testing.T) {
	t.Parallel()
	const text = "名 = '渡\x00' and `x` not in ($1, :p) or \"\xff -- \n created_at > now - 9d"
	for cursor := -2; cursor < len(text)+3; cursor++ {
		got := dsl.Complete(modeltest.Schema(), text, cursor)
		at := min(max(cursor, 0), len(text))
		if got.Range.Start < 0 || got.Range.Start > at || got.Range.End < at || got.Range.End > len(text) {
			t.Errorf("at %d the range is %v", cursor, got.Range)
		}
	}
}

// TestCompleteIsLinear completes after one path of very many parts: four times the text
// takes some four times the memory, not sixteen times. bench holds the time.
func TestCompleteIsLinear(t *testing.T) {
	const size = 8_000
	complete := func(text string) (allocated uint64) {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		got := dsl.Complete(modeltest.Schema(), text, len(text))
		runtime.ReadMemStats(&after)
		for _, c := range got.Candidates {
			if c.Kind == dsl.KindField && !strings.HasSuffix(text, "a = 1 and ") {
				t.Errorf("%d bytes of …%s: %s is proposed", len(text), text[len(text)-10:], c.Text)
			}
		}
		return after.TotalAlloc - before.TotalAlloc
	}
	for _, part := range []string{"a.", "a . ", "`a`.", "tags."} {
		for _, end := range []string{"", "a", "a ", "a !", "a = ", "a = 1 ", "a = 1 and ", "`a", " . ", ". ", "'", "$", "2024-"} {
			short, long := complete(strings.Repeat(part, size/len(part))+end), complete(strings.Repeat(part, 4*size/len(part))+end)
			if long > 8*short+64<<10 {
				t.Errorf("%q and %q: %d bytes for a text, %d for four times the text", part, end, short, long)
			}
		}
	}
	for _, n := range []int{250_000, 400_000} { // near the limit of a text, and beyond
		complete(strings.Repeat("`a`.", n/4) + "a")
	}
}
