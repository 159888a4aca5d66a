package querytest_test

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/parquet-go/parquet-go"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query"
	"github.com/muster-go/muster/query/querytest"
	"github.com/muster-go/muster/query/sink"
	"github.com/muster-go/muster/query/sink/compression"
	"github.com/muster-go/muster/query/sink/parquetsink"
	"github.com/muster-go/muster/query/sink/sqlitesink"
)

// exported are the fields of the exports under test.
func exported() []*model.Field {
	var fields []*model.Field
	for _, name := range []string{"id", "name", "is_active", "last_login_at"} {
		f, _ := model.UserSchema().Lookup(name)
		fields = append(fields, f)
	}
	return fields
}

// people are users with nulls, with empty texts and with what formats quote.
func people() []model.User {
	names := []string{"Ada", "", "a,b", `"c"`, "null", "d\ne", "Zoë", "'", "f", "g", " h ", "NULL", "1", "true", "i", "j"}
	users := make([]model.User, 0, 2*len(names))
	for i := range 2 * len(names) {
		u := model.User{ID: int64(3 + 5*i), Name: model.Some(names[i%len(names)]), IsActive: model.Some(i%3 > 0), LastLoginAt: model.NullOpt[time.Time]()}
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

func record(u *model.User) model.Record { return u }

func appendJSON(dst []byte, u *model.User) ([]byte, error) { return u.AppendJSON(dst), nil }

// valuesOf reads cells as the fields' values; nil is null.
func valuesOf(cells []any) ([]model.Value, error) {
	values := make([]model.Value, len(cells))
	for i, f := range exported() {
		switch cell := cells[i].(type) {
		case nil:
		case bool:
			values[i] = model.Bool(cell)
		case int64:
			values[i] = model.Int(cell)
			if f.Type == model.TypeBool {
				values[i] = model.Bool(cell == 1)
			}
		case time.Time:
			values[i] = model.DateTime(cell)
		case string:
			if f.Type != model.TypeDateTime {
				values[i] = model.String(cell)
				continue
			}
			t, err := time.Parse(time.RFC3339, cell)
			if err != nil {
				return nil, err
			}
			values[i] = model.DateTime(t)
		default:
			return nil, fmt.Errorf("%T in %v", cell, cells)
		}
	}
	return values, nil
}

// whole opens the finished file of a place, decompressed.
func whole(name string) (io.ReadCloser, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	return compression.Reader(name, f)
}

func readNDJSON(name string) (rows [][]model.Value, err error) {
	r, err := whole(name)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	return decodeRows(json.NewDecoder(r))
}

func readJSON(name string) (rows [][]model.Value, err error) {
	text, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	if !json.Valid(text) {
		return nil, errors.New("it is no JSON")
	}
	d := json.NewDecoder(bytes.NewReader(text))
	if _, err := d.Token(); err != nil { // the bracket
		return nil, err
	}
	return decodeRows(d)
}

func decodeRows(d *json.Decoder) (rows [][]model.Value, err error) {
	for d.More() {
		var object map[string]any
		if err := d.Decode(&object); err != nil {
			return nil, err
		}
		cells := make([]any, len(exported()))
		for i, f := range exported() {
			cells[i] = object[f.Name]
		}
		id, ok := cells[0].(float64)
		if !ok {
			return nil, fmt.Errorf("no id: %v", object)
		}
		cells[0] = int64(id)
		values, err := valuesOf(cells)
		if err != nil {
			return nil, err
		}
		rows = append(rows, values)
	}
	return rows, nil
}

func readCSV(name string) (rows [][]model.Value, err error) {
	r, err := whole(name)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	records, err := csv.NewReader(r).ReadAll()
	if err != nil {
		return nil, err
	}
	if len(records) == 0 || !slices.Equal(records[0], []string{"id", "name", "is_active", "last_login_at"}) {
		return nil, fmt.Errorf("the header is %q", records)
	}
	for _, record := range records[1:] {
		id, err := strconv.ParseInt(record[0], 10, 64)
		if err != nil {
			return nil, err
		}
		cells := []any{id, record[1], record[2] == "true", any(nil)}
		if record[3] != "" {
			cells[3] = record[3]
		}
		values, err := valuesOf(cells)
		if err != nil {
			return nil, err
		}
		rows = append(rows, values)
	}
	return rows, nil
}

func readParquet(name string) ([][]model.Value, error) {
	type row struct {
		ID          int64      `parquet:"id"`
		Name        *string    `parquet:"name,optional"`
		IsActive    *bool      `parquet:"is_active,optional"`
		LastLoginAt *time.Time `parquet:"last_login_at,optional"`
	}
	read, err := parquet.ReadFile[row](name)
	if err != nil {
		return nil, err
	}
	rows := make([][]model.Value, len(read))
	for i, r := range read {
		cells := make([]any, 4)
		cells[0] = r.ID
		if r.Name != nil {
			cells[1] = *r.Name
		}
		if r.IsActive != nil {
			cells[2] = *r.IsActive
		}
		if r.LastLoginAt != nil {
			cells[3] = *r.LastLoginAt
		}
		if rows[i], err = valuesOf(cells); err != nil {
			return nil, err
		}
	}
	return rows, nil
}

func readSQLite(ctx context.Context, name string) (rows [][]model.Value, err error) {
	if _, err := os.Stat(name); err != nil {
		return nil, err
	}
	db, err := sql.Open("sqlite", name)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	var complete bool
	if err := db.QueryRowContext(ctx, "SELECT complete FROM muster_export").Scan(&complete); err != nil || !complete {
		return nil, fmt.Errorf("the export is not complete (%w)", err)
	}
	read, err := db.QueryContext(ctx, "SELECT id, name, is_active, last_login_at FROM users")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, read.Close()) }()
	for read.Next() {
		cells := make([]any, 4)
		if err := read.Scan(&cells[0], &cells[1], &cells[2], &cells[3]); err != nil {
			return nil, err
		}
		values, err := valuesOf(cells)
		if err != nil {
			return nil, err
		}
		rows = append(rows, values)
	}
	return rows, read.Err()
}

