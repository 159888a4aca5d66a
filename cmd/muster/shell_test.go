//go:build unix

package main

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/muster-go/muster/cmd/muster/internal/exit"
	"github.com/muster-go/muster/query/shipstream/shipstreamtest"
)

// startShell starts `muster shell` on a terminal against an emulator.
func startShell(t *testing.T, o shipstreamtest.Options, env ...string) (*screen, *shipstreamtest.Server) {
	t.Helper()
	o.Rate, o.Concurrency = -1, -1
	server := shipstreamtest.NewServer(o)
	t.Cleanup(server.Close)
	env = append([]string{"MUSTER_BASE_URL=" + server.URL, "MUSTER_TOKEN=" + shipstreamtest.DefaultToken}, env...)
	term := startScreen(t, 80, 24, env, muster(t), "shell")
	term.endsWith("users>")
	return term, server
}

// leave presses Ctrl-D at the prompt. Before it is there, the terminal would take the
// key itself, for the end of a line that nobody reads.
func leave(t *testing.T, term *screen) {
	t.Helper()
	term.endsWith("users>")
	term.keys(ctrlD)
	if code := term.exits(); code != exit.Done {
		t.Errorf("exit %d", code)
	}
}

// TestShellCompletes: Tab inserts what is meant, or lists what may be.
func TestShellCompletes(t *testing.T) {
	t.Parallel()
	term, _ := startShell(t, shipstreamtest.Options{Users: 50})
	term.keys("is_ac" + tab)
	term.endsWith("users> is_active")
	term.keys(" = t" + tab)
	term.endsWith("users> is_active = true")
	term.keys(" and (na" + tab + " sta" + tab)
	term.endsWith("users> is_active = true and (name starts with")
	term.keys(ctrlC + "created_at " + tab)
	term.shows("between")
	term.shows("is not null")
	term.keys(tab) // goes through what is listed
	term.shows("users> created_at =\noperators\n")
	term.shows("is not null")
	term.keys(ctrlC + "(" + tab)
	term.shows("whether the user may log in")
	term.keys("is_ac" + tab)
	term.shows("users> (is_active")
	term.keys(ctrlC + `\ex` + tab)
	term.endsWith(`users> \explain`)
	term.keys(" not is_ac" + tab)
	term.endsWith(`users> \explain not is_active`)
	term.keys(ctrlC + `\select id,default_warehouse.is` + tab)
	term.endsWith(`users> \select id,default_warehouse.is_active`)
	term.keys(ctrlC + `\select id,roles.` + tab)
	term.shows("roles.*")
}

// TestShellAnswers: rows, their number, the plan, the fields and the settings.
func TestShellAnswers(t *testing.T) {
	t.Parallel()
	term, _ := startShell(t, shipstreamtest.Options{Users: 50, Rows: []shipstreamtest.User{{ID: 7, Name: "Zoë Test", Email: "z@example.com", Username: "zoe"}}})
	term.keys("id = 7" + enter)
	term.shows("Zoë Test")
	term.until("a summary", func(screen string) bool {
		return strings.Contains(screen, "1 row in ") && strings.HasSuffix(screen, "users>")
	})
	term.keys(`\count` + enter)
	term.endsWith("\\count\n1\nusers>")
	term.keys(`\explain` + enter)
	term.shows("ids       7")
	term.keys(`\select name` + enter + `\limit 3` + enter + `true` + enter)
	term.shows(`3 rows in `)
	term.shows(`\limit 0 shows all`)
	term.keys(`\d` + enter)
	term.shows("login_via_badge")
	term.keys(`\help` + enter)
	term.shows(`\explain [FILTER]`)
	term.keys(`\q` + enter)
	if code := term.exits(); code != exit.Done {
		t.Errorf("exit %d", code)
	}
}

