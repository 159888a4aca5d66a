package query

import (
	"context"
	"errors"
	"maps"

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
	streams := make([]batches[T], len(p.Scans))
	for i, scan := range p.Scans {
		if streams[i] = r.pages(i, scan); r.residuals[i] != nil {
			streams[i] = satisfying(streams[i], r.residuals[i], r.source.Record)
		}
	}
	var all batches[T]
	switch {
	case len(streams) > 1 && p.Sort == SortByID:
		all = merge(streams, compare)
	default:
		all = concat(streams)
	}
	if len(streams) > 1 {
		all = once(all, r.source.ID)
	}
	switch p.Sort {
	case SortTopK:
		return topK(all, p.Limit, compare)
	case SortLocal:
		return sorted(all, p.maxSortRows, compare)
	case SortNone, SortByID, SortServer:
	}
	if p.Limit > 0 {
		all = first(all, p.Limit-r.progress.rows)
	}
	return all
}

// pages walks one scan as the plan's strategy says.
func (r *Rows[T]) pages(i int, scan Scan) batches[T] {
	if scan.Sort != "" {
		return r.page(i, scan)
	}
	return func(yield func([]T, error) bool) {
		var run *paginate.Run[T]
		switch walk := r.walk(i, scan); r.plan.Strategy {
		case StrategyGaps:
			run = paginate.Gaps(walk)
		case StrategyPeek:
			run = paginate.Peek(walk)
		case StrategyRanges:
			run = paginate.Ranges(walk, max(r.source.Workers(), 1))
		case StrategyNone, StrategyOnePage, StrategySerial:
			run = paginate.Serial(walk)
		}
		for batch, err := range run.Batches(r.ctx) {
			if err == nil {
				r.arrived(i, batch)
			}
			if !yield(batch.Rows, r.plain(err)) || err != nil {
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

// page asks for the one page of a scan that the server sorts. Should it come
// short of the answer, all rows are read and sorted locally.
func (r *Rows[T]) page(i int, scan Scan) batches[T] {
	return func(yield func([]T, error) bool) {
		fetch := r.counted(i, r.source.Fetch(scan))
		page, err := fetch(r.ctx, paginate.Request{Limit: int(r.plan.Limit)})
		switch {
		case err != nil:
			yield(nil, r.plain(err))
		case page.HasMore && int64(len(page.Rows)) < r.plan.Limit:
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
	rows := topK(paginate.Gaps(walk).Pages(r.ctx), r.plan.Limit, comparing(r.plan.Order, r.source.Record))
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
		PageSize: p.PageSize, Workers: r.source, From: r.from[i],
	}
	w.Wave = r.speculates()
	if scan.Residual == nil && p.Sort != SortTopK && p.Limit > 0 {
		w.Limit = p.Limit - r.progress.rows // what other scans delivered counts
		if w.From != nil {
			w.Limit += w.From.Rows
		}
	}
	if p.Sort == SortByID {
		w.Order = paginate.Ascending
		if p.Order[0].Descending {
			w.Order = paginate.Descending
		}
	}
	return w
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
	return ok && !pacer.Paced() && workers >= waveWorkers && r.plan.Cost.Requests >= wavePages*workers
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
		if req.Count && page.Count >= 0 {
			c.counted.CompareAndSwap(0, page.Count+1)
		}
		return page, nil
	}
}
