package querytest_test

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/paginate"
	"github.com/muster-go/muster/query/plan"
	"github.com/muster-go/muster/query/querytest"
)

// dialectOf tests a shelf's dialect against its server.
func dialectOf(s *shelf) error {
	rows := map[int64]model.Record{}
	for i := range s.books {
		rows[s.books[i].id] = &s.books[i]
	}
	return querytest.TestDialect(s, rows, s.ids)
}

// TestShelf: nothing is found where nothing is wrong.
func TestShelf(t *testing.T) {
	if err := errors.Join(querytest.TestSource(t.Context(), newShelf()), dialectOf(newShelf())); err != nil {
		t.Error(err)
	}
}

// equal says how a field is compared with a text, in another way than by its
// collation.
func equal(field int, same func(is, want string) bool) func(n dsl.Node, b *book, truth bool) bool {
	return func(n dsl.Node, b *book, truth bool) bool {
		c, ok := n.(*dsl.Compare)
		if !ok || c.Op != dsl.Eq || c.Path.Field.Index() != field || b.Value(field).IsNull() {
			return truth
		}
		return same(b.Value(field).Str(), c.Value.Value.Str())
	}
}

// cutAt reads a text no further than a character.
func cutAt(char string) func(n dsl.Node, b *book, truth bool) bool {
	return equal(bookTitle, func(is, want string) bool {
		want, _, _ = strings.Cut(want, char)
		return is == want
	})
}

// TestWrongAnswers: a server that answers a condition otherwise than the language is
// caught, as a source and by its dialect, by the condition that shows it.
func TestWrongAnswers(t *testing.T) {
	for name, test := range map[string]struct {
		says func(n dsl.Node, b *book, truth bool) bool
		want string
	}{
		"on request, case": {equal(bookNote, strings.EqualFold), "note = 'ada'"},
		"on request, nulls": {func(n dsl.Node, b *book, truth bool) bool {
			not, ok := n.(*dsl.Not)
			if ok {
				c, ok := not.X.(*dsl.Compare)
				return truth || ok && c.Path.Name == "note" && b.Value(bookNote).IsNull()
			}
			return truth
		}, "note != 'ada'"},
		"matches as contains": {func(n dsl.Node, b *book, truth bool) bool {
			if m, ok := n.(*dsl.Match); ok && m.Op == dsl.Matches && m.Path.Name == "title" {
				return strings.Contains(b.Value(bookTitle).Str(), m.Pattern.Value.Str())
			}
			return truth
		}, "title matches '^Ad'"},
		"ends with as =": {func(n dsl.Node, b *book, truth bool) bool {
			if m, ok := n.(*dsl.Match); ok && m.Op == dsl.EndsWith && m.Path.Name == "title" {
				return b.Value(bookTitle) == m.Pattern.Value
			}
			return truth
		}, "title ends with 'da'"},
		"in ignores case": {func(n dsl.Node, b *book, truth bool) bool {
			in, ok := n.(*dsl.In)
			return truth || ok && slices.ContainsFunc(in.Values, func(v *dsl.Literal) bool {
				return in.Path.Name == "title" && !b.Value(bookTitle).IsNull() && strings.EqualFold(v.Value.Str(), b.Value(bookTitle).Str())
			})
		}, "title in ('Ada', 'B_')"},
		"between without its end": {func(n dsl.Node, b *book, truth bool) bool {
			between, ok := n.(*dsl.Between)
			return truth && (!ok || between.Path.Name != "pages" || b.Value(bookPages) != between.Hi.Value)
		}, "pages between"},
		"a quote ends a text":      {cutAt("'"), "title = 'it''s'"},
		"a quote of another kind":  {cutAt(`"`), `title = 'q"x'`},
		"an ampersand ends a text": {cutAt("&"), "title = 'a&b'"},
		"a comma ends a text":      {cutAt(","), "title = 'a,b'"},
		"a semicolon, in no row":   {cutAt(";"), "title = 'Ada;'"},
		"a line end, in no row":    {cutAt("\n"), "title = 'Ada"},
		"minutes": {func(n dsl.Node, b *book, truth bool) bool {
			c, ok := n.(*dsl.Compare)
			return truth || ok && c.Op == dsl.Eq && c.Path.Name == "bought" && !b.Value(bookBought).IsNull() && b.Value(bookBought).Int()/60 == c.Value.Value.Int()/60
		}, "bought = 2023-11-14T22:13:21Z"},
		"the first reference alone": {func(n dsl.Node, b *book, truth bool) bool {
			c, ok := n.(*dsl.Compare)
			return truth && (!ok || c.Path.Name != "authors.name" || c.Op != dsl.Eq || b.authors[0] == c.Value.Value.Str())
		}, "authors.name = '"},
	} {
		t.Run(name, func(t *testing.T) {
			s := newShelf()
			s.says = test.says
			source, dialect := querytest.TestSource(t.Context(), s), dialectOf(s)
			if source == nil || !strings.Contains(strings.ReplaceAll(source.Error(), "`", ""), test.want) || !strings.Contains(source.Error(), "the dialect calls it exact, and the server answers otherwise") {
				t.Errorf("the source: got %v\nwant %s in it", source, test.want)
			}
			if dialect == nil || !strings.Contains(dialect.Error(), test.want) {
				t.Errorf("the dialect: got %v\nwant %s in it", dialect, test.want)
			}
		})
	}
}

