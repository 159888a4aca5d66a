package main

import (
	"cmp"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"reflect"
	"strconv"
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
		stdin: strings.NewReader("name = '" + hostile + "'\n\\" + hostile + "\n\\select " + hostile + "\nname = 'a\n"), stdout: &printer{w: &out, cleans: terminal}, stderr: &errs, stdoutTerminal: terminal,
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

// layFiles writes files into the working folder.
func layFiles(t *testing.T, files map[string]string) {
	t.Helper()
	for name, text := range files {
		if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
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
	lying := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		member := strconv.Quote("m\u009b2J\u202e\U000e0041")
		_, _ = fmt.Fprintf(w, `{"collection":[{"type":"OrganizationUser","id":1,%s:1,%s:2}],"included":{},"has_more":false,"meta":{}}`, member, member)
	}))
	defer lying.Close()
	layFiles(t, map[string]string{
		"r.yaml":          definition,
		"s.json":          `{"base-url":"http://x\u001b[2J","sort":"\u009b\u202e","filter\u202e":1}`,
		"broken.json":     "{\"a\u009b\": \x1b",
		"scenario":        "at 1s \u009b2J\u202e",
		"m/manifest.json": `{"version":1,"format":"\u001b[2J","rows":1,"bytes":9,"files":[{"name":"a.ndjson","rows":1,"bytes":9,"sha256":"\u009b"}]}`,
		"m/a.ndjson":      "{\"id\":1}\n",
		"m/z\u009b\u202e": "",
		"cut.ndjson":      "{\"id\":1,\"\u009b\u202e\":\x1b[2J}\n",
	})
	told := make(map[string]bool)
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
		{users.URL, []string{"verify", "m"}},
		{users.URL, []string{"verify", "cut.ndjson"}},
		{users.URL, []string{"stats", "--by", "name", "--format", "chart"}},
		{users.URL, []string{"stats", "--by", hostile}},
		{users.URL, []string{"count", "name = '" + hostile}},
		{users.URL, []string{"explain", "name = '" + hostile + "'"}},
		{users.URL, []string{"check", "name = '" + hostile + "' or"}},
		{users.URL, []string{"fmt", "name = '" + hostile + "'"}},
		{users.URL, []string{"fmt", "name = '" + hostile}},
		{users.URL, []string{"fmt", "--from", "odata", "name eq '" + hostile + "'"}},
		{users.URL, []string{"fmt", "--from", "odata", hostile + " eq 1"}},
		{users.URL, []string{"fmt", "--from", "scim", `name eq "` + hostile}},
		{users.URL, []string{"fmt", "--from", "aip160", `name = "` + hostile + `" AND "` + hostile}},
		{users.URL, []string{"query", "--select", hostile}},
		{users.URL, []string{"query", "--param", hostile + "=1", "name = $1"}},
		{users.URL, []string{"query", "--sort", hostile}},
		{users.URL, []string{"query", "--" + hostile}},
		{users.URL, []string{hostile}},
		{users.URL, []string{"shell"}},
		{users.URL, []string{"shell", "--select", hostile}},
		{users.URL, []string{"demo", "--" + hostile}},
		{users.URL, []string{"emulate", "--scenario", "scenario"}},
		{users.URL, []string{"completion", hostile}},
		{users.URL, []string{"version", hostile}},
		{users.URL, []string{"__complete", "bash", "muster query --resource-file no\x1b[2J '"}},
		{users.URL, []string{"config", "path", "--config", "c\x1b[2J\u202e"}},
		{users.URL, []string{"config", "show", "--config", "s.json"}},
		{users.URL, []string{"config", "show", "--config", "broken.json"}},
		{users.URL, []string{"config", "init", hostile, "http://x/" + hostile, "--config", "made\x1b[2J\u202e"}},
		{users.URL, []string{"query", "--config", "s.json"}},
		{refusing.URL, []string{"query"}},
		{refusing.URL, []string{"count"}},
		{refusing.URL, []string{"doctor"}},
		{refusing.URL, []string{"shell"}},
		{refusing.URL, []string{"fields", "--resource-file", "r.yaml"}},
		{refusing.URL, []string{"fields", "--resource", hostile}},
		{refusing.URL, []string{"explain", "--resource-file", "r.yaml", "note = 'x'"}},
		{refusing.URL, []string{"query", "--resource-file", "r.yaml"}},
		{refusing.URL, []string{"doctor", "--resource-file", "r.yaml"}},
		{refusing.URL, []string{"query", "--resource-file", "no\x1b[2J.yaml"}},
		{lying.URL, []string{"query"}},
		{lying.URL, []string{"count", "name contains 'a'"}},
		{lying.URL, []string{"stats", "--by", "name"}},
		{lying.URL, []string{"export", "-o", "-"}},
		{lying.URL, []string{"verify", "x\x1b[2J\u202e.ndjson", "name contains 'a'"}},
		{lying.URL, []string{"doctor"}},
		{lying.URL, []string{"define", lying.URL + "/x"}},
		{refusing.URL, []string{"define", refusing.URL + "/x"}},
		{lying.URL, []string{"define", "--openapi", "m/z\u009b\u202e", "--path", hostile}},
		{lying.URL, []string{"define", hostile}},
		{"http://x\x1b[2J\u202e", []string{"query"}},
	} {
		told[test.args[0]] = true
		stdout, stderr, _ := output(t, true, test.url, test.args...)
		what := strings.Join(test.args, " ")
		clean(t, what, stdout)
		clean(t, what, stderr)
		if stdout+stderr == "" && test.args[0] != "__complete" {
			t.Errorf("%s printed nothing", what)
		}
	}
	for field := range reflect.TypeFor[cli]().Fields() {
		if _, is := field.Tag.Lookup("cmd"); is && !told[cmp.Or(field.Tag.Get("name"), strings.ToLower(field.Name))] {
			t.Errorf("no hostile text is given to the command %s", field.Name)
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
