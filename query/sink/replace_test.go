package sink_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/muster-go/muster/query/shipstream"
	"github.com/muster-go/muster/query/sink"
)

// TestReplacedAtOnce: a reader of a finished export that is being replaced always finds
// one of the two, whole.
func TestReplacedAtOnce(t *testing.T) {
	const exports, rows = 60, 500
	path := filepath.Join(memoryDir(t), "x.ndjson")
	write := func(n int) error {
		encode := func(dst []byte, _ *shipstream.User) ([]byte, error) { return fmt.Appendf(dst, "%d", n), nil }
		to := sink.NewFile(path, sink.Text(sink.NDJSON("", encode), nil), sink.FileOptions{})
		_, err := to.Resume(t.Context())
		for range 3 {
			err = errors.Join(err, to.Write(t.Context(), make([]shipstream.User, rows)), to.Commit(t.Context(), []byte("1")))
		}
		return errors.Join(err, to.Commit(t.Context(), nil), to.Close())
	}
	if err := write(0); err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() {
		for n := range exports {
			if err := write(n); err != nil {
				done <- err
				return
			}
		}
		done <- nil
	}()
	for {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err) // it is gone for a moment
		}
		first, _, _ := strings.Cut(string(text), "\n")
		if string(text) != strings.Repeat(first+"\n", 3*rows) {
			t.Fatalf("%d bytes that begin with export %s are not all of it", len(text), first)
		}
		select {
		case err := <-done:
			if err != nil {
				t.Error(err)
			}
			return
		default:
		}
	}
}

// TestStrangeCheckpoints: what a checkpoint says of files outside the folder, or
// of what cannot be, is refused before anything is touched.
func TestStrangeCheckpoints(t *testing.T) {
	for _, more := range []string{
		`{"../victim":{"rows":0,"bytes":0}}`, `{"/victim":{"rows":1,"bytes":1}}`, `{"":{}}`, `{".":{}}`, `{"..":{}}`,
		`{"part-00001.ndjson":{"rows":1,"bytes":-1}}`, `{"part-00001.ndjson":{"rows":-1,"bytes":1}}`, `[]`, `7`,
		`{"log":"../victim","bytes":0}`, `{"log":"victim","bytes":0}`, `{"log":"positions-000001.log","bytes":-1}`, `{"log":"positions-000001.log","bytes":1}`,
	} {
		folder := t.TempDir()
		victim, path := filepath.Join(folder, "victim"), filepath.Join(folder, "x")
		err := errors.Join(
			os.WriteFile(victim, []byte("precious"), 0o600), os.Mkdir(path+".part", 0o700),
			os.WriteFile(path+".checkpoint", []byte(`{"version":1,"at":{"rows":1,"bytes":1,"more":`+more+`},"checkpoint":1}`), 0o600),
		)
		if err != nil {
			t.Fatal(err)
		}
		to := sink.NewFolder(path, sink.SplitRows[shipstream.User](7), sink.Text(sink.NDJSON("", encode), nil), ".ndjson", sink.FileOptions{Mode: sink.ModeResume})
		if _, err := to.Resume(t.Context()); !errors.Is(err, sink.ErrCheckpoint) {
			t.Errorf("%s: %v", more, err)
		}
		if err := to.Close(); err != nil {
			t.Error(err)
		}
		if text, err := os.ReadFile(victim); string(text) != "precious" {
			t.Errorf("%s: %q, %v", more, text, err)
		}
	}
}
