package paginatetest

import (
	"container/heap"
	"errors"
	"math"
	"math/rand/v2"
	"time"

	"github.com/muster-go/muster/paginate"
	"github.com/muster-go/muster/paginate/internal/machine"
)

// Strategy is how a simulated run reads: as the function of paginate with its name.
type Strategy = machine.Strategy

// The strategies.
const (
	Serial             = machine.Serial
	SplitRanges        = machine.SplitRanges
	FirstPageThenSplit = machine.FirstPageThenSplit
	ReadAhead          = machine.ReadAhead
)

// Simulation is what a source's requests cost under a fake clock, and how it is read.
// Latency and Workers are required.
type Simulation struct {
	Latency time.Duration // of one request, whatever its page
	Jitter  float64       // part of Latency by which one request may take longer, 0..1
	Workers int           // requests in flight at most
	Rate    float64       // requests a second; 0 = no limit
	Burst   int           // requests before Rate binds
	Seed    uint64        // of the jitter
	Cursors bool          // answers carry the next page's first id
	// Uncounted is for a source that never counts.
	Uncounted bool

	Strategy        Strategy
	Order           paginate.Order // ReadAhead needs one; see [paginate.Scan]
	PageSize        int            // 0 = [paginate.MaxPageSize]
	SpeculativeWave bool           // see [paginate.Scan]
}

// Result is what a simulated run cost.
type Result struct {
	paginate.Stats
	Elapsed time.Duration
	Bound   time.Duration // the least time that any client needs: see [Simulation.Bound]
}

// OfBound returns the part of the possible speed that the run reached, 0..1.
func (r Result) OfBound() float64 { return float64(r.Bound) / float64(max(r.Elapsed, 1)) }

// Bound returns the least time in which any client gets so many full pages:
// max(⌈Q/K⌉·L, (Q−B)/R + L).
func (s Simulation) Bound(pages int) time.Duration {
	return s.limit().Least(int64(pages), s.Workers)
}

func (s Simulation) limit() paginate.RateLimit {
	return paginate.RateLimit{Rate: s.Rate, Burst: s.Burst, RoundTrip: s.Latency}
}

func (s Simulation) pageSize() int {
	if s.PageSize == 0 {
		return paginate.MaxPageSize
	}
	return s.PageSize
}

// Errors of a simulation: both report a fault of the strategy.
var (
	// ErrStuck reports a run that is not done and made no request although none was
	// in flight.
	ErrStuck = errors.New("paginatetest: the machine is not done and asks for nothing")
	// ErrRefused reports a run that refused a correct answer.
	ErrRefused = errors.New("paginatetest: the machine refused a correct answer")
)

// Run reads ascending ids to the end. Each request takes a token of the rate, and then
// the latency.
func (s Simulation) Run(ids []int64) (Result, error) {
	return s.Drive(machine.New(machine.Options{
		Strategy: s.Strategy, Order: s.Order, PageSize: s.pageSize(), SpeculativeWave: s.SpeculativeWave,
	}), ids)
}

// Drive is Run for a machine that the caller made, with pages of the simulation's size.
func (s Simulation) Drive(m *machine.Machine, ids []int64) (Result, error) {
	size := s.pageSize()
	c := clock{sim: s, tokens: float64(s.Burst), rng: source(s.Seed)}
	for !m.Done() {
		for {
			lease, ok := m.Next(c.workers(m.Count(), size))
			if !ok {
				break
			}
			c.begin(lease)
		}
		if len(c.events) == 0 {
			return Result{}, ErrStuck
		}
		lease := c.next()
		a := answer(ids, lease.Request, lease.Request.Limit)
		if !s.Cursors {
			a.Next = 0
		}
		if s.Uncounted {
			a.Count = -1
		}
		if _, violation := m.Complete(lease.ID, a); violation != nil {
			return Result{}, ErrRefused
		}
	}
	return Result{Stats: paginate.Stats(m.Stats()), Elapsed: c.now, Bound: s.Bound((len(ids) + size - 1) / size)}, nil
}

// clock is the time of a simulation, its requests in flight and its bucket.
type clock struct {
	sim    Simulation
	now    time.Duration
	events events
	tokens float64       // at filled; below 0 while requests wait for theirs
	filled time.Duration // when tokens was right
	rng    *rand.Rand
}

// workers returns the useful concurrency: all of it while there are tokens, else what
// the rate can keep busy, and one. Once the rows are counted it is never more than the
// rate can use over all of them, as in a run.
func (c *clock) workers(count int64, pageSize int) int {
	most := c.sim.Workers
	if c.sim.Rate <= 0 {
		return most
	}
	if count >= 0 {
		limit := c.sim.limit()
		limit.RoundTrip += limit.RoundTrip / 10
		most = min(most, limit.Workers((count+int64(pageSize)-1)/int64(pageSize)))
	}
	if c.refill(); c.tokens >= 1 {
		return most
	}
	busy := int(math.Ceil(c.sim.Rate*c.sim.Latency.Seconds())) + 1
	return min(most, busy)
}

func (c *clock) refill() {
	c.tokens = min(c.tokens+float64(c.sim.Rate*(c.now-c.filled).Seconds()), float64(c.sim.Burst))
	c.filled = c.now
}

// begin starts a request once its token is there.
func (c *clock) begin(lease machine.Lease) {
	at := c.now
	if c.sim.Rate > 0 {
		c.refill()
		if c.tokens--; c.tokens < 0 {
			at += time.Duration(-c.tokens / c.sim.Rate * float64(time.Second))
		}
	}
	took := float64(c.sim.Latency) * (1 + float64(c.sim.Jitter*c.rng.Float64())) // not fused: the same everywhere
	heap.Push(&c.events, event{at + time.Duration(took), lease})
}

// next moves the time to the end of the next request.
func (c *clock) next() machine.Lease {
	e, _ := heap.Pop(&c.events).(event)
	c.now = e.at
	return e.lease
}

// event is the end of a request.
type event struct {
	at    time.Duration
	lease machine.Lease
}

// events is a heap by time, and by the order of the leases at the same time.
type events []event

func (e events) Len() int      { return len(e) }
func (e events) Swap(i, j int) { e[i], e[j] = e[j], e[i] }
func (e events) Less(i, j int) bool {
	if e[i].at != e[j].at {
		return e[i].at < e[j].at
	}
	return e[i].lease.ID < e[j].lease.ID
}

func (e *events) Push(x any) {
	v, _ := x.(event)
	*e = append(*e, v)
}

func (e *events) Pop() any {
	last := len(*e) - 1
	v := (*e)[last]
	*e = (*e)[:last]
	return v
}
