package bench

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/muster-go/muster/query/shipstream/shipstreamtest"
)

// TestExportPace: at the API's limits the rows of an export come as fast as those
// that nobody keeps.
func TestExportPace(t *testing.T) {
	const bar = 1.02
	s := serving{Layout: "lumpy", Rows: 150_000, Rate: 10, Burst: 60, Concurrency: 5, Latency: 50 * time.Millisecond}
	turns := 2
	if !*full {
		s.Rows, s.Rate, s.Burst, turns = 5_000, 100, 5, 1
	}
	files := []string{"", "raw.ndjson", "raw.ndjson.zst", "users.csv", "users.parquet", "users.sqlite"}
	fetch, finish := make(map[string]time.Duration), make(map[string]time.Duration)
	for range turns {
		for _, name := range files {
			f := fetching{URL: emulate(t, s), Rate: s.Rate, Burst: s.Burst, Concurrency: s.Concurrency, Fields: true}
			got := exportOnce(t, f, name, s.Rows)
			fetch[name], finish[name] = least(fetch[name], got.Fetch), least(finish[name], got.Elapsed-got.Fetch)
		}
	}
	table := newTable("file", "rows", "seconds to the last row", "over draining", "bar", "seconds to finish")
	for _, name := range files {
		ratio := fetch[name].Seconds() / fetch[""].Seconds()
		table.row(orNone(name), s.Rows, fmt.Sprintf("%.2f", fetch[name].Seconds()), fmt.Sprintf("%.3f", ratio), bar, fmt.Sprintf("%.2f", finish[name].Seconds()))
		if *full && ratio > bar {
			t.Errorf("%s: %.3f of the time that draining takes; the bar is %.2f", name, ratio, bar)
		}
	}
	table.print(t)
}

// exportOnce exports to a file of that name and reads it back; without a name it
// only lets the rows go by.
func exportOnce(t *testing.T, f fetching, name string, rows int) fetched {
	t.Helper()
	if name != "" {
		f.To = filepath.Join(t.TempDir(), name)
		defer os.Remove(f.To) //nolint:errcheck // so that the disk does not fill
	}
	got := fetch(t, f)
	if got.Client.Throttled+got.Client.Conflicts > 0 {
		t.Errorf("%s: %d times 429, %d times 409", name, got.Client.Throttled, got.Client.Conflicts)
	}
	if n := int(got.Rows); n != rows {
		t.Fatalf("%s: %d rows of %d", name, n, rows)
	}
	if name != "" {
		if n := countRows(t, f.To); n != rows {
			t.Fatalf("%s: %d rows of %d", name, n, rows)
		}
	}
	return got
}

func orNone(name string) string {
	if name == "" {
		return "none: the rows go by"
	}
	return name
}

// TestCommitCost: an export that commits every second loses little against one that
// commits at its end. So fast an export commits by default more often than that,
// every 64 pages.
func TestCommitCost(t *testing.T) {
	unraced(t)
	const bar = 0.95
	s := serving{Layout: "lumpy", Rows: 1_000_000, Rate: -1, Concurrency: -1}
	turns := 3
	if !*full {
		s.Rows, turns = 10_000, 1
	}
	url := emulate(t, s)
	table := newTable("file", "rows", "commits, one a second", "of the speed without", "bar", "commits by default", "of the speed without")
	for _, name := range []string{"raw.ndjson", "users.csv", "users.parquet", "users.sqlite"} {
		best, commits := make(map[string]time.Duration), make(map[string]int64)
		for range turns {
			for _, often := range []string{"end", "second", ""} {
				got := exportOnce(t, fetching{URL: url, Rate: -1, Concurrency: 5, Fields: true, Commits: often}, name, s.Rows)
				best[often], commits[often] = least(best[often], got.Elapsed), got.Commits
			}
		}
		of := func(often string) float64 { return best["end"].Seconds() / best[often].Seconds() }
		table.row(name, s.Rows, commits["second"], percent(of("second")), percent(bar), commits[""], percent(of("")))
		if *full && of("second") < bar {
			t.Errorf("%s: %s of the speed with one commit; the bar is %s", name, percent(of("second")), percent(bar))
		}
		if commits["end"] != 1 || commits[""] < 1 {
			t.Errorf("%s: %v commits", name, commits)
		}
	}
	table.print(t)
}

