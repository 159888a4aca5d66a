package query_test

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/paginate"
	"github.com/muster-go/muster/query"
	"github.com/muster-go/muster/query/plan"
)

// book is a row whose key is a string.
type book struct {
	key   string
	shelf string // "" = null
	pages int64
}

func (b *book) Value(field int) model.Value {
	switch {
	case field == 0:
		return model.Int(b.pages)
	case field == 1:
		return model.String(b.key)
	case field == 2 && b.shelf != "":
		return model.String(b.shelf)
	}
	return model.Null()
}

func (*book) Len(int) int             { return 0 }
func (*book) At(int, int) model.Value { return model.Null() }

// Presence implements [model.PresenceRecord]: rows lack the shelf although it is
// requested.
func (b *book) Presence(field int) model.Presence {
	if field == 2 && b.shelf == "lost" {
		return model.Missing
	}
	return model.Present
}

// library is a source that pages by offset. Its server gains a book with every page, so
// that each page begins with the last row of the one before.
type library struct {
	schema *model.Schema
	books  []book
	stuck  bool // whether every page is the first
}

func newLibrary(isbns model.Collation, books ...book) *library {
	schema, err := model.NewSchema("books",
		model.Field{Name: "pages", Type: model.TypeInt, Returned: model.ReturnedAlways},
		model.Field{Name: "isbn", Type: model.TypeString, Collation: isbns, Returned: model.ReturnedAlways},
		model.Field{Name: "shelf", Type: model.TypeString, Collation: model.Binary, Nullable: true, Returned: model.ReturnedOnRequest})
	if err != nil {
		panic(err)
	}
	return &library{schema: schema, books: books}
}

func (l *library) Schema() *model.Schema { return l.schema }
func (*library) Dialect() plan.Dialect   { return libraryDialect{} }
func (*library) Workers() int            { return 3 }
func (*library) Capabilities() plan.Capabilities {
	return plan.Capabilities{Paging: plan.PagingOffset}
}
func (*library) Hide(*book, []*model.Field)    {}
func (*library) NewSpill() query.Spill[book]   { return nil }
func (*library) Record(row *book) model.Record { return row }
func (*library) ID(*book) int64                { return 0 }
func (l *library) matching(q url.Values) []book {
	return slices.DeleteFunc(slices.Clone(l.books), func(b book) bool {
		return q.Has("shelf") && b.shelf != q.Get("shelf") || q.Has("isbn") && b.key != q.Get("isbn") ||
			q.Has("pages") && strconv.FormatInt(b.pages, 10) != q.Get("pages")
	})
}

func (l *library) Fetch(scan plan.Scan) paginate.Fetch[book] {
	return func(ctx context.Context, r paginate.Request) (*paginate.Page[book], error) {
		found := l.matching(scan.Query)
		skip, _ := strconv.Atoi(r.Token)
		if l.stuck && skip > 0 {
			return &paginate.Page[book]{Rows: slices.Clone(found[:r.Limit]), NextToken: strconv.Itoa(skip + 1), Count: -1}, nil
		}
		end := min(skip+r.Limit, len(found))
		page := &paginate.Page[book]{Rows: slices.Clone(found[max(skip-1, 0):end]), Count: -1}
		if end < len(found) {
			page.NextToken = strconv.Itoa(end)
		}
		return page, ctx.Err()
	}
}

// libraryDialect pushes equalities. On its server the deleted books are all books.
type libraryDialect struct{ plan.BaseDialect }

func (libraryDialect) Classify(conjuncts []dsl.Node) []plan.Pushdown {
	out := make([]plan.Pushdown, len(conjuncts))
	for i, n := range conjuncts {
		if c, ok := n.(*dsl.Compare); ok && c.Op == dsl.Eq && c.Path.Field.Collation == model.Binary {
			out[i] = plan.Pushdown{Verdict: plan.Exact, Params: []plan.Param{{Name: c.Path.Name, Value: c.Value.Value.String()}}}
		}
	}
	return out
}

func (libraryDialect) Independent() bool           { return true }
func (libraryDialect) ID() string                  { return "isbn" }
func (libraryDialect) Deleted() (url.Values, bool) { return url.Values{"deleted": {"1"}}, true }