// TestShellErrors: the caret stands under what was typed, and the shell goes on.
func TestShellErrors(t *testing.T) {
	t.Parallel()
	term, server := startShell(t, shipstreamtest.Options{Users: 50})
	term.keys("is_active and nam = 'x'" + enter)
	term.endsWith("users> is_active and nam = 'x'\n" +
		"                     ^^^\n" +
		"type error: unknown field \"nam\"\n" +
		"  hint: did you mean name?\n" +
		"users>")
	term.keys(`\count id >` + enter)
	term.shows("users> \\count id >\n" +
		"                  ^\n" +
		"syntax error: ")
	term.keys("name = '" + strings.Repeat("x", 80) + "' and nam = 1" + enter) // wraps, so that no caret can be under it
	term.shows("type error at line 1, column ")
	term.keys(`\limt 5` + enter)
	term.shows(`did you mean \limit?`)
	if n := len(server.Requests()); n != 0 {
		t.Errorf("%d requests for what is wrong", n)
	}
	leave(t, term)
}

// TestShellRemembers: lines come back in the shell that they were typed in and in
// the next one, and are the user's alone.
func TestShellRemembers(t *testing.T) {
	t.Parallel()
	state := t.TempDir()
	term, server := startShell(t, shipstreamtest.Options{Users: 50}, "XDG_STATE_HOME="+state)
	term.keys(`\count is_active = true` + enter)
	term.endsWith("users>")
	term.keys(" id = 1" + enter) // a blank in front: not to be remembered
	term.endsWith("users>")
	term.keys("wrong = 1" + enter)
	term.shows("unknown field")
	term.keys(up)
	term.endsWith("users> wrong = 1")
	term.keys(up)
	term.endsWith(`users> \count is_active = true`)
	term.keys(ctrlC)
	leave(t, term)
	info, err := os.Stat(filepath.Join(state, "muster", "history"))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("history: %v, %v", info, err)
	}
	next := startScreen(t, 80, 24, []string{"MUSTER_BASE_URL=" + server.URL, "MUSTER_TOKEN=demo", "XDG_STATE_HOME=" + state}, muster(t), "shell")
	next.endsWith("users>")
	next.keys(up + up)
	next.endsWith(`users> \count is_active = true`)
}

// TestShellCounts: once typing pauses, one request tells how many rows match; a
// filter that is not whole asks for nothing, and rows that one request cannot
// count are not counted.
func TestShellCounts(t *testing.T) {
	t.Parallel()
	term, server := startShell(t, shipstreamtest.Options{Users: 1234, Deleted: -1})
	term.keys("true")
	term.endsWith("users> true\n1 234 rows")
	requests := server.Requests()
	if len(requests) != 1 || !strings.Contains(requests[0].Query, "count=1") {
		t.Errorf("requests: %v", requests)
	}
	term.keys(" and")
	term.endsWith("users> true and")
	term.keys(" roles.name = 'Pickers'") // evaluated here, from all rows
	term.endsWith("'Pickers'")
	term.keys(ctrlC + "id <= 3 or id in (4, 5)")
	term.endsWith("\n5 rows")
	for _, r := range server.Requests()[1:] { // "id <= 3" is whole, too: a slow machine may pause behind it
		if !strings.Contains(r.Query, "count=1") || !strings.Contains(r.Query, "filter=id") {
			t.Errorf("request %s", r.Query)
		}
	}
}

// TestShellCountsQuietly: a server that does not answer is no reason to say anything
// while one types; it is one when rows are asked for.
func TestShellCountsQuietly(t *testing.T) {
	t.Parallel()
	asked := make(chan struct{}, 1000)
	term, _ := startShell(t, shipstreamtest.Options{Users: 10, OnRequest: func(int, *http.Request) shipstreamtest.Fault {
		asked <- struct{}{}
		return shipstreamtest.Fault{Kind: shipstreamtest.FaultReset}
	}})
	term.keys("is_active")
	for range 3 { // the client has noted two failures, had anyone listened
		<-asked
	}
	term.keys(" = true")
	term.endsWith("users> is_active = true")
	if strings.Contains(term.text(), "no answer") {
		t.Errorf("the failures show:\n%s", term.text())
	}
	term.keys(enter)
	term.shows("muster: no answer: ")
}

