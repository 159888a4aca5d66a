package main

import (
	"bufio"
	"context"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/muster-go/muster/cmd/muster/internal/exit"
	"github.com/muster-go/muster/query/rest/orderstest"
	"github.com/muster-go/muster/query/shipstream/shipstreamtest"
)

func TestMain(m *testing.M) {
	// These tests wait for servers and other processes more than they compute, so more
	// of them run at once than there are cores. -parallel on the command line wins.
	if f := flag.Lookup("test.parallel"); f != nil {
		_ = f.Value.Set("8")
	}
	// A program built with the race detector sleeps a second before it exits, and the
	// tests start a thousand.
	_ = os.Setenv("GORACE", "atexit_sleep_ms=0 "+os.Getenv("GORACE"))
	testscript.Main(m, map[string]func(){"muster": main, "measured": measured})
}

// measured is the command, and then writes the most memory that it had to the file PEAK, as
// Linux counts it. What a parent is told of a child includes what the parent itself had when
// it forked, and that is more.
func measured() {
	code := run(context.Background(), os.Args[1:], system())
	status, _ := os.ReadFile("/proc/self/status") // there is none elsewhere
	for line := range strings.Lines(string(status)) {
		if peak, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			_ = os.WriteFile(os.Getenv("PEAK"), []byte(peak), 0o600) // its reader misses it
		}
	}
	os.Exit(code) //nolint:revive // it is a main function, see TestMain
}

// bare is an environment that says no more of the machine than where programs and temporary
// files are, and coverage: no colours, settings or terminal of whoever runs the tests.
func bare(t *testing.T, more ...string) []string {
	t.Helper()
	env := []string{"HOME=" + t.TempDir()}
	for _, name := range []string{"PATH", "TMPDIR", "GORACE", "GOCOVERDIR"} {
		env = append(env, name+"="+os.Getenv(name))
	}
	return append(env, more...)
}

// emulators are how many requests the servers have had, as func() int, by their
// script's folder.
var emulators sync.Map

// TestScript runs the scripts in testdata/script, each in a folder of its own
// with the command as a program.
func TestScript(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Setup: func(e *testscript.Env) error {
			e.Setenv("GORACE", os.Getenv("GORACE"))
			return nil
		},
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"answers":     startAnswers,
			"emulate":     startProcess,
			"emulator":    startEmulator,
			"exits":       exits,
			"interrupt":   interrupt,
			"interrupted": interrupted,
			"login":       startLogin,
			"requests":    requests,
			"serve":       serveFile,
			"repeat":      repeat,
			"shop":        startShop,
		},
	})
}

// startEmulator is `emulator [users=N] [faults=P] [script=KIND,…] [token=T]`: it
// serves the API without limits for the rest of the script, and points the
// environment at it.
func startEmulator(ts *testscript.TestScript, neg bool, args []string) {
	if neg {
		ts.Fatalf("emulator cannot be negated")
	}
	o := shipstreamtest.Options{Users: 100, Rate: -1, Concurrency: -1}
	for _, arg := range args {
		key, value, _ := strings.Cut(arg, "=")
		switch key {
		case "users":
			n, err := strconv.Atoi(value)
			ts.Check(err)
			o.Users = n
		case "status": // every request after the first is answered so
			status, err := strconv.Atoi(value)
			ts.Check(err)
			for range 100 {
				o.Script = append(o.Script, shipstreamtest.Fault{Kind: shipstreamtest.FaultStatus, Status: status})
			}
			o.Script[0] = shipstreamtest.Fault{}
		case "fails-at": // one request is answered by 404
			n, err := strconv.Atoi(value)
			ts.Check(err)
			o.Script = make([]shipstreamtest.Fault, n)
			o.Script[n-1] = shipstreamtest.Fault{Kind: shipstreamtest.FaultStatus, Status: http.StatusNotFound}
		case "hang-after": // every request after so many gets no answer
			n, err := strconv.Atoi(value)
			ts.Check(err)
			o.OnRequest = func(i int, _ *http.Request) shipstreamtest.Fault {
				if i > n {
					return shipstreamtest.Fault{Kind: shipstreamtest.FaultHang}
				}
				return shipstreamtest.Fault{}
			}
		case "operators":
			o.Operators = shipstreamtest.AllOperators
		case "hide-timestamps":
			o.HideTimestamps = true
		case "misreads":
			o.Misreads = map[string]shipstreamtest.Misreading{"neq": shipstreamtest.IgnoresNeq, "start": shipstreamtest.StartIsContains, "filters": shipstreamtest.TakesLastFilter}[value]
		default:
			ts.Fatalf("emulator: unknown option %s", arg)
		}
	}
	server := shipstreamtest.NewServer(o)
	ts.Defer(server.Close)
	ts.Setenv("MUSTER_BASE_URL", server.URL)
	ts.Setenv("MUSTER_TOKEN", shipstreamtest.DefaultToken)
	emulators.Store(ts.Getenv("WORK"), func() int { return len(server.Requests()) })
}

