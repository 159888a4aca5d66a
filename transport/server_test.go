package transport_test

import (
	"math"
	"math/rand/v2"
	"net/http"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/muster-go/muster/transport"
)

// limited is a server that keeps the API's limits and declares them: a token
// bucket and a concurrency per user. Both legs of a round trip take a random time.
type limited struct {
	perSecond, burst float64
	concurrency      int
	leg              time.Duration // least time of a leg
	jitter           time.Duration
	headers          bool

	mu       sync.Mutex
	rng      *rand.Rand
	tokens   float64
	last     time.Time
	inFlight int
}

func (s *limited) RoundTrip(req *http.Request) (*http.Response, error) {
	if err := sleep(req.Context(), s.delay()); err != nil {
		return nil, err
	}
	resp := s.handle()
	defer s.leave()
	return resp, sleep(req.Context(), s.delay())
}

func (s *limited) delay() time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.leg + time.Duration(s.rng.Float64()*float64(s.jitter))
}

func (s *limited) leave() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.inFlight--
}

func (s *limited) handle() *http.Response {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.inFlight++
	now := time.Now()
	if s.last.IsZero() {
		s.tokens, s.last = s.burst, now
	}
	s.tokens = min(s.burst, s.tokens+now.Sub(s.last).Seconds()*s.perSecond)
	s.last = now
	resp := answer(200, `{}`)
	switch {
	case s.inFlight > s.concurrency:
		resp = answer(409, `{}`)
	case s.tokens < 1-1e-6:
		resp = answer(429, `{}`, "Retry-After", "1")
	default:
		s.tokens--
	}
	if s.headers {
		resp.Header.Set("RateLimit-Limit", strconv.Itoa(int(s.burst)))
		resp.Header.Set("RateLimit-Remaining", strconv.Itoa(int(math.Floor(max(s.tokens, 0)))))
		resp.Header.Set("X-Concurrency-Limit", strconv.Itoa(s.concurrency))
	}
	return resp
}

// Against a server with the API's limits a client with the defaults is never
// refused, and loses next to nothing of what the limits allow.
func TestDefaultsFitTheLimits(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name      string
		perSecond float64
		workers   int
		leg       time.Duration
		jitter    time.Duration
		headers   bool
	}{
		{"steady", 10, 5, 125 * time.Millisecond, 0, false},
		{"jitter", 10, 5, 80 * time.Millisecond, 90 * time.Millisecond, false},
		{"headers", 10, 5, 80 * time.Millisecond, 90 * time.Millisecond, true},
		{"near", 10, 5, time.Millisecond, 0, true},
		{"faster", 20, 16, 100 * time.Millisecond, 40 * time.Millisecond, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				const requests = 600
				s := &limited{
					perSecond: test.perSecond, burst: 60, concurrency: test.workers, leg: test.leg, jitter: test.jitter,
					headers: test.headers, rng: rand.New(rand.NewPCG(1, 2)),
				}
				c := newClient(t, transport.Options{Transport: s, Rate: test.perSecond, Concurrency: test.workers, LimitHeaders: concurrencyHeader})
				start := time.Now()
				getAll(t.Context(), c, requests, test.workers)
				took := time.Since(start)
				if got := c.Stats(); got.Throttled != 0 || got.Conflicts != 0 {
					t.Errorf("%d answers 429, %d answers 409", got.Throttled, got.Conflicts)
				}
				roundTrip := 2*test.leg + test.jitter
				bound := time.Duration((requests-60)/test.perSecond*float64(time.Second)) + roundTrip
				if share := float64(bound) / float64(took); share < 0.97 {
					t.Errorf("took %v: %.3f of the bound %v", took, share, bound)
				}
			})
		})
	}
}
