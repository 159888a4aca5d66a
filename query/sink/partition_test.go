package sink_test

import (
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query/shipstream"
	"github.com/muster-go/muster/query/sink"
)

// byName opens a folder of files by the users' name.
func byName(t *testing.T, path string, mode sink.Mode) *sink.File[shipstream.User] {
	t.Helper()
	by, err := sink.PartitionBy(shipstream.UserSchema(), "name", record)
	if err != nil {
		t.Fatal(err)
	}
	return sink.NewFolder(path, by, sink.Text(sink.NDJSON("", encode), nil), ".ndjson", sink.FileOptions{Mode: mode, FS: quickFS{}})
}

// TestPartitionNames: values that make no file name of their own have files all the same,
// each its own, and the manifest has the values.
func TestPartitionNames(t *testing.T) {
	t.Parallel()
	long, thai := strings.Repeat("x", 300), strings.Repeat("ก", 85)
	names := []string{
		"Ann", "ann", "ANN", "null", "", ".", "..", "con", "CON", "lpt1", "nul.txt", "a/b", `a\b`, "a~b", "a b ", "a.",
		long, long + "y", thai, thai + "ก", strings.Repeat("x", 100), strings.Repeat("x", 101), strings.Repeat("x", 83) + "%",
	}
	users := []shipstream.User{{ID: 1, Name: model.NullOpt[string]()}}
	for i, name := range names {
		users = append(users, shipstream.User{ID: int64(i + 2), Name: model.Some(name)})
	}
	path := filepath.Join(memoryDir(t), "x")
	for i := range users { // interrupted after each row
		to := byName(t, path, sink.ModeResume)
		_, err := to.Resume(t.Context())
		err = errors.Join(err, to.Write(t.Context(), users[i:i+1]), to.Commit(t.Context(), []byte("1")))
		if err := errors.Join(err, to.Close()); err != nil {
			t.Fatal(err)
		}
	}
	to := byName(t, path, sink.ModeResume)
	_, err := to.Resume(t.Context())
	if err := errors.Join(err, to.Write(t.Context(), users), to.Commit(t.Context(), nil), to.Close()); err != nil {
		t.Fatal(err)
	}
	m, err := sink.ReadManifest(path)
	if err != nil {
		t.Fatal(err)
	}
	if len(m.Files) != len(users) || m.Rows != int64(2*len(users)) {
		t.Errorf("%d files of %d rows for %d values", len(m.Files), m.Rows, len(users))
	}
	found, folded := make(map[string]string), make(map[string]bool)
	nulls := 0
	for _, f := range m.Files {
		if len(f.Name) > 250 || f.Rows != 2 || folded[strings.ToLower(f.Name)] {
			t.Errorf("%s has %d rows", f.Name, f.Rows)
		}
		folded[strings.ToLower(f.Name)] = true
		if f.Value == nil {
			nulls++
			continue
		}
		found[*f.Value] = f.Name
	}
	if nulls != 1 {
		t.Errorf("%d files have no value, and one is of null", nulls)
	}
	for _, name := range names {
		if found[name] == "" {
			t.Errorf("no file has the value %q", name)
		}
	}
	for value, want := range map[string]string{"Ann": "name=Ann.ndjson", "": "name=.ndjson", "..": "name=%2E..ndjson", strings.Repeat("x", 100): "name=" + strings.Repeat("x", 100) + ".ndjson"} {
		if found[value] != want {
			t.Errorf("%q is in %s, not in %s", value, found[value], want)
		}
	}
}

// TestPartitionEach: whatever the values are, each has one file with its rows.
func TestPartitionEach(t *testing.T) {
	t.Parallel()
	folder, run := memoryDir(t), 0
	rapid.Check(t, func(t *rapid.T) {
		run++
		path := filepath.Join(folder, strconv.Itoa(run))
		want := make(map[string]int64)
		text := rapid.StringMatching(`(?i:ann){0,2}[a-c%~./\\]{0,3}(x{90,110})?`)
		var users []shipstream.User
		for i, name := range rapid.SliceOfN(text, 1, 30).Draw(t, "names") {
			users = append(users, shipstream.User{ID: int64(i + 1), Name: model.Some(name)})
			want[name]++
		}
		by, err := sink.PartitionBy(shipstream.UserSchema(), "name", record)
		to := sink.NewFolder(path, by, sink.Text(sink.NDJSON("", encode), nil), ".ndjson", sink.FileOptions{FS: quickFS{}})
		_, begun := to.Resume(t.Context())
		if err := errors.Join(err, begun, to.Write(t.Context(), users), to.Commit(t.Context(), []byte("1")), to.Commit(t.Context(), nil), to.Close()); err != nil {
			t.Fatal(err)
		}
		m, err := sink.ReadManifest(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range m.Files {
			if f.Rows != want[*f.Value] {
				t.Errorf("%s has %d rows of %q, not %d", f.Name, f.Rows, *f.Value, want[*f.Value])
			}
			delete(want, *f.Value)
		}
		if len(want) > 0 {
			t.Errorf("no files for %v", want)
		}
	})
}

// TestEarlierPartition: a checkpoint of an earlier build has no values, and its files keep
// their rows.
func TestEarlierPartition(t *testing.T) {
	t.Parallel()
	path := filepath.Join(memoryDir(t), "x")
	row := []byte(`{"id":1,"name":"Ann"}` + "\n")
	err := errors.Join(
		os.Mkdir(path+".part", 0o700), os.WriteFile(path+".part/name=Ann.ndjson", row, 0o600),
		os.WriteFile(path+".checkpoint", []byte(`{"version":1,"at":{"rows":1,"bytes":22,"more":{"name=Ann.ndjson":{"rows":1,"bytes":22}}},"checkpoint":1}`), 0o600),
	)
	to := byName(t, path, sink.ModeResume)
	left, begun := to.Resume(t.Context())
	users := []shipstream.User{{ID: 2, Name: model.Some("Ann")}}
	if err := errors.Join(err, begun, to.Write(t.Context(), users), to.Commit(t.Context(), nil), to.Close()); err != nil || string(left) != "1" {
		t.Fatal(string(left), err)
	}
	m, err := sink.ReadManifest(path)
	if err != nil || len(m.Files) != 1 || m.Files[0].Rows != 2 || m.Files[0].Name != "name=Ann.ndjson" {
		t.Errorf("%+v, %v", m, err)
	}
}