// TestTextKeys: rows with string keys come once each and in one order: keys that are equal
// under the collation are ordered by their bytes.
func TestTextKeys(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		isbns := rapid.SampledFrom([]model.Collation{model.CI, model.Binary, model.Case}).Draw(t, "collation")
		l := newLibrary(isbns, rapid.SliceOfDistinct(rapid.Custom(func(t *rapid.T) book {
			return book{
				rapid.StringMatching(`[aAbBé]{1,3}`).Draw(t, "isbn"), rapid.SampledFrom([]string{"", "east", "west"}).Draw(t, "shelf"),
				rapid.Int64Range(1, 4).Draw(t, "pages"),
			}
		}), func(b book) string { return b.key }).Draw(t, "books")...)
		filter := rapid.SampledFrom([]string{
			"", "isbn = 'aB'", "isbn in ('a', 'B', 'bab')", "isbn >= 'b' and pages < 4", "shelf = 'east' or pages = 3", "isbn != 'a' and shelf is null", "false",
		}).Draw(t, "filter")
		order := rapid.SampledFrom([]string{"", "isbn", "-isbn", "pages", "-pages", "shelf,-pages", "-shelf,isbn"}).Draw(t, "order")
		limit := rapid.SampledFrom([]int64{0, 1, 5}).Draw(t, "limit")
		deleted := rapid.SampledFrom([]query.Deleted{query.DeletedNone, query.DeletedInclude}).Draw(t, "deleted")
		rows, err := collect(t.Context(), l, filter, query.OrderBy(order), query.Limit(limit), query.PageSize(3), query.WithDeleted(deleted))
		if err != nil {
			t.Fatal(err)
		}
		if want := l.answer(t, filter, order); !sameAnswer(rows, want, order != "", limit) {
			t.Fatalf("%s by %q, limit %d: %v, want %v", filter, order, limit, rows, want)
		}
	})
}

// sameAnswer reports whether the rows are the expected ones, in order if there is one, and
// as many as the limit allows.
func sameAnswer(rows, want []book, ordered bool, limit int64) bool {
	if limit == 0 || limit > int64(len(want)) {
		limit = int64(len(want))
	}
	if ordered {
		return slices.Equal(rows, want[:limit])
	}
	keys := map[string]bool{}
	for _, row := range rows {
		keys[row.key] = slices.Contains(want, row)
	}
	return int64(len(rows)) == limit && len(keys) == len(rows) && !slices.Contains(slices.Collect(maps.Values(keys)), false)
}

// answer returns the books for which a filter is true, in order.
func (l *library) answer(t *rapid.T, filter, order string) []book {
	checked, err := query.Check(l, filter)
	if err != nil {
		t.Fatal(err)
	}
	p, err := dsl.Compile(checked.Root, l.schema)
	if err != nil {
		t.Fatal(err)
	}
	out := slices.DeleteFunc(slices.Clone(l.books), func(b book) bool { return !p.Match(&b) })
	slices.SortFunc(out, func(a, b book) int {
		sign := 1
		for key := range strings.SplitSeq(order, ",") {
			name, descending := strings.CutPrefix(key, "-")
			c := cmp.Compare(a.pages, b.pages)
			switch name {
			case "shelf":
				c = cmp.Compare(a.shelf, b.shelf)
			case "isbn":
				c = l.byKey(a, b)
			}
			if sign = 1; descending {
				sign = -1
			}
			if c != 0 {
				return sign * c
			}
		}
		return sign * l.byKey(a, b)
	})
	return out
}

func (l *library) byKey(a, b book) int {
	f, _ := l.schema.Lookup("isbn")
	return cmp.Or(dsl.CompareStrings(f.Collation, a.key, b.key), cmp.Compare(a.key, b.key))
}

// TestTextKeyOfRepeatedPage: the error of a repeated page names the key of its first row.
func TestTextKeyOfRepeatedPage(t *testing.T) {
	l := newLibrary(model.Binary, book{"a", "", 1}, book{"b", "", 2}, book{"c", "", 2})
	l.stuck = true
	_, err := collect(t.Context(), l, "", query.PageSize(2))
	repeated, ok := errors.AsType[*paginate.RepeatedPageError](err)
	if !ok || repeated.Key != "a" || !strings.Contains(err.Error(), `from id "a"`) {
		t.Errorf("got %v", err)
	}
}

// TestTextKeyOfMissingField: the error names the row that lacks a field by its key.
func TestTextKeyOfMissingField(t *testing.T) {
	l := newLibrary(model.Binary, book{"a", "lost", 1}, book{"b", "lost", 2})
	_, err := collect(t.Context(), l, "shelf != 'east'")
	missing, ok := errors.AsType[*query.MissingFieldError](err)
	if !ok || missing.Key != "a" || !strings.Contains(err.Error(), `(first at id "a")`) {
		t.Errorf("got %v", err)
	}
}
