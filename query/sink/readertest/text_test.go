package readertest_test

import (
	"bytes"
	"compress/gzip"
	"encoding/csv"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// plain is the text of an export.
func plain(t *testing.T, path string) []byte {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	switch filepath.Ext(path) {
	case ".gz":
		r, err := gzip.NewReader(bytes.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		if text, err = io.ReadAll(r); err != nil {
			t.Fatal(err)
		}
	case ".zst":
		return command(t, "zstd", "-dc", path)
	}
	return text
}

// command is what a program prints. Where there is none the test is skipped, or
// fails where all must be.
func command(t *testing.T, name string, args ...string) []byte {
	t.Helper()
	if _, err := exec.LookPath(name); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("%s is required: %v", name, err)
		}
		t.Skipf("not read by %s: %v (.ci/run installs it)", name, err) //nolint:forbidigo // required in CI; a laptop may lack it
	}
	var stderr bytes.Buffer
	cmd := exec.CommandContext(t.Context(), name, args...)
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil || stderr.Len() > 0 {
		t.Fatalf("%s: %v: %s", name, err, &stderr)
	}
	return out
}

// asSent is the rows as the server sent them.
func asSent(t *testing.T) []any {
	t.Helper()
	var all struct {
		Collection []any `json:"collection"`
	}
	d := json.NewDecoder(strings.NewReader(page))
	d.UseNumber() // an id above 2⁵³ is not exact as a float
	if err := d.Decode(&all); err != nil {
		t.Fatal(err)
	}
	return all.Collection
}

// TestJSONRead: encoding/json reads the objects that the server sent.
func TestJSONRead(t *testing.T) {
	for _, name := range []string{"users.ndjson", "users.json", "users.json.gz", "users.ndjson.zst"} {
		eachExport(t, name, func(t *testing.T, path string) {
			t.Helper()
			d := json.NewDecoder(bytes.NewReader(plain(t, path)))
			d.UseNumber()
			var got []any
			if strings.Contains(name, ".ndjson") {
				for {
					var row any
					if err := d.Decode(&row); errors.Is(err, io.EOF) {
						break
					} else if err != nil {
						t.Fatal(err)
					}
					got = append(got, row)
				}
			} else if err := d.Decode(&got); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(asSent(t), got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestCSVRead: encoding/csv reads a header and the cells. Null and empty are one
// in CSV.
func TestCSVRead(t *testing.T) {
	want := [][]string{
		columns,
		{"1", "OrganizationUser", "'=1+1", "a@example.com", `say "hi", x; y`, "true", "2017-07-21T17:32:28Z", "2024-02-29T21:59:59Z", "true", "4", "North", "", "3; 9", "Pickers; "},
		{"2", "ClientUser", "", "", "line\nend\ttab", "false", "", "0001-01-01T00:00:00Z", "", "", "", "7", "", ""},
		{"9007199254740993", "ClientUser", "", "", "null", "", "9999-12-31T23:59:59Z", "", "", "", "", "", "3", ""},
		{"4", "OrganizationUser", "Zoë 山田 🙂", "\x00\x1f", `\.`, "true", "1969-12-31T23:59:59Z", "", "", "", "", "", "3", "Pickers"},
	}
	for _, name := range []string{"users.csv", "users.csv.gz", "users.csv.zst"} {
		eachExport(t, name, func(t *testing.T, path string) {
			t.Helper()
			got, err := csv.NewReader(bytes.NewReader(plain(t, path))).ReadAll()
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}
