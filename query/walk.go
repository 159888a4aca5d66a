package query

import (
	"context"
	"iter"
	"maps"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/paginate"
	"github.com/muster-go/muster/query/internal/exec"
	"github.com/muster-go/muster/query/plan"
)

// batches is a stream of rows on their way to the consumer.
type batches[T any] = exec.Stream[[]T]

// part is a batch of one scan.
type part[T any] struct {
	scan  int
	batch paginate.Batch[T]
}

// rows is the pipeline of the plan: pages, residual, doubles, order, limit, and
// last the fields that only the stages before needed.
func (r *Rows[T]) rows() batches[T] {
	return r.hiding(r.answer(), r.plan.Hidden)
}

// hiding takes the fields out of every row, if the source can.
func (r *Rows[T]) hiding(in batches[T], fields []*model.Field) batches[T] {
	if len(fields) == 0 {
		return in
	}
	return exec.Project(in, func(row *T) { r.source.Hide(row, fields) })
}

func (r *Rows[T]) answer() batches[T] {
	p := r.plan
	compare := comparing(p.Order, r.source.Record)
	all := r.scanned(compare)
	if len(p.Scans) > 1 {
		seen, err := r.keptKeys()
		if err != nil {
			return exec.Fail[[]T](err)
		}
		all = exec.Dedupe(all, numbered(r.source), seen)
	}
	switch p.Sort {
	case plan.SortTopK:
		return exec.TopK(all, p.Limit, compare)
	case plan.SortLocal:
		all = exec.Sort(all, compare, r.sortOptions())
	case plan.SortNone, plan.SortByID, plan.SortServer:
	}
	if p.Limit > 0 {
		all = exec.Limit(all, p.Limit-r.progress.rows)
	}
	return all
}

// keptKeys returns what tells apart the rows that an earlier run delivered, as far
// as the checkpoint's owner can say.
func (r *Rows[T]) keptKeys() (map[int64]struct{}, error) {
	seen := make(map[int64]struct{})
	if r.kept == nil {
		return seen, nil
	}
	for key, err := range r.kept {
		if err != nil {
			return nil, err
		}
		seen[keyNumber(key)] = struct{}{}
	}
	return seen, nil
}

// sortOptions are the plan's bounds of a local sort.
func (r *Rows[T]) sortOptions() exec.SortOptions[T] {
	o := exec.SortOptions[T]{MaxRows: r.plan.MaxSortRows}
	if r.plan.SortMemory > 0 && r.caps.Spills {
		o.Memory, o.Spill = r.plan.SortMemory, r.source.NewSpill()
	}
	return o
}

// scanned is the rows of all scans, less those that the residuals drop: merged
// where they are wanted in order of the key, one scan after the other where a
// limit may make the next one needless, and else all at once.
func (r *Rows[T]) scanned(compare func(a, b *T) int) batches[T] {
	p := r.plan
	n := len(p.Scans)
	if n == 1 && p.Scans[0].Sort != "" && p.Strategy != plan.StrategyFollowTokens {
		return r.page(0, p.Scans[0])
	}
	scans := make([]exec.Stream[part[T]], n)
	for i := range scans {
		scans[i] = r.scan(r.ctx, i)
	}
	switch {
	case n > 1 && p.Sort == plan.SortByID:
		streams := make([]batches[T], n)
		for i := range streams {
			streams[i] = r.matching(scans[i])
		}
		return exec.Merge(streams, compare)
	case n == 1, p.Limit > 0 && p.Sort == plan.SortNone:
		return r.matching(exec.Concat(scans...))
	}
	return r.matching(exec.Interleave(r.ctx, n, r.source.Workers(), r.scan))
}

// scan is the batches of one scan.
func (r *Rows[T]) scan(ctx context.Context, i int) exec.Stream[part[T]] {
	return func(yield func(part[T]) bool) error {
		return exec.FromSeq(r.pages(ctx, i))(func(batch paginate.Batch[T]) bool {
			return yield(part[T]{i, batch})
		})
	}
}