// startShop is `shop [style=S] [key=NAME] [envelope=E] [path=FIELD:PATH …] [direction=TIES] [lists=HOW] [orders=N] [fault=N]
// [break=N] [admits=NAME:VALUE] [codes] [twice]`: it serves an API that is not ShipStream's for the rest of the script,
// and points the environment at it.
func startShop(ts *testscript.TestScript, neg bool, args []string) {
	if neg {
		ts.Fatalf("shop cannot be negated")
	}
	o := orderstest.Options{Style: "token", Paths: map[string]string{}}
	for _, arg := range args {
		key, value, _ := strings.Cut(arg, "=")
		switch key {
		case "style":
			o.Style = value
			continue
		case "key":
			o.Key = value
			continue
		case "codes":
			o.Codes = true
			continue
		case "twice":
			o.Twice = true
			continue
		case "envelope":
			o.Envelope = value
			continue
		case "direction":
			o.Direction = value
			continue
		case "lists":
			o.Lists = value
			continue
		case "path":
			field, path, _ := strings.Cut(value, ":")
			o.Paths[field] = path
			continue
		case "admits": // a header and its value, or the parameter api_key and its value
			name, want, _ := strings.Cut(value, ":")
			o.Admits = func(r *http.Request) bool {
				return r.Header.Get(name) == want || name == "api_key" && r.URL.Query().Get(name) == want
			}
			continue
		case "times":
			o.Times = value
			continue
		case "prices":
			o.Prices = value
			continue
		}
		n, err := strconv.Atoi(value)
		ts.Check(err)
		switch key {
		case "orders":
			o.Orders = n
		case "fault":
			o.Fault = n
		case "break":
			o.Break = n
		default:
			ts.Fatalf("shop: unknown option %s", arg)
		}
	}
	server := orderstest.New(o)
	ts.Defer(server.Close)
	ts.Setenv("MUSTER_BASE_URL", server.URL+"/shop")
	ts.Setenv("MUSTER_TOKEN", "any")
	emulators.Store(ts.Getenv("WORK"), server.Requests)
}

// requests is `requests N`: the emulator, or the shop, has had exactly N.
func requests(ts *testscript.TestScript, neg bool, args []string) {
	had, ok := emulators.Load(ts.Getenv("WORK"))
	if !ok || len(args) != 1 {
		ts.Fatalf("usage: requests N, after emulator")
	}
	got := strconv.Itoa(had.(func() int)()) //nolint:forcetypeassert // nothing else is stored
	if (got == args[0]) == neg {
		ts.Fatalf("the emulator had %s requests", got)
	}
}

// exits is `exits CODE COMMAND ARG…`: the command ends with exactly that code.
// Its streams are then there for stdout and stderr.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE COMMAND ARG…")
	}
	err := ts.Exec(args[1], args[2:]...)
	got := 0
	if err != nil {
		ended, ok := err.(*exec.ExitError) //nolint:errorlint // Exec does not wrap it
		if !ok {
			ts.Fatalf("%v", err)
		}
		got = ended.ExitCode()
	}
	if want := args[0]; strconv.Itoa(got) != want {
		ts.Fatalf("exit code %d, want %s", got, want)
	}
}

