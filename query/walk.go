package query

import (
	"context"
	"errors"
	"iter"
	"maps"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/paginate"
)

// rows is the pipeline of the plan: pages, residual, doubles, order, limit, and
// last the fields that only the stages before needed.
func (r *Rows[T]) rows() batches[T] {
	hider, ok := r.source.(Hider[T])
	if !ok || len(r.plan.Hidden) == 0 {
		return r.answer()
	}
	return hiding(r.answer(), hider, r.plan.Hidden)
}

func (r *Rows[T]) answer() batches[T] {
	p := r.plan
	compare := comparing(p.Order, r.source.Record)
	all := r.scanned(compare)
	if len(p.Scans) > 1 {
		all = once(all, numbered(r.source))
	}
	switch p.Sort {
	case SortTopK:
		return topK(all, p.Limit, compare)
	case SortLocal:
		all = sorted(all, r.newSorter(compare))
	case SortNone, SortByID, SortServer:
	}
	if p.Limit > 0 {
		all = first(all, p.Limit-r.progress.rows)
	}
	return all
}

// scanned is the rows of all scans, less those that the residuals drop: merged
// where they are wanted in order of the key, one scan after the other where a
// limit may make the next one needless, and else all at once.
func (r *Rows[T]) scanned(compare func(a, b *T) int) batches[T] {
	p := r.plan
	switch n := len(p.Scans); {
	case n == 1 && p.Scans[0].Sort != "" && p.Strategy != StrategyFollow:
		return r.page(0, p.Scans[0])
	case n > 1 && p.Sort == SortByID:
		streams := make([]batches[T], n)
		for i := range streams {
			streams[i] = r.matching(func(yield func(part[T]) bool) {
				for batch, err := range r.pages(r.ctx, i) {
					if !yield(part[T]{i, batch, err}) || err != nil {
						return
					}
				}
			})
		}
		return merge(streams, compare)
	case n == 1, p.Limit > 0 && p.Sort == SortNone:
		return r.matching(inTurn(r.ctx, n, r.pages))
	default:
		return r.matching(together(r.ctx, n, r.source.Workers(), r.pages))
	}
}

// matching notes the progress of the scans and keeps of each the rows for which
// its residual is true.
func (r *Rows[T]) matching(in parts[T]) batches[T] {
	needed := make([][]*model.Field, len(r.plan.Scans))
	for i, scan := range r.plan.Scans {
		needed[i] = r.plan.neededHere(scan)
	}
	return func(yield func([]T, error) bool) {
		for p := range in {
			if p.err != nil {
				yield(nil, r.plain(p.err))
				return
			}
			if err := carried(p.batch.Rows, needed[p.scan], r.source); err != nil {
				yield(nil, err)
				return
			}
			r.arrived(p.scan, p.batch)
			if !yield(satisfying(p.batch.Rows, r.residuals[p.scan], r.source.Record), nil) {
				return
			}
		}
	}
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
		if r.plan.Strategy == StrategyFollow {
			r.followed(ctx, i)(yield)
			return
		}
		walk := r.walk(i, r.plan.Scans[i])
		run := paginate.Serial(walk)
		switch r.plan.Strategy {
		case StrategyGaps:
			run = paginate.Gaps(walk)
		case StrategyPeek:
			run = paginate.Peek(walk)
		case StrategyWindow:
			run = paginate.Ordered(walk)
		case StrategyRanges:
			run = paginate.Ranges(walk, max(walk.Workers.Workers(), 1))
		case StrategyNone, StrategyOnePage, StrategySerial, StrategyFollow:
		}
		r.scans[i].run.Store(run)
		run.Batches(ctx)(yield)
	}
}

// page asks for the one page of a scan that the server sorts. Should it come
// short of the answer, all rows are read and sorted locally.
func (r *Rows[T]) page(i int, scan Scan) batches[T] {
	return func(yield func([]T, error) bool) {
		p := r.plan
		limit := p.PageSize // no more rows than a page were bounded or counted
		if p.Limit > 0 {
			limit = int(min(int64(limit), p.Limit))
		}
		page, err := r.counted(i, r.source.Fetch(scan))(r.ctx, paginate.Request{Limit: limit})
		switch {
		case err != nil:
			yield(nil, r.plain(err))
		case page.HasMore && (p.Limit == 0 || int64(len(page.Rows)) < p.Limit):
			r.sortedByHand(i, scan)(yield)
		case len(page.Rows) > 0:
			yield(page.Rows, nil)
		}
	}
}

func (r *Rows[T]) sortedByHand(i int, scan Scan) batches[T] {
	by := r.plan.byHand
	if by == nil {
		return func(yield func([]T, error) bool) { yield(nil, &ShortPageError{Order: joinKeys(r.plan.Order)}) }
	}
	scan.Sort = ""
	scan.Query = maps.Clone(scan.Query)
	maps.Copy(scan.Query, by.query)
	walk := r.walk(i, scan)
	walk.Limit, walk.Order = 0, paginate.Unordered
	run, compare := paginate.Gaps(walk), comparing(r.plan.Order, r.source.Record)
	if pagingOf(r.plan.dialect) == PagingForward {
		walk.Order = paginate.Ascending
		run = paginate.Serial(walk)
	}
	rows := checked(run.Pages(r.ctx), sortKeys(r.plan.Order), r.source)
	if r.plan.Limit > 0 {
		rows = topK(rows, r.plan.Limit, compare)
	} else {
		rows = sorted(rows, r.newSorter(compare))
	}
	if hider, ok := r.source.(Hider[T]); ok && len(by.hidden) > 0 {
		rows = hiding(rows, hider, by.hidden)
	}
	return rows
}

// plain leaves out the walk's account of where it was when the run was ended
// from outside.
func (r *Rows[T]) plain(err error) error {
	if cause := context.Cause(r.ctx); cause != nil && errors.Is(err, cause) {
		return cause
	}
	return err
}

// walk is the scan in the words of paginate.
func (r *Rows[T]) walk(i int, scan Scan) paginate.Scan[T] {
	p := r.plan
	w := paginate.Scan[T]{
		Fetch: r.counted(i, r.source.Fetch(scan)), ID: r.source.ID, Bounds: scan.IDs,
		PageSize: p.PageSize, Workers: r.workers(i), From: r.from[i], Hooks: p.hooks.of(i),
	}
	w.Wave = r.speculates()
	w.OnDemand = p.Limit > 0 && scan.Residual != nil && !p.Sort.gathers()
	w.Limit = r.limitOf(i)
	if pagingOf(p.dialect) == PagingForward {
		w.Order = paginate.Ascending
	}
	if p.Sort == SortByID {
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
	if p.Scans[i].Residual != nil || p.Sort.gathers() || p.Limit == 0 || p.allRows {
		return 0
	}
	limit := p.Limit - r.progress.rows // what other scans delivered counts
	if r.from[i] != nil {
		limit += r.from[i].Rows
	}
	return limit
}

// workers is what a scan may keep in flight: all that the source allows, or its
// share while others run.
func (r *Rows[T]) workers(i int) paginate.Workers {
	if len(r.plan.Scans) == 1 {
		return r.source
	}
	return share[T]{r.source, &r.running, int64(i)}
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
	pacer, ok := r.source.(Pacer)
	workers := int64(r.source.Workers())
	return ok && pacer.Pace().Rate <= 0 && workers >= waveWorkers && r.plan.Cost.Requests >= wavePages*workers
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
