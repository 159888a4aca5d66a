package bench

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/muster-go/muster/paginate"
	"github.com/muster-go/muster/paginate/paginatetest"
	"github.com/muster-go/muster/query"
	"github.com/muster-go/muster/query/shipstream"
	"github.com/muster-go/muster/query/shipstream/shipstreamtest"
	"github.com/muster-go/muster/transport"
)

// role tells the test binary what to be in a process of its own: the emulator, so
// that its work is not the client's, or the client, so that what it takes is its
// own, or what launches a command. The order is JSON.
const (
	role  = "MUSTER_BENCH_ROLE"
	order = "MUSTER_BENCH_ORDER"
)

func TestMain(m *testing.M) {
	var err error
	switch os.Getenv(role) {
	case "":
		os.Exit(m.Run())
	case "emulator":
		err = beEmulator(os.Stdout)
	case "client":
		err = beClient(os.Stdout)
	case "launcher":
		err = beLauncher(os.Stdout)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// serving is the order of an emulator.
type serving struct {
	Layout      string // of package paginatetest
	Rows        int
	Latency     time.Duration
	Rate        float64
	Burst       int
	Concurrency int
	Faults      float64
	Kinds       []shipstreamtest.FaultKind
}

// beEmulator serves until it is interrupted, and prints its base URL first.
func beEmulator(out io.Writer) error {
	var s serving
	if err := json.Unmarshal([]byte(os.Getenv(order)), &s); err != nil { //nolint:musttag // both ends are this file
		return err
	}
	server := shipstreamtest.NewServer(shipstreamtest.Options{
		Rows: people(paginatetest.Layouts()[s.Layout](s.Rows, 1)), Latency: s.Latency, Journal: -1,
		Rate: s.Rate, Burst: s.Burst, Concurrency: s.Concurrency, Faults: s.Faults, FaultKinds: s.Kinds, RetryAfter: "1",
	})
	defer server.Close()
	interrupted, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if _, err := fmt.Fprintln(out, server.URL); err != nil {
		return err
	}
	<-interrupted.Done()
	return nil
}

// people makes a user for each id, with roles and timestamps.
func people(ids []int64) []shipstreamtest.User {
	given := []string{"Ana", "Bernard", "Chloé", "Dmitri", "Fatima", "Łukasz", "María José", "O'Neil"}
	family := []string{"Greensmith", "Müller", "Nguyễn", "van der Berg", "Smith", "Иванова", "da Silva"}
	created := time.Date(2019, 1, 1, 0, 0, 0, 0, time.UTC)
	users := make([]shipstreamtest.User, len(ids))
	for i, id := range ids {
		number := strconv.FormatInt(id, 10)
		created = created.Add(time.Minute)
		users[i] = shipstreamtest.User{
			ID: id, Name: given[i%len(given)] + " " + family[i%len(family)],
			Email: "user" + number + "@example.com", Username: "user." + number, Active: i%5 > 0,
			Roles: []int64{int64(1 + i%3)}, LoginViaBadge: i%2 == 0, CreatedAt: created,
		}
		if i%4 > 0 {
			users[i].LastLoginAt = created.Add(time.Duration(i%1000) * time.Hour)
		}
	}
	return users
}

// fetching is the order of a client.
type fetching struct {
	URL         string
	Walk        string // "" = as the planner would; else the name of a strategy
	Concurrency int    // as the client's option has it
	Rate        float64
	Burst       int
	Plain       bool   // decode by encoding/json
	Fields      bool   // roles and timestamps, too
	ActiveOnly  bool   // count no others; they are fetched all the same
	To          string // export to this file, named as in outputs
	Commits     string // at its "end" alone, every "second" alone; else as by default
}

// fetched is what a client reports.
type fetched struct {
	Rows     int64
	Mixed    uint64 // of hashes of the ids: that each came once
	Requests int64
	Commits  int64         // of an export
	Fetch    time.Duration // from the first request to the last row, which an export has still to finish
	Elapsed  time.Duration
	CPU      time.Duration
	Peak     int64 // peak resident memory in bytes; 0 = not known here
	Client   transport.Stats
}

// beClient runs one fetch and prints its report.
func beClient(out io.Writer) error {
	var f fetching
	if err := json.Unmarshal([]byte(os.Getenv(order)), &f); err != nil { //nolint:musttag // both ends are this file
		return err
	}
	report, err := f.run(context.Background())
	if err != nil {
		return err
	}
	report.CPU, report.Peak = cpuTime(), peakMemory()
	return json.NewEncoder(out).Encode(report) //nolint:musttag // both ends are this file
}

func (f fetching) run(ctx context.Context) (*fetched, error) {
	client, err := transport.New(transport.Options{
		BaseURL: f.URL, Token: transport.StaticToken(shipstreamtest.DefaultToken),
		Rate: f.Rate, Burst: f.Burst, Concurrency: f.Concurrency, RetryShare: -1, Retries: 20,
	})
	if err != nil {
		return nil, err
	}
	defer func() { _ = client.Close() }()
	report := &fetched{}
	start := time.Now()
	switch src := withTimestamps(client); {
	case f.To != "":
		err = f.export(ctx, src, report)
	case f.Plain:
		err = walk(ctx, paginate.SplitRanges(paginate.Scan[plainUser]{
			Fetch: plainFetch(client, f.Fields), ID: func(u *plainUser) int64 { return u.ID }, Workers: client.Workers,
		}), report)
	case f.Walk != "":
		err = f.byHand(ctx, src, report)
	default:
		err = f.query(ctx, src, report)
	}
	report.Elapsed, report.Client = time.Since(start), client.Stats()
	return report, err
}

// export fetches by the whole engine into a file.
func (f fetching) export(ctx context.Context, src *shipstream.UserSource, report *fetched) error {
	opts := []query.Option{query.Select(optionalFields()...)}
	switch f.Commits {
	case "end":
		opts = append(opts, query.CommitEvery(math.MaxInt64, math.MaxInt))
	case "second":
		opts = append(opts, query.CommitEvery(time.Second, math.MaxInt))
	}
	stats, err := outputs()[filepath.Base(f.To)].export(ctx, src, f.To, opts...)
	report.Rows, report.Requests, report.Commits, report.Fetch = stats.Committed, stats.Run.Requests, stats.Commits, stats.Run.Elapsed
	return err
}

// query fetches by the whole engine.
func (f fetching) query(ctx context.Context, src *shipstream.UserSource, report *fetched) error {
	var fields []string
	if f.Fields {
		fields = optionalFields()
	}
	rows, err := query.Run(ctx, src, "", query.Select(fields...))
	if err != nil {
		return err
	}
	for user, err := range rows.All() {
		if err != nil {
			return err
		}
		if active, _ := user.IsActive.Get(); f.ActiveOnly && !active {
			continue
		}
		report.Rows++
		report.Mixed += mixed(user.ID)
	}
	report.Requests, report.Fetch = rows.Stats().Requests, rows.Stats().Elapsed
	return nil
}

// byHand fetches by a strategy that the planner would not choose here.
func (f fetching) byHand(ctx context.Context, src *shipstream.UserSource, report *fetched) error {
	plan, err := query.Prepare(src, "")
	if err != nil {
		return err
	}
	scan := paginate.Scan[shipstream.User]{Fetch: src.Fetch(plan.Scans[0]), ID: src.ID, Workers: src.Workers}
	switch f.Walk {
	case paginatetest.Serial.String():
		return walk(ctx, paginate.Serial(scan), report)
	case paginatetest.SplitRanges.String():
		return walk(ctx, paginate.SplitRanges(scan), report)
	case paginatetest.ReadAhead.String():
		scan.Order = paginate.Ascending
		return walk(ctx, paginate.ReadAhead(scan), report)
	}
	return errors.New("no such walk: " + f.Walk)
}

// mixed spreads an id over 64 bits (splitmix64), so that sums of them differ where
// one id is missing and another came twice.
func mixed(id int64) uint64 {
	z := uint64(id) * 0x9e3779b97f4a7c15
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

func walk[T any](ctx context.Context, run *paginate.Run[T], report *fetched) error {
	for batch, err := range run.Batches(ctx) {
		if err != nil {
			return err
		}
		report.Rows += int64(len(batch.Rows))
	}
	report.Requests = run.Stats().Requests
	return nil
}

// cpuTime is what this process has taken of all cores.
func cpuTime() time.Duration {
	state, err := os.ReadFile("/proc/self/stat")
	if err != nil {
		return 0
	}
	_, after, _ := strings.Cut(string(state), ") ")
	fields := strings.Fields(after)
	if len(fields) < 13 {
		return 0
	}
	user, _ := strconv.ParseInt(fields[11], 10, 64)
	system, _ := strconv.ParseInt(fields[12], 10, 64)
	const tick = time.Second / 100 // USER_HZ, which Linux shows to programs as 100 everywhere
	return time.Duration(user+system) * tick
}

// peakMemory is the most that was resident of this process, by its own account:
// what a parent sees of a child includes what the parent was at the fork.
func peakMemory() int64 {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(status)) {
		if kib, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			n, _ := strconv.ParseInt(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(kib), "kB")), 10, 64)
			return n << 10
		}
	}
	return 0
}

