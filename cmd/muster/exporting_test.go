//go:build unix

package main

import (
	"context"
	"encoding/json"
	"io/fs"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/muster-go/muster/cmd/muster/internal/verify"
	"github.com/muster-go/muster/query/shipstream/shipstreamtest"
)

// exporting is an export that is broken off and gone on with.
type exporting struct {
	output string
	flags  []string
	style  string // how the shop pages whose orders it is of; "" = of the emulator's users
}

// exportings are each format and compression, in files and folders.
func exportings() []exporting {
	return []exporting{
		{output: "users.ndjson"},
		{output: "users.ndjson.gz"},
		{output: "users.ndjson.zst"},
		{output: "users.json"},
		{output: "users.json.gz"},
		{output: "users.json.zst"},
		{output: "users.csv"},
		{output: "users.csv.gz"},
		{output: "users.csv.zst"},
		{output: "users.parquet", flags: []string{"--select", "name,roles,roles.name"}},
		{output: "users.sqlite", flags: []string{"--select", "name,roles.name"}},
		{output: "tables.sqlite", flags: []string{"--select", "name,roles.permissions", "--list-tables"}},
		{output: "split", flags: []string{"--format", "ndjson", "--split-rows", "700"}},
		{output: "types", flags: []string{"--format", "csv", "--partition-by", "type"}},
		{output: "parquets", flags: []string{"--format", "parquet", "--split-rows", "1500"}},
		{output: "filtered.ndjson", flags: []string{"name contains 'a'"}},
		{output: "ordered.csv", flags: []string{"--sort", "id"}},
		{output: "union.ndjson", flags: []string{`last_login_at is null or email ends with "@example.com"`, "--timestamps", "never"}},
		{output: "deleted.sqlite", flags: []string{"--deleted", "include"}},
	}
}

func (e exporting) String() string { return strings.Join(append([]string{e.output}, e.flags...), " ") }

// newEmulator holds the users that exports are about: enough for a hundred pages.
func newEmulator(t *testing.T) *shipstreamtest.Server {
	t.Helper()
	server := shipstreamtest.NewServer(shipstreamtest.Options{
		Users: 4000, IDs: shipstreamtest.Islands, Rate: -1, Concurrency: -1, Journal: -1, Latency: 10 * time.Millisecond,
	})
	t.Cleanup(server.Close)
	return server
}

// eachExport runs exports side by side. It returns once all have ended.
func eachExport(t *testing.T, exports []exporting, do func(t *testing.T, run *exportRunner)) {
	t.Helper()
	emulator, bin := newEmulator(t), muster(t)
	t.Run("exports", func(t *testing.T) {
		for _, e := range exports {
			t.Run(e.output, func(t *testing.T) {
				t.Parallel()
				do(t, newRunner(t, bin, emulator, e))
			})
		}
	})
}

// exportRunner runs an export as a process, against a server of its own.
type exportRunner struct {
	exporting

	t      *testing.T
	bin    string
	served *served
	want   []string // the rows of one that was left alone
	bytes  int64    // that it takes on the disk
}

