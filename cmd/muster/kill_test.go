package main

import (
	"bufio"
	"context"
	"database/sql"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/parquet-go/parquet-go"

	"github.com/muster-go/muster/query/sink"
	"github.com/muster-go/muster/query/sink/compression"
	"github.com/muster-go/muster/transport/transporttest"
)

// killed is an export that is killed again and again.
type killed struct {
	output string
	flags  []string
}

func killedExports() []killed {
	return []killed{
		{"users.ndjson", nil},
		{"users.ndjson.gz", nil},
		{"users.ndjson.zst", nil},
		{"users.json", nil},
		{"users.json.gz", nil},
		{"users.csv", nil},
		{"users.csv.zst", nil},
		{"users.parquet", []string{"--select", "name,roles,roles.name"}},
		{"users.sqlite", []string{"--select", "name,roles.name"}},
		{"split", []string{"--format", "ndjson", "--split-rows", "700"}},
		{"types", []string{"--format", "csv", "--partition-by", "type"}},
		{"parquets", []string{"--format", "parquet", "--split-rows", "1500"}},
		{"filtered.ndjson", []string{"name contains 'a'"}},
		{"ordered.csv", []string{"--sort", "id"}},
	}
}

// TestKill kills the real binary at random moments of an export that resumes each
// time, until it has been killed often enough and comes to its end: the rows are
// then those of an export that was left alone, once each. MUSTER_KILLS is how
// often in all, 70 by default.
func TestKill(t *testing.T) {
	kills := 70
	if text := os.Getenv("MUSTER_KILLS"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil {
			t.Fatal(err)
		}
		kills = n
	}
	server := transporttest.NewServer(transporttest.Options{Users: 4000, IDs: transporttest.Islands, Rate: -1, Concurrency: -1, Journal: -1, Latency: 10 * time.Millisecond})
	defer server.Close()
	bin := muster(t)
	exports := killedExports()
	each := (kills + len(exports) - 1) / len(exports)
	type result struct{ rows, kills, resumed, lost, doubled int }
	results := make([]result, len(exports))
	t.Run("exports", func(t *testing.T) {
		for i, e := range exports {
			t.Run(e.output, func(t *testing.T) {
				t.Parallel()
				run := exportRunner{t, bin, server.URL, e}
				want := run.whole()
				for results[i].kills < each {
					got, kills, resumed := run.untilDone(each - results[i].kills)
					lost, doubled := compareRows(want, got)
					results[i].rows, results[i].kills, results[i].resumed = len(want), results[i].kills+kills, results[i].resumed+resumed
					results[i].lost, results[i].doubled = results[i].lost+lost, results[i].doubled+doubled
					if lost+doubled > 0 {
						t.Fatalf("%d rows lost, %d too many, of %d after %d kills", lost, doubled, len(want), kills)
					}
				}
			})
		}
	})
	var resumed int
	t.Log("| export | rows | kills | resumed with rows | lost | doubled |")
	for i, e := range exports {
		r := results[i]
		resumed += r.resumed
		t.Logf("| %s | %d | %d | %d | %d | %d |", strings.TrimSpace(e.output+" "+strings.Join(e.flags, " ")), r.rows, r.kills, r.resumed, r.lost, r.doubled)
	}
	if resumed < kills/4 {
		t.Errorf("only %d of %d kills hit an export that had committed something", resumed, kills)
	}
}

// muster returns the path of the command: this test binary under another name.
func muster(t *testing.T) string {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	bin := filepath.Join(t.TempDir(), "muster")
	if err := os.Symlink(self, bin); err != nil {
		t.Fatal(err)
	}
	return bin
}

type exportRunner struct {
	t   *testing.T
	bin string
	url string
	killed
}

func (r exportRunner) command(ctx context.Context, folder string, flags ...string) *exec.Cmd {
	args := append([]string{"export", "-o", filepath.Join(folder, r.output), "--page-size", "50", "--rate", "0", "--commit-every", "15ms"}, r.flags...)
	cmd := exec.CommandContext(ctx, r.bin, append(args, flags...)...)
	cmd.Env = append(os.Environ(), "MUSTER_BASE_URL="+r.url, "MUSTER_TOKEN="+transporttest.DefaultToken)
	return cmd
}

// whole is the rows of an export that is left alone.
func (r exportRunner) whole() []string {
	folder := r.t.TempDir()
	if out, err := r.command(r.t.Context(), folder).CombinedOutput(); err != nil {
		r.t.Fatalf("%v\n%s", err, out)
	}
	return readRows(r.t, filepath.Join(folder, r.output))
}

// untilDone kills the export at most so often and then lets it come to its end.
func (r exportRunner) untilDone(most int) (rows []string, kills, resumed int) {
	folder := r.t.TempDir()
	for {
		begun := committed(folder)
		ctx, cancel := r.t.Context(), context.CancelFunc(func() {})
		if kills < most {
			ctx, cancel = context.WithTimeout(ctx, 20*time.Millisecond+rand.N(500*time.Millisecond))
		}
		out, err := r.command(ctx, folder, "--resume").CombinedOutput()
		timedOut := ctx.Err() != nil
		cancel()
		if begun && !strings.Contains(string(out), "begins anew") {
			resumed++ // it went on from a checkpoint
		}
		var exit *exec.ExitError
		switch {
		case err == nil:
			return readRows(r.t, filepath.Join(folder, r.output)), kills, resumed
		case errors.As(err, &exit) && exit.Sys().(syscall.WaitStatus).Signal() == syscall.SIGKILL: //nolint:forcetypeassert // on Unix it is
			kills++
		case timedOut && !errors.As(err, &exit): // before there was a process
		default:
			r.t.Fatalf("after %d kills: %v\n%s", kills, err, out)
		}
		if _, err := os.Stat(filepath.Join(folder, r.output)); err == nil && !strings.HasSuffix(r.output, ".sqlite") {
			readRows(r.t, filepath.Join(folder, r.output)) // what has its final name is whole
		}
	}
}

