package transport_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/muster-go/muster/transport"
)

// record keeps the events of one request, which come one after the other.
type record struct{ events []any }

func (r *record) OnRequest(e transport.RequestEvent)   { r.events = append(r.events, e) }
func (r *record) OnRetry(e transport.RetryEvent)       { r.events = append(r.events, e) }
func (r *record) OnThrottle(e transport.ThrottleEvent) { r.events = append(r.events, e) }

func TestHooks(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := &wire{answer: sequence(0, 429, 200), latency: 100 * time.Millisecond}
		r := &record{}
		c := newClient(t, transport.Options{
			Transport: w, Backoff: -1, Hooks: transport.Hooks{Request: r, Retry: r, Throttle: r},
		})
		get(t, c)
		call := func(attempt int) transport.Call {
			return transport.Call{Method: "GET", URL: testBase + "/v1/x", Attempt: attempt}
		}
		const elapsed = 100 * time.Millisecond
		want := []any{
			transport.RequestEvent{Call: call(1), Elapsed: elapsed},
			transport.RetryEvent{Call: call(1)},
			transport.RequestEvent{Call: call(2), Status: 429, Bytes: 2, Elapsed: elapsed},
			transport.ThrottleEvent{Call: call(2), Status: 429, Wait: time.Second, Workers: 2},
			transport.RetryEvent{Call: call(2), Status: 429},
			transport.RequestEvent{Call: call(3), Status: 200, Bytes: 2, Elapsed: elapsed},
		}
		// observer sees the throttling before it reports the request.
		want[2], want[3] = want[3], want[2]
		for _, i := range []int{0, 1} {
			r.events[i] = withoutErr(t, r.events[i])
		}
		if diff := cmp.Diff(want, r.events); diff != "" {
			t.Error(diff)
		}
	})
}

// withoutErr checks that an event carries an error and takes it out.
func withoutErr(t *testing.T, event any) any {
	t.Helper()
	var err error
	switch e := event.(type) {
	case transport.RequestEvent:
		err, e.Err = e.Err, nil
		event = e
	case transport.RetryEvent:
		err, e.Err = e.Err, nil
		event = e
	}
	if err == nil {
		t.Errorf("%+v has no error", event)
	}
	return event
}