// newRunner runs the export once and leaves it alone.
func newRunner(t *testing.T, bin string, emulator *shipstreamtest.Server, e exporting) *exportRunner {
	t.Helper()
	r := &exportRunner{exporting: e, t: t, bin: bin}
	if e.style == "" {
		r.served = serve(t, emulator, "/api/global")
	} else {
		r.served = serve(t, newShop(t, e.style), "/shop")
		r.flags = append(slices.Clip(e.flags), "--resource-file", shopFile(t, e.style))
	}
	folder := t.TempDir()
	if out, err := r.command(t.Context(), folder).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	r.want = readRows(t, filepath.Join(folder, r.output))
	err := filepath.WalkDir(folder, func(_ string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		info, err := entry.Info()
		if err == nil {
			r.bytes += info.Size()
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// command is the export into the folder, which is also where it runs.
func (r *exportRunner) command(ctx context.Context, folder string, flags ...string) *exec.Cmd {
	args := append([]string{"export", "-o", r.output, "--page-size", "50", "--rate", "0", "--commit-every", "15ms"}, r.flags...)
	cmd := exec.CommandContext(ctx, r.bin, append(args, flags...)...)
	r.in(cmd, folder)
	return cmd
}

// in has the command run in the folder, with the server and muster itself at hand.
func (r *exportRunner) in(cmd *exec.Cmd, folder string) {
	cmd.Dir = folder
	cmd.Env = bare(r.t, "MUSTER_BASE_URL="+r.served.url, "MUSTER_TOKEN="+shipstreamtest.DefaultToken,
		"PATH="+filepath.Dir(r.bin)+string(os.PathListSeparator)+os.Getenv("PATH"))
}

// finishes resumes the export, which must come to its end with all rows.
func (r *exportRunner) finishes(folder string) {
	r.t.Helper()
	if out, err := r.command(r.t.Context(), folder, "--resume").CombinedOutput(); err != nil {
		r.t.Fatalf("%v\n%s", err, out)
	}
	r.whole(folder)
}

// whole fails unless the finished export has each row once. It returns what is
// wrong.
func (r *exportRunner) whole(folder string) (lost, doubled int) {
	r.t.Helper()
	lost, doubled = compareRows(r.want, readRows(r.t, filepath.Join(folder, r.output)))
	if lost+doubled > 0 {
		r.t.Errorf("%d rows lost, %d too many, of %d", lost, doubled, len(r.want))
	}
	return lost, doubled
}

// commit is the time and size of the last one in the folder; zero before the first.
func (r *exportRunner) commit(folder string) (at time.Time, size int64) {
	name := r.output + ".checkpoint"
	if strings.HasSuffix(r.output, ".sqlite") {
		name = r.output // empty until then
	}
	info, err := os.Stat(filepath.Join(folder, name))
	if err != nil || info.Size() == 0 {
		return time.Time{}, 0
	}
	return info.ModTime(), info.Size()
}

// safe is how many rows an unfinished export has committed, as it says itself.
func (r *exportRunner) safe(folder string) int64 {
	r.t.Helper()
	path := filepath.Join(folder, r.output)
	if strings.HasSuffix(r.output, ".sqlite") {
		return safeInSQLite(r.t, path)
	}
	text, err := os.ReadFile(path + ".checkpoint")
	if os.IsNotExist(err) {
		return 0
	}
	var left struct {
		At struct {
			Rows int64 `json:"rows"`
		} `json:"at"`
	}
	if err == nil {
		err = json.Unmarshal(text, &left)
	}
	if err != nil {
		r.t.Fatal(err)
	}
	return left.At.Rows
}

// asked fails when a run that went on behind so many rows asked for one of them
// again. What it was served of the answer is then more than what was left.
func (r *exportRunner) asked(folder string, behind int64) {
	r.t.Helper()
	path := filepath.Join(folder, r.output)
	var ids []int64
	for id, err := range verify.IDs[int64](r.t.Context(), path, "id") {
		if err != nil {
			r.t.Fatal(err)
		}
		ids = append(ids, id)
	}
	if got, left := r.served.among(ids), int64(len(ids))-behind; got != left {
		r.t.Errorf("of %d rows %d were committed, and the server was asked for %d of the %d that were left", len(ids), behind, got, left)
	}
}

// served is what a server was asked for: the ids in its answers.
type served struct {
	url string

	turn      atomic.Int64 // how often it has started over
	answering sync.RWMutex // held for reading while a request is answered
	mu        sync.Mutex
	ids       map[int64]bool
}

// turnKey is where a request has the turn that its connection began in.
type turnKey struct{}

// serve puts a server of its own before another, whose API is below a path.
func serve(t *testing.T, behind http.Handler, path string) *served {
	t.Helper()
	s := &served{ids: make(map[int64]bool)}
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.answering.RLock()
		defer s.answering.RUnlock()
		answer := httptest.NewRecorder()
		behind.ServeHTTP(answer, r)
		if r.Context().Err() != nil || r.Context().Value(turnKey{}) != s.turn.Load() {
			return // the client is gone, even if a busy machine has not noticed yet
		}
		s.note(answer.Body.Bytes()) // before anybody can have committed it
		maps.Copy(w.Header(), answer.Header())
		w.WriteHeader(answer.Code)
		_, _ = w.Write(answer.Body.Bytes()) // whoever asked may be gone
	}))
	server.Config.ConnContext = func(ctx context.Context, _ net.Conn) context.Context {
		return context.WithValue(ctx, turnKey{}, s.turn.Load())
	}
	server.Start()
	t.Cleanup(server.Close)
	s.url = server.URL + path
	return s
}

func (s *served) note(answer []byte) {
	type rows []struct {
		ID int64 `json:"id"`
	}
	var page struct {
		Collection rows `json:"collection"`
		Orders     rows `json:"orders"`
	}
	if json.Unmarshal(answer, &page) != nil {
		return // no page
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, row := range append(page.Collection, page.Orders...) {
		s.ids[row.ID] = true
	}
}

// forget starts over, once what a process that has ended asked for last is answered:
// rows that its other end had committed may be among it.
func (s *served) forget() {
	s.answering.Lock()
	defer s.answering.Unlock()
	s.turn.Add(1)
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.ids)
}

// among counts the ids that were served.
func (s *served) among(ids []int64) (n int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, id := range ids {
		if s.ids[id] {
			n++
		}
	}
	return n
}
