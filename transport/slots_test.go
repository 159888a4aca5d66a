package transport_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/muster-go/muster/transport"
)

// Two users of one server, which takes three requests at once from all of them.
func ExampleNewSlots() {
	api := exampleServer()
	defer api.Close()
	slots := transport.NewSlots(3)
	ask := func(user string) error {
		client, err := transport.New(transport.Options{BaseURL: api.URL, Token: transport.StaticToken("sesame"), Slots: slots})
		if err != nil {
			return err
		}
		defer func() { _ = client.Close() }()
		resp, err := client.Get(context.Background(), "/v1/"+user, nil)
		if err != nil {
			return err
		}
		fmt.Println(user, resp.Status)
		return nil
	}
	fmt.Println(ask("ann"), ask("bob"))
	// Output:
	// ann 200
	// bob 200
	// <nil> <nil>
}

// peak is the most that a sum was.
type peak struct {
	mu        sync.Mutex
	now, most int
}

func (p *peak) add(n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.now += n
	p.most = max(p.most, p.now)
}

// wire answers after a time, and counts the requests in flight.
func (p *peak) wire(latency time.Duration) *wire {
	return &wire{answer: func(_ int, req *http.Request) (*http.Response, error) {
		p.add(1)
		defer p.add(-1)
		return answer(200, `{}`), sleep(req.Context(), latency)
	}}
}

func TestSlotsAreShared(t *testing.T) {
	t.Parallel()
	for _, n := range []int{-1, 0, 1, 3, 100} {
		synctest.Test(t, func(t *testing.T) {
			slots := transport.NewSlots(n)
			var seen peak
			var all sync.WaitGroup
			start := time.Now()
			for range 4 {
				c := newClient(t, transport.Options{
					Transport: seen.wire(10 * time.Second), Rate: -1, Concurrency: 5, Slots: slots,
					AttemptTimeout: 11 * time.Second, Retries: -1, // the wait for a slot is not the attempt's
				})
				all.Go(func() {
					for _, err := range getAll(t.Context(), c, 10, 5) {
						if err != nil {
							t.Error(err)
						}
					}
				})
			}
			all.Wait()
			want := min(max(n, 1), 20)
			if got := seen.most; got != want {
				t.Errorf("%d slots: %d at once", n, got)
			}
			if took := time.Since(start); took > time.Duration(40/want+2)*10*time.Second {
				t.Errorf("%d slots: took %v", n, took)
			}
		})
	}
}

// A context ends the wait for a slot, and takes none.
func TestWaitForASlotEnds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		slots := transport.NewSlots(1)
		leave, err := slots.Enter(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		w := &wire{answer: sequence(200)}
		c := newClient(t, transport.Options{Transport: w, Slots: slots})
		cause := errors.New("enough")
		ctx, cancel := context.WithTimeoutCause(t.Context(), time.Minute, cause)
		defer cancel()
		start := time.Now()
		if _, err := c.Get(ctx, "/v1/x", nil); !errors.Is(err, cause) || time.Since(start) != time.Minute || w.n != 0 {
			t.Errorf("%d requests, after %v: %v", w.n, time.Since(start), err)
		}
		if got := c.Stats(); got.Waited != time.Minute {
			t.Errorf("waited %v", got.Waited)
		}
		leave()
		get(t, c)
	})
}

// No slot is held through a backoff or a cooldown, and none is left behind by attempts
// that fail.
func TestSlotsAreFreeWhileAClientWaits(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		slots := transport.NewSlots(1)
		busy := newClient(t, transport.Options{Transport: &wire{answer: failing(time.Minute, refusing(429, "Retry-After", "60"))}, Slots: slots})
		ill := newClient(t, transport.Options{Transport: &wire{answer: failing(time.Minute, broken(refused))}, Slots: slots, MaxOutage: time.Hour})
		well := newClient(t, transport.Options{Transport: &wire{answer: sequence(200)}, Slots: slots})
		var all sync.WaitGroup
		all.Go(func() { get(t, busy) })
		all.Go(func() { get(t, ill) })
		synctest.Wait()
		start := time.Now()
		get(t, well)
		if took := time.Since(start); took != 0 {
			t.Errorf("waited %v", took)
		}
		all.Wait()
	})
}

// No slot is held while a token is fetched: its server may be behind the same slots, and
// one that hangs keeps no other client waiting.
func TestSlotsAreFreeWhileATokenIsFetched(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		slots := transport.NewSlots(1)
		tokens := newClient(t, transport.Options{Transport: &wire{latency: time.Second, answer: sequence(200)}, Slots: slots})
		source := transport.TokenFunc(func(ctx context.Context) (string, error) {
			_, err := tokens.Get(ctx, "/token", nil)
			return strconv.FormatInt(tokens.Stats().Requests, 10), err
		})
		api := newClient(t, transport.Options{Transport: &wire{latency: time.Second, answer: sequence(401, 200)}, Token: source, Slots: slots})
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		if _, err := api.Get(ctx, "/v1/x", nil); err != nil { // with a first token, and after the 401 with a second
			t.Fatal(err)
		}
		if got := tokens.Stats().Requests; got != 2 {
			t.Errorf("%d tokens", got)
		}

		hangs := transport.TokenFunc(func(ctx context.Context) (string, error) {
			<-ctx.Done()
			return "", ctx.Err()
		})
		stuck := newClient(t, transport.Options{Transport: &wire{answer: sequence(200)}, Token: hangs, Slots: slots})
		var waiting sync.WaitGroup
		waiting.Go(func() { _, _ = stuck.Get(ctx, "/v1/x", nil) })
		synctest.Wait()
		start := time.Now()
		get(t, api)
		if took := time.Since(start); took != time.Second {
			t.Errorf("took %v", took)
		}
		cancel()
		waiting.Wait()
	})
}

// A cooldown that starts while a request waits for its slot holds it back.
func TestCooldownDuringTheWaitForASlot(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := &wire{latency: time.Second, answer: func(n int, _ *http.Request) (*http.Response, error) {
			if n == 1 {
				return answer(429, "", "Retry-After", "30"), nil
			}
			return answer(200, ""), nil
		}}
		c := newClient(t, transport.Options{Transport: w, Rate: -1, Concurrency: 3, Slots: transport.NewSlots(1)})
		getAll(t.Context(), c, 3, 3)
		if got := w.since()[1]; got != 31*time.Second {
			t.Errorf("sent after %v", got)
		}
	})
}

// While a client waits for slots its bucket fills up, and so does the server's: what was
// granted before is not granted once more.
func TestSlotsKeepTheRate(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &limited{perSecond: 10, burst: 20, concurrency: 100, leg: 10 * time.Millisecond, rng: rand.New(rand.NewPCG(1, 2))}
		slots := transport.NewSlots(10)
		c := newClient(t, transport.Options{Transport: s, Burst: 20, Concurrency: 10, Slots: slots})
		getAll(t.Context(), c, 30, 10) // the bucket is dry
		var leaves []func()
		for range 10 {
			leave, err := slots.Enter(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			leaves = append(leaves, leave)
		}
		time.AfterFunc(time.Minute, func() {
			for _, leave := range leaves {
				leave()
			}
		})
		getAll(t.Context(), c, 60, 10)
		if got := c.Stats().Throttled; got != 0 {
			t.Errorf("%d answers 429", got)
		}
	})
}
