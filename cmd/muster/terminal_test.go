//go:build unix

package main

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/creack/pty"

	"github.com/muster-go/muster/cmd/muster/internal/exit"
	"github.com/muster-go/muster/model/display"
	"github.com/muster-go/muster/query/shipstream/shipstreamtest"
)

// terminal is a process in a pseudo-terminal, whose screen is all that was written
// to it.
type terminal struct {
	t    *testing.T
	cmd  *exec.Cmd
	keys *os.File

	mu     sync.Mutex
	screen bytes.Buffer
	closed chan struct{} // once the screen is whole
}

// inTerminal starts muster on a terminal so many columns wide. change may take a
// stream off the terminal.
func inTerminal(t *testing.T, url string, columns uint16, change func(*exec.Cmd), args ...string) *terminal {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), muster(t), args...)
	cmd.Env = bare(t, "MUSTER_BASE_URL="+url, "MUSTER_TOKEN="+shipstreamtest.DefaultToken, "TERM=xterm-256color")
	keys, tty, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	if err := pty.Setsize(keys, &pty.Winsize{Rows: 24, Cols: columns}); err != nil {
		t.Fatal(err)
	}
	cmd.Stdin, cmd.Stdout, cmd.Stderr = tty, tty, tty
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	if change != nil {
		change(cmd)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	_ = tty.Close() // the process has it
	p := &terminal{t: t, cmd: cmd, keys: keys, closed: make(chan struct{})}
	go p.read()
	t.Cleanup(func() {
		_ = cmd.Process.Kill() // it may have ended
		_ = keys.Close()
		<-p.closed
	})
	return p
}

func (p *terminal) read() {
	defer close(p.closed)
	var buf [4096]byte
	for {
		n, err := p.keys.Read(buf[:])
		p.mu.Lock()
		p.screen.Write(buf[:n])
		p.mu.Unlock()
		if err != nil { // an input/output error, once the process has ended
			return
		}
	}
}

func (p *terminal) text() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.screen.String()
}

// until waits until the screen shows the text.
func (p *terminal) until(text string) {
	p.t.Helper()
	await(p.t, strconv.Quote(text)+" on the screen", func() bool { return strings.Contains(p.text(), text) })
}

// press presses Ctrl-C.
func (p *terminal) press() {
	p.t.Helper()
	if _, err := p.keys.WriteString("\x03"); err != nil {
		p.t.Fatal(err)
	}
}

// end waits for the process and returns its state and the whole screen.
func (p *terminal) end() (*os.ProcessState, string) {
	p.t.Helper()
	late := time.AfterFunc(time.Minute, func() { _ = p.cmd.Process.Kill() })
	defer late.Stop()
	var failed *exec.ExitError
	if err := p.cmd.Wait(); err != nil && !errors.As(err, &failed) {
		p.t.Fatal(err)
	}
	<-p.closed
	return p.cmd.ProcessState, p.text()
}

// slowly serves many small answers that take their time.
func slowly(t *testing.T) *shipstreamtest.Server {
	t.Helper()
	server := shipstreamtest.NewServer(shipstreamtest.Options{Users: 2000, Rate: -1, Concurrency: -1, Latency: 60 * time.Millisecond})
	t.Cleanup(server.Close)
	return server
}

const clearLine = "\r\x1b[K"

// TestTerminalProgress: a run that takes its time shows how far it is, on one line
// that is gone at its end; what it wrote to a pipe knows nothing of it.
func TestTerminalProgress(t *testing.T) {
	t.Parallel()
	var rows bytes.Buffer
	p := inTerminal(t, slowly(t).URL, 80, func(c *exec.Cmd) { c.Stdout = &rows }, "query", "--select", "id", "--page-size", "50", "--rate", "0")
	state, screen := p.end()
	if !state.Success() || bytes.Count(rows.Bytes(), []byte("\n")) != 2000 || bytes.ContainsAny(rows.Bytes(), "\x1b\r") {
		t.Errorf("%v, %d rows", state, bytes.Count(rows.Bytes(), []byte("\n")))
	}
	lines := strings.Split(screen, clearLine)
	if last := lines[len(lines)-1]; !regexp.MustCompile(`^2 000 rows in [0-9.]+m?s, [0-9]+ requests, [0-9 ]+ rows/s\r\n$`).MatchString(last) {
		t.Errorf("the screen ends with %q", last)
	}
	drawn := regexp.MustCompile(`^\r *[0-9]+% \|█* *\| [0-9 ]+ rows at [0-9 ]+/s, ETA [0-9]+s, [0-9.]+ req/s, [0-9]+/5 in flight`)
	found := false
	for _, line := range lines[:len(lines)-1] {
		found = found || drawn.MatchString(line)
		if n := display.Width(line); n >= 80 {
			t.Errorf("%d cells: %q", n, line)
		}
	}
	if !found {
		t.Errorf("no progress on the screen:\n%q", screen)
	}
}

