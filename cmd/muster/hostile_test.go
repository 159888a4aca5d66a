package main

import (
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"github.com/muster-go/muster/model/display"
	"github.com/muster-go/muster/query/shipstream/shipstreamtest"
)

// hostile is text that a terminal would obey: it moves the cursor, sets the title,
// turns the line around and forges a line.
const hostile = "a\x1b[2J\x1b]0;title\x07\u009b31m\u202eb\rmuster: ok"

// output runs a command in this process. A terminal reads standard output if
// terminal is true.
func output(t *testing.T, terminal bool, url string, args ...string) (stdout, stderr string, code int) {
	t.Helper()
	var out, errs strings.Builder
	env := &environment{
		stdin: strings.NewReader(""), stdout: &printer{w: &out, cleans: terminal}, stderr: &errs, stdoutTerminal: terminal,
		getenv: func(name string) string {
			return map[string]string{"MUSTER_TOKEN": shipstreamtest.DefaultToken, "NO_COLOR": "1"}[name]
		},
	}
	t.Setenv("MUSTER_BASE_URL", url)
	code = run(t.Context(), args, env)
	return out.String(), errs.String(), code
}

// clean fails if a terminal would obey some of the text.
func clean(t *testing.T, what, text string) {
	t.Helper()
	for line := range strings.SplitSeq(text, "\n") {
		if display.Clean(line) != line {
			t.Errorf("%s: %q", what, line)
		}
	}
}

// TestHostileText: text from servers, files, flags and definitions reaches a
// terminal and standard error clean, and a pipe byte for byte.
func TestHostileText(t *testing.T) {
	t.Chdir(t.TempDir())
	users := shipstreamtest.NewServer(shipstreamtest.Options{Rate: -1, Concurrency: -1, Rows: []shipstreamtest.User{{ID: 7, Name: hostile, Email: "e", Username: "u"}}})
	defer users.Close()
	refusing := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("X-Request-Id", "id\u202e")
		w.WriteHeader(http.StatusBadRequest)
		_, _ = w.Write([]byte(`{"errors":[{"status":"400","title":"no\u001b[2J","detail":"` + "\u202eturned\u009b" + `"}]}`)) // the client may be gone
	}))
	defer refusing.Close()
	definition := "resource: \"r\\u202e\"\npath: \"/x\\u009b\"\ndialect: key-value\nlayout: {rows: rows}\n" +
		"paging: {style: page, page: page}\nfields:\n  - {name: id, type: int}\n  - {name: note, type: string, doc: \"d\\u001b[2J\\u202e\"}\n"
	if err := os.WriteFile("r.yaml", []byte(definition), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		url  string
		args []string
	}{
		{users.URL, []string{"query"}},
		{users.URL, []string{"query", "--format", "ndjson"}},
		{users.URL, []string{"query", "--format", "json"}},
		{users.URL, []string{"query", "--format", "csv"}},
		{users.URL, []string{"export", "-o", "-", "--format", "csv"}},
		{users.URL, []string{"export", "-o", "x\x1b[2J\u202e.ndjson"}},
		{users.URL, []string{"verify", "x\x1b[2J\u202e.ndjson"}},
		{users.URL, []string{"verify", "missing\x1b[2J\u202e.ndjson"}},
		{users.URL, []string{"stats", "--by", "name", "--format", "chart"}},
		{users.URL, []string{"explain", "name = '" + hostile + "'"}},
		{users.URL, []string{"check", "name = '" + hostile + "' or"}},
		{users.URL, []string{"query", "--select", hostile}},
		{users.URL, []string{"config", "path", "--config", "c\x1b[2J\u202e"}},
		{refusing.URL, []string{"query"}},
		{refusing.URL, []string{"doctor"}},
		{refusing.URL, []string{"fields", "--resource-file", "r.yaml"}},
		{refusing.URL, []string{"explain", "--resource-file", "r.yaml", "note = 'x'"}},
		{refusing.URL, []string{"query", "--resource-file", "r.yaml"}},
		{refusing.URL, []string{"doctor", "--resource-file", "r.yaml"}},
		{refusing.URL, []string{"query", "--resource-file", "no\x1b[2J.yaml"}},
	} {
		stdout, stderr, _ := output(t, true, test.url, test.args...)
		what := strings.Join(test.args, " ")
		clean(t, what, stdout)
		clean(t, what, stderr)
		if stdout+stderr == "" {
			t.Errorf("%s printed nothing", what)
		}
	}
	for _, format := range []string{"ndjson", "json", "csv"} {
		stdout, _, code := output(t, false, users.URL, "query", "--format", format)
		if code != 0 || !strings.Contains(stdout, "\u202e") || !strings.Contains(stdout, "\u009b") {
			t.Errorf("%s: exit %d: a pipe gets %q", format, code, stdout)
		}
	}
	if _, err := os.Stat("x\x1b[2J\u202e.ndjson"); err != nil {
		t.Errorf("the name of the file is not as given: %v", err)
	}
}
