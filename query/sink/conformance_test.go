package sink_test

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query"
	"github.com/muster-go/muster/query/querytest"
	"github.com/muster-go/muster/query/shipstream"
	"github.com/muster-go/muster/query/shipstream/usersink"
	"github.com/muster-go/muster/query/sink"
	"github.com/muster-go/muster/query/sink/sqlitesink"
)

// TestSinks: every built-in sink keeps every promise, on a disk that fails, too.
func TestSinks(t *testing.T) {
	failingSQLite(t)
	read := map[string]func(string) ([][]model.Value, error){
		"x.ndjson":      readNDJSON,
		"x.json":        readJSON,
		"x.csv":         readCSV,
		"x.ndjson.gz":   readNDJSON,
		"x.csv.zst":     readCSV,
		"x.parquet":     readParquet,
		"split.ndjson":  readFolder(readNDJSON),
		"split.parquet": readFolder(readParquet),
	}
	for name, open := range faultySinks(t) {
		t.Run(name, func(t *testing.T) {
			on := func(fsys sink.FS, place string) query.Sink[shipstream.User] {
				return open(filepath.Join(place, name), sink.FileOptions{Mode: sink.ModeResume, FS: fsys})
			}
			testSink(t, querytest.SinkTest[shipstream.User]{
				Open: func(place string) (query.Sink[shipstream.User], error) { return on(quickFS{}, place), nil },
				Read: func(place string) ([][]model.Value, error) { return read[name](filepath.Join(place, name)) },
				Failing: func(place string, fail func(string) error) (query.Sink[shipstream.User], error) {
					return on(&faultyFS{FS: quickFS{}, fail: fail}, place), nil
				},
				NullIsEmpty: strings.Contains(name, ".csv"),
			})
		})
	}
	t.Run("x.sqlite", func(t *testing.T) {
		open := func(place string) (query.Sink[shipstream.User], error) {
			return usersink.SQLite(filepath.Join(place, "x.sqlite"), shipstream.UserSchema(), exported(), sqlitesink.Options{Mode: sink.ModeResume})
		}
		testSink(t, querytest.SinkTest[shipstream.User]{
			Open: open,
			Read: func(place string) ([][]model.Value, error) {
				return readSQLite(t.Context(), filepath.Join(place, "x.sqlite"))
			},
			Failing: func(place string, fail func(string) error) (query.Sink[shipstream.User], error) {
				sqliteDisk.failWhere(fail)
				return open(place)
			},
			Unordered: true,
		})
	})
}

func testSink(t *testing.T, test querytest.SinkTest[shipstream.User]) {
	t.Helper()
	test.Rows, test.Record, test.Fields = people(), record, exported()
	test.Key = test.Fields[0]
	if err := querytest.TestSink(t.Context(), test); err != nil {
		t.Error(err)
	}
}

// exported are the fields of the exports under test.
func exported() []*model.Field {
	var fields []*model.Field
	for _, name := range []string{"id", "name", "is_active", "last_login_at"} {
		f, _ := shipstream.UserSchema().Lookup(name)
		fields = append(fields, f)
	}
	return fields
}

// people are users with nulls, with empty texts and with what formats quote.
func people() []shipstream.User {
	names := []string{"Ada", "", "a,b", `"c"`, "null", "d\ne", "Zoë", "'", "f", "g", " h ", "NULL", "1", "true", "i", "j"}
	users := make([]shipstream.User, 0, 2*len(names))
	for i := range 2 * len(names) {
		u := shipstream.User{ID: int64(3 + 5*i), Name: model.Some(names[i%len(names)]), IsActive: model.Some(i%3 > 0), LastLoginAt: model.NullOpt[time.Time]()}
		if i%5 == 0 {
			u.Name = model.NullOpt[string]()
		}
		if i%2 == 0 {
			u.LastLoginAt = model.Some(time.Date(2024, 1, 2, 3, 4, i, 0, time.UTC))
		}
		users = append(users, u)
	}
	return users
}
