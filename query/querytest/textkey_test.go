package querytest_test

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/paginate"
	"github.com/muster-go/muster/query/plan"
	"github.com/muster-go/muster/query/querytest"
)

// codedShelf is a shelf whose ids are texts, in no order and some of them alike but
// for case or accents, and whose pages name the next.
type codedShelf struct{ *shelf }

func newCodedShelf(collation model.Collation) codedShelf {
	s := newShelf()
	fields := make([]model.Field, s.schema.Len())
	for i := range fields {
		fields[i] = *s.schema.Field(i)
	}
	fields[bookID].Type, fields[bookID].Collation = model.TypeString, collation
	schema, err := model.NewSchema("books", fields...)
	if err != nil {
		panic(err)
	}
	s.schema, s.paging = schema, plan.PagingToken
	for _, books := range [][]book{s.books, s.deleted} {
		for _, b := range books {
			b.values[bookID] = model.String(fmt.Sprintf("%c%02d", []rune("aAbÉBé")[b.id/2%6], b.id/12*7%17))
		}
	}
	return codedShelf{s}
}

func (codedShelf) ID(*book) int64 { return 0 }

// dialectOfCoded tests its dialect against its server.
func dialectOfCoded(s codedShelf) error {
	rows := map[string]model.Record{}
	for i := range s.books {
		rows[s.books[i].values[bookID].Str()] = &s.books[i]
	}
	return querytest.TestDialect(s, rows, func(q url.Values) (ids []string, err error) {
		books, err := s.matching(q)
		for _, b := range books {
			ids = append(ids, b.values[bookID].Str())
		}
		return ids, err
	})
}

// TestTextKeys: rows that a text identifies are tested as others are.
func TestTextKeys(t *testing.T) {
	for _, collation := range []model.Collation{model.Binary, model.CI, model.Case} {
		s := newCodedShelf(collation)
		if err := errors.Join(querytest.TestSource(t.Context(), s), dialectOfCoded(s)); err != nil {
			t.Errorf("%v: %v", collation, err)
		}
	}
}

// TestWrongTextKeys: what is wrong with such a source is told, by the texts.
func TestWrongTextKeys(t *testing.T) {
	for name, test := range map[string]struct {
		wrong func(s *shelf)
		want  string
	}{
		"a row twice": {func(s *shelf) {
			s.sends = func(_ plan.Scan, p *paginate.Page[book]) {
				if len(p.Rows) > 0 {
					p.Rows = append(p.Rows, p.Rows[0])
				}
			}
		}, `exactly once: 1 of 90 rows came twice in one walk over all rows`},
		"no key": {func(s *shelf) { s.books[5].values[bookID] = model.String("") }, `row 5 of all has the id ""; ids are 1 or more, or texts that are not empty`},
		"case": {func(s *shelf) {
			s.says = equal(bookID, strings.EqualFold)
		}, `the dialect calls it exact, and the server answers otherwise (nulls and the collation count): 2 rows, want 1; missing []; wrong or double ["`},
		"the order": {func(s *shelf) {
			s.sorts = func(keys []string) []string {
				if keys[0] == "id" {
					return []string{"title", "id"}
				}
				return keys
			}
		}, "order: by id the rows are not in that order"},
		"the end of the rows": {func(s *shelf) {
			s.sends = func(scan plan.Scan, p *paginate.Page[book]) {
				if len(p.Rows) < 8 && scan.Sort == "" && len(scan.Query["filter"]) == 0 {
					p.NextToken = ""
				}
			}
		}, "exactly once: by pages of 7 rows 7 rows, want 90; missing ["},
		"pages by the key":         {func(s *shelf) { s.paging = plan.PagingKeyset }, `the dialect's key "id" is of type string, and pages go by it (keyset), for which it must be an integer`},
		"pages upwards by the key": {func(s *shelf) { s.paging = plan.PagingForward }, `and pages go by it (keyset upwards)`},
	} {
		t.Run(name, func(t *testing.T) {
			s := newCodedShelf(model.Binary)
			test.wrong(s.shelf)
			if err := querytest.TestSource(t.Context(), s); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v\nwant %s in it", err, test.want)
			}
		})
	}
}

// TestWrongTextKeyDialects: so is what is wrong with its dialect.
func TestWrongTextKeyDialects(t *testing.T) {
	s := newCodedShelf(model.Binary)
	s.says = func(_ dsl.Node, b *book, truth bool) bool { return truth && b.values[bookID].Str() != "A00" }
	if err := dialectOfCoded(s); err == nil || !strings.Contains(err.Error(), ` withholds row "A00", for which it is true`) {
		t.Errorf("got %v", err)
	}
	s.says = func(_ dsl.Node, b *book, truth bool) bool { return truth || b.values[bookID].Str() == "A00" }
	if err := dialectOfCoded(s); err == nil || !strings.Contains(err.Error(), ` selects row "A00", for which it is not true`) {
		t.Errorf("got %v", err)
	}
	err := querytest.TestDialect(s, map[int64]model.Record{1: &s.books[0]}, s.ids)
	if want := `the dialect's key "id" is a field of type string, and the rows are given by keys of type int`; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}