// readFolder reads the files that a folder's manifest lists, in its order.
func readFolder(read func(string) ([][]model.Value, error)) func(string) ([][]model.Value, error) {
	return func(name string) (rows [][]model.Value, err error) {
		manifest, err := sink.ReadManifest(name)
		if err != nil {
			return nil, err
		}
		for _, f := range manifest.Files {
			part, err := read(filepath.Join(name, f.Name))
			if err != nil {
				return nil, err
			}
			rows = append(rows, part...)
		}
		return rows, nil
	}
}

// TestSinks: every built-in sink keeps every promise.
func TestSinks(t *testing.T) {
	csvFormat := sink.CSV(model.UserSchema(), exported(), record, sink.RawCells())
	ndjson := sink.NDJSON("", appendJSON)
	parquetEncoding, err := parquetsink.New(model.UserSchema(), exported(), record)
	if err != nil {
		t.Fatal(err)
	}
	file := func(e sink.Encoding[model.User]) func(string) (query.Sink[model.User], error) {
		return func(name string) (query.Sink[model.User], error) {
			return sink.NewFile(name, e, sink.FileOptions{Mode: sink.ModeResume}), nil
		}
	}
	folder := func(e sink.Encoding[model.User], ext string) func(string) (query.Sink[model.User], error) {
		return func(name string) (query.Sink[model.User], error) {
			return sink.NewFolder(name, sink.SplitRows[model.User](5), e, ext, sink.FileOptions{Mode: sink.ModeResume}), nil
		}
	}
	for name, test := range map[string]querytest.SinkTest[model.User]{
		"x.ndjson":      {Open: file(sink.Text(ndjson, nil)), Read: readNDJSON},
		"x.json":        {Open: file(sink.Text(sink.JSON("", appendJSON), nil)), Read: readJSON},
		"x.csv":         {Open: file(sink.Text(csvFormat, nil)), Read: readCSV, NullIsEmpty: true},
		"x.ndjson.gz":   {Open: file(sink.Text(ndjson, compression.Gzip())), Read: readNDJSON},
		"x.csv.zst":     {Open: file(sink.Text(csvFormat, compression.Zstd())), Read: readCSV, NullIsEmpty: true},
		"x.parquet":     {Open: file(parquetEncoding), Read: readParquet},
		"split.ndjson":  {Open: folder(sink.Text(ndjson, nil), ".ndjson"), Read: readFolder(readNDJSON)},
		"split.parquet": {Open: folder(parquetEncoding, ".parquet"), Read: readFolder(readParquet)},
		"x.sqlite": {
			Open: func(name string) (query.Sink[model.User], error) {
				return sqlitesink.New(name, model.UserSchema(), exported(), sqlitesink.Options{Mode: sink.ModeResume})
			},
			Read:      func(name string) ([][]model.Value, error) { return readSQLite(t.Context(), name) },
			Unordered: true,
		},
	} {
		t.Run(name, func(t *testing.T) {
			test.Folder, test.Rows, test.Record, test.Fields = t.TempDir(), people(), record, exported()
			open, read := test.Open, test.Read
			test.Open = func(place string) (query.Sink[model.User], error) { return open(filepath.Join(place, name)) }
			test.Read = func(place string) ([][]model.Value, error) { return read(filepath.Join(place, name)) }
			if err := querytest.TestSink(t.Context(), test); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestWrongSinks: what breaks a promise is caught, and the message says which.
func TestWrongSinks(t *testing.T) {
	leak := make(chan struct{})
	defer close(leak)
	for name, test := range map[string]struct {
		wrong func(*journal) query.Sink[model.User]
		want  string
	}{
		"right":    {func(j *journal) query.Sink[model.User] { return j }, ""},
		"hasty":    {func(j *journal) query.Sink[model.User] { return &hasty{journal: j} }, "exactly once: 4 rows of 32 are missing"},
		"sloppy":   {func(j *journal) query.Sink[model.User] { j.keepsAll = true; return j }, "exactly once: 36 rows where 32 were written"},
		"amnesiac": {func(j *journal) query.Sink[model.User] { return amnesiac{j} }, "durability: 4 rows were committed with a checkpoint, and Resume returns none"},
		"vague":    {func(j *journal) query.Sink[model.User] { return vague{j} }, "values: 7 rows are none that were written, nulls counted"},
		"keeper":   {func(j *journal) query.Sink[model.User] { return &keeper{journal: j} }, "values: "},
		"eager":    {func(j *journal) query.Sink[model.User] { j.part = j.path; return j }, "commit: the output is whole, with 32 rows, before the commit that makes it so"},
		"shuffled": {func(j *journal) query.Sink[model.User] { return shuffled{j} }, "order: the rows do not stand in the order in which they were written"},
		"touchy":   {func(j *journal) query.Sink[model.User] { return touchy{j} }, "cancellation: Write under a cancelled context returned I am hurt"},
		"leaky":    {func(j *journal) query.Sink[model.User] { go func() { <-leak }(); return j }, "goroutines: "},
	} {
		t.Run(name, func(t *testing.T) {
			err := querytest.TestSink(t.Context(), querytest.SinkTest[model.User]{
				Folder: t.TempDir(), Rows: people(), Record: record, Fields: exported(),
				Open: func(place string) (query.Sink[model.User], error) {
					return test.wrong(newJournal(filepath.Join(place, "x"))), nil
				},
				Read: func(place string) ([][]model.Value, error) { return readJournal(filepath.Join(place, "x")) },
			})
			if (err == nil) != (test.want == "") || err != nil && !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v\nwant %q in it", err, test.want)
			}
		})
	}
}

// hasty makes the checkpoint durable before the rows.
type hasty struct {
	*journal

	rows []model.User
}

func (h *hasty) Write(_ context.Context, rows []model.User) error {
	h.rows = append(h.rows, rows...)
	return nil
}

func (h *hasty) Commit(ctx context.Context, checkpoint []byte) error {
	if err := h.journal.Commit(ctx, checkpoint); err != nil || checkpoint == nil {
		return err
	}
	err := h.journal.Write(ctx, h.rows)
	h.rows = nil
	return err
}

// amnesiac forgets its checkpoint.
type amnesiac struct{ *journal }

func (a amnesiac) Resume(ctx context.Context) ([]byte, error) {
	_, err := a.journal.Resume(ctx)
	return nil, err
}

// vague takes null for an empty text.
type vague struct{ *journal }

func (v vague) Write(ctx context.Context, rows []model.User) error {
	for i := range rows {
		rows[i].Name = model.Some(rows[i].Name.Or(""))
	}
	return v.journal.Write(ctx, rows)
}

// keeper keeps the rows that it was lent.
type keeper struct {
	*journal

	kept [][]model.User
}

func (k *keeper) Write(_ context.Context, rows []model.User) error {
	k.kept = append(k.kept, rows)
	return nil
}

func (k *keeper) Commit(ctx context.Context, checkpoint []byte) error {
	for _, rows := range k.kept {
		if err := k.journal.Write(ctx, rows); err != nil {
			return err
		}
	}
	k.kept = nil
	return k.journal.Commit(ctx, checkpoint)
}

// shuffled writes rows backwards.
type shuffled struct{ *journal }

func (s shuffled) Write(ctx context.Context, rows []model.User) error {
	slices.Reverse(rows)
	return s.journal.Write(ctx, rows)
}

// touchy has an error of its own for a context that has ended.
type touchy struct{ *journal }

func (s touchy) Write(ctx context.Context, rows []model.User) error {
	if ctx.Err() != nil {
		return errors.New("I am hurt")
	}
	return s.journal.Write(ctx, rows)
}