// matching notes the progress of the scans and keeps of each the rows for which
// its residual is true.
func (r *Rows[T]) matching(in exec.Stream[part[T]]) batches[T] {
	needed := make([][]*model.Field, len(r.plan.Scans))
	for i, scan := range r.plan.Scans {
		needed[i] = neededHere(r.plan, scan)
	}
	return exec.Map(in, func(p part[T]) ([]T, error) {
		if err := carried(p.batch.Rows, needed[p.scan], r.source); err != nil {
			return nil, err
		}
		r.arrived(p.scan, p.batch)
		return exec.Match(p.batch.Rows, r.residuals[p.scan], r.source.Record), nil
	})
}

// arrived notes how far a scan has got.
func (r *Rows[T]) arrived(i int, batch paginate.Batch[T]) {
	r.progress.scans[i] = &batch.Left
	if n := len(batch.Rows); n > 0 {
		r.progress.ends[i] = r.source.ID(&batch.Rows[n-1])
	}
}

// pages walks one scan as the plan's strategy says.
func (r *Rows[T]) pages(ctx context.Context, i int) iter.Seq2[paginate.Batch[T], error] {
	return func(yield func(paginate.Batch[T], error) bool) {
		r.running.Add(1)
		defer r.running.Add(-1)
		if r.plan.Strategy == plan.StrategyFollowTokens {
			r.followed(ctx, i)(yield)
			return
		}
		walk := r.walk(i, r.plan.Scans[i])
		run := paginate.Serial(walk)
		switch r.plan.Strategy {
		case plan.StrategySplitRanges:
			run = paginate.SplitRanges(walk)
		case plan.StrategyFirstPageThenSplit:
			run = paginate.FirstPageThenSplit(walk)
		case plan.StrategyReadAhead:
			run = paginate.ReadAhead(walk)
		case plan.StrategyNone, plan.StrategyOnePage, plan.StrategySerial, plan.StrategyFollowTokens:
		}
		r.scans[i].run.Store(run)
		run.Batches(ctx)(yield)
	}
}

// page asks for the one page of a scan that the server sorts. Should it come
// short of the answer, all rows are read and sorted locally.
func (r *Rows[T]) page(i int, scan plan.Scan) batches[T] {
	return func(yield func([]T) bool) error {
		p := r.plan
		limit := p.PageSize // no more rows than a page were bounded or counted
		if p.Limit > 0 {
			limit = int(min(int64(limit), p.Limit))
		}
		page, err := r.counted(i, r.source.Fetch(scan))(r.ctx, paginate.Request{Limit: limit})
		switch {
		case err != nil:
			return err
		case page.HasMore && (p.Limit == 0 || int64(len(page.Rows)) < p.Limit):
			return r.sortedByHand(i, scan)(yield)
		case len(page.Rows) > 0 && !yield(page.Rows):
			return exec.ErrStopped
		}
		return nil
	}
}

func (r *Rows[T]) sortedByHand(i int, scan plan.Scan) batches[T] {
	by := r.plan.Fallback
	if by == nil {
		return exec.Fail[[]T](&ShortPageError{Order: r.plan.OrderText()})
	}
	scan.Sort = ""
	scan.Query = maps.Clone(scan.Query)
	maps.Copy(scan.Query, by.Query)
	walk := r.walk(i, scan)
	walk.Limit, walk.Order = 0, paginate.Unordered
	run, compare := paginate.SplitRanges(walk), comparing(r.plan.Order, r.source.Record)
	if r.caps.Paging == plan.PagingForward {
		walk.Order = paginate.Ascending
		run = paginate.Serial(walk)
	}
	keys := sortKeys(r.plan.Order)
	rows := exec.Map(exec.FromSeq(run.Pages(r.ctx)), func(batch []T) ([]T, error) {
		return batch, carried(batch, keys, r.source)
	})
	if r.plan.Limit > 0 {
		rows = exec.TopK(rows, r.plan.Limit, compare)
	} else {
		rows = exec.Sort(rows, compare, r.sortOptions())
	}
	return r.hiding(rows, by.Hidden)
}

