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
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query"
	"github.com/muster-go/muster/query/restsource"
	"github.com/muster-go/muster/query/restsource/orderstest"
	"github.com/muster-go/muster/query/shipstream"
	"github.com/muster-go/muster/query/sink"
	"github.com/muster-go/muster/query/sink/compression"
	"github.com/muster-go/muster/query/sink/parquetsink"
	"github.com/muster-go/muster/query/sink/sqlitesink"
	"github.com/muster-go/muster/transport"
	"github.com/muster-go/muster/transport/transporttest"
)

// interruptEvery has each step of an export tried, which takes minutes; without it
// every third is, from a random one on.
var interruptEvery = flag.Bool("interrupt.every", false, "interrupt exports at every step, not at every third")

// TestInterrupted ends runs and exports at each step of their schedule: every
// request that begins or ends, and every batch that the consumer takes. A run ends
// with every row or with an error, an export that says it is whole is whole, and one
// that is resumed has each row once, although rows moved between scans meanwhile.
func TestInterrupted(t *testing.T) {
	var all outcome
	t.Log("| plan | runs | ended early | whole | exports | ended early | resumed | whole |")
	t.Log("|---|---|---|---|---|---|---|---|")
	for _, s := range interruptedShapes() {
		t.Run(s.name, func(t *testing.T) {
			var sum outcome
			for _, w := range ways() {
				everyStep(t, s, w, &sum)
			}
			t.Log(sum.row(s.name))
			random := strings.HasPrefix(s.name, "random ") // its answer may be a page, or none
			if !random && (sum.early == 0 || s.resumable && sum.resumed == 0) {
				t.Error("nothing was interrupted: the test tests nothing")
			}
			all.add(sum)
		})
	}
	t.Log(all.row("all"))
}

// everyStep ends the shape's run at step after step until it comes to its end by
// itself. Exports go to one sink after the other.
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
			// Their decoders are pooled, with channels that no other bubble may use.
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

// inBubble makes the shape's server and client under fake time.
func inBubble(t *testing.T, s interruptedShape, test func(c *subject) error) {
	t.Helper()
	shop := orderstest.New(orderstest.Options{Style: string(s.style), Orders: 60})
	defer shop.Close()
	synctest.Test(t, func(t *testing.T) {
		t.Helper()
		once(t, s, shop, &script{latency: 9 * time.Millisecond}, test)
	})
}

// inRealTime does the same under the machine's clock.
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

// outcome counts what became of the interruptions.
type outcome struct{ runs, early, whole, exports, exportsEarly, resumed, exportsWhole int }

func (n *outcome) add(m outcome) {
	n.runs, n.early, n.whole = n.runs+m.runs, n.early+m.early, n.whole+m.whole
	n.exports, n.exportsEarly, n.resumed, n.exportsWhole = n.exports+m.exports, n.exportsEarly+m.exportsEarly, n.resumed+m.resumed, n.exportsWhole+m.exportsWhole
}

func (n *outcome) row(name string) string {
	return fmt.Sprintf("| %s | %d | %d | %d | %d | %d | %d | %d |", name, n.runs, n.early, n.whole, n.exports, n.exportsEarly, n.resumed, n.exportsWhole)
}

// script counts the steps of a run and does something at one of them.
type script struct {
	latency time.Duration // of a request, at most

	mu    sync.Mutex
	n, at int
	fired bool
	do    func() // nil once it was done, and before it is set
	fail  bool   // the request that is at the step is refused
	stop  bool   // the consumer breaks out
}

// errStop is what a test's cancel gives as its cause.
var errStop = errors.New("the operator stopped the run")

// stopped counts a step of the consumer and reports whether it breaks out.
func (s *script) stopped() bool {
	s.step()
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.stop
}

// step counts one step; it reports whether the request at it is to be refused.
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

// steps is a round tripper whose requests are steps, each with a latency.
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
	// start returns the context of the run, what to do at the step, and whether the
	// request at the step is refused.
	start func(c *subject) (ctx context.Context, do func(), fail bool)
	// ended says what is wrong with the error of a run that was ended so.
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
			// The deadline passes at the step: the clock is fake, so waiting is free.
			ctx, cancel := context.WithTimeoutCause(c.ctx, time.Hour, errStop)
			c.cleanup = append(c.cleanup, cancel)
			return ctx, func() { time.Sleep(2 * time.Hour) }, false
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

