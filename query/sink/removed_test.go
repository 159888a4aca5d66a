package sink_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query/shipstream"
	"github.com/muster-go/muster/query/sink"
	"github.com/muster-go/muster/query/sink/compression"
	"github.com/muster-go/muster/query/sink/parquetsink"
)

// folders are the ways to write a folder whose keys can be read back, by the ending of its
// files.
func folders(t *testing.T) map[string]sink.Encoding[shipstream.User] {
	t.Helper()
	parquet, err := parquetsink.New(shipstream.UserSchema(), fields(t, "id", "username"), record)
	if err != nil {
		t.Fatal(err)
	}
	csv := sink.CSV(shipstream.UserSchema(), fields(t, "id", "username"), record, sink.RawCells())
	return map[string]sink.Encoding[shipstream.User]{
		".ndjson":  sink.Text(sink.NDJSON("", encode), nil),
		".json.gz": sink.Text(sink.JSON("", encode), compression.Gzip()),
		".csv.zst": sink.Text(csv, compression.Zstd()),
		".parquet": parquet,
	}
}

// writeFolder exports users by one query, in two commits.
func writeFolder(t *testing.T, path string, e sink.Encoding[shipstream.User], extension string, o sink.FileOptions, users []shipstream.User) error {
	t.Helper()
	to := sink.NewFolder(path, sink.SplitRows[shipstream.User](40), e, extension, o)
	_, err := to.Resume(t.Context())
	if err == nil {
		err = to.SinkCapabilities().Describe(t.Context(), map[string]string{"filter": "all", "limit": "0"})
	}
	for _, some := range [][]shipstream.User{users[:len(users)/2], users[len(users)/2:]} {
		if err == nil {
			err = errors.Join(to.Write(t.Context(), some), to.Commit(t.Context(), []byte("1")))
		}
	}
	if err == nil {
		err = to.Commit(t.Context(), nil)
	}
	return errors.Join(err, to.Close())
}

// named returns users from one id to another, with a name that is unique, too.
func named(from, to int64) (users []shipstream.User) {
	for id := from; id <= to; id++ {
		users = append(users, shipstream.User{ID: id, Username: model.Some(fmt.Sprint("u", id))})
	}
	return users
}

// TestFolderLosesKeys: a folder with as many rows, which are others, is as refused as one
// with fewer.
func TestFolderLosesKeys(t *testing.T) {
	t.Parallel()
	for extension, e := range folders(t) {
		for _, key := range fields(t, "id", "username") {
			path := filepath.Join(t.TempDir(), "users")
			write := func(o sink.FileOptions, users []shipstream.User) error {
				o.Key = key
				return writeFolder(t, path, e, extension, o, users)
			}
			if err := write(sink.FileOptions{}, named(1, 100)); err != nil {
				t.Fatal(err)
			}
			for _, users := range [][]shipstream.User{nil, named(1, 49), named(52, 151), named(1000, 1500)} {
				want := int64(100)
				for _, u := range users {
					if u.ID <= 100 {
						want--
					}
				}
				err := write(sink.FileOptions{}, users)
				if refused := (*sink.ReplaceError)(nil); !errors.As(err, &refused) || refused.Removed != want || refused.Rows != 100 {
					t.Errorf("%s by %s, %d users: %v; want %d removed", extension, key.Name, len(users), err, want)
				}
			}
			if m, err := sink.ReadManifest(path); err != nil || m.Rows != 100 {
				t.Errorf("%s: %+v, %v", extension, m, err)
			}
			if err := write(sink.FileOptions{}, named(51, 150)); err != nil { // 50 are not many
				t.Errorf("%s by %s: %v", extension, key.Name, err)
			}
			if err := write(sink.FileOptions{AcceptDeletes: true}, named(1000, 1099)); err != nil {
				t.Errorf("%s by %s: %v", extension, key.Name, err)
			}
		}
	}
}

// TestFolderLosesRows: of a folder that cannot be compared by keys, rows are counted, and
// nothing is made or changed in it.
func TestFolderLosesRows(t *testing.T) {
	t.Parallel()
	all := folders(t)
	all[".other.ndjson"] = sink.Text(sink.NDJSON("other", encode), nil)
	id := fields(t, "id")[0]
	for name, test := range map[string]struct {
		key     *model.Field
		as      string                  // the ending of the new files
		prepare func(file string) error // of the old folder
	}{
		"no key":         {nil, ".ndjson", nil},
		"another format": {id, ".parquet", nil},
		"another form":   {id, ".other.ndjson", nil},
		"emptied":        {id, ".ndjson", func(file string) error { return os.Truncate(file, 0) }},
		"cut off":        {id, ".ndjson", func(file string) error { return os.Truncate(file, 7) }},
		"missing":        {id, ".ndjson", os.Remove},
		"no rows": {id, ".ndjson", func(file string) error {
			text, err := os.ReadFile(file)
			for i := range text {
				text[i] = '?'
			}
			return errors.Join(err, os.WriteFile(file, text, 0o600))
		}},
	} {
		path := filepath.Join(t.TempDir(), "users")
		if err := writeFolder(t, path, all[".ndjson"], ".ndjson", sink.FileOptions{Key: id}, named(1, 100)); err != nil {
			t.Fatal(err)
		}
		file := filepath.Join(path, "part-00002.ndjson")
		if test.prepare != nil {
			if err := test.prepare(file); err != nil {
				t.Fatal(err)
			}
		}
		before, _ := os.ReadFile(file)
		err := writeFolder(t, path, all[test.as], test.as, sink.FileOptions{Key: test.key}, named(201, 249))
		if refused := (*sink.ReplaceError)(nil); !errors.As(err, &refused) || refused.Removed != 51 {
			t.Errorf("%s: %v", name, err)
		}
		if after, _ := os.ReadFile(file); !bytes.Equal(after, before) {
			t.Errorf("%s: %s has changed", name, file)
		}
		if _, err := os.Stat(file); name == "missing" && !errors.Is(err, os.ErrNotExist) {
			t.Errorf("%s: %v", name, err)
		}
		if err := writeFolder(t, path, all[test.as], test.as, sink.FileOptions{Key: test.key}, named(201, 300)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}
