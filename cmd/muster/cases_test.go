//go:build unix

package main

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/muster-go/muster/query/shipstream/shipstreamtest"
)

// situation is a server, a file or a moment that users met, and what the command must do
// about it. TestCases runs the real binary in each.
type situation struct {
	name string
	// definition describes the listing; "" = the users of ShipStream.
	definition string
	// answer serves the API; nil = there is no server, or the emulator.
	answer http.HandlerFunc
	// emulator serves users; nil = there is none.
	emulator *shipstreamtest.Options
	check    func(s *stage)
	heavy    bool // it takes minutes under the race detector
}

// TestCases: what was reported of servers that end, lie, stumble and mean harm, of files
// that are damaged and of interruptions. Nothing is lost in silence, nothing hangs and
// nothing that the command did not make is touched.
func TestCases(t *testing.T) {
	t.Parallel()
	bin := muster(t)
	for _, one := range slices.Concat(pagingCases(), answerCases(), valueCases(), wireCases(), fileCases(), verifyCases(), momentCases()) {
		t.Run(one.name, func(t *testing.T) {
			t.Parallel()
			if one.heavy && testing.Short() {
				t.Skip("not run: -short, for under the race detector it takes minutes; without -short it is run") //nolint:forbidigo // plain tests run it
			}
			one.check(newStage(t, bin, one))
		})
	}
}

// stage is where one situation is played: a folder, a server and the binary.
type stage struct {
	*testing.T

	bin, folder, url string
	asked            func() int // the requests so far
	flags            []string   // of every command that asks the server
}

func newStage(t *testing.T, bin string, one situation) *stage {
	t.Helper()
	s := &stage{T: t, bin: bin, folder: t.TempDir(), asked: func() int { return 0 }}
	switch {
	case one.emulator != nil:
		options := *one.emulator // situations share it and run at once
		options.Rate, options.Concurrency = -1, -1
		server := shipstreamtest.NewServer(options)
		t.Cleanup(server.Close)
		s.url, s.asked = server.URL, func() int { return len(server.Requests()) }
	case one.answer != nil:
		var n atomic.Int64
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			n.Add(1)
			one.answer(w, r)
		}))
		t.Cleanup(server.Close)
		s.url, s.asked = server.URL, func() int { return int(n.Load()) }
	}
	if one.definition != "" {
		s.write("things.yaml", one.definition)
		s.flags = []string{"--resource-file", "things.yaml"}
	}
	return s
}

// outcome is how a command ended.
type outcome struct {
	code           int // -1 = it was ended from outside
	stdout, stderr string
}

// hangs is when a command hangs.
const hangs = 30 * time.Second

// command is the binary with arguments, in the folder and with the server in its
// environment.
func (s *stage) command(ctx context.Context, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, s.bin, args...)
	cmd.Dir = s.folder
	cmd.Env = []string{"HOME=" + s.folder, "PATH=" + os.Getenv("PATH"), "GORACE=" + os.Getenv("GORACE"), "MUSTER_BASE_URL=" + s.url, "MUSTER_TOKEN=" + shipstreamtest.DefaultToken}
	return cmd
}

// run runs a command to its end.
func (s *stage) run(args ...string) outcome {
	s.Helper()
	ctx, cancel := context.WithTimeout(s.Context(), hangs)
	defer cancel()
	return s.end(ctx, s.command(ctx, args...))
}

// measured is run, and returns the most memory that the command had, in MiB; 0 where only
// Linux tells.
func (s *stage) measured(args ...string) (o outcome, peak int) {
	s.Helper()
	ctx, cancel := context.WithTimeout(s.Context(), hangs)
	defer cancel()
	cmd := s.command(ctx, args...)
	cmd.Args[0], cmd.Env = "measured", append(cmd.Env, "PEAK="+s.path("peak")) // see TestMain
	s.write("peak", "")
	o = s.end(ctx, cmd)
	if _, err := fmt.Sscan(s.read("peak"), &peak); err != nil && runtime.GOOS == "linux" {
		s.Errorf("%v: exit %d, and it does not say how much memory it had\n%s", args, o.code, o.stderr)
	}
	return o, peak >> 10
}

