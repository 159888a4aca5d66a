package transport

import (
	"errors"
	"net"
	"net/http"
	"sync/atomic"
	"time"
)

// firstOutage replaces DefaultMaxOutage while nothing has answered: a host that refuses
// or that nobody knows is then most likely a wrong address.
const firstOutage = 2 * time.Second

// namedWaits is how many waits of a call the server may name at no cost to its patience.
const namedWaits = 7

// patience is how long a call repeats failed attempts. Its clock starts with the first
// failure. A server that names the time to come back works again, so its answer stops
// the clock, but only namedWaits times: it could name times for ever.
type patience struct {
	since time.Time // the first failure; zero when the clock stands
	named int       // waits that the server named
}

// left returns how much longer a call may fail that failed at now; asked is the wait that
// the server named, 0 if none. The result is 0 or less when the call must end.
func (p *patience) left(now time.Time, asked, most time.Duration) time.Duration {
	if asked > 0 && p.named < namedWaits {
		p.named++
		p.since = time.Time{}
		return asked
	}
	if p.since.IsZero() {
		p.since = now
	}
	left := most - now.Sub(p.since)
	if asked > left {
		return 0
	}
	return left
}

// outage is the trouble of all calls of a client.
type outage struct {
	answered atomic.Bool  // something has answered once
	since    atomic.Int64 // Unix nanoseconds of the first failure since the last good answer; 0 = none
}

// observe records the outcome of an attempt.
func (o *outage) observe(resp *http.Response, err error, now time.Time) {
	if err == nil {
		o.answered.Store(true)
	}
	if err == nil && resp.StatusCode < http.StatusInternalServerError && resp.StatusCode != http.StatusRequestTimeout {
		o.since.Store(0)
		return
	}
	o.since.CompareAndSwap(0, now.UnixNano())
}

// lasts returns how long no attempt has had a good answer.
func (o *outage) lasts(now time.Time) time.Duration {
	since := o.since.Load()
	if since == 0 {
		return 0
	}
	return max(now.Sub(time.Unix(0, since)), 0)
}

// isUnreachable reports whether no connection could be made: the name is unknown, or
// the host refuses. A time-out is not that, because it costs time by itself.
func isUnreachable(err error) bool {
	if dns, ok := errors.AsType[*net.DNSError](err); ok {
		return !dns.IsTimeout
	}
	op, ok := errors.AsType[*net.OpError](err)
	return ok && (op.Op == "dial" || op.Op == "proxyconnect") && !op.Timeout()
}
