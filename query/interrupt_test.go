package query_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query"
	"github.com/muster-go/muster/query/rest/orderstest"
	"github.com/muster-go/muster/query/shipstream"
	"github.com/muster-go/muster/query/shipstream/shipstreamtest"
	"github.com/muster-go/muster/transport"
)

// interruptEvery interrupts exports at each step, which takes minutes; otherwise at every
// third, from a random one on.
var interruptEvery = flag.Bool("interrupt.every", false, "interrupt exports at every step, not at every third")

// TestInterrupted ends runs and exports at each step of their schedule: each begin and end
// of a request, and each batch that the consumer takes. A run ends with every row or with
// an error. An export that reports a whole output has one. A resumed export has each row
// once, although rows moved between scans meanwhile.
func TestInterrupted(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	var all outcome
	t.Log("| plan | runs | ended early | whole | exports | ended early | resumed | whole |")
	t.Log("|---|---|---|---|---|---|---|---|")
	t.Cleanup(func() { // after the last shape
		if t.Log(all.row("all")); all.early == 0 || all.resumed == 0 {
			t.Error("nothing was interrupted: the test tests nothing")
		}
	})
	for _, s := range interruptedShapes() {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			var sum outcome
			for _, w := range ways() {
				everyStep(t, s, w, &sum)
			}
			t.Log(sum.row(s.name))
			random := strings.HasPrefix(s.name, "random ") // its answer may be a page, or none
			few := random || testing.Short()               // so that chance may leave out all that count
			if !few && (sum.early == 0 || s.resumable && sum.resumed == 0) {
				t.Error("nothing was interrupted: the test tests nothing")
			}
			mu.Lock()
			defer mu.Unlock()
			all.add(sum)
		})
	}
}

// everyStep ends the shape's run at step after step, until the run is over before the
// step. Exports take the sinks in turn.
func everyStep(t *testing.T, s interruptedShape, w way, sum *outcome) {
	t.Helper()
	stride, exports := 1, 3
	switch {
	case *interruptEvery:
		exports = 1
	case testing.Short():
		stride, exports = 5, 11
	}
	for at, fired := 1+rand.IntN(stride), true; fired; at += stride {
		sum.runs++
		fired = false
		inBubble(t, s, func(c *subject) error {
			err := c.interruptedRun(w, at, sum)
			fired = c.script.fired
			return err
		})
	}
	if !w.exports {
		return
	}
	sinks := interruptedSinks()
	for at, fired := 1+rand.IntN(exports), true; fired; at += exports {
		name := sinks[(at/exports+len(w.name))%len(sinks)]
		run := inBubble
		if strings.Contains(name, "parquet") || strings.HasSuffix(name, ".zst") {
			// Their decoders are pooled and have channels, which another bubble must not
			// use.
			if run = inRealTime; w.faked {
				continue
			}
		}
		sum.exports++
		fired = false
		run(t, s, func(c *subject) error {
			var err error
			fired, err = c.interruptedExport(t.TempDir(), name, w, at, sum)
			return err
		})
	}
}

// inBubble runs the test with fake time.
func inBubble(t *testing.T, s interruptedShape, test func(c *subject) error) {
	t.Helper()
	shop := orderstest.New(orderstest.Options{Style: string(s.style), Orders: 60})
	defer shop.Close()
	synctest.Test(t, func(t *testing.T) {
		t.Helper()
		once(t, s, shop, &script{latency: 9 * time.Millisecond}, test)
	})
}

// inRealTime runs the test with the machine's clock.
func inRealTime(t *testing.T, s interruptedShape, test func(c *subject) error) {
	t.Helper()
	shop := orderstest.New(orderstest.Options{Style: string(s.style), Orders: 60})
	defer shop.Close()
	t.Run("", func(t *testing.T) { once(t, s, shop, &script{latency: 90 * time.Microsecond}, test) })
}

