package query

import (
	"context"
	"iter"
	"maps"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/paginate"
	"github.com/muster-go/muster/paginate/keyset"
	"github.com/muster-go/muster/query/internal/exec"
	"github.com/muster-go/muster/query/plan"
)

// batches is a stream of rows.
type batches[T any] = exec.Stream[[]T]

// rows is the pipeline of the plan: scan, filter, dedupe, sort, limit, project.
func (r *Rows[T]) rows() batches[T] {
	return r.project(r.answer(), r.plan.Hidden)
}

// project hides the fields of every row, if the source can.
func (r *Rows[T]) project(in batches[T], fields []*model.Field) batches[T] {
	if len(fields) == 0 {
		return in
	}
	return exec.Project(in, func(row *T) { r.source.Hide(row, fields) })
}

func (r *Rows[T]) answer() batches[T] {
	p := r.plan
	compare := compareBy(p.Order, r.source.Record)
	all := r.scanAll(compare)
	if len(p.Scans) > 1 {
		all = r.dedupe(all)
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

// dedupe drops the rows that another scan or an earlier run delivered. One scan delivers
// each row once.
func (r *Rows[T]) dedupe(in batches[T]) batches[T] {
	return func(yield func([]T) bool) error {
		seen, err := r.keptKeys()
		if err != nil {
			return err
		}
		defer seen.Close()
		return exec.Dedupe(in, noteKey(r.source, seen))(yield)
	}
}

// keptKeys returns the keys of the rows that an earlier run delivered, if the checkpoint
// has them.
func (r *Rows[T]) keptKeys() (*keyset.Set, error) {
	if r.kept == nil {
		return new(keyset.Set), nil
	}
	return readKeys(r.kept)
}

// sortOptions returns the plan's bounds of a local sort.
func (r *Rows[T]) sortOptions() exec.SortOptions[T] {
	o := exec.SortOptions[T]{MaxRows: r.plan.MaxSortRows}
	if r.plan.SortMemory > 0 && r.caps.Spills {
		o.Memory, o.Spill = r.plan.SortMemory, r.source.NewSpill()
	}
	return o
}

// scanAll is the rows of all scans that pass the residuals. Scans are merged if the
// order is by the key. They run one after the other if the limit may make the next one
// needless, and otherwise concurrently.
func (r *Rows[T]) scanAll(compare func(a, b *T) int) batches[T] {
	p := r.plan
	n := len(p.Scans)
	if n == 1 && p.Scans[0].Sort != "" && p.Strategy != plan.StrategyFollowTokens {
		return r.page(0, p.Scans[0])
	}
	filter := r.filter()
	switch {
	case n > 1 && p.Sort == plan.SortByID:
		streams := make([]batches[T], n)
		for i := range streams {
			streams[i] = exec.Map(r.scan(r.ctx, i), func(b paginate.Batch[T]) ([]T, error) { return filter(i, b) })
		}
		return exec.Merge(streams, compare)
	case n == 1, p.Limit > 0 && p.Sort == plan.SortNone:
		return exec.Concat(n, func(i int) exec.Stream[paginate.Batch[T]] { return r.scan(r.ctx, i) }, filter)
	}
	return exec.Interleave(r.ctx, n, r.source.Workers(), r.scan, filter)
}

// scan is the batches of one scan.
func (r *Rows[T]) scan(ctx context.Context, i int) exec.Stream[paginate.Batch[T]] {
	return exec.FromSeq(r.pages(ctx, i))
}

// filter returns the function that notes the progress of a scan and filters its batch by
// the residual.
func (r *Rows[T]) filter() func(i int, batch paginate.Batch[T]) ([]T, error) {
	needed := make([][]*model.Field, len(r.plan.Scans))
	for i, scan := range r.plan.Scans {
		needed[i] = readLocally(r.plan, scan)
	}
	release := func() {} // of the batch before
	return func(i int, batch paginate.Batch[T]) ([]T, error) {
		release()
		if release = func() {}; r.returns() && batch.Release != nil {
			release = batch.Release
		}
		if err := checkPresence(batch.Rows, needed[i], r.source); err != nil {
			return nil, err
		}
		r.arrived(i, batch)
		return exec.Match(batch.Rows, r.residuals[i], r.source.Record, r.rowError)
	}
}

// returns reports whether nobody uses the rows of a batch when the next one comes. A sort
// and a merge keep some.
func (r *Rows[T]) returns() bool {
	p := r.plan
	return r.leased && !p.Sort.Gathers() && (len(p.Scans) == 1 || p.Sort != plan.SortByID)
}

// rowError returns the error of a row for which the residual failed.
func (r *Rows[T]) rowError(row *T, err error) error {
	key := model.Int(r.source.ID(row))
	if text := textKey(r.source); text != nil {
		key = r.source.Record(row).Value(text.Index())
	}
	return &RowError{key, err}
}

// arrived notes the progress of a scan.
func (r *Rows[T]) arrived(i int, batch paginate.Batch[T]) {
	r.progress.scans[i] = &batch.Left
	r.scans[i].repeated.Add(int64(batch.Repeated))
	if n := len(batch.Rows); n > 0 {
		r.progress.ends[i] = r.source.ID(&batch.Rows[n-1])
	}
	if batch.Left.Done() {
		r.ended(i, batch.Left)
	}
}

// pages fetches one scan by the plan's strategy.
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

// page requests the one page of a scan that the server sorts. If the page does not hold
// the whole answer, all rows are read and sorted locally.
func (r *Rows[T]) page(i int, scan plan.Scan) batches[T] {
	return func(yield func([]T) bool) error {
		p := r.plan
		limit := p.PageSize // the plan has bounded or counted at most this many rows
		if p.Limit > 0 {
			limit = int(min(int64(limit), p.Limit))
		}
		page, err := r.counted(i, r.source.Fetch(scan))(r.ctx, paginate.Request{Limit: limit})
		switch {
		case err != nil:
			return err
		case page.HasMore && (p.Limit == 0 || int64(len(page.Rows)) < p.Limit):
			return r.fallbackSort(i, scan)(yield)
		case len(page.Rows) > 0 && !yield(page.Rows):
			return exec.ErrStopped
		}
		return nil
	}
}

func (r *Rows[T]) fallbackSort(i int, scan plan.Scan) batches[T] {
	by := r.plan.Fallback
	if by == nil {
		return exec.Fail[[]T](&ShortPageError{Order: r.plan.OrderText()})
	}
	scan.Sort = ""
	scan.Query = maps.Clone(scan.Query)
	maps.Copy(scan.Query, by.Query)
	walk := r.walk(i, scan)
	walk.Limit, walk.Order = 0, paginate.Unordered
	run, compare := paginate.SplitRanges(walk), compareBy(r.plan.Order, r.source.Record)
	if r.caps.Paging == plan.PagingForward {
		walk.Order = paginate.Ascending
		run = paginate.Serial(walk)
	}
	keys := sortKeys(r.plan.Order)
	rows := exec.Map(exec.FromSeq(run.Pages(r.ctx)), func(batch []T) ([]T, error) {
		return batch, checkPresence(batch, keys, r.source)
	})
	if r.plan.Limit > 0 {
		rows = exec.TopK(rows, r.plan.Limit, compare)
	} else {
		rows = exec.Sort(rows, compare, r.sortOptions())
	}
	return r.project(rows, by.Hidden)
}

// walk converts a scan for package paginate.
func (r *Rows[T]) walk(i int, scan plan.Scan) paginate.Scan[T] {
	p := r.plan
	w := paginate.Scan[T]{
		Fetch: r.counted(i, r.source.Fetch(scan)), ID: r.source.ID, Bounds: scan.IDs,
		PageSize: p.PageSize, From: r.from[i], Hooks: r.hooks.of(i),
	}
	w.Workers, w.RateLimit = r.limits(i)
	w.SpeculativeWave = r.speculates()
	w.OnDemand = p.Limit > 0 && scan.Residual != nil && !p.Sort.Gathers()
	w.Limit = r.limitOf(i)
	r.scans[i].limit = w.Limit
	if r.caps.Paging == plan.PagingForward {
		w.Order, w.Count = paginate.Ascending, true
	}
	if p.Sort == plan.SortByID {
		w.Order = paginate.Ascending
		if p.Order[0].Descending {
			w.Order = paginate.Descending
		}
	}
	return w
}

// limitOf returns the most rows that a scan need deliver, those before a checkpoint
// included; 0 = all.
func (r *Rows[T]) limitOf(i int) int64 {
	p := r.plan
	if p.Scans[i].Residual != nil || p.Sort.Gathers() || p.Limit == 0 || p.AllRows {
		return 0
	}
	limit := p.Limit - r.progress.rows // rows of other scans count
	if r.from[i] != nil {
		limit += r.from[i].Rows
	}
	return limit
}

// limits returns the bounds on the requests of a scan: the source's own, or a share of
// them while other scans run.
func (r *Rows[T]) limits(i int) (workers func() int, rateLimit func() paginate.RateLimit) {
	if len(r.plan.Scans) == 1 {
		return r.source.Workers, r.caps.RateLimit
	}
	s := share{r.source.Workers, r.caps.RateLimit, &r.running, int64(i)}
	return s.workers, s.limit
}

// wavePages is the least expected pages a worker for a speculative first wave, because a
// small answer would be fetched in small pieces.
const wavePages = 4

// waveWorkers is the least concurrency for a speculative first wave. With few workers,
// its useless requests cost more than the round trip that it saves.
const waveWorkers = 8

// speculates reports whether idle workers of the first round send speculative requests.
func (r *Rows[T]) speculates() bool {
	workers := int64(r.source.Workers())
	return r.caps.RateLimit != nil && r.caps.RateLimit().Rate <= 0 && workers >= waveWorkers && r.plan.Cost.Requests >= wavePages*workers
}

// counted wraps a fetch to count its pages, within the limits of the run.
func (r *Rows[T]) counted(i int, fetch paginate.Fetch[T]) paginate.Fetch[T] {
	c := &r.scans[i]
	return func(ctx context.Context, req paginate.Request) (*paginate.Page[T], error) {
		if err := r.quota.take(); err != nil {
			return nil, err
		}
		c.requests.Add(1)
		req.Later = r.answered.Load()
		page, err := fetch(ctx, req)
		if err != nil {
			return nil, err
		}
		r.answered.Store(true)
		c.retries.Add(int64(page.Retries))
		c.mended.Add(int64(page.Mended))
		c.fetched.Add(int64(len(page.Rows)))
		r.quota.fetched.Add(int64(len(page.Rows)))
		c.lacks.page(page.Missing, len(page.Rows) >= req.Limit)
		if err := r.verify(i, page.Rows); err != nil {
			return nil, err
		}
		return page, nil
	}
}

// carriedKeys is how many keys of rows a checkpoint carries. Each commit writes them again.
const carriedKeys = 100_000

// carry returns how many keys a scan's checkpoints carry: none if nobody stores them, or if
// a resumed run reads the keys back from the rows.
func (r *Rows[T]) carry() int {
	if !r.stored || r.keysKept || !r.plan.Resumable() {
		return 0
	}
	return carriedKeys
}

// followed reads a scan whose pages name the next one.
func (r *Rows[T]) followed(ctx context.Context, i int) iter.Seq2[paginate.Batch[T], error] {
	c := paginate.TokenScan[T]{
		Fetch: r.counted(i, r.source.Fetch(r.plan.Scans[i])), ID: keyFunc(r.source), PageSize: r.plan.PageSize, Limit: r.limitOf(i), Whole: r.plan.Limit == 0,
		IdlePages: r.caps.IdlePages, Carry: r.carry(), Parameter: r.caps.PageParameter, From: r.from[i],
	}
	r.scans[i].limit = c.Limit
	if textKey(r.source) != nil {
		c.Key = func(row *T) string { return keyText(r.source, row) }
	}
	if r.kept != nil && len(r.plan.Scans) == 1 {
		var err error
		if c.Seen, err = r.keptKeys(); err != nil {
			return func(yield func(paginate.Batch[T], error) bool) { yield(paginate.Batch[T]{}, err) }
		}
	}
	return paginate.FollowTokens(ctx, c)
}