// TestWrongManners: what a source does wrong besides is caught, and the message says
// what.
func TestWrongManners(t *testing.T) {
	var fetched, opened atomic.Int64
	for name, test := range map[string]struct {
		wrong func(t *testing.T, s *shelf)
		want  string
	}{
		"a field that never comes": {func(_ *testing.T, s *shelf) {
			s.sends = func(_ plan.Scan, p *paginate.Page[book]) { without(p.Rows, bookNote) }
		}, "note was asked for and has no value in any row"},
		"a basic field on request": {func(_ *testing.T, s *shelf) {
			s.sends = func(scan plan.Scan, p *paginate.Page[book]) {
				if !scan.Query.Has("select") {
					without(p.Rows, bookPages)
				}
			}
		}, "has [null] where it is not asked for"},
		"a fetch without its context": {func(_ *testing.T, s *shelf) {
			s.works = func(context.Context, *paginate.Request) { <-time.After(2 * time.Millisecond) }
		}, "cancellation: a fetch whose context was cancelled while it worked went on for"},
		"the third condition": {func(_ *testing.T, s *shelf) {
			s.classify = func(out []plan.Pushdown) {
				if len(out) > 2 {
					out[2].Params = out[1].Params
				}
			}
		}, "each by itself is right, so the verdicts of the set are not"},
		"the middle key of a sort": {func(_ *testing.T, s *shelf) {
			s.sorts = func(keys []string) []string {
				if len(keys) > 2 {
					return []string{keys[0], keys[len(keys)-1]}
				}
				return keys
			}
		}, "order: by title,-pages,lent,-bought the server begins"},
		"a count": {func(_ *testing.T, s *shelf) { s.counts = func(int64) int64 { return 4711 } }, "Count says 4711, and the same server's answer has 1 rows"},
		"a page's count": {func(_ *testing.T, s *shelf) {
			s.sends = func(_ plan.Scan, p *paginate.Page[book]) {
				p.Count = min(p.Count, 1)
			}
		}, "count: a page that was asked for the count of all rows says 1, and there are 90"},
		"hides more":    {func(_ *testing.T, s *shelf) { s.hides = func(b *book) { b.without |= 1 << bookTitle } }, ", title is [null], and was ["},
		"hides nothing": {func(_ *testing.T, s *shelf) { s.hides = func(b *book) { b.without = 0 } }, ", and note is still there"},
		"spills less":   {func(_ *testing.T, s *shelf) { s.reads = func(b *book) { b.without |= 1 << bookNote } }, " is read again with another note"},
		"deleted rows": {func(_ *testing.T, s *shelf) {
			s.selects = func(_ url.Values, live, _ []book) []book { return live }
		}, "comes among the deleted rows and among the others"},
		"deleted rows among the others": {func(_ *testing.T, s *shelf) {
			s.selects = func(q url.Values, live, deleted []book) []book {
				if q.Has("deleted") {
					return slices.Concat(live, deleted)
				}
				return live
			}
		}, "comes among the deleted rows and among the others"},
		"ten goroutines": {func(t *testing.T, s *shelf) {
			t.Helper()
			s.works = func(context.Context, *paginate.Request) {
				if fetched.Add(1) <= 10 {
					go func() { <-t.Context().Done() }()
				}
			}
		}, "goroutines: 10 outlive the calls that started them, in github.com/muster-go/muster/query/querytest_test.TestWrongManners."},
		"open bodies": {func(t *testing.T, s *shelf) {
			t.Helper()
			client := pipedClient(t)
			s.works = func(_ context.Context, _ *paginate.Request) {
				if opened.Add(1) <= 80 {
					req, _ := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://shelf.test", http.NoBody)
					_, _ = client.Do(req) // and the body stays open
				}
			}
		}, "keep connections open: is every body closed?"},
	} {
		inBubble(t, name, func(t *testing.T) {
			t.Helper()
			s := newShelf()
			test.wrong(t, s)
			if err := querytest.TestSource(t.Context(), s); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v\nwant %s in it", err, test.want)
			}
		})
	}
}

// inBubble runs a subtest under fake time, so that it does not wait for what never ends.
func inBubble(t *testing.T, name string, test func(t *testing.T)) {
	t.Helper()
	t.Run(name, func(t *testing.T) { synctest.Test(t, test) })
}

// pipedClient returns a client of a server that answers every request, over pipes in
// memory: a connection of the operating system would stop a bubble's time.
func pipedClient(t *testing.T) *http.Client {
	t.Helper()
	pipes := pipeListener{make(chan net.Conn), make(chan struct{})}
	server := &http.Server{
		Handler:           http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("a page")) }),
		ReadHeaderTimeout: time.Hour,
	}
	go func() { _ = server.Serve(pipes) }()
	t.Cleanup(func() { _ = server.Close() })
	return &http.Client{Transport: &http.Transport{DialContext: pipes.dial}}
}

// pipeListener accepts the other ends of the connections that dial makes.
type pipeListener struct {
	dialled chan net.Conn
	closed  chan struct{}
}

func (l pipeListener) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	here, there := net.Pipe()
	select {
	case l.dialled <- there:
		return here, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (l pipeListener) Accept() (net.Conn, error) {
	select {
	case c := <-l.dialled:
		return c, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

func (l pipeListener) Close() error {
	close(l.closed)
	return nil
}

func (pipeListener) Addr() net.Addr { return &net.UnixAddr{Name: "pipe", Net: "pipe"} }

// without takes a field out of rows.
func without(books []book, field int) {
	for i := range books {
		books[i].without |= 1 << field
	}
}

// TestNoRows: without rows nothing is tested, and that is said.
func TestNoRows(t *testing.T) {
	s := newShelf()
	s.books = nil
	for _, err := range []error{querytest.TestSource(t.Context(), s), dialectOf(s)} {
		if err == nil || !strings.Contains(err.Error(), "nothing can be tested") {
			t.Errorf("got %v", err)
		}
	}
}