// subject is a query over a server that tests interrupt.
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
	export func(ctx context.Context, path string) (query.ExportStats, error)
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

// interruptedExport ends an export at a step, moves rows, and resumes it. It
// reports whether the export came to that step.
func (c *subject) interruptedExport(folder, name string, w way, at int, sum *outcome) (fired bool, err error) {
	path := filepath.Join(folder, name)
	ctx, do, fail := w.start(c)
	defer c.end()
	c.script.begin(at, fail, do)
	stats, err := c.export(ctx, path)
	fired = c.script.fired
	switch {
	case (err == nil) != stats.Whole:
		return fired, fmt.Errorf("%s, %s: %w, and whole is %v", w.name, name, err, stats.Whole)
	case err == nil:
		sum.exportsWhole++
		return fired, c.holds(path, nil)
	case !fired:
		return fired, fmt.Errorf("%s, %s: %w, before anything was done to it", w.name, name, err)
	}
	sum.exportsEarly++
	if wrong := w.ended(err); wrong != "" {
		return fired, fmt.Errorf("%s, %s: %s", w.name, name, wrong)
	}
	if _, err := os.Stat(path); err == nil && !strings.HasSuffix(name, ".sqlite") {
		return fired, fmt.Errorf("%s, %s: it has its final name", w.name, name)
	}
	c.script.begin(0, false, nil)
	moved := map[string]bool{}
	if c.move != nil && stats.Resumable {
		c.move()
		moved = c.moving
	}
	stats, err = c.export(c.ctx, path)
	if err != nil || !stats.Whole || stats.MayRepeat {
		return fired, fmt.Errorf("%s, %s: resumed: %w, %+v", w.name, name, err, stats)
	}
	if stats.Resumed > 0 {
		sum.resumed++
	}
	return fired, c.holds(path, moved)
}