func once(t *testing.T, s interruptedShape, shop *orderstest.Server, script *script, test func(c *subject) error) {
	t.Helper()
	c := s.open(t, script, shop)
	c.script = script
	if err := test(c); err != nil {
		t.Errorf("step %d: %v", script.at, err)
	}
}

// outcome counts the results of interruptions.
type outcome struct{ runs, early, whole, exports, exportsEarly, resumed, exportsWhole int }

func (n *outcome) add(m outcome) {
	n.runs, n.early, n.whole = n.runs+m.runs, n.early+m.early, n.whole+m.whole
	n.exports, n.exportsEarly, n.resumed, n.exportsWhole = n.exports+m.exports, n.exportsEarly+m.exportsEarly, n.resumed+m.resumed, n.exportsWhole+m.exportsWhole
}

func (n *outcome) row(name string) string {
	return fmt.Sprintf("| %s | %d | %d | %d | %d | %d | %d | %d |", name, n.runs, n.early, n.whole, n.exports, n.exportsEarly, n.resumed, n.exportsWhole)
}

// script counts the steps of a run and acts at one of them.
type script struct {
	latency time.Duration // of a request, at most

	mu    sync.Mutex
	n, at int
	fired bool
	do    func() // nil once it was done, and before it is set
	fail  bool   // the request that is at the step is refused
	stop  bool   // the consumer breaks out
}

// errStop is the cause of a test's cancel.
var errStop = errors.New("the operator stopped the run")

// stopped counts a step of the consumer and reports whether to break out.
func (s *script) stopped() bool {
	s.step()
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.stop
}

// step counts one step and reports whether to refuse the request at it.
func (s *script) step() (refuse bool) {
	s.mu.Lock()
	s.n++
	hit := !s.fired && s.at > 0 && s.n >= s.at
	do := s.do
	if hit {
		s.fired = true
	}
	s.mu.Unlock()
	if hit && do != nil {
		do()
	}
	return hit && s.fail
}

// begin arms the script.
func (s *script) begin(at int, fail bool, do func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.n, s.at, s.fired, s.fail, s.stop, s.do = 0, at, false, fail, false, do
}

// steps is a round tripper with latency that counts a step before and after each request.
type steps struct {
	script *script
	next   http.RoundTripper
}

func (s steps) RoundTrip(r *http.Request) (*http.Response, error) {
	if s.script.step() {
		return &http.Response{
			StatusCode: http.StatusForbidden, Status: "403 Forbidden", Header: http.Header{}, Request: r,
			Body: io.NopCloser(strings.NewReader(`{"errors":[{"message":"no more"}]}`)),
		}, nil
	}
	pause := time.NewTimer(rand.N(s.script.latency))
	defer pause.Stop()
	select {
	case <-pause.C:
	case <-r.Context().Done():
		return nil, r.Context().Err()
	}
	response, err := s.next.RoundTrip(r)
	s.script.step()
	return response, err
}

// handled serves requests by a handler in this process.
type handled struct{ handler http.Handler }

func (h handled) RoundTrip(r *http.Request) (*http.Response, error) {
	recorder := httptest.NewRecorder()
	h.handler.ServeHTTP(recorder, r)
	response := recorder.Result()
	response.Request = r
	return response, nil
}

// way is one way to end a run.
type way struct {
	name    string
	exports bool // whether an export can be ended so
	faked   bool // whether it takes fake time
	// start returns the context of the run, the action at the step, and whether to refuse
	// the request at the step.
	start func(c *subject) (ctx context.Context, do func(), fail bool)
	// ended describes what is wrong with the error of a run that was ended so; "" if
	// nothing is.
	ended func(err error) string
}

