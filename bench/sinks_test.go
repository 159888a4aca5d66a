package bench

import (
	"context"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/muster-go/muster/query/sink"
	"github.com/muster-go/muster/query/sink/compression"
)

// sinkBar is a way from page bytes to a whole file, and what it is held to.
type sinkBar struct {
	name    string // of the file
	write   func(ctx context.Context, path string, pages [][]byte) error
	against string  // the baseline
	bar     float64 // times as fast as that, at least; 0 = no bar
}

func sinkBars() []sinkBar {
	const plain, row = "plain.ndjson", "plain.sqlite"
	bars := []sinkBar{{plain, plainNDJSON, plain, 0}, {row, plainSQLite, row, 0}}
	for _, b := range []sinkBar{
		{name: "raw.ndjson", against: plain, bar: 8},
		{name: "raw.ndjson.zst", against: plain},
		{name: "decoded.ndjson", against: plain},
		{name: "users.csv", against: plain},
		{name: "users.parquet", against: plain, bar: 1.5},
		{name: "users.sqlite", against: row, bar: 1.3},
	} {
		b.write = outputs()[b.name].write
		bars = append(bars, b)
	}
	return bars
}

// TestSinkSpeed takes the same pages to each format, in turns.
func TestSinkSpeed(t *testing.T) {
	unraced(t)
	users, turns := 200_000, 7
	if !*full {
		users, turns = 5_000, 1
	}
	pages := listing(t, users)
	table := newTable("file", "in memory, against", "", "bar", "rows/s", "on disk, against", "rows/s")
	inMemory, onDisk := memoryFolder(t), t.TempDir()
	fast, durable := sinkTimes(t, inMemory, pages, users, turns), sinkTimes(t, onDisk, pages, users, turns)
	for _, b := range sinkBars() {
		ratio := fast[b.against].Seconds() / fast[b.name].Seconds()
		table.row(b.name, b.against, fmt.Sprintf("%.2f×", ratio), orDash(b.bar), rate(users, fast[b.name]),
			fmt.Sprintf("%.2f×", durable[b.against].Seconds()/durable[b.name].Seconds()), rate(users, durable[b.name]))
		if *full && ratio < b.bar {
			t.Errorf("%s: %.2f times as fast as %s; the bar is %.2f", b.name, ratio, b.against, b.bar)
		}
	}
	table.print(t)
}

// sinkTimes is the best time of each way, taken in rotation so that a busy machine
// slows all of them alike. Every file is read back once.
func sinkTimes(t *testing.T, folder string, pages [][]byte, users, turns int) map[string]time.Duration {
	t.Helper()
	best := make(map[string]time.Duration)
	for turn := range turns {
		for _, b := range sinkBars() {
			path := filepath.Join(folder, b.name)
			runtime.GC() //nolint:revive // none pays for another's garbage
			start := time.Now()
			if err := b.write(t.Context(), path, pages); err != nil {
				t.Fatalf("%s: %v", b.name, err)
			}
			best[b.name] = least(best[b.name], time.Since(start))
			if turn == 0 && b.against != b.name {
				if n := countRows(t, path); n != users {
					t.Fatalf("%s: %d rows of %d", b.name, n, users)
				}
			}
			if err := os.Remove(path); err != nil {
				t.Fatal(err)
			}
		}
	}
	return best
}

// memoryFolder is a folder of a file system that no disk is behind, where there is
// one: what a disk takes is the same for all, and would blur what code takes.
func memoryFolder(t *testing.T) string {
	t.Helper()
	folder, err := os.MkdirTemp("/dev/shm", "muster-bench") //nolint:usetesting // not where the other tests write
	if err != nil {
		t.Logf("no file system in memory: %v", err)
		return t.TempDir()
	}
	t.Cleanup(func() { _ = os.RemoveAll(folder) })
	return folder
}

// textIDs reads the ids of a text file.
func textIDs(tb testing.TB, path string) iter.Seq2[int64, error] {
	tb.Helper()
	f, err := os.Open(path)
	if err != nil {
		tb.Fatal(err)
	}
	defer f.Close() //nolint:errcheck // it is read
	text, err := compression.Reader(path, f)
	if err != nil {
		tb.Fatal(err)
	}
	all, err := io.ReadAll(text)
	if err != nil {
		tb.Fatal(err)
	}
	_, name := compression.FromName(path)
	return sink.IDs[int64](strings.TrimPrefix(filepath.Ext(name), "."), "id", strings.NewReader(string(all)))
}

func rate(rows int, took time.Duration) string {
	return fmt.Sprintf("%.0f k", float64(rows)/took.Seconds()/1000)
}