// holds says how the keys in a finished export are not those of the answer, each
// once. A row that moved may have moved behind the scans.
func (c *subject) holds(path string, moved map[string]bool) error {
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
	if c.limited { // any so many rows will do, and those that moved may be too few
		if len(got) > len(c.want) || len(got) < len(c.want)-len(moved) {
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

// interruptedShape is a plan of some shape over some source.
type interruptedShape struct {
	name      string
	style     restsource.Style // of the shop, where it is one
	resumable bool
	open      func(t *testing.T, s *script, shop *orderstest.Server) *subject
}

func interruptedShapes() []interruptedShape {
	silent := shipstream.Capabilities{Timestamps: model.ReturnedNo}
	const union = `last_login_at is null or email ends with "@example.com"`
	names := make([]string, 700)
	for i := range names {
		names[i] = fmt.Sprintf("'a.user.with.a.long.name.%d'", i)
	}
	for i := range 40 {
		names[i*17] = fmt.Sprintf("'mover%d'", i)
	}
	parts := "username in (" + strings.Join(names, ",") + ")"
	shape := func(name, filter string, resumable bool, o ...query.Option) interruptedShape {
		return interruptedShape{name, "", resumable, func(t *testing.T, s *script, _ *orderstest.Server) *subject {
			t.Helper()
			return usersUnderTest(t, s, silent, filter, o...)
		}}
	}
	shapes := []interruptedShape{
		shape("one scan", "", true),
		shape("residual", "roles.name like '%a%'", true),
		shape("serial", "", true, query.Walk(query.StrategySerial)),
		shape("ranges", "", true, query.Walk(query.StrategyRanges)),
		shape("by key", "", true, query.OrderBy("-id")),
		shape("limited", "is_active", true, query.Limit(25)),
		shape("union", union, true),
		shape("union by key", union, true, query.OrderBy("id")),
		shape("union limited", union, true, query.Limit(31)),
		shape("union sorted", union, false, query.OrderBy("-name")),
		shape("parts", parts, true),
		shape("deleted", "", true, query.WithDeleted(query.DeletedInclude)),
		shape("deleted by key", "", true, query.WithDeleted(query.DeletedInclude), query.OrderBy("-id")),
		shape("sorted", "", false, query.OrderBy("name")),
		shape("top k", "", false, query.OrderBy("name"), query.Limit(13)),
	}
	for range 6 {
		filter, opts, gathers := randomPlan(names)
		shapes = append(shapes, shape("random "+filter, filter, !gathers, opts...))
	}
	for _, style := range []restsource.Style{restsource.Forward, restsource.Token, restsource.Offset, restsource.Link} {
		shapes = append(shapes, interruptedShape{"shop by " + string(style), style, true, func(t *testing.T, s *script, shop *orderstest.Server) *subject {
			t.Helper()
			return shopUnderTest(t, s, shop, style, "total > 40 or status = 'open'")
		}})
	}
	return shapes
}

// randomPlan draws a filter of several conditions and options that go together.
// gathers says that rows are sorted locally, so that a run cannot be resumed.
func randomPlan(names []string) (filter string, opts []query.Option, gathers bool) {
	conditions := []string{
		"is_active", "last_login_at is null", `email ends with "@example.com"`, "id > 40", "name like '%o%'",
		"created_at > 2020-01-01", "last_login_at > 2025-06-01", "username in (" + strings.Join(names[:3], ",") + ")",
	}
	rand.Shuffle(len(conditions), func(i, j int) { conditions[i], conditions[j] = conditions[j], conditions[i] })
	filter = conditions[0] + " or " + conditions[1]
	if rand.IntN(2) == 0 {
		filter = "(" + filter + ") and (" + conditions[2] + " or " + conditions[3] + ")"
	}
	opts = []query.Option{query.WithDeleted([]query.Deleted{query.DeletedNone, query.DeletedInclude}[rand.IntN(2)])}
	switch rand.IntN(5) {
	case 0:
		opts = append(opts, query.OrderBy([]string{"id", "-id"}[rand.IntN(2)]))
	case 1:
		opts, gathers = append(opts, query.OrderBy("-name")), true
	case 2:
		opts = append(opts, query.Limit(1+rand.Int64N(40)))
	}
	return filter, opts, gathers
}

// usersUnderTest is a query over ShipStream's users, of which some move between the
// branches of a union and between deleted and not.
func usersUnderTest(t *testing.T, s *script, c shipstream.Capabilities, filter string, o ...query.Option) *subject {
	t.Helper()
	rows := make([]transporttest.User, 40)
	moving := make(map[string]bool)
	at := time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC)
	for i := range rows {
		rows[i] = transporttest.User{
			ID: int64(1001 + i), Name: fmt.Sprint("mover ", i%7), Username: fmt.Sprint("mover", i),
			Email: fmt.Sprintf("m%d@example.com", i), Active: true, LastLoginAt: at,
		}
		moving[fmt.Sprint(1001+i)] = true
	}
	server := transporttest.NewTransport(transporttest.Options{Users: 60, Deleted: 20, Rows: rows, Rate: -1, Concurrency: -1})
	t.Cleanup(server.Close)
	client := clientOver(t, server.BaseURL(), steps{s, server}, 4)
	src := shipstream.Users(client, model.AnyUser, shipstream.With(c))
	out := newSubject(t, s, src, filter, "name", append(o, query.PageSize(9))...)
	plan, err := query.Prepare(src, filter, o...)
	if err != nil {
		t.Fatal(err)
	}
	out.limited = plan.Limit > 0
	out.moving, out.move = moving, func() {
		for i := range rows {
			// From one branch to the other, and some beyond what is deleted.
			_ = server.UpdateUser(rows[i].ID, func(u *transporttest.User) { u.LastLoginAt, u.Email = time.Time{}, fmt.Sprintf("m%d@example.org", i) })
			if i%3 == 0 {
				server.DeleteUsers(rows[i].ID)
			}
		}
	}
	return out
}

// shopUnderTest is a query over a shop's orders.
func shopUnderTest(t *testing.T, s *script, shop *orderstest.Server, style restsource.Style, filter string) *subject {
	t.Helper()
	client := clientOver(t, "http://127.0.0.1/shop", steps{s, handled{shop.Config.Handler}}, 3)
	field := func(name string, typ model.Type, params map[string]string) restsource.Field {
		return restsource.Field{Field: model.Field{Name: name, Type: typ, Collation: model.Binary, Returned: model.ReturnedAlways}, Params: params, Sort: name == "id"}
	}
	d := restsource.Definition{
		Name: "orders", Path: "/orders", Dialect: restsource.KeyValue,
		Fields: []restsource.Field{
			field("id", model.TypeInt, nil),
			field("status", model.TypeString, map[string]string{"eq": "status"}),
			field("total", model.TypeInt, map[string]string{"gteq": "min_total", "lteq": "max_total"}),
		},
		Layout: model.Layout{Rows: "orders", HasMore: "more", Next: "next_page"},
		Paging: restsource.Paging{Style: style, Max: 100, Limit: "limit", Sort: "order"},
	}
	switch style {
	case restsource.Forward:
		d.Paging.After, d.Paging.Until = "after_id", "id_below"
	case restsource.Token:
		d.Paging.Token = "page"
	case restsource.Offset:
		d.Paging.Skip = "skip"
	case restsource.After, restsource.Keyset, restsource.Page, restsource.Link:
	}
	src, err := restsource.New(client, d)
	if err != nil {
		t.Fatal(err)
	}
	return newSubject(t, s, src, filter, "status", query.PageSize(7))
}

func clientOver(t *testing.T, url string, tripper http.RoundTripper, concurrency int) *transport.Client {
	t.Helper()
	client, err := transport.New(transport.Options{
		BaseURL: url, Token: transport.StaticToken(transporttest.DefaultToken), AllowPlainHTTP: true,
		Transport: tripper, Rate: -1, Concurrency: concurrency,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = client.Close() })
	return client
}

// newSubject runs the query once, for what its answer is.
func newSubject[T any, P interface {
	*T
	AppendJSON(dst []byte) []byte
}](t *testing.T, s *script, src query.Source[T], filter, text string, opts ...query.Option) *subject {
	t.Helper()
	key, _ := src.Schema().Lookup(src.Dialect().ID())
	name, _ := src.Schema().Lookup(text)
	fields := []*model.Field{key, name}
	opts = append(opts, query.CommitEvery(time.Nanosecond, 1))
	c := &subject{ctx: t.Context(), want: make(map[string]bool)}
	c.keys = func(c *subject, ctx context.Context) (keys []string, err error) {
		rows, err := query.Run(ctx, src, filter, opts...)
		if err != nil {
			return nil, err
		}
		c.rows = rows
		if s.at%2 == 0 {
			for row, err := range rows.All() {
				if err != nil {
					return keys, err
				}
				keys = append(keys, fmt.Sprint(src.ID(&row)))
				if s.stopped() {
					break
				}
			}
			return keys, rows.Err()
		}
		for batch := range rows.Batches() {
			for i := range batch {
				keys = append(keys, fmt.Sprint(src.ID(&batch[i])))
			}
			s.step()
		}
		return keys, rows.Err()
	}
	c.export = func(ctx context.Context, path string) (query.ExportStats, error) {
		to, err := interruptedSink[T, P](src, fields, path)
		if err != nil {
			return query.ExportStats{}, err
		}
		stats, err := query.Export(ctx, src, filter, query.Sink[T](stepped[T]{to, s}), opts...)
		return stats, errors.Join(err, to.Close())
	}
	keys, err := c.keys(c, c.ctx)
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range keys {
		c.want[key] = true
	}
	return c
}

// readable is a sink that reads its keys back.
type readable[T any] interface {
	query.Sink[T]
	query.KeyReader
}

// stepped is a sink whose writes and commits are steps.
type stepped[T any] struct {
	readable[T]

	script *script
}

func (s stepped[T]) Write(ctx context.Context, rows []T) error {
	s.script.step()
	return s.readable.Write(ctx, rows)
}

func (s stepped[T]) Commit(ctx context.Context, checkpoint []byte) error {
	s.script.step()
	return s.readable.Commit(ctx, checkpoint)
}

// unsynced is the file system without its slowest part: nothing here loses power.
type unsynced struct{ sink.OS }

func (unsynced) SyncDir(string) error { return nil }

func (u unsynced) Open(name string) (sink.Handle, error) {
	f, err := u.OS.Open(name)
	return unsyncedFile{f}, err
}

type unsyncedFile struct{ sink.Handle }

func (unsyncedFile) Sync() error { return nil }

func interruptedSinks() []string {
	return []string{"x.ndjson", "x.csv.gz", "x.json.zst", "x.parquet", "split.ndjson", "x.sqlite", "x.csv", "split.parquet"}
}

func interruptedSink[T any, P interface {
	*T
	AppendJSON(dst []byte) []byte
}](src query.Source[T], fields []*model.Field, path string) (readable[T], error) {
	o := sink.FileOptions{Mode: sink.ModeResume, FS: unsynced{}}
	form, plain := compression.FromName(path)
	var encoding sink.Encoding[T]
	switch format := filepath.Ext(plain); format {
	case ".sqlite":
		return sqlitesink.NewRows(path, src.Schema(), fields[0].Name, fields, src.Record, sqlitesink.Options{Mode: sink.ModeResume})
	case ".parquet":
		var err error
		if encoding, err = parquetsink.New(src.Schema(), fields, src.Record); err != nil {
			return nil, err
		}
	case ".csv":
		encoding = sink.Text(sink.CSV(src.Schema(), fields, src.Record), form)
	case ".json":
		encoding = sink.Text(sink.JSON("", sink.AppendJSON[T, P]), form)
	default:
		encoding = sink.Text(sink.NDJSON("", sink.AppendJSON[T, P]), form)
	}
	if strings.HasPrefix(filepath.Base(path), "split.") {
		return sink.NewFolder(path, sink.SplitRows[T](10), encoding, filepath.Ext(plain), o), nil
	}
	return sink.NewFile(path, encoding, o), nil
}

// exportedKeys reads the keys of a finished export by what the command verify uses.
func exportedKeys(ctx context.Context, path string) func(yield func(string, error) bool) {
	return func(yield func(string, error) bool) {
		files := []string{path}
		if strings.HasPrefix(filepath.Base(path), "split.") {
			m, err := sink.ReadManifest(path)
			if err != nil {
				yield("", err)
				return
			}
			files = nil
			for _, f := range m.Files {
				files = append(files, filepath.Join(path, f.Name))
			}
		}
		for _, file := range files {
			for id, err := range fileKeys(ctx, file) {
				if !yield(fmt.Sprint(id), err) || err != nil {
					return
				}
			}
		}
	}
}

func fileKeys(ctx context.Context, path string) func(yield func(int64, error) bool) {
	_, plain := compression.FromName(path)
	switch format := strings.TrimPrefix(filepath.Ext(plain), "."); format {
	case "sqlite":
		return sqlitesink.IDs[int64](ctx, path)
	case "parquet":
		return parquetsink.IDs[int64](path, "id")
	default:
		return func(yield func(int64, error) bool) {
			f, err := os.Open(path) //nolint:gosec // the test's own
			if err != nil {
				yield(0, err)
				return
			}
			defer f.Close() //nolint:errcheck // it is read
			r, err := compression.Reader(path, f)
			if err != nil {
				yield(0, err)
				return
			}
			for id, err := range sink.IDs[int64](format, "id", r) {
				if !yield(id, err) || err != nil {
					return
				}
			}
		}
	}
}

// unreadable is a sink in memory that cannot read its keys back.
type unreadable struct {
	rows, kept []model.User // written, and committed
	checkpoint []byte
}

func (u *unreadable) Resume(context.Context) ([]byte, error) { return u.checkpoint, nil }

func (u *unreadable) Write(_ context.Context, rows []model.User) error {
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
	_, src := source(t, transporttest.Options{Users: 200}, shipstream.Capabilities{Timestamps: model.ReturnedNo})
	for filter, want := range map[string]bool{"": false, `last_login_at is null or email ends with "@example.com"`: true} {
		to := new(unreadable)
		ctx, cancel := context.WithCancel(t.Context())
		opts := []query.Option{query.PageSize(10), query.CommitEvery(time.Nanosecond, 1)}
		stats, err := query.Export(ctx, src, filter, query.Sink[model.User](to), append(opts, query.OnCommit(func(query.ExportStats) { cancel() }))...)
		if !errors.Is(err, context.Canceled) || stats.MayRepeat || stats.Whole {
			t.Fatalf("%s: %v, %+v", filter, err, stats)
		}
		to.rows = to.kept
		stats, err = query.Export(t.Context(), src, filter, query.Sink[model.User](to), opts...)
		if err != nil || stats.MayRepeat != want || !stats.Whole {
			t.Errorf("%s: resumed: %v, %+v", filter, err, stats)
		}
	}
}