// end runs a command to its end.
func (s *stage) end(ctx context.Context, cmd *exec.Cmd) outcome {
	s.Helper()
	args := cmd.Args[1:]
	var stdout, stderr strings.Builder
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	_ = cmd.Run() // the code says it
	o := outcome{cmd.ProcessState.ExitCode(), stdout.String(), stderr.String()}
	switch {
	case ctx.Err() != nil:
		s.Fatalf("%v hangs\n%s", args, o.stderr)
	case strings.Contains(o.stderr, "defect in muster"), strings.Contains(o.stderr, "goroutine "):
		s.Errorf("%v: %s", args, o.stderr)
	}
	return o
}

// ask runs a command that asks the server.
func (s *stage) ask(args ...string) outcome {
	s.Helper()
	return s.run(append(args, s.flags...)...)
}

// succeeds fails the test unless the command ended with 0.
func (s *stage) succeeds(o outcome) {
	s.Helper()
	if o.code != 0 {
		s.Errorf("exit %d, want 0:\n%s", o.code, o.stderr)
	}
}

// fails fails the test unless the command failed and said each of the words.
func (s *stage) fails(o outcome, words ...string) {
	s.Helper()
	if o.code == 0 {
		s.Errorf("exit 0, want a failure:\n%s", o.stderr)
	}
	for _, word := range words {
		if !strings.Contains(o.stderr, word) {
			s.Errorf("standard error lacks %q:\n%s", word, o.stderr)
		}
	}
}

// ids asks for the ids that a filter selects, in the order of the rows.
func (s *stage) ids(filter string) string {
	s.Helper()
	o := s.ask("query", "-q", filter, "--format", "csv", "--select", "id")
	s.succeeds(o)
	return strings.Join(strings.Fields(o.stdout)[min(1, len(strings.Fields(o.stdout))):], " ")
}

// selects fails the test unless a filter selects the rows of these ids.
func (s *stage) selects(filter, ids string) {
	s.Helper()
	if got := s.ids(filter); got != ids {
		s.Errorf("%q selects %s, want %s", filter, got, ids)
	}
}

func (s *stage) path(name string) string { return filepath.Join(s.folder, name) }

func (s *stage) write(name, text string) {
	s.Helper()
	if err := os.MkdirAll(filepath.Dir(s.path(name)), 0o700); err != nil {
		s.Fatal(err)
	}
	if err := os.WriteFile(s.path(name), []byte(text), 0o600); err != nil {
		s.Fatal(err)
	}
}

// read returns a file; "" if there is none.
func (s *stage) read(name string) string {
	text, err := os.ReadFile(s.path(name))
	if err != nil {
		return ""
	}
	return string(text)
}

// things is the definition of a listing by token; the pairs change its text.
func things(pairs ...string) string {
	const definition = `resource: things
path: /things
dialect: key-value
layout: {rows: items, id: id, next: next}
paging: {style: token, max: 2, limit: limit, token: token}
fields:
  - {name: id, type: int}
  - {name: name, type: string, collation: binary, nullable: true}
`
	return strings.NewReplacer(pairs...).Replace(definition)
}

// rows are the rows with the ids from first to last, as JSON.
func rows(first, last int) string {
	var all []string
	for id := first; id <= last; id++ {
		all = append(all, fmt.Sprintf(`{"id":%d,"name":"n%d"}`, id, id))
	}
	return "[" + strings.Join(all, ",") + "]"
}

// pages answers with the page whose number the token is.
func pages(bodies ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		i := 0
		_, _ = fmt.Sscan(r.FormValue("token"), &i)
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write([]byte(bodies[min(i, len(bodies)-1)]))
	}
}
