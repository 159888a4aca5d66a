package querytest

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"time"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/paginate"
	"github.com/muster-go/muster/query"
)

// TestSource reads the whole source, and then holds what it promises against the
// rows: that pages are in order, within their bounds and complete; that each row
// comes once, whatever the size of a page, and though the run is cut off and gone on with;
// that what the server is said to sort is sorted; that a condition which the dialect calls
// exact is answered exactly and a weakened one loses no row, with nulls and under
// the collation declared; that filters of more than one condition have the right
// answer; that a run ends soon after its context and leaves no goroutine behind. It
// returns every fault, joined; nil where there is none.
func TestSource[T any](ctx context.Context, src query.Source[T]) error {
	s := &suite[T]{ctx: ctx, src: src}
	before := runtime.NumGoroutine()
	if s.readAll(); len(s.errs) == 0 {
		s.pages()
		s.orders()
		s.resumption()
		s.filters()
		s.cancellation()
		s.leaks(before)
	}
	return errors.Join(s.errs...)
}

// suite is one test of a source. It gathers faults.
type suite[T any] struct {
	ctx     context.Context //nolint:containedctx // a suite lives as long as one call
	src     query.Source[T]
	rows    map[int64]model.Record
	ids     []int64 // ascending
	records []model.Record
	errs    []error
}

// maxFaults is how many faults are told before the rest is left out: one broken
// promise shows in many conditions.
const maxFaults = 20

func (s *suite[T]) faultf(format string, args ...any) {
	switch len(s.errs) {
	case maxFaults:
		s.errs = append(s.errs, errors.New("and more"))
	case maxFaults + 1:
	default:
		s.errs = append(s.errs, fmt.Errorf(format, args...))
	}
}

// run returns the ids of the answer, in order of arrival, and the rows.
func (s *suite[T]) run(filter string, opts ...query.Option) (ids []int64, rows []T, err error) {
	r, err := query.Run(s.ctx, s.src, filter, opts...)
	if err != nil {
		return nil, nil, err
	}
	for row, err := range r.All() {
		if err != nil {
			return ids, rows, err
		}
		ids, rows = append(ids, s.src.ID(&row)), append(rows, row)
	}
	return ids, rows, nil
}

func (s *suite[T]) readAll() {
	ids, rows, err := s.run("", query.Walk(query.StrategySerial))
	if err != nil {
		s.faultf("reading all rows: %w", err)
		return
	}
	if len(rows) == 0 {
		s.faultf("the source has no rows, so that nothing can be tested")
		return
	}
	if f, ok := s.src.Schema().Lookup(s.src.Dialect().ID()); !ok || f.Type != model.TypeInt || f.Nullable {
		s.faultf("the dialect's key %q is no field of type int that is never null", s.src.Dialect().ID())
	}
	s.rows = make(map[int64]model.Record, len(rows))
	for i := range rows {
		if ids[i] < 1 {
			s.faultf("row %d of all has the id %d; ids are 1 or more", i, ids[i])
		}
		if _, twice := s.rows[ids[i]]; twice {
			s.faultf("exactly once: row %d came twice in one walk over all rows", ids[i])
		}
		record := s.src.Record(&rows[i])
		s.rows[ids[i]] = record
		s.records = append(s.records, record)
	}
	s.ids = slices.Sorted(slices.Values(ids))
	s.nulls()
}

// nulls: a field that is declared as never null never is.
func (s *suite[T]) nulls() {
	schema := s.src.Schema()
	for i := range schema.Len() {
		f := schema.Field(i)
		if f.Nullable || f.Through != "" || f.Type == model.TypeRef || f.Type == model.TypeRefs || f.Returned != model.ReturnedAlways {
			continue
		}
		for id, r := range s.rows {
			if r.Value(i).IsNull() {
				s.faultf("nulls: %s is declared as never null, and is in row %d", f.Name, id)
				break
			}
		}
	}
}

// pages reads all rows again by pages of several sizes and in both orders.
func (s *suite[T]) pages() {
	most := s.src.Dialect().MaxPageSize()
	for _, size := range []int{1, 7, most} {
		if size == 1 && len(s.ids) > 50 || size > most {
			continue // a request a row
		}
		ids, _, err := s.run("", query.PageSize(size))
		if err != nil {
			s.faultf("pages of %d rows: %w", size, err)
			continue
		}
		if slices.Sort(ids); !slices.Equal(ids, s.ids) {
			s.faultf("exactly once: by pages of %d rows %s", size, difference(ids, s.ids))
		}
	}
	for _, order := range []string{s.src.Dialect().ID(), "-" + s.src.Dialect().ID()} {
		want := slices.Clone(s.ids)
		if order[0] == '-' {
			slices.Reverse(want)
		}
		switch ids, _, err := s.run("", query.OrderBy(order), query.PageSize(min(7, most))); {
		case err != nil:
			s.faultf("order: by %s: %w", order, err)
		case !slices.Equal(ids, want):
			s.faultf("order: by %s the rows are not in that order, or not all: %s", order, difference(ids, want))
		}
	}
	s.windows()
}

