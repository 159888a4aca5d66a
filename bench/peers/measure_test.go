package peers

import (
	"fmt"
	"runtime"
	"time"
)

// cost is that of one call.
type cost struct {
	ns     float64 // of the best round
	allocs uint64
	bytes  uint64
}

// over returns how many times the other's time this one's is.
func (c cost) over(other cost) float64 { return c.ns / max(other.ns, 1) }

// stopwatch measures calls against each other.
type stopwatch struct {
	rounds int           // how often each call gets its turn
	turn   time.Duration // about how long a turn takes
}

// costs gives every call a turn in each round, so that a busy second of the
// machine falls on all of them, and keeps the best turn of each. Turns are short,
// so that some of them find the machine calm. A call that takes longer than a turn
// gets fewer of them, but never less than five.
func (s stopwatch) costs(calls []evaluation) ([]cost, error) {
	costs := make([]cost, len(calls))
	repeats := make([]uint64, len(calls))
	for i, call := range calls {
		var err error
		if repeats[i], err = s.calibrate(call); err != nil {
			return nil, fmt.Errorf("call %d: %w", i, err)
		}
		// So many calls that a collection, which empties pools, does not show.
		if costs[i], err = allocations(call, max(repeats[i], 20)); err != nil {
			return nil, fmt.Errorf("call %d: %w", i, err)
		}
	}
	const fewest = 5
	spent := make([]float64, len(calls))
	for round := range s.rounds {
		for i, call := range calls {
			if round >= fewest && spent[i] > float64(s.turn)*float64(s.rounds) {
				continue
			}
			runtime.GC() //nolint:revive // no turn pays for what another has left behind
			took, err := timed(call, repeats[i])
			if err != nil {
				return nil, fmt.Errorf("call %d: %w", i, err)
			}
			spent[i] += took * float64(repeats[i])
			if costs[i].ns == 0 || took < costs[i].ns {
				costs[i].ns = took
			}
		}
	}
	return costs, nil
}

// calibrate returns how many calls make a turn.
func (s stopwatch) calibrate(call evaluation) (uint64, error) {
	for n := uint64(1); ; n *= 2 {
		took, err := timed(call, n)
		if err != nil || took*float64(n) >= float64(s.turn)/2 {
			return n, err
		}
	}
}

// timed returns the nanoseconds of one of n calls.
func timed(call evaluation, n uint64) (float64, error) {
	start := time.Now()
	for range n {
		if _, err := call(); err != nil {
			return 0, err
		}
	}
	return float64(time.Since(start)) / float64(n), nil
}

// allocations counts what n calls allocate, as testing.B does.
func allocations(call evaluation, n uint64) (cost, error) {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, err := timed(call, n)
	runtime.ReadMemStats(&after)
	return cost{
		allocs: (after.Mallocs - before.Mallocs) / n,
		bytes:  (after.TotalAlloc - before.TotalAlloc) / n,
	}, err
}
