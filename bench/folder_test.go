package bench

import (
	"errors"
	"fmt"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/muster-go/muster/query/shipstream"
	"github.com/muster-go/muster/query/sink"
)

// unsyncedFS is the operating system's file system without syncs, which would take minutes
// for so many files and are not what is measured.
type unsyncedFS struct{ sink.OS }

func (unsyncedFS) SyncDir(string) error { return nil }

func (u unsyncedFS) Open(name string) (sink.Handle, error) {
	h, err := u.OS.Open(name)
	return unsyncedFile{h}, err
}

func (u unsyncedFS) Create(name string) (sink.Handle, error) {
	h, err := u.OS.Create(name)
	return unsyncedFile{h}, err
}

type unsyncedFile struct{ sink.Handle }

func (unsyncedFile) Sync() error { return nil }

// TestFolderResume: an export into a folder of many files resumes in a time that grows with
// their number, and no faster.
func TestFolderResume(t *testing.T) {
	const bar, ratioBar = 500 * time.Millisecond, 6
	sizes, turns := []int{4_000, 16_000}, 15
	if !*full {
		sizes, turns = []int{40, 160}, 1
	}
	folder := t.TempDir()
	open := func(files int, fsys sink.FS) *sink.File[shipstream.User] {
		encode := func(dst []byte, u *shipstream.User) ([]byte, error) { return u.AppendJSON(dst), nil }
		return sink.NewFolder(filepath.Join(folder, strconv.Itoa(files)), sink.SplitRows[shipstream.User](1), sink.Text(sink.NDJSON("", encode), nil), ".ndjson",
			sink.FileOptions{Mode: sink.ModeResume, FS: fsys})
	}
	for _, files := range sizes {
		users := make([]shipstream.User, files)
		for i := range users {
			users[i].ID = int64(i + 1)
		}
		to := open(files, unsyncedFS{})
		_, err := to.Resume(t.Context())
		if err := errors.Join(err, to.Write(t.Context(), users), to.Commit(t.Context(), []byte("1")), to.Close()); err != nil {
			t.Fatal(err)
		}
	}
	best := make(map[int]time.Duration)
	for range turns {
		for _, files := range sizes {
			to, start := open(files, sink.OS{}), time.Now()
			left, err := to.Resume(t.Context())
			best[files] = least(best[files], time.Since(start))
			if err := errors.Join(err, to.Close()); err != nil || string(left) != "1" {
				t.Fatalf("%d files resume from %q, %v", files, left, err)
			}
		}
	}
	few, many := best[sizes[0]], best[sizes[1]]
	ratio := many.Seconds() / few.Seconds()
	table := newTable("files", "resume", "bar", "over a quarter of the files", "bar")
	table.row(sizes[0], few.Round(time.Millisecond), "–", "–", "–")
	table.row(sizes[1], many.Round(time.Millisecond), bar, fmt.Sprintf("%.1f×", ratio), fmt.Sprintf("%d×", ratioBar))
	table.print(t)
	if *full && (many > bar || ratio > ratioBar) {
		t.Errorf("%d files resume in %v, %.1f times as long as %d; the bars are %v and %d times", sizes[1], many, ratio, sizes[0], bar, ratioBar)
	}
}
