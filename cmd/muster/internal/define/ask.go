package define

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"sync/atomic"

	"github.com/muster-go/muster/model/display"
	"github.com/muster-go/muster/transport"
)

// What a draft may take.
const (
	MaxRequests = 30       // requests for the guesses, without repetitions and the final check
	maxBody     = 16 << 20 // bytes of an answer
	retries     = 1
)

// errEnough reports that all requests are used up.
var errEnough = fmt.Errorf("%d requests were sent, the most that a draft may take", MaxRequests)

// asker sends the requests of the guesses: each URL once, and no more than MaxRequests.
type asker struct {
	ctx      context.Context //nolint:containedctx // lives no longer than Listing
	client   *transport.Client
	sent     int
	attempts *attempts // of all clients, repetitions included
	answers  map[string]*answer
}

// attempts counts the attempts of requests.
type attempts struct {
	n    atomic.Int64
	next transport.RequestHook // of the caller; may be nil
}

// OnRequest implements [transport.RequestHook].
func (a *attempts) OnRequest(e transport.RequestEvent) {
	a.n.Add(1)
	if a.next != nil {
		a.next.OnRequest(e)
	}
}

// answer is the outcome of a request.
type answer struct {
	*transport.Response
	err      error
	page     value
	repeated bool // it has members of one name
}

// get requests a path, unless it has been requested before.
func (a *asker) get(path string, params url.Values) (*answer, error) {
	name := path + "?" + params.Encode()
	if had := a.answers[name]; had != nil {
		return had, had.err
	}
	if a.sent == MaxRequests {
		return nil, errEnough
	}
	a.sent++
	got := &answer{}
	if got.Response, got.err = a.client.Get(a.ctx, path, params); got.err == nil {
		got.page, got.repeated, got.err = parse(got.Body)
	}
	if a.ctx.Err() != nil {
		return nil, context.Cause(a.ctx)
	}
	a.answers[name] = got
	return got, got.err
}

// isFatal reports whether the guesses cannot go on after an error.
func (a *asker) isFatal(err error) bool {
	return a.ctx.Err() != nil || errors.Is(err, errEnough)
}

// with returns parameters and one more.
func with(params url.Values, name, text string) url.Values {
	out := url.Values{}
	for n, values := range params {
		out[n] = slices.Clone(values)
	}
	if name != "" {
		out.Set(name, text)
	}
	return out
}

// shown is a name that the server made, safe to print and short.
func shown(name string) string { return display.Bounded(name, 80) }