// TestShellAtTheBottom: where the screen ends, lines that wrap, hints and menus
// scroll it, and nothing is drawn over what was there.
func TestShellAtTheBottom(t *testing.T) {
	t.Parallel()
	term, _ := startShell(t, shipstreamtest.Options{Users: 50})
	term.keys(`\help` + enter + `\d` + enter)
	term.shows("the default brand, as a reference")
	term.endsWith("\nusers>")
	const last = "merchant.default_brand       json            the default brand, as a reference\n"
	for _, key := range "id in (1, 2) or id in (3, 4) or id in (5, 6) or id in (7, 8) or id = 9 or id = 10" {
		term.keys(string(key))
	}
	term.endsWith(last + "users> id in (1, 2) or id in (3, 4) or id in (5, 6) or id in (7, 8) or id = 9 or\n id = 10\n10 rows")
	term.keys(" and " + tab)
	term.shows("keywords")
	term.shows(last + "users> id in (1, 2)")
	term.keys(ctrlC + "id = 1" + enter)
	term.until("the row", func(screen string) bool {
		return strings.Contains(screen, last+"users> id in (1, 2)") && strings.Contains(screen, "1 row in ") && strings.HasSuffix(screen, "\nusers>")
	})
}

// TestShellInterrupt: Ctrl-C ends the query that runs and not the shell.
func TestShellInterrupt(t *testing.T) {
	t.Parallel()
	arrived := make(chan struct{}, 100)
	var slow atomic.Bool
	slow.Store(true)
	term, _ := startShell(t, shipstreamtest.Options{Users: 50, OnRequest: func(_ int, r *http.Request) shipstreamtest.Fault {
		if !slow.Load() {
			return shipstreamtest.Fault{}
		}
		arrived <- struct{}{}
		<-r.Context().Done() // the server answers when nobody waits any more
		return shipstreamtest.Fault{}
	}})
	term.keys("name like '%a%'" + enter)
	<-arrived
	term.keys(ctrlC)
	term.endsWith("cancelled\nusers>")
	slow.Store(false)
	term.keys(`\count id > 0` + enter)
	term.endsWith("50\nusers>")
	leave(t, term)
}

// TestShellTerminated: SIGTERM at the prompt ends the shell, and the terminal is
// as it was.
func TestShellTerminated(t *testing.T) {
	t.Parallel()
	term, _ := startShell(t, shipstreamtest.Options{Users: 10})
	term.keys("is_act")
	term.endsWith("is_act")
	term.signal(syscall.SIGTERM)
	if code := term.exits(); code != exit.Interrupted {
		t.Errorf("exit %d", code)
	}
	if !strings.HasSuffix(term.text(), "muster: interrupted") {
		t.Errorf("the screen:\n%s", term.text())
	}
}

// TestShellPages: what is longer than the screen goes through the pager.
func TestShellPages(t *testing.T) {
	t.Parallel()
	term, _ := startShell(t, shipstreamtest.Options{Users: 50}, "PAGER=sed -e s/^/+/ -e 30q")
	term.keys("id <= 5" + enter)
	term.shows("5 rows in ")
	if strings.Contains(term.text(), "+") {
		t.Errorf("a short table was paged:\n%s", term.text())
	}
	term.keys(`id > 0` + enter) // the pager ends before the rows do
	term.until("paged rows", func(screen string) bool {
		return strings.Contains(screen, "\n+") && strings.HasSuffix(screen, "users>")
	})
}

// TestShellDumb: a terminal that cannot be drawn on gets a plain prompt.
func TestShellDumb(t *testing.T) {
	t.Parallel()
	term, _ := startShell(t, shipstreamtest.Options{Users: 50}, "TERM=dumb")
	term.keys("nam = 1\n")
	term.shows("did you mean name?")
	term.keys(`\count id <= 5` + "\n")
	term.endsWith("5\nusers>")
	leave(t, term)
}