// windows asks for pages of parts of the ids, as concurrent walks do.
func (s *suite[T]) windows() {
	paging := query.PagingKeyset
	if p, ok := s.src.Dialect().(query.Pager); ok {
		paging = p.Paging()
	}
	if paging != query.PagingKeyset && paging != query.PagingForward {
		return
	}
	plan, err := query.Prepare(s.src, "")
	if err != nil || len(plan.Scans) != 1 {
		return
	}
	fetch := s.src.Fetch(plan.Scans[0])
	lo, hi := s.ids[len(s.ids)/4], s.ids[len(s.ids)*3/4]+1
	for _, r := range []paginate.Request{{From: lo, Until: hi, Limit: 5}, {Descending: true, From: hi - 1, Until: lo, Limit: 5}} {
		if r.Descending && paging != query.PagingKeyset {
			continue
		}
		var want []int64
		for _, id := range s.ids {
			if lo <= id && id < hi {
				want = append(want, id)
			}
		}
		if r.Descending {
			slices.Reverse(want)
		}
		more := len(want) > 5
		want = want[:min(5, len(want))]
		page, err := fetch(s.ctx, r)
		if err != nil {
			s.faultf("windows: %v: %w", r, err)
			continue
		}
		got := make([]int64, len(page.Rows))
		for i := range page.Rows {
			got[i] = s.src.ID(&page.Rows[i])
		}
		if short := len(got) < len(want) && page.HasMore; !slices.Equal(got, want) && !short {
			s.faultf("windows: a page of %v holds %v, want %v", r, got, want)
		}
		if more && !page.HasMore {
			s.faultf("windows: a page of %v says that nothing follows, and rows do", r)
		}
	}
}

// filters holds every condition by itself, and then several together, against the
// rows.
func (s *suite[T]) filters() {
	singles := conditions(s.src.Schema(), s.records)
	for _, filter := range singles {
		s.filter(filter, s.blame)
	}
	if len(s.errs) > 0 {
		return // together they would only say the same again
	}
	for _, filter := range together(singles) {
		s.filter(filter, func(string, *query.Plan) string { return "each by itself is right, so the verdicts of the set are not" })
	}
}

func (s *suite[T]) filter(filter string, why func(string, *query.Plan) string) {
	plan, err := query.Prepare(s.src, filter)
	if err != nil {
		return // a plan that is refused promises nothing
	}
	want, err := s.matching(filter)
	if err != nil {
		s.faultf("%s: %w", filter, err)
		return
	}
	ids, _, err := s.run(filter)
	if err != nil {
		s.faultf("%s: %w", filter, err)
		return
	}
	if slices.Sort(ids); !slices.Equal(ids, want) {
		s.faultf("%s: %s: %s", filter, why(filter, plan), difference(ids, want))
	}
}

// matching is the ids of the rows for which a filter is true.
func (s *suite[T]) matching(filter string) ([]int64, error) {
	checked, err := query.Check(s.src, filter)
	if err != nil {
		return nil, err
	}
	predicate, err := dsl.Compile(checked.Root, s.src.Schema())
	if err != nil {
		return nil, err
	}
	var ids []int64
	for _, id := range s.ids {
		if predicate.Match(s.rows[id]) {
			ids = append(ids, id)
		}
	}
	return ids, nil
}

// blame says which promise a condition's wrong answer breaks.
func (s *suite[T]) blame(_ string, plan *query.Plan) string {
	verdict := query.Exact
	for _, scan := range plan.Scans {
		for _, c := range scan.Conjuncts {
			verdict = min(verdict, c.Verdict)
		}
	}
	switch verdict {
	case query.Exact:
		return "the dialect calls it exact, and the server answers otherwise (nulls and the collation count)"
	case query.Superset:
		return "the dialect calls it a superset, and the server withholds rows"
	case query.Unsupported:
	}
	return "nothing was pushed, and rows are missing or came twice"
}

// patience is how long a run may go on after its context has ended.
const patience = 5 * time.Second

// cancellation: a fetch under a context that has ended says so, and soon.
func (s *suite[T]) cancellation() {
	plan, err := query.Prepare(s.src, "")
	if err != nil || len(plan.Scans) == 0 {
		return
	}
	ctx, cancel := context.WithCancel(s.ctx)
	cancel()
	done := make(chan error, 1)
	go func() {
		_, err := s.src.Fetch(plan.Scans[0])(ctx, paginate.Request{Limit: 1})
		done <- err
	}()
	select {
	case err := <-done:
		if !errors.Is(err, context.Canceled) {
			s.faultf("cancellation: a fetch under a cancelled context returned %v, want its error", err)
		}
	case <-time.After(patience):
		s.faultf("cancellation: a fetch went on for %v after its context was cancelled", patience)
	}
}

// leaks waits for the goroutines of the runs to end.
func (s *suite[T]) leaks(before int) {
	const idle = 16 // of connections, which outlive a run
	if after, ok := settled(before + idle); !ok {
		s.faultf("goroutines: %d before the runs, %d after", before, after)
	}
}

// settled waits until no more goroutines run than that.
func settled(most int) (n int, ok bool) {
	for deadline := time.Now().Add(patience); ; runtime.Gosched() {
		if n = runtime.NumGoroutine(); n <= most || time.Now().After(deadline) {
			return n, n <= most
		}
	}
}

// shown is how many ids a fault names.
const shown = 8

// difference says how two ascending lists of ids differ.
func difference(got, want []int64) string {
	var missing, wrong []int64
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
	return fmt.Sprintf("%d rows, want %d; missing %v; wrong or double %v", len(got), len(want), missing[:min(shown, len(missing))], wrong[:min(shown, len(wrong))])
}
