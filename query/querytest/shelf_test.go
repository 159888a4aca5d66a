package querytest_test

import (
	"cmp"
	"context"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/paginate"
	"github.com/muster-go/muster/query"
	"github.com/muster-go/muster/query/plan"
)

// facts are what there is to know of a book, by the fields of the schema.
type facts struct {
	id      int64
	values  [bookFields]model.Value
	authors []string
}

// book is a row of a shelf.
type book struct {
	*facts

	without uint16 // a bit for each field that did not come along
}

// The fields of a book. Those from bookNote on come on request.
const (
	bookID = iota
	bookTitle
	bookPages
	bookLent
	bookBought
	bookNote
	bookAuthors
	bookAuthorsID
	bookAuthorsName
	bookFields
)

func (b *book) Value(field int) model.Value {
	switch {
	case b.without>>field&1 == 1:
		return model.Null()
	case field == bookAuthors && len(b.authors) > 0:
		return b.At(field, 0)
	}
	return b.values[field]
}

func (b *book) Len(field int) int {
	if field < bookAuthors || b.without>>bookAuthors&1 == 1 {
		return 0
	}
	return len(b.authors)
}

func (b *book) At(field, i int) model.Value {
	if field == bookAuthorsName {
		return model.String(b.authors[i])
	}
	return model.Int(int64(1 + slices.Index(names, b.authors[i])))
}

// names differ in what a server may confuse.
var names = []string{"Ada", "ada", "Ada ", "Anna", "Bo", "b%", "B_", "it's", `q"x`, "", "Zoë", "xAda", "a,b", "a&b"}

// shelf is a source of books in memory. Its server is asked in the filter language
// itself and can do all that a source may; what it does wrong is in the functions that
// are not nil.
type shelf struct {
	schema  *model.Schema
	books   []book
	deleted []book
	paging  plan.Paging // keyset or token

	says     func(n dsl.Node, b *book, truth bool) bool      // the answer to a condition
	classify func(out []plan.Pushdown)                       // the verdicts
	sorts    func(keys []string) []string                    // the keys that it sorts by
	sends    func(scan plan.Scan, p *paginate.Page[book])    // a page
	works    func(ctx context.Context, r *paginate.Request)  // before it answers
	counts   func(n int64) int64                             // what it counts
	hides    func(b *book)                                   // besides
	reads    func(b *book)                                   // from what was put aside
	selects  func(q url.Values, live, deleted []book) []book // live or deleted books
}

var _ query.Source[book] = (*shelf)(nil)

func newShelf() *shelf {
	field := func(name string, t model.Type, nullable bool) model.Field {
		f := model.Field{Name: name, Type: t, Nullable: nullable, Collation: model.Binary, Returned: model.ReturnedAlways}
		f.Through, _, _ = strings.Cut(name, ".")
		if f.Through == name {
			f.Through = ""
		}
		if name == "note" || strings.HasPrefix(name, "authors") {
			f.Returned = model.ReturnedOnRequest
		}
		return f
	}
	schema, err := model.NewSchema(
		"books", field("id", model.TypeInt, false), field("title", model.TypeString, true), field("pages", model.TypeInt, true), field("lent", model.TypeBool, false),
		field("bought", model.TypeDateTime, true), field("note", model.TypeString, true),
		field("authors", model.TypeRefs, false), field("authors.id", model.TypeInt, false), field("authors.name", model.TypeString, false),
	)
	if err != nil {
		panic(err)
	}
	s := &shelf{schema: schema}
	for i := range 100 {
		f := &facts{id: int64(3 + 2*i)}
		f.values = [bookFields]model.Value{
			bookID: model.Int(f.id), bookTitle: model.String(names[i%len(names)]), bookPages: model.Int(int64(i*37%50 - 10)), bookLent: model.Bool(i%3 == 0),
			bookBought: model.DateTimeUnix(1700000000 + int64(i)*1801), bookNote: model.String(names[(i*5+1)%len(names)]),
		}
		for field, every := range map[int]int{bookTitle: 7, bookPages: 6, bookBought: 5, bookNote: 4} {
			if i%every == 3 {
				f.values[field] = model.Null()
			}
		}
		for k := range i % 3 {
			f.authors = append(f.authors, names[(i+5*k)%len(names)])
		}
		if b := (book{facts: f}); i < 90 {
			s.books = append(s.books, b)
		} else {
			s.deleted = append(s.deleted, b)
		}
	}
	return s
}

func (s *shelf) Schema() *model.Schema { return s.schema }
func (s *shelf) Dialect() plan.Dialect { return shelfDialect{s} }
func (s *shelf) Workers() int          { return 3 }

func (s *shelf) Capabilities() plan.Capabilities {
	return plan.Capabilities{Count: s.Count, Spills: true, Paging: s.paging}
}

func (s *shelf) Record(b *book) model.Record      { return b }
func (s *shelf) ID(b *book) int64                 { return b.id }
func (s *shelf) NewSpill() query.Spill[book]      { return s }
func (s *shelf) Append(to []byte, b *book) []byte { return fmt.Appendf(to, "%d %d", b.id, b.without) }

func (s *shelf) Read(data []byte) (b book, err error) {
	var id int64
	if _, err = fmt.Sscan(string(data), &id, &b.without); err != nil {
		return b, err
	}
	b.facts = s.books[slices.IndexFunc(s.books, func(b book) bool { return b.id == id })].facts
	if s.reads != nil {
		s.reads(&b)
	}
	return b, nil
}