func ways() []way {
	is := func(targets ...error) func(error) string {
		return func(err error) string {
			for _, target := range targets {
				if !errors.Is(err, target) {
					return fmt.Sprintf("%q does not match %q", err, target)
				}
			}
			return ""
		}
	}
	return []way{
		{"cancel", true, false, func(c *subject) (context.Context, func(), bool) {
			ctx, cancel := context.WithCancelCause(c.ctx)
			return ctx, func() { cancel(errStop) }, false
		}, is(context.Canceled, errStop)},
		{"deadline", true, true, func(c *subject) (context.Context, func(), bool) {
			// The deadline passes at the step. The clock is fake, so waiting takes no
			// time.
			ctx, cancel := context.WithTimeoutCause(c.ctx, time.Hour, errStop)
			c.cleanup = append(c.cleanup, cancel)
			return ctx, func() { time.Sleep(2 * time.Hour) }, false //nolint:forbidigo // fake time passes at once
		}, is(context.DeadlineExceeded, errStop)},
		{"refusal", true, false, func(c *subject) (context.Context, func(), bool) { return c.ctx, nil, true }, func(err error) string {
			if failed := (*transport.APIError)(nil); !errors.As(err, &failed) || failed.Status != http.StatusForbidden {
				return fmt.Sprintf("%q is not the server's refusal", err)
			}
			return ""
		}},
		{"close", false, false, func(c *subject) (context.Context, func(), bool) {
			return c.ctx, func() { c.closing.Go(func() { _ = c.rows.Close() }) }, false
		}, is(query.ErrClosed)},
		{"break", false, false, func(c *subject) (context.Context, func(), bool) {
			return c.ctx, func() { c.script.mu.Lock(); defer c.script.mu.Unlock(); c.script.stop = true }, false
		}, func(err error) string { return fmt.Sprintf("breaking out of the loop is told as %q", err) }},
	}
}

// subject is a query to interrupt.
type subject struct {
	ctx     context.Context //nolint:containedctx // of one test
	script  *script
	want    map[string]bool // keys of the answer
	limited bool            // any so many of the rows are the answer
	moving  map[string]bool // keys of rows that move between scans
	move    func()          // moves them
	rows    closer          // of the run that goes on
	closing sync.WaitGroup
	cleanup []context.CancelFunc

	keys   func(c *subject, ctx context.Context) ([]string, error) // runs the query, a step for each batch
	export func(ctx context.Context, to destination) (query.ExportStats, error)
}

type closer interface{ Close() error }

// interruptedRun ends a run at a step.
func (c *subject) interruptedRun(w way, at int, sum *outcome) error {
	ctx, do, fail := w.start(c)
	defer c.end()
	c.script.begin(at, fail, do)
	keys, err := c.keys(c, ctx)
	seen := make(map[string]bool)
	for _, key := range keys {
		if seen[key] {
			return fmt.Errorf("%s: %s came twice", w.name, key)
		}
		seen[key] = true
	}
	switch {
	case err == nil && c.script.stop && at%2 == 0: // the consumer's own end
		sum.early++
	case err == nil:
		sum.whole++
		if err := c.answers(seen, nil); err != nil {
			return fmt.Errorf("%s: it ended without an error: %w", w.name, err)
		}
	case !c.script.fired:
		return fmt.Errorf("%s: %w, before anything was done to it", w.name, err)
	default:
		sum.early++
		if wrong := w.ended(err); wrong != "" {
			return fmt.Errorf("%s: %s", w.name, wrong)
		}
	}
	return nil
}

func (c *subject) end() {
	c.closing.Wait()
	for _, cancel := range c.cleanup {
		cancel()
	}
}