// interrupted is `interrupted COMMAND ARG…`: the command is interrupted once it has
// written to standard output, and must end with the code of an interrupt. What it
// wrote is in interrupted.stdout and interrupted.stderr.
func interrupted(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 1 {
		ts.Fatalf("usage: interrupted COMMAND ARG…")
	}
	path, err := exec.LookPath(args[0])
	ts.Check(err)
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, path, args[1:]...)
	cmd.Dir, cmd.Env = ts.Getenv("WORK"), []string{"MUSTER_BASE_URL=" + ts.Getenv("MUSTER_BASE_URL"), "MUSTER_TOKEN=" + ts.Getenv("MUSTER_TOKEN"), "GORACE=" + os.Getenv("GORACE")}
	var stderr strings.Builder
	cmd.Stderr = &stderr
	pipe, err := cmd.StdoutPipe()
	ts.Check(err)
	ts.Check(cmd.Start())
	stdout := bufio.NewReader(pipe)
	_, err = stdout.Peek(1)
	ts.Check(err)
	ts.Check(cmd.Process.Signal(os.Interrupt))
	written, err := io.ReadAll(stdout)
	ts.Check(err)
	_ = cmd.Wait() // the code says it
	ts.Check(os.WriteFile(ts.MkAbs("interrupted.stdout"), written, 0o600))
	ts.Check(os.WriteFile(ts.MkAbs("interrupted.stderr"), []byte(stderr.String()), 0o600))
	if code := cmd.ProcessState.ExitCode(); code != exit.Interrupted {
		ts.Fatalf("exit code %d, want %d:\n%s", code, exit.Interrupted, stderr.String())
	}
}

// repeat is `repeat FILE N TEXT [BETWEEN]`: it writes TEXT N times.
func repeat(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 3 {
		ts.Fatalf("usage: repeat FILE N TEXT [SUFFIX]")
	}
	n, err := strconv.Atoi(args[1])
	ts.Check(err)
	text := strings.Repeat(args[2], n) + strings.Join(args[3:], "")
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(text), 0o600))
}

// TestNoArguments: muster alone is help, not an error.
func TestNoArguments(t *testing.T) {
	var out strings.Builder
	env := &environment{stdin: strings.NewReader(""), stdout: &printer{w: &out}, stderr: &out, getenv: func(string) string { return "" }}
	if code := run(t.Context(), nil, env); code != 0 || !strings.Contains(out.String(), "muster demo") {
		t.Errorf("exit %d:\n%s", code, out.String())
	}
}

// broken is standard input that ends a command by a panic.
type broken struct{}

func (broken) Read([]byte) (int, error) { panic("no such thing") }

// TestDefect: a panic is an error as any other, without a stack.
func TestDefect(t *testing.T) {
	var out strings.Builder
	env := &environment{stdin: broken{}, stdout: &printer{w: &out}, stderr: &out, getenv: func(string) string { return "" }}
	want := "muster: a defect in muster: no such thing; please report it, with the command line\n"
	if code := run(t.Context(), []string{"check", "-"}, env); code != exit.Failed || out.String() != want {
		t.Errorf("exit %d:\n%s", code, out.String())
	}
}

// TestInterruptedTyping: a command that waits for input ends with the code of an
// interrupt.
func TestInterruptedTyping(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	typed, keys := io.Pipe()
	defer func() { _ = keys.Close() }() // ends the read that still waits
	var out strings.Builder
	env := &environment{stdin: interruptible{ctx, typed}, stdout: &printer{w: &out}, stderr: &out, getenv: func(string) string { return "" }}
	if code := run(ctx, []string{"check", "-"}, env); code != exit.Interrupted || out.String() != "muster: interrupted\n" {
		t.Errorf("exit %d: %q", code, out.String())
	}
}

// TestInterrupted: a cancelled run ends with the code of an interrupt.
func TestInterrupted(t *testing.T) {
	if code := exit.Code(fmt.Errorf("reading: %w", context.Canceled)); code != exit.Interrupted {
		t.Errorf("exit %d", code)
	}
}
