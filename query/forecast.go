package query

import (
	"fmt"

	"github.com/muster-go/muster/query/plan"
)

// Stats returns a snapshot of the run so far. It may be called at any time.
func (r *Rows[T]) Stats() Stats {
	r.mu.Lock()
	defer r.mu.Unlock()
	s := Stats{Rows: r.counters.rows.Load(), Requests: r.plan.Counts, Counts: r.plan.Counts, Elapsed: r.counters.elapsed(), Workers: r.source.Workers()}
	unknown := false
	for i := range r.scans {
		c := &r.scans[i]
		s.Fetched += c.fetched.Load()
		s.Requests += c.requests.Load()
		s.Retries += c.retries.Load()
		s.Repeated += c.repeated.Load()
		s.Mended += c.mended.Load()
		warnings, incomplete := c.warnings()
		s.Warnings, s.Incomplete = append(s.Warnings, warnings...), s.Incomplete || incomplete
		run := c.run.Load()
		if run == nil {
			unknown = true
			continue
		}
		now := run.Stats()
		s.InFlight += now.InFlight
		s.UnreadRanges += now.UnreadRanges
		s.Read += now.Rows + now.Ahead
		s.Counted += max(now.Count, 0)
		unknown = unknown || now.Count < 0
	}
	if s.Mended > 0 {
		s.Warnings = append(s.Warnings, fmt.Sprintf("%d characters of the answers are not UTF-8, and U+FFFD stands for each", s.Mended))
	}
	if s.MayRepeat = r.repeats; s.MayRepeat {
		s.Warnings = append(s.Warnings, "the run resumed without the keys of all rows before it: one that has moved since may come twice")
	}
	if unknown {
		s.Counted = 0
	}
	r.forecast(&s)
	return s
}

// forecast adds the rate limit and the remaining time.
func (r *Rows[T]) forecast(s *Stats) {
	if r.caps.RateLimit == nil {
		return
	}
	pace := r.caps.RateLimit()
	s.Rate = pace.Rate
	if s.Counted == 0 || r.counters.end.Load() != 0 {
		return
	}
	// The server does not tell the level of its token bucket, so estimate it.
	used := float64(s.Requests+s.Retries) - pace.Rate*s.Elapsed.Seconds()
	pace.Burst = max(pace.Burst-max(int(used), 0), 0)
	size := int64(r.plan.PageSize)
	pages := (max(s.Counted-s.Read, 0) + size - 1) / size
	s.ETA = pace.Least(pages, s.Workers)
}

// Analyze returns the plan and the cost of the run so far. Call it after the last row.
func (r *Rows[T]) Analyze() plan.Analysis {
	t := r.Stats()
	actual := plan.Actual{
		Rows: t.Rows, Fetched: t.Fetched, Requests: t.Requests, Counts: t.Counts, Retries: t.Retries, Elapsed: t.Elapsed,
		Scans: make([]plan.ActualScan, len(r.scans)),
	}
	for i := range r.scans {
		c := &r.scans[i]
		actual.Scans[i] = plan.ActualScan{Fetched: c.fetched.Load(), Requests: c.requests.Load(), Retries: c.retries.Load()}
	}
	return plan.Analysis{Plan: r.Plan(), Actual: actual}
}
