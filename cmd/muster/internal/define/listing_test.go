package define_test

import (
	"flag"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/muster-go/muster/cmd/muster/internal/define"
	"github.com/muster-go/muster/cmd/muster/internal/doctor"
	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query"
	"github.com/muster-go/muster/query/rest"
	"github.com/muster-go/muster/query/rest/yaml"
	"github.com/muster-go/muster/transport"
)

var update = flag.Bool("update", false, "write golden files anew")

// options are those of a client that does not wait.
func options(server *httptest.Server) transport.Options {
	return transport.Options{BaseURL: server.URL, Rate: -1, Backoff: -1, MaxOutage: -1}
}

// start serves a handler until the end of the test.
func start(t *testing.T, h http.Handler) *httptest.Server {
	t.Helper()
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	return server
}

// subject is the listing at a path of a server, with parameters.
func subject(t *testing.T, server *httptest.Server, target string) define.Subject {
	t.Helper()
	u, err := url.Parse(target)
	if err != nil {
		t.Fatal(err)
	}
	return define.Subject{Options: options(server), Path: u.Path, Params: u.Query()}
}

// TestListing: of a server that pages in any of the known ways the draft has all rows, and
// the doctor finds nothing wrong with it.
func TestListing(t *testing.T) {
	t.Parallel()
	for _, s := range styles() {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			if s.rows == nil {
				s.rows = products(40)
			}
			if s.key == "" {
				s.key = "id"
			}
			if s.path == "" {
				s.path = "/products"
			}
			server := start(t, serve(func(r request) page { return s.page(r, s.rows) }))
			text, result := draft(t, server, s.path)
			if result.Requests > define.MaxRequests {
				t.Errorf("%d requests", result.Requests)
			}
			for _, want := range s.want {
				if !match(want, text) {
					t.Errorf("the draft lacks %s", want)
				}
			}
			d, err := yaml.Read(text)
			if err != nil {
				t.Fatalf("%v\n%s", err, text)
			}
			var want []string
			for _, r := range s.rows {
				want = append(want, fmt.Sprint(r[s.key]))
			}
			if got := keysOf(t, server, d); !cmp.Equal(got, want) {
				t.Errorf("rows: %s", cmp.Diff(want, got))
			}
			src, err := rest.New(nil, d)
			if err != nil {
				t.Fatal(err)
			}
			report, err := doctor.Examine(t.Context(), doctor.Subject{Options: options(server), Listing: src, Foreign: true})
			if err != nil || len(report.Failed()) > 0 {
				t.Errorf("the doctor says %+v (%v)", report, err)
			}
			if t.Failed() {
				t.Logf("%s", text)
			}
			golden(t, s.name, text)
		})
	}
}

// draft drafts from a server.
func draft(t *testing.T, server *httptest.Server, target string) ([]byte, *define.Result) {
	t.Helper()
	result, err := define.Listing(t.Context(), subject(t, server, target))
	if err != nil {
		t.Fatal(err)
	}
	text, err := result.YAML()
	if err != nil {
		t.Fatal(err)
	}
	return text, result
}

// keysOf reads all rows by a definition.
func keysOf(t *testing.T, server *httptest.Server, d rest.Definition) (keys []string) {
	t.Helper()
	client, err := transport.New(d.Client(options(server)))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = client.Close() }()
	src, err := rest.New(client, d)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := query.Run[model.DynamicRow](t.Context(), src, "")
	if err != nil {
		t.Fatal(err)
	}
	for row, err := range rows.All() {
		if err != nil {
			t.Fatal(err)
		}
		keys = append(keys, row.Key().String())
	}
	return keys
}

// golden compares the drafts of three servers with files.
func golden(t *testing.T, name string, text []byte) {
	t.Helper()
	if !slices.Contains([]string{"token", "next URL in the body", "link header and a list"}, name) {
		return
	}
	goldenFile(t, filepath.Join("testdata", strings.ReplaceAll(name, " ", "_")+".yaml"), text)
}

// goldenFile compares a draft with a file.
func goldenFile(t *testing.T, path string, text []byte) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(text)); diff != "" {
		t.Errorf("%s", diff)
	}
}

func match(pattern string, text []byte) bool { return regexp.MustCompile(pattern).Match(text) }
