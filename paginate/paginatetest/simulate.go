package paginatetest

import (
	"container/heap"
	"errors"
	"math"
	"math/rand/v2"
	"time"

	"github.com/muster-go/muster/paginate"
)

// Simulation is a source's cost under a fake clock. Latency and Workers are
// required.
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
}

// Result is what a simulated run cost.
type Result struct {
	paginate.Stats
	Elapsed time.Duration
	Bound   time.Duration // the least time that any client needs: see [Simulation.Bound]
}

// OfBound is the part of the possible speed that the run reached, 0..1.
func (r Result) OfBound() float64 { return float64(r.Bound) / float64(max(r.Elapsed, 1)) }

// Bound is the least time in which pages full pages can be had by any client:
// max(⌈Q/K⌉·L, (Q−B)/R + L).
func (s Simulation) Bound(pages int) time.Duration {
	return s.pace().Least(int64(pages), s.Workers)
}

func (s Simulation) pace() paginate.Pace {
	return paginate.Pace{Rate: s.Rate, Burst: s.Burst, RoundTrip: s.Latency}
}

// ErrStuck says that a machine was not done and made no request although none
// was in flight.
var ErrStuck = errors.New("paginatetest: the machine is not done and asks for nothing")

// Run drives a machine over ascending ids until it is done. Its requests take a
// token of the rate each, and then the latency.
func (s Simulation) Run(o paginate.MachineOptions, ids []int64) (Result, error) {
	m, err := paginate.NewMachine(o)
	if err != nil {
		return Result{}, err
	}
	size := o.PageSize
	if size == 0 {
		size = paginate.MaxPageSize
	}
	c := clock{sim: s, tokens: float64(s.Burst), rng: source(s.Seed)}
	for !m.Done() {
		for {
			claim, ok := m.Next(c.workers(m.Stats().Count, size))
			if !ok {
				break
			}
			c.begin(claim)
		}
		if len(c.events) == 0 {
			return Result{}, ErrStuck
		}
		claim := c.next()
		a := answer(ids, claim.Request, claim.Request.Limit)
		if !s.Cursors {
			a.Next = 0
		}
		if s.Uncounted {
			a.Count = -1
		}
		if _, err := m.Complete(claim.ID, a); err != nil {
			return Result{}, err
		}
	}
	return Result{Stats: m.Stats(), Elapsed: c.now, Bound: s.Bound((len(ids) + size - 1) / size)}, nil
}

// clock is the time of a simulation, its requests in flight and its bucket.
type clock struct {
	sim    Simulation
	now    time.Duration
	events events
	tokens float64       // at filled; below 0 where requests wait for theirs
	filled time.Duration // when tokens was right
	rng    *rand.Rand
}

// workers is the concurrency that serves: all of it while there are tokens, else
// what the rate can keep busy, and one; and never more than the rate can use over
// all of the rows, once they are counted, as a run does.
func (c *clock) workers(count int64, pageSize int) int {
	most := c.sim.Workers
	if c.sim.Rate <= 0 {
		return most
	}
	if count >= 0 {
		pace := c.sim.pace()
		pace.RoundTrip += pace.RoundTrip / 10
		most = min(most, pace.Workers((count+int64(pageSize)-1)/int64(pageSize)))
	}
	if c.refill(); c.tokens >= 1 {
		return most
	}
	busy := int(math.Ceil(c.sim.Rate*c.sim.Latency.Seconds())) + 1
	return min(most, busy)
}

func (c *clock) refill() {
	c.tokens = min(c.tokens+c.sim.Rate*(c.now-c.filled).Seconds(), float64(c.sim.Burst))
	c.filled = c.now
}

// begin starts a request, when its token is there.
func (c *clock) begin(claim paginate.Claim) {
	at := c.now
	if c.sim.Rate > 0 {
		c.refill()
		if c.tokens--; c.tokens < 0 {
			at += time.Duration(-c.tokens / c.sim.Rate * float64(time.Second))
		}
	}
	took := float64(c.sim.Latency) * (1 + c.sim.Jitter*c.rng.Float64())
	heap.Push(&c.events, event{at + time.Duration(took), claim})
}

// next moves the time to the end of the next request.
func (c *clock) next() paginate.Claim {
	e, _ := heap.Pop(&c.events).(event)
	c.now = e.at
	return e.claim
}

// event is the end of a request.
type event struct {
	at    time.Duration
	claim paginate.Claim
}

// events is a heap by time, and by the order of the claims within one.
type events []event

func (e events) Len() int      { return len(e) }
func (e events) Swap(i, j int) { e[i], e[j] = e[j], e[i] }
func (e events) Less(i, j int) bool {
	if e[i].at != e[j].at {
		return e[i].at < e[j].at
	}
	return e[i].claim.ID < e[j].claim.ID
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
