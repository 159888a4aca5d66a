package shipstreamtest

import (
	"math/rand/v2"
	"net/http"
	"time"
)

// FaultKind is a way in which a request goes wrong.
type FaultKind uint8

// The kinds of fault. Those from FaultThrottle to FaultMalformed are what
// Options.Faults draws from unless told otherwise; each is temporary, so a
// client that retries gets its answer.
const (
	// FaultNone answers as usual.
	FaultNone FaultKind = iota
	// FaultThrottle answers 429.
	FaultThrottle
	// FaultConflict answers 409, as over the concurrency limit.
	FaultConflict
	// FaultBadGateway answers 502 with a page of HTML.
	FaultBadGateway
	// FaultUnavailable answers 503.
	FaultUnavailable
	// FaultReset resets the connection instead of answering.
	FaultReset
	// FaultCutBody sends the right headers and half of the body, then closes.
	FaultCutBody
	// FaultMalformed sends a whole body that is not JSON: the right one with a
	// byte in its middle overwritten.
	FaultMalformed
	// FaultExpired revokes every token, then answers 401. A new token is to be
	// had from Emulator.IssueToken.
	FaultExpired
	// FaultHang answers nothing until the client gives up or the emulator is
	// closed.
	FaultHang
	// FaultStatus answers Fault.Status.
	FaultStatus
)

// String returns a short name for the journal.
func (k FaultKind) String() string {
	switch k {
	case FaultNone:
		return "none"
	case FaultThrottle:
		return "throttle"
	case FaultConflict:
		return "conflict"
	case FaultBadGateway:
		return "bad gateway"
	case FaultUnavailable:
		return "unavailable"
	case FaultReset:
		return "reset"
	case FaultCutBody:
		return "cut body"
	case FaultMalformed:
		return "malformed"
	case FaultExpired:
		return "expired"
	case FaultHang:
		return "hang"
	case FaultStatus:
		return "status"
	}
	return "unknown"
}

// Fault is what a request meets. The zero Fault is none. A fault befalls
// requests that were admitted: a request that is refused for its token or by a
// limit meets none.
type Fault struct {
	Kind FaultKind
	// Status is the status of FaultStatus.
	Status int
	// RetryAfter is the Retry-After header, verbatim; "" sends none.
	RetryAfter string
	// Header is added to the response's headers, whatever the kind.
	Header http.Header
	// Delay is added to the latency.
	Delay time.Duration
	// Edit, if set, replaces the body that would have been sent: the way to
	// make the server lie. It must not keep the slice it is given.
	Edit func(status int, body []byte) []byte
}

func (f Fault) isZero() bool {
	return f.Kind == FaultNone && f.Status == 0 && f.RetryAfter == "" && f.Header == nil && f.Delay == 0 && f.Edit == nil
}

// faultFor returns what request n meets: the hook's word, else the script's,
// else the scenario's, else chance's. The scenario's changes to the users happen
// whoever decides.
func (e *Emulator) faultFor(n int, r *http.Request, arrived time.Time) Fault {
	played := e.play.meet(e, n, arrived)
	if e.opts.OnRequest != nil {
		if f := e.opts.OnRequest(n, r); !f.isZero() {
			return f
		}
	}
	if n <= len(e.opts.Script) && !e.opts.Script[n-1].isZero() {
		return e.opts.Script[n-1]
	}
	if !played.isZero() {
		return played
	}
	return e.opts.randomFault(n)
}

// randomFault depends on the seed and n alone, so that a run's faults do not
// change with the order in which its requests are answered.
func (o *Options) randomFault(n int) Fault {
	if o.Faults <= 0 {
		return Fault{}
	}
	rng := o.rng(n, 1)
	if rng.Float64() >= o.Faults {
		return Fault{}
	}
	f := Fault{Kind: o.FaultKinds[rng.IntN(len(o.FaultKinds))]}
	waits := f.Kind == FaultThrottle || f.Kind == FaultUnavailable && rng.IntN(2) == 0
	if waits && o.RetryAfter != "-" {
		f.RetryAfter = o.RetryAfter
	}
	if f.Kind == FaultStatus {
		f.Status = http.StatusInternalServerError
	}
	return f
}

// rng returns the random numbers of request n for one purpose.
func (o *Options) rng(n int, purpose uint64) *rand.Rand {
	return rand.New(rand.NewPCG(o.Seed^purpose<<56, uint64(n))) //nolint:gosec // repeatable on purpose
}

// latency returns how long request n takes.
func (o *Options) latency(n int) time.Duration {
	d := o.Latency
	if o.Jitter > 0 {
		d += time.Duration(o.rng(n, 2).Int64N(int64(o.Jitter)))
	}
	return d
}