// walk is the scan in the words of paginate.
func (r *Rows[T]) walk(i int, scan plan.Scan) paginate.Scan[T] {
	p := r.plan
	w := paginate.Scan[T]{
		Fetch: r.counted(i, r.source.Fetch(scan)), ID: r.source.ID, Bounds: scan.IDs,
		PageSize: p.PageSize, Workers: r.source.Workers, RateLimit: r.caps.RateLimit, From: r.from[i], Hooks: r.hooks.of(i),
	}
	if len(p.Scans) > 1 {
		s := share{r.source.Workers, r.caps.RateLimit, &r.running, int64(i)}
		w.Workers, w.RateLimit = s.workers, s.limit
	}
	w.SpeculativeWave = r.speculates()
	w.OnDemand = p.Limit > 0 && scan.Residual != nil && !p.Sort.Gathers()
	w.Limit = r.limitOf(i)
	if r.caps.Paging == plan.PagingForward {
		w.Order = paginate.Ascending
	}
	if p.Sort == plan.SortByID {
		w.Order = paginate.Ascending
		if p.Order[0].Descending {
			w.Order = paginate.Descending
		}
	}
	return w
}

// limitOf is how many rows of a scan, those before a checkpoint included, are wanted at
// most; 0 = all.
func (r *Rows[T]) limitOf(i int) int64 {
	p := r.plan
	if p.Scans[i].Residual != nil || p.Sort.Gathers() || p.Limit == 0 || p.AllRows {
		return 0
	}
	limit := p.Limit - r.progress.rows // what other scans delivered counts
	if r.from[i] != nil {
		limit += r.from[i].Rows
	}
	return limit
}

// wavePages is how many pages a worker must be expected to ask for before a fetch
// begins with pages on speculation: a small answer would be asked for in pieces.
const wavePages = 4

// waveWorkers is the least concurrency at which it pays: of few workers few idle
// in the first round, and what they ask in vain outweighs the round.
const waveWorkers = 8

// speculates reports whether the first round's idle workers ask pages on
// speculation.
func (r *Rows[T]) speculates() bool {
	workers := int64(r.source.Workers())
	return r.caps.RateLimit != nil && r.caps.RateLimit().Rate <= 0 && workers >= waveWorkers && r.plan.Cost.Requests >= wavePages*workers
}

// counted wraps a fetch so that the run's statistics see it.
func (r *Rows[T]) counted(i int, fetch paginate.Fetch[T]) paginate.Fetch[T] {
	c := &r.scans[i]
	return func(ctx context.Context, req paginate.Request) (*paginate.Page[T], error) {
		c.requests.Add(1)
		page, err := fetch(ctx, req)
		if err != nil {
			return nil, err
		}
		c.retries.Add(int64(page.Retries))
		c.fetched.Add(int64(len(page.Rows)))
		return page, nil
	}
}

// followed reads the pages of a scan each of which names the next.
func (r *Rows[T]) followed(ctx context.Context, i int) iter.Seq2[paginate.Batch[T], error] {
	c := paginate.TokenScan[T]{
		Fetch: r.counted(i, r.source.Fetch(r.plan.Scans[i])), ID: numbered(r.source), PageSize: r.plan.PageSize, Limit: r.limitOf(i),
		Overlap: r.caps.Paging == plan.PagingOffset, Parameter: r.caps.PageParameter, From: r.from[i],
	}
	if textKey(r.source) != nil {
		c.Key = func(row *T) string { return keyText(r.source, row) }
	}
	return paginate.FollowTokens(ctx, c)
}