func (s *shelf) Hide(b *book, fields []*model.Field) {
	for _, f := range fields {
		if f.Index() >= bookAuthors {
			b.without |= 1 << bookAuthors
			continue
		}
		b.without |= 1 << f.Index()
	}
	if s.hides != nil {
		s.hides(b)
	}
}

func (s *shelf) Count(_ context.Context, scan plan.Scan) (int64, error) {
	books, err := s.matching(scan.Query)
	n := int64(0)
	for _, b := range books {
		if (paginate.Request{From: scan.IDs.Lo, Until: scan.IDs.Hi}).Window().Contains(b.id) {
			n++
		}
	}
	if s.counts != nil {
		n = s.counts(n)
	}
	return n, err
}

// matching is the books that satisfy a request's conditions.
func (s *shelf) matching(q url.Values) ([]book, error) {
	books := s.books
	if q.Has("deleted") {
		books = s.deleted
	}
	if s.selects != nil {
		books = s.selects(q, s.books, s.deleted)
	}
	books = slices.Clone(books)
	for _, text := range q["filter"] {
		checked, err := query.Check(s, text)
		if err != nil {
			return nil, err
		}
		predicate, err := dsl.Compile(checked.Root, s.schema)
		if err != nil {
			return nil, err
		}
		books = slices.DeleteFunc(books, func(b book) bool {
			truth := predicate.Match(&b)
			if s.says != nil {
				truth = s.says(checked.Root, &b, truth)
			}
			return !truth
		})
	}
	return books, nil
}

func (s *shelf) ids(q url.Values) (ids []int64, err error) {
	books, err := s.matching(q)
	for _, b := range books {
		ids = append(ids, b.id)
	}
	return ids, err
}

func (s *shelf) sort(books []book, by string) {
	keys := strings.Split(by, ",")
	if s.sorts != nil {
		keys = s.sorts(keys)
	}
	slices.SortFunc(books, func(a, b book) int {
		for _, key := range keys {
			name, descending := strings.CutPrefix(key, "-")
			f, _ := s.schema.Lookup(name)
			x, y := a.Value(f.Index()), b.Value(f.Index())
			c := cmp.Or(cmp.Compare(x.Int(), y.Int()), cmp.Compare(x.Nanosecond(), y.Nanosecond()), dsl.CompareStrings(f.Collation, x.Str(), y.Str()))
			if name == "id" {
				c = cmp.Or(c, strings.Compare(x.Str(), y.Str()))
			}
			switch {
			case x.IsNull() && y.IsNull():
				continue
			case x.IsNull():
				c = -1
			case y.IsNull():
				c = 1
			}
			if descending {
				c = -c
			}
			if c != 0 {
				return c
			}
		}
		return 0
	})
}

func (s *shelf) Fetch(scan plan.Scan) paginate.Fetch[book] {
	return func(ctx context.Context, r paginate.Request) (*paginate.Page[book], error) {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if s.works != nil {
			s.works(ctx, &r)
		}
		books, err := s.matching(scan.Query)
		if err != nil {
			return nil, err
		}
		count := int64(len(books))
		if scan.Sort != "" {
			s.sort(books, scan.Sort)
		} else {
			books = slices.DeleteFunc(books, func(b book) bool { return !r.Window().Contains(b.id) })
			if r.Descending {
				slices.Reverse(books)
			}
		}
		skip, _ := strconv.Atoi(r.Token) // "" is 0
		books = books[skip:]
		p := &paginate.Page[book]{Count: -1, HasMore: len(books) > r.Limit, Rows: books[:min(r.Limit, len(books))]}
		if p.HasMore && s.paging == plan.PagingToken {
			p.NextToken = strconv.Itoa(skip + r.Limit)
		}
		if r.Count {
			p.Count = count
		}
		for i := range p.Rows {
			p.Rows[i].without = 1<<bookNote | 1<<bookAuthors
			for _, name := range scan.Query["select"] {
				p.Rows[i].without &^= map[string]uint16{"note": 1 << bookNote, "authors": 1 << bookAuthors}[name]
			}
		}
		if s.sends != nil {
			s.sends(scan, p)
		}
		return p, nil
	}
}

// shelfDialect says that the shelf can be asked anything.
type shelfDialect struct{ shelf *shelf }

func (d shelfDialect) Classify(conjuncts []dsl.Node) []plan.Pushdown {
	out := make([]plan.Pushdown, len(conjuncts))
	for i, n := range conjuncts {
		out[i] = plan.Pushdown{Verdict: plan.Exact, Params: []plan.Param{{Name: "filter", Value: dsl.Format(n)}}}
	}
	if d.shelf.classify != nil {
		d.shelf.classify(out)
	}
	return out
}

func (shelfDialect) Independent() bool           { return false }
func (shelfDialect) ID() string                  { return "id" }
func (shelfDialect) Sorts(*model.Field) bool     { return true }
func (shelfDialect) MaxPageSize() int            { return 100 }
func (shelfDialect) Deleted() (url.Values, bool) { return url.Values{"deleted": {"true"}}, true }

func (shelfDialect) Project(fields []*model.Field) url.Values {
	q := url.Values{}
	for _, f := range fields {
		q.Add("select", cmp.Or(f.Through, f.Name))
	}
	return q
}

func (shelfDialect) Describe(scan plan.Scan, r paginate.Request) string {
	return fmt.Sprint(scan.Query, " ", r)
}