// interruptedExport ends an export at a step, moves rows, and resumes it. It reports
// whether the export reached that step.
func (c *subject) interruptedExport(folder, name string, w way, at int, sum *outcome) (fired bool, err error) {
	to := destination{name, folder, newMemoryFS()}
	ctx, do, fail := w.start(c)
	defer c.end()
	c.script.begin(at, fail, do)
	stats, err := c.export(ctx, to)
	fired = c.script.fired
	switch {
	case (err == nil) != stats.Whole:
		return fired, fmt.Errorf("%s, %s: %w, and whole is %v", w.name, name, err, stats.Whole)
	case err == nil:
		sum.exportsWhole++
		return fired, c.holds(to, nil)
	case !fired:
		return fired, fmt.Errorf("%s, %s: %w, before anything was done to it", w.name, name, err)
	}
	sum.exportsEarly++
	if wrong := w.ended(err); wrong != "" {
		return fired, fmt.Errorf("%s, %s: %s", w.name, name, wrong)
	}
	if to.finished() {
		return fired, fmt.Errorf("%s, %s: it has its final name", w.name, name)
	}
	c.script.begin(0, false, nil)
	moved := map[string]bool{}
	if c.move != nil && stats.Resumable {
		c.move()
		moved = c.moving
	}
	stats, err = c.export(c.ctx, to)
	if err != nil || !stats.Whole || stats.MayRepeat {
		return fired, fmt.Errorf("%s, %s: resumed: %w, %+v", w.name, name, err, stats)
	}
	if stats.Resumed > 0 {
		sum.resumed++
	}
	return fired, c.holds(to, moved)
}

// holds compares the keys of a finished export with the answer, each once. A row that
// moved may be missing, because it may have moved to a scan that was read.
func (c *subject) holds(to destination, moved map[string]bool) error {
	if err := to.memory.save(to.folder); err != nil {
		return err
	}
	path := to.path()
	got := make(map[string]bool)
	for key, err := range exportedKeys(c.ctx, path) {
		if err != nil {
			return err
		}
		if got[key] {
			return fmt.Errorf("%s: %s is there twice", filepath.Base(path), key)
		}
		got[key] = true
	}
	return c.answers(got, moved)
}

// answers says how the keys are not the answer's.
func (c *subject) answers(got, moved map[string]bool) error {
	if c.limited { // any so many rows will do; those that moved may be fewer or more
		if len(got) > len(c.want)+len(moved) || len(got) < len(c.want)-len(moved) {
			return fmt.Errorf("%d rows, want %d", len(got), len(c.want))
		}
		return nil
	}
	for key := range c.want {
		if !got[key] && !moved[key] {
			return fmt.Errorf("%s is missing of %d", key, len(c.want))
		}
	}
	for key := range got {
		if !c.want[key] && !moved[key] {
			return fmt.Errorf("%s is not of the answer", key)
		}
	}
	return nil
}

// unreadable is a sink in memory that cannot read its keys back.
type unreadable struct {
	rows, kept []shipstream.User // written, and committed
	checkpoint []byte
}

func (u *unreadable) Resume(context.Context) ([]byte, error) { return u.checkpoint, nil }

func (u *unreadable) Write(_ context.Context, rows []shipstream.User) error {
	u.rows = append(u.rows, rows...)
	return nil
}

func (u *unreadable) Commit(_ context.Context, checkpoint []byte) error {
	u.kept, u.checkpoint = u.rows, checkpoint
	return nil
}

func (u *unreadable) Close() error { return nil }

// TestMayRepeat: a sink that cannot be read back has the export say that a row may
// be there twice, and only where one can: on resume, with several scans.
func TestMayRepeat(t *testing.T) {
	_, src := source(t, shipstreamtest.Options{Users: 200}, shipstream.Capabilities{Timestamps: model.ReturnedNo})
	for filter, want := range map[string]bool{"": false, `last_login_at is null or email ends with "@example.com"`: true} {
		to := new(unreadable)
		ctx, cancel := context.WithCancel(t.Context())
		opts := []query.Option{query.PageSize(10), query.CommitEvery(time.Nanosecond, 1)}
		stats, err := query.Export(ctx, src, filter, query.Sink[shipstream.User](to), append(opts, query.OnCommit(func(query.ExportStats) { cancel() }))...)
		if !errors.Is(err, context.Canceled) || stats.MayRepeat || stats.Whole {
			t.Fatalf("%s: %v, %+v", filter, err, stats)
		}
		to.rows = to.kept
		stats, err = query.Export(t.Context(), src, filter, query.Sink[shipstream.User](to), opts...)
		if err != nil || stats.MayRepeat != want || !stats.Whole {
			t.Errorf("%s: resumed: %v, %+v", filter, err, stats)
		}
	}
}