// TestTerminalQuiet: nothing moves on a terminal that is dumb, or where quiet was
// asked for.
func TestTerminalQuiet(t *testing.T) {
	t.Parallel()
	server := slowly(t)
	for _, test := range []struct{ flag, env string }{{"--quiet", ""}, {"--stats=none", "TERM=dumb"}} {
		p := inTerminal(t, server.URL, 80, func(c *exec.Cmd) { c.Stdout, c.Env = io.Discard, append(c.Env, test.env) },
			"query", "--page-size", "200", "--rate", "0", test.flag)
		if state, screen := p.end(); !state.Success() || screen != "" {
			t.Errorf("%s %s: %v, %q", test.flag, test.env, state, screen)
		}
	}
}

// TestTerminalTable: rows are a table as wide as the terminal, the newest first, and
// the progress leaves none of them damaged.
func TestTerminalTable(t *testing.T) {
	t.Parallel()
	var drawn chan struct{} // closed once progress is on the screen: only then is there an answer
	var mu sync.Mutex
	server := shipstreamtest.NewServer(shipstreamtest.Options{
		OnRequest: func(_ int, r *http.Request) shipstreamtest.Fault {
			mu.Lock()
			shown := drawn
			mu.Unlock()
			select {
			case <-shown:
			case <-r.Context().Done():
			}
			return shipstreamtest.Fault{}
		},
		Rows: []shipstreamtest.User{
			{ID: 1, Name: "短い名前と、とても長い名前のある人、その人の名前は長い", Email: strings.Repeat("long.", 12) + "@example.com", Username: "a"},
			{ID: 2, Name: "Zoë", Email: "z@example.com", Username: "z"},
		},
		Rate: -1, Concurrency: -1,
	})
	defer server.Close()
	narrower := 0
	for _, columns := range []uint16{80, 120} {
		shown := make(chan struct{})
		mu.Lock()
		drawn = shown
		mu.Unlock()
		p := inTerminal(t, server.URL, columns, nil, "query", "--color", "never")
		p.until("0 rows at 0/s")
		close(shown)
		state, screen := p.end()
		_, after, found := strings.Cut(screen, clearLine+"id") // what was drawn before is gone
		if !state.Success() || !found {
			t.Fatalf("%v: %q", state, screen)
		}
		lines := strings.Split("id"+after, "\r\n")
		if len(lines) < 4 || !strings.HasPrefix(lines[2], " 2") || !strings.HasPrefix(lines[3], " 1") || !strings.Contains(lines[3], "…") {
			t.Fatalf("%d columns: not two rows, the newest first and the other cut:\n%s", columns, after)
		}
		for _, line := range lines[:4] {
			if n := display.Width(line); n > int(columns) {
				t.Errorf("%d columns: %d cells: %q", columns, n, line)
			}
		}
		if n := display.Width(lines[3]); n < narrower+30 {
			t.Errorf("%d columns: only %d cells are used, %d of fewer", columns, n, narrower)
		} else {
			narrower = n
		}
	}
}

// TestTerminalObeysNoText: rows that would move the cursor are shown.
func TestTerminalObeysNoText(t *testing.T) {
	t.Parallel()
	server := shipstreamtest.NewServer(shipstreamtest.Options{Rows: []shipstreamtest.User{{ID: 1, Name: hostile, Email: "e", Username: "u"}}})
	defer server.Close()
	for _, format := range []string{"table", "csv"} {
		state, screen := inTerminal(t, server.URL, 120, nil, "query", "--format", format, "--color", "never", "--quiet").end()
		clean(t, format, strings.ReplaceAll(screen, "\r\n", "\n"))
		if !state.Success() || !strings.Contains(screen, "a␛[2J␛]0;title␇�31m�b␍muster: ok") {
			t.Errorf("%s: %v: %q", format, state, screen)
		}
	}
}