// committed reports whether an export in the folder has a checkpoint.
func committed(folder string) bool {
	for _, pattern := range []string{"*.checkpoint", "*.sqlite"} {
		if names, err := filepath.Glob(filepath.Join(folder, pattern)); err == nil && len(names) > 0 {
			return true
		}
	}
	return false
}

// compareRows counts what is missing from got and what is too much in it.
func compareRows(want, got []string) (lost, doubled int) {
	balance := make(map[string]int)
	for _, row := range want {
		balance[row]++
	}
	for _, row := range got {
		balance[row]--
	}
	for _, n := range balance {
		lost += max(n, 0)
		doubled += max(-n, 0)
	}
	return lost, doubled
}

// readRows reads a finished export with readers that are not Muster's.
func readRows(t *testing.T, path string) []string {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if info.IsDir() {
		return readFolder(t, path)
	}
	if strings.HasSuffix(path, ".sqlite") {
		return readSQLite(t, path)
	}
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close() //nolint:errcheck // it is read
	if strings.HasSuffix(path, ".parquet") {
		return readParquet(t, f, info.Size())
	}
	text, err := compression.Reader(path, bufio.NewReader(f))
	if err != nil {
		t.Fatal(err)
	}
	_, name := compression.FromName(path)
	rows, err := readText(filepath.Ext(name), text)
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	return rows
}

func readText(format string, r io.Reader) (rows []string, err error) {
	switch format {
	case ".csv":
		records, err := csv.NewReader(r).ReadAll()
		for _, record := range records {
			rows = append(rows, fmt.Sprintf("%q", record))
		}
		return rows, err
	case ".json":
		var objects []json.RawMessage
		err := json.NewDecoder(r).Decode(&objects)
		for _, o := range objects {
			rows = append(rows, string(o))
		}
		return rows, err
	}
	lines := json.NewDecoder(r)
	for {
		var o json.RawMessage
		if err := lines.Decode(&o); errors.Is(err, io.EOF) {
			return rows, nil
		} else if err != nil {
			return rows, err
		}
		rows = append(rows, string(o))
	}
}

func readFolder(t *testing.T, path string) (rows []string) {
	t.Helper()
	m, err := sink.ReadManifest(path)
	if err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(path)
	if err != nil || len(entries) != len(m.Files)+1 {
		t.Fatalf("%d names for %d files: %v", len(entries), len(m.Files), err)
	}
	for _, f := range m.Files {
		if err := f.Check(path); err != nil {
			t.Error(err)
		}
		for _, row := range readRows(t, filepath.Join(path, f.Name)) {
			if !slices.Contains([]string{".csv"}, filepath.Ext(f.Name)) || !strings.HasPrefix(row, `["id"`) { // each file has the header
				rows = append(rows, row)
			}
		}
	}
	if int64(len(rows)) != m.Rows {
		t.Errorf("%d rows where the manifest has %d", len(rows), m.Rows)
	}
	return rows
}

func readParquet(t *testing.T, r io.ReaderAt, size int64) (rows []string) {
	t.Helper()
	f, err := parquet.OpenFile(r, size)
	if err != nil {
		t.Fatal(err)
	}
	for _, group := range f.RowGroups() {
		reader := group.Rows()
		buf := make([]parquet.Row, 100)
		for {
			n, err := reader.ReadRows(buf)
			for _, row := range buf[:n] {
				rows = append(rows, fmt.Sprintf("%+v", row))
			}
			if err != nil {
				break
			}
		}
		if err := reader.Close(); err != nil {
			t.Error(err)
		}
	}
	if int64(len(rows)) != f.NumRows() {
		t.Errorf("%d rows of %d", len(rows), f.NumRows())
	}
	return rows
}

func readSQLite(t *testing.T, path string) (rows []string) {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close() //nolint:errcheck // it is read
	var complete bool
	if err := db.QueryRowContext(t.Context(), "SELECT complete FROM muster_export").Scan(&complete); err != nil || !complete {
		t.Errorf("complete %v, %v", complete, err)
	}
	for _, query := range []string{
		"SELECT 'user ' || id || ' ' || name FROM users", "SELECT 'role ' || type || id || ifnull(name, '') FROM roles",
		"SELECT 'assignment ' || user_id || role_type || role_id FROM user_roles", "PRAGMA integrity_check",
	} {
		found, err := db.QueryContext(t.Context(), query)
		if err != nil {
			t.Fatal(err)
		}
		defer found.Close() //nolint:errcheck,revive // Err has what Close would say, and there are four
		for found.Next() {
			var row string
			if err := found.Scan(&row); err != nil {
				t.Error(err)
			}
			rows = append(rows, row)
		}
		if err := found.Err(); err != nil {
			t.Error(err)
		}
	}
	return rows
}
