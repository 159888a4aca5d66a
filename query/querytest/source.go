package querytest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query"
	"github.com/muster-go/muster/query/plan"
)

// TestSource reads the whole source, and then holds what it promises against the
// rows: that they come with what they are asked for; that pages are in order, within
// their bounds and complete; that each row comes once, whatever the size of a page, and
// though the run is cut off and gone on with; that what the server is said to sort is
// sorted, by several keys too; that a condition which the dialect calls exact is
// answered exactly and a weakened one loses no row, with nulls and under the collation
// declared, for fields that come only on request and for paths through references too;
// that filters of more than one condition have the right answer; that what else the
// source can do (count, hide, spill, deleted rows) is done
// right; that a fetch ends soon after its context, and that no goroutine is left
// behind. It returns every fault, joined; nil where there is none.
//
// Rows are told apart by the dialect's key, be it an integer or a text.
//
// Conditions are made of the rows' values, so rows without a value at a field are a
// fault where it is asked for: nothing of it could be tested. A fetch that does not
// heed its context shows only if it takes a millisecond or more: have the server
// answer no sooner in one test. Rows that an offset repeats at the edge of a page are
// no fault, because [plan.PagingOffset] drops doubles.
func TestSource[T any](ctx context.Context, src query.Source[T]) error {
	if key, ok := src.Schema().Lookup(src.Dialect().ID()); ok && key.Type == model.TypeString {
		return testSource(ctx, src, func(row *T) string { return src.Record(row).Value(key.Index()).Str() })
	}
	return testSource(ctx, src, src.ID)
}

// testSource tests a source whose rows have such keys.
func testSource[T any, K int64 | string](ctx context.Context, src query.Source[T], id func(*T) K) error {
	s := &suite[T, K]{judge: newJudge[K](src, nil), src: src, id: id, asked: make(map[string]bool)}
	left := labelled(ctx, func(ctx context.Context) {
		s.ctx = ctx
		if s.readAll(); len(s.errs) > 0 {
			return
		}
		s.pages()
		s.orders()
		s.resumption()
		s.filters()
		s.deleted()
		s.hides()
		s.spills()
		s.cancellation()
	})
	const perConnection = 2 // one reads and one writes
	for _, fault := range left(perConnection * max(2*src.Workers(), 64)) {
		s.faultf("goroutines: %s", fault)
	}
	return errors.Join(s.errs...)
}

// suite is one test of a source.
type suite[T any, K int64 | string] struct {
	*judge[K]

	ctx   context.Context //nolint:containedctx // a suite lives as long as one call
	src   query.Source[T]
	id    func(*T) K      // the key of a row
	all   []T             // every row, with all that it can be asked for
	plan  *query.Plan     // of all rows as they come
	asked map[string]bool // the requests of which nothing but the fields rests on a filter

	answers int // to filters that were asked
}

// run returns the ids of the answer, in order of arrival, and the rows.
func (s *suite[T, K]) run(filter string, opts ...query.Option) (ids []K, rows []T, err error) {
	r, err := query.Run(s.ctx, s.src, filter, opts...)
	if err != nil {
		return nil, nil, err
	}
	for row, err := range r.All() {
		if err != nil {
			return ids, rows, err
		}
		ids, rows = append(ids, s.id(&row)), append(rows, row)
	}
	return ids, rows, nil
}

// fields is what rows can be asked for.
func (s *suite[T, K]) fields() []*model.Field {
	var fields []*model.Field
	schema := s.src.Schema()
	for i := range schema.Len() {
		if f := schema.Field(i); f.Returned == model.ReturnedAlways || f.Returned == model.ReturnedOnRequest {
			fields = append(fields, f)
		}
	}
	return fields
}

// everything selects all that rows can be asked for.
func (s *suite[T, K]) everything() query.Option {
	fields := s.fields()
	names := make([]string, len(fields))
	for i, f := range fields {
		names[i] = f.Name
	}
	return query.Select(names...)
}

func (s *suite[T, K]) readAll() {
	if s.key(); len(s.errs) > 0 {
		return
	}
	ids, rows, err := s.run("", query.Walk(plan.StrategySerial), s.everything())
	if err != nil {
		s.faultf("reading all rows: %w", err)
		return
	}
	if len(rows) == 0 {
		s.faultf("the source has no rows, so that nothing can be tested")
		return
	}
	if s.plan, err = query.Prepare(s.src, ""); err != nil {
		s.faultf("planning to read all rows: %w", err)
		return
	}
	byID := make(map[K]model.Record, len(rows))
	var none K
	for i := range rows {
		if ids[i] <= none {
			s.faultf("row %d of all has the id %#v; ids are 1 or more, or texts that are not empty", i, ids[i])
		}
		if _, twice := byID[ids[i]]; twice {
			s.faultf("exactly once: row %#v came twice in one walk over all rows", ids[i])
		}
		byID[ids[i]] = s.src.Record(&rows[i])
	}
	s.rows, s.all, s.ids = byID, rows, slices.Sorted(slices.Values(ids))
	for _, f := range s.fields() {
		s.values(f)
	}
}

