package shipstreamtest

import (
	"sync"
	"time"
)

// Scenario is a script of what goes wrong, and of what changes, by time and by
// the number of a request. [ParseScenario] reads one; [Options.Scenario] plays it.
//
// It is JSON: an object whose only member, steps, is a list of objects.
//
//	{"steps": [
//	  {"requests": "3", "fault": "throttle", "retry_after": "2"},
//	  {"requests": "10-19", "fault": "reset"},
//	  {"requests": "40-", "every": 5, "fault": "status", "status": 500},
//	  {"from": "5s", "until": "8s", "fault": "unavailable", "retry_after": "3"},
//	  {"from": "20s", "until": "1m", "probability": 0.2, "delay": "750ms"},
//	  {"requests": "30", "insert": [{"id": 70001, "name": "New"}], "delete": [17], "remove": [18, 19]}
//	]}
//
// When: a step concerns the requests whose number, counted from 1 in order of
// arrival, is in requests ("N", "N-M" or "N-"), of these every one in every,
// counted from the first; and that arrive from until until, told from the
// arrival of the first request. What is left out sets no bound. Of the requests
// that it concerns, probability is the share that meets it, drawn by
// Options.Seed.
//
// What: fault is the name of a [FaultKind], with status, retry_after (verbatim)
// and headers as in [Fault]; delay alone slows the answer down. Of several steps
// that concern a request, the first that says fault or delay decides. delete,
// remove and insert change the users, as [Emulator.DeleteUsers],
// [Emulator.RemoveUsers] and [Emulator.AddUsers] do: once, before the first
// request that the step concerns is answered.
type Scenario struct{ steps []step }

// step is one step of a scenario.
type step struct {
	first, last int
	every       int
	from, until time.Duration
	probability float64
	fault       Fault // zero: none of its own
	change      func(e *Emulator) error
}

// play is a scenario that is being played.
type play struct {
	scenario *Scenario

	mu      sync.Mutex
	start   time.Time // the arrival of the first request
	changed []bool    // by step
}

func newPlay(s *Scenario) *play {
	if s == nil {
		return nil
	}
	return &play{scenario: s, changed: make([]bool, len(s.steps))}
}

// arrive starts the scenario's clock with the first request.
func (p *play) arrive(now time.Time) {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.start.IsZero() {
		p.start = now
	}
}

// meet makes the changes that are due and returns what request n meets.
func (p *play) meet(e *Emulator, n int, arrived time.Time) Fault {
	if p == nil {
		return Fault{}
	}
	var met Fault
	for i := range p.scenario.steps {
		s := &p.scenario.steps[i]
		if !s.concerns(n, arrived.Sub(p.since())) || s.probability < 1 && e.opts.rng(n, uint64(16+i)).Float64() >= s.probability {
			continue
		}
		if met.isZero() {
			met = s.fault
		}
		if s.change != nil && p.once(i) {
			_ = s.change(e) // its users were checked when it was read
		}
	}
	return met
}

func (p *play) since() time.Time {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.start
}

// once reports whether step i has not made its change yet.
func (p *play) once(i int) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	first := !p.changed[i]
	p.changed[i] = true
	return first
}

func (p *play) reset() {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.start = time.Time{}
	clear(p.changed)
}

func (s *step) concerns(n int, after time.Duration) bool {
	return n >= s.first && n <= s.last && (n-s.first)%s.every == 0 && after >= s.from && after < s.until
}