// TestTerminalColors: a terminal gets colours, unless one of the three ways to say no
// says no.
func TestTerminalColors(t *testing.T) {
	t.Parallel()
	server := shipstreamtest.NewServer(shipstreamtest.Options{Users: 5})
	defer server.Close()
	for _, test := range []struct {
		env, color string
		want       bool
	}{
		{"", "auto", true},
		{"NO_COLOR=1", "auto", false},
		{"TERM=dumb", "auto", false},
		{"", "never", false},
		{"NO_COLOR=1", "always", true},
		{"NO_COLOR=", "auto", true},
		{"MUSTER_COLOR=never", "", false},
	} {
		args := []string{"query", "--stats=none", "--quiet"}
		if test.color != "" {
			args = append(args, "--color", test.color)
		}
		state, screen := inTerminal(t, server.URL, 100, func(c *exec.Cmd) { c.Env = append(c.Env, test.env) }, args...).end()
		if got := strings.Contains(screen, "\x1b["); !state.Success() || got != test.want {
			t.Errorf("%+v: %v, colours: %v\n%q", test, state, got, screen)
		}
	}
}

// TestTerminalInterrupt: Ctrl-C ends a query in good order, and a command that waits
// for somebody to type.
func TestTerminalInterrupt(t *testing.T) {
	t.Parallel()
	hanging := shipstreamtest.NewServer(shipstreamtest.Options{Users: 20, OnRequest: func(int, *http.Request) shipstreamtest.Fault {
		return shipstreamtest.Fault{Kind: shipstreamtest.FaultHang}
	}})
	defer hanging.Close()
	for _, test := range []struct {
		shows string
		args  []string
	}{{"0 rows at 0/s", []string{"query"}}, {"users> ", []string{"shell"}}} {
		dumb := func(c *exec.Cmd) { // a shell that edits lines takes Ctrl-C itself
			if test.args[0] == "shell" {
				c.Env = append(c.Env, "TERM=dumb")
			}
		}
		p := inTerminal(t, hanging.URL, 80, dumb, test.args...)
		p.until(test.shows)
		p.press()
		state, screen := p.end()
		if state.ExitCode() != exit.Interrupted || !strings.HasSuffix(screen, "muster: interrupted\r\n") {
			t.Errorf("%v: %v\n%.2000q", test.args, state, screen)
		}
	}
}

// TestTerminalInterruptTwice: a run that cannot end, because nobody reads what it
// writes, ends at once by a second Ctrl-C.
func TestTerminalInterruptTwice(t *testing.T) {
	t.Parallel()
	server := shipstreamtest.NewServer(shipstreamtest.Options{Users: 5000, Rate: -1, Concurrency: -1})
	defer server.Close()
	unread, stdout, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _, _ = unread.Close(), stdout.Close() }()
	p := inTerminal(t, server.URL, 80, func(c *exec.Cmd) { c.Stdout = stdout }, "query", "--rate", "0")
	p.until("read at ")
	p.press()
	ended := make(chan struct{})
	var state *os.ProcessState
	go func() {
		defer close(ended)
		state, _ = p.end()
	}()
	// The second may come before the first has been seen to: then a third does it.
	for tick := time.Tick(100 * time.Millisecond); ; {
		select {
		case <-ended:
			status, _ := state.Sys().(syscall.WaitStatus)
			if !status.Signaled() || status.Signal() != syscall.SIGINT {
				t.Errorf("%v\n%q", state, p.text())
			}
			return
		case <-tick:
			_, _ = p.keys.WriteString("\x03") // it may have ended
		}
	}
}

// TestLogLines: where standard error is no terminal, a line now and then tells that
// the run goes on.
func TestLogLines(t *testing.T) {
	t.Parallel()
	var stderr bytes.Buffer
	env := &environment{
		stdin: strings.NewReader(""), stdout: &printer{w: io.Discard}, stderr: &stderr, logEvery: 50 * time.Millisecond,
		getenv: func(name string) string {
			return map[string]string{"MUSTER_TOKEN": shipstreamtest.DefaultToken}[name]
		},
	}
	code := run(t.Context(), []string{"query", "--base-url", slowly(t).URL, "--page-size", "50", "--rate", "0", "--concurrency", "2"}, env)
	line := regexp.MustCompile(`^([0-9]+%, )?[0-9 ]+ rows( of [0-9 ]+ read)? at [0-9 ]+/s, (ETA [0-9]+s, )?[0-9.]+ req/s, [0-9]/2 in flight, [0-9]+s so far$`)
	lines := strings.Split(strings.TrimSuffix(stderr.String(), "\n"), "\n")
	for _, l := range lines {
		if text, mine := strings.CutPrefix(l, "muster: "); !mine || !line.MatchString(text) {
			t.Errorf("%q", l)
		}
	}
	if code != exit.Done || len(lines) < 2 {
		t.Errorf("exit %d, %d lines", code, len(lines))
	}
}