// values: a field that is asked for comes, and one that is declared as never null
// never is.
func (s *suite[T, K]) values(f *model.Field) {
	records := s.records()
	if len(distinct(f, records)) == 0 && !foreign(f, records) {
		s.faultf("%s was asked for and has no value in any row: either it does not come, or no row has one and nothing of it can be tested", f.Name)
		return
	}
	if f.Nullable || f.Through != "" || f.Type == model.TypeRefs {
		return
	}
	for i, r := range records {
		if r.Value(f.Index()).IsNull() {
			s.faultf("nulls: %s is declared as never null, and is in row %#v", f.Name, s.ids[i])
			return
		}
	}
}

// foreign reports whether no row can have the field.
func foreign(f *model.Field, rows []model.Record) bool {
	return !slices.ContainsFunc(rows, func(r model.Record) bool {
		row, ok := r.(model.PresenceRecord)
		return !ok || row.Presence(f.Index()) != model.NotApplicable
	})
}

// filters holds every condition by itself, and then several together, against the
// rows.
func (s *suite[T, K]) filters() {
	var pushed []condition[K]
	for _, text := range conditions(s.src.Schema(), s.records()) {
		ids, err := s.matching(text)
		if err != nil {
			s.faultf("%s: %w", text, err)
			continue
		}
		if c := (condition[K]{text, ids}); s.filter(c, s.blame) {
			pushed = append(pushed, c)
		}
	}
	if len(s.errs) > 0 {
		return // together they would only say the same again
	}
	for _, c := range together(pushed) {
		s.filter(c, func(*query.Plan) string { return "each by itself is right, so the verdicts of the set are not" })
	}
}

// filter asks for the rows of a condition. It reports whether the server has a part
// in the answer; where it has none, that is all rows and judged already, and is asked
// for once more only for each set of fields that come along.
func (s *suite[T, K]) filter(c condition[K], why func(*query.Plan) string) (pushed bool) {
	planned, err := query.Prepare(s.src, c.text)
	if err != nil {
		return false // a plan that is refused promises nothing
	}
	if pushed = s.pushes(planned); !pushed {
		request := planned.Scans[0].Query.Encode()
		if s.asked[request] {
			return false
		}
		s.asked[request] = true
	}
	ids, _, err := s.run(c.text)
	if err != nil {
		s.faultf("%s: %w", c.text, err)
		return pushed
	}
	if slices.Sort(ids); !slices.Equal(ids, c.ids) {
		s.faultf("%s: %s: %s", c.text, why(planned), difference(ids, c.ids))
		return pushed
	}
	s.count(c, planned)
	return pushed
}

// pushes reports whether a filter's plan asks the server for less than all rows.
func (s *suite[T, K]) pushes(planned *query.Plan) bool {
	if len(planned.Scans) != 1 || planned.Scans[0].IDs != s.plan.Scans[0].IDs {
		return true
	}
	return slices.ContainsFunc(planned.Scans[0].Conjuncts, func(c plan.Conjunct) bool { return c.Verdict != plan.Unsupported })
}

// blame says which promise a condition's wrong answer breaks.
func (s *suite[T, K]) blame(planned *query.Plan) string {
	verdict := plan.Exact
	for _, scan := range planned.Scans {
		for _, c := range scan.Conjuncts {
			verdict = min(verdict, c.Verdict)
		}
	}
	switch verdict {
	case plan.Exact:
		return "the dialect calls it exact, and the server answers otherwise (nulls and the collation count)"
	case plan.Superset:
		return "the dialect calls it a superset, and the server withholds rows"
	case plan.Unsupported:
	}
	return "nothing was pushed, and rows are missing or came twice"
}

// shown is how many ids a fault names.
const shown = 8

// difference says how two lists of ids differ.
func difference[K int64 | string](got, want []K) string {
	var missing, wrong []K
	for _, id := range want {
		if !slices.Contains(got, id) {
			missing = append(missing, id)
		}
	}
	for i, id := range got {
		if !slices.Contains(want, id) || slices.Contains(got[:i], id) {
			wrong = append(wrong, id)
		}
	}
	return fmt.Sprintf("%d rows, want %d; missing %s; wrong or double %s", len(got), len(want), some(missing), some(wrong))
}

// some is the first of a list of ids, as a fault names them.
func some[K int64 | string](ids []K) string {
	var b strings.Builder
	for i, id := range ids[:min(shown, len(ids))] {
		if i > 0 {
			b.WriteByte(' ')
		}
		fmt.Fprintf(&b, "%#v", id)
	}
	return "[" + b.String() + "]"
}
