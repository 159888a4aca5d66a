package querytest

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query"
	"github.com/muster-go/muster/query/knownanswer"
	"github.com/muster-go/muster/query/plan"
)

// TestSource reads the whole source, and then tests the promises of [query.Source] and
// [plan.Capabilities] on its rows:
//
//   - rows have the fields that were requested;
//   - pages are in order, within their bounds and complete;
//   - each row comes once, whatever the page size, and also if the run is interrupted and
//     resumed;
//   - the server sorts as the dialect says, by one key and by several;
//   - an exact condition is answered exactly, and one that is a superset loses no row: with
//     nulls, under the declared collation, on fields that come only on request, and on
//     paths through references;
//   - filters of several conditions have the right answer;
//   - counting, hiding, spilling and deleted rows work, if the source has them;
//   - a fetch ends soon after its context, and no goroutine is left behind.
//
// It returns every fault, joined; nil if there is none. The dialect's key identifies rows;
// it may be an integer or a text.
//
// Conditions are made of the rows' values. So a field without a value in any row is a
// fault: nothing about it could be tested. A fetch that ignores its context is only found
// if it takes a millisecond or more: let the server answer no sooner in one test. Rows
// that an offset repeats at the edge of a page are not a fault, because
// [plan.PagingOffset] drops doubles.
func TestSource[T any](ctx context.Context, src query.Source[T]) error {
	if key, ok := src.Schema().Lookup(src.Dialect().ID()); ok && key.Type == model.TypeString {
		return testSource(ctx, src, func(row *T) string { return src.Record(row).Value(key.Index()).Str() })
	}
	return testSource(ctx, src, src.ID)
}

// testSource tests a source whose rows have such keys.
func testSource[T any, K int64 | string](ctx context.Context, src query.Source[T], id func(*T) K) error {
	s := &suite[T, K]{judge: newJudge[K](src, nil), src: src, id: id, asked: make(map[string]bool)}
	leaked := labelled(ctx, func(ctx context.Context) {
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
	for _, fault := range leaked(perConnection * max(2*src.Workers(), 64)) {
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
	all   []T             // every row, with every field
	plan  *query.Plan     // of all rows as they come
	asked map[string]bool // the requests that do not depend on a filter, but for their fields

	answers  int   // how many filters were answered
	repeated int64 // rows that came twice in the last run, which dropped them
}

// run returns the ids of the answer, in order of arrival, and the rows.
func (s *suite[T, K]) run(filter string, opts ...query.Option) (ids []K, rows []T, err error) {
	r, err := query.Run(s.ctx, s.src, filter, opts...)
	if err != nil {
		return nil, nil, err
	}
	defer func() { s.repeated = r.Stats().Repeated }()
	for row, err := range r.All() {
		if err != nil {
			return ids, rows, err
		}
		ids, rows = append(ids, s.id(&row)), append(rows, row)
	}
	return ids, rows, nil
}

// fields returns the fields that can be requested.
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

// everything selects every field that can be requested.
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
	if s.repeated > 0 && s.src.Capabilities().Paging != plan.PagingOffset {
		s.faultf("exactly once: %d of %d rows came twice in one walk over all rows", s.repeated, len(rows))
	}
	if len(rows) == 0 {
		s.faultf("the source has no rows, so nothing can be tested")
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
	s.learn(byID)
	s.all = rows
	for _, f := range s.fields() {
		s.values(f)
	}
}

// values tests that a field that was requested comes, and that one that is declared as
// never null is never null.
func (s *suite[T, K]) values(f *model.Field) {
	records := s.records()
	if len(knownanswer.Values(f, records)) == 0 && !foreign(f, records) {
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

// filters tests every condition by itself, and then several together.
func (s *suite[T, K]) filters() {
	var pushed []knownanswer.Question[K]
	for _, text := range s.known.Conditions() {
		q, err := s.ask(text)
		if err != nil {
			s.faultf("%s: %w", text, err)
			continue
		}
		if s.filter(q, s.blame) {
			pushed = append(pushed, q)
		}
	}
	if len(s.errs) > 0 {
		return // together they would only show the same again
	}
	for _, q := range knownanswer.Join(pushed) {
		s.filter(q, func(*query.Plan) string { return "each by itself is right, so the verdicts of the set are not" })
	}
}

// filter asks the question and reports whether the server has a part in the answer. If it
// has none, the request is for all rows and was judged before; it is repeated only for
// each set of fields.
func (s *suite[T, K]) filter(q knownanswer.Question[K], why func(*query.Plan) string) (pushed bool) {
	planned, err := query.Prepare(s.src, q.Text)
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
	ids, _, err := s.run(q.Text)
	if err != nil {
		s.faultf("%s: %w", q.Text, err)
		return pushed
	}
	if fault := q.Judge(ids, true); !fault.None() {
		s.faultf("%s: %s: %s", q.Text, why(planned), difference(ids, q.Yes))
		return pushed
	}
	s.count(q, planned)
	return pushed
}

// pushes reports whether a plan requests less than all rows.
func (s *suite[T, K]) pushes(planned *query.Plan) bool {
	if len(planned.Scans) != 1 || planned.Scans[0].IDs != s.plan.Scans[0].IDs {
		return true
	}
	return slices.ContainsFunc(planned.Scans[0].Conjuncts, func(c plan.Conjunct) bool { return c.Verdict != plan.Unsupported })
}

// blame names the promise that a wrong answer to a condition breaks.
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

// difference describes how two lists of ids differ.
func difference[K int64 | string](got, want []K) string {
	return fmt.Sprintf("%d rows, want %d; %v", len(got), len(want), knownanswer.Question[K]{Yes: want}.Judge(got, true))
}
