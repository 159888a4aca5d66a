package sink_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query/shipstream"
	"github.com/muster-go/muster/query/sink"
)

// TestFolderOfManyFiles: more files than are open at a time, each written to in
// turn, hold the rows that are theirs.
func TestFolderOfManyFiles(t *testing.T) {
	const files, each = 50, 3
	by, err := sink.PartitionBy(shipstream.UserSchema(), "username", record)
	if err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(t.TempDir(), "users")
	to := sink.NewFolder(name, by, sink.Text(sink.NDJSON("", encode), nil), ".ndjson", sink.FileOptions{})
	if _, err := to.Resume(t.Context()); err != nil {
		t.Fatal(err)
	}
	for round := range each {
		var rows []shipstream.User
		for i := range files {
			rows = append(rows, shipstream.User{ID: int64(1 + round*files + i), Username: model.Some(fmt.Sprint("u", i))})
		}
		if err := to.Write(t.Context(), rows); err != nil {
			t.Fatal(err)
		}
		if err := to.Commit(t.Context(), []byte(`"all"`)); err != nil {
			t.Fatal(err)
		}
	}
	if err := to.Commit(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	if err := to.Close(); err != nil {
		t.Fatal(err)
	}
	manifest, err := sink.ReadManifest(name)
	if err != nil || len(manifest.Files) != files {
		t.Fatalf("%v, %v", manifest, err)
	}
	for _, f := range manifest.Files {
		if err := f.Check(t.Context(), name); err != nil || f.Rows != each {
			t.Errorf("%s holds %d rows: %v", f.Name, f.Rows, err)
		}
		text, err := os.ReadFile(filepath.Join(name, f.Name))
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for id, err := range sink.IDs[int64]("ndjson", "id", bytes.NewReader(text)) {
			if err != nil {
				t.Fatal(err)
			}
			var i int
			if _, err := fmt.Sscanf(f.Name, "username=u%d.ndjson", &i); err != nil || int(id-1)%files != i {
				t.Errorf("%s holds user %d", f.Name, id)
			}
			n++
		}
		if n != each {
			t.Errorf("%d ids in %s", n, f.Name)
		}
	}
}