// emulate starts an emulator in a process of its own and returns its base URL.
func emulate(tb testing.TB, s serving) string {
	tb.Helper()
	cmd := ownProcess(tb, "emulator", s)
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		tb.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		_ = cmd.Process.Signal(os.Interrupt)
		_ = cmd.Wait()
	})
	url, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil {
		tb.Fatalf("the emulator does not start: %v", err)
	}
	return strings.TrimSpace(url)
}

// fetch runs a client in a process of its own.
func fetch(tb testing.TB, f fetching) fetched {
	tb.Helper()
	out, err := ownProcess(tb, "client", f).Output()
	if err != nil {
		tb.Fatal(err)
	}
	var report fetched
	if err := json.Unmarshal(out, &report); err != nil { //nolint:musttag // both ends are this file
		tb.Fatalf("%v: %s", err, out)
	}
	return report
}

// ownProcess is this test binary in another role.
func ownProcess(tb testing.TB, as string, what any) *exec.Cmd {
	tb.Helper()
	self, err := os.Executable()
	if err != nil {
		tb.Fatal(err)
	}
	text, err := json.Marshal(what)
	if err != nil {
		tb.Fatal(err)
	}
	cmd := exec.CommandContext(tb.Context(), self)
	cmd.Env = append(os.Environ(), role+"="+as, order+"="+string(text))
	cmd.Stderr = os.Stderr
	return cmd
}