// exported is what a run of the command took.
type exported struct {
	Elapsed, CPU time.Duration
	Peak         int64 // peak resident memory in bytes; 0 = not known here
}

// TestExportMemory holds the command's whole process to its memory.
func TestExportMemory(t *testing.T) {
	unraced(t)
	s := serving{Layout: "lumpy", Rows: 1_000_000, Rate: -1, Concurrency: -1}
	turns := 3
	if !*full {
		s.Rows, turns = 50_000, 1
	}
	url, muster := emulate(t, s), buildMuster(t)
	table := newTable("file", "rows", "peak resident memory", "bar", "CPU seconds")
	for _, e := range []struct {
		file string
		bar  int64 // MiB
	}{{"users.ndjson", 48}, {"decoded.ndjson", 48}, {"users.sqlite", 64}, {"users.parquet", 80}} {
		var worst exported
		for range turns {
			path := filepath.Join(t.TempDir(), e.file)
			args := []string{muster, "export", "--base-url", url, "--rate", "0", "--quiet", "-o", path}
			if e.file != "users.ndjson" { // which passes rows on as they come
				args = append(args, "--timestamps", "on-request", "--select", "type,name,email,username,is_active,roles.name,"+strings.Join(optionalFields(), ","))
			}
			got := launch(t, args)
			worst.Peak, worst.CPU = max(worst.Peak, got.Peak), least(worst.CPU, got.CPU)
			if n := countRows(t, path); n != s.Rows {
				t.Fatalf("%s: %d rows of %d", e.file, n, s.Rows)
			}
			if err := os.Remove(path); err != nil {
				t.Fatal(err)
			}
		}
		table.row(e.file, s.Rows, fmt.Sprintf("%d MiB", worst.Peak>>20), fmt.Sprintf("%d MiB", e.bar), fmt.Sprintf("%.1f", worst.CPU.Seconds()))
		if worst.Peak > e.bar<<20 {
			t.Errorf("%s: %d MiB of peak resident memory; the bar is %d", e.file, worst.Peak>>20, e.bar)
		}
	}
	table.print(t)
}

// buildMuster builds the command.
func buildMuster(t *testing.T) string {
	t.Helper()
	bin := filepath.Join(t.TempDir(), "muster")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", bin, "../cmd/muster").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return bin
}

// launch runs a command as the child of a small process: a child's peak includes
// what its parent was when it forked, and the tests are big.
func launch(t *testing.T, args []string) exported {
	t.Helper()
	out, err := ownProcess(t, "launcher", args).Output()
	if err != nil {
		t.Fatalf("%q: %v", args, err)
	}
	var report exported
	if err := json.Unmarshal(out, &report); err != nil { //nolint:musttag // both ends are this file
		t.Fatalf("%v: %s", err, out)
	}
	return report
}

// beLauncher runs the command of the order and prints what it took.
func beLauncher(out io.Writer) error {
	var args []string
	if err := json.Unmarshal([]byte(os.Getenv(order)), &args); err != nil {
		return err
	}
	cmd := exec.CommandContext(context.Background(), args[0], args[1:]...)
	cmd.Env = append(os.Environ(), "MUSTER_TOKEN="+shipstreamtest.DefaultToken)
	cmd.Stderr = os.Stderr
	start := time.Now()
	if err := cmd.Run(); err != nil {
		return err
	}
	p := cmd.ProcessState
	return json.NewEncoder(out).Encode(exported{time.Since(start), p.UserTime() + p.SystemTime(), peakOf(p)}) //nolint:musttag // both ends are this file
}
