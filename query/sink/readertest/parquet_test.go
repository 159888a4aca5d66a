package readertest_test

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/apache/arrow-go/v18/parquet/compress"
	"github.com/apache/arrow-go/v18/parquet/file"
	"github.com/apache/arrow-go/v18/parquet/pqarrow"
	"github.com/google/go-cmp/cmp"
	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query/shipstream"
	"github.com/parquet-go/parquet-go"
)

// parquetUser is how a stranger would read the file. Instants are milliseconds:
// parquet-go makes a time.Time of them by way of nanoseconds, which end in 2262.
type parquetUser struct {
	ID            int64     `parquet:"id"`
	Type          *string   `parquet:"type,optional"`
	Name          *string   `parquet:"name,optional"`
	Email         *string   `parquet:"email,optional"`
	Username      *string   `parquet:"username,optional"`
	IsActive      *bool     `parquet:"is_active,optional"`
	CreatedAt     *int64    `parquet:"created_at,optional,timestamp(millisecond)"`
	LastLoginAt   *int64    `parquet:"last_login_at,optional,timestamp(millisecond)"`
	LoginViaBadge *bool     `parquet:"login_via_badge,optional"`
	Warehouse     *int64    `parquet:"default_warehouse,optional"`
	WarehouseName *string   `parquet:"default_warehouse.name,optional"`
	Merchant      *int64    `parquet:"merchant,optional"`
	Roles         []*int64  `parquet:"roles,list"`
	RoleNames     []*string `parquet:"roles.name,list"`
}

func parquetUsers() []parquetUser {
	organization, client := new("OrganizationUser"), new("ClientUser")
	return []parquetUser{
		{
			1, organization, new("=1+1"), new("a@example.com"), new(`say "hi", x; y`), new(true), at("2017-07-21T17:32:28Z"), at("2024-02-29T21:59:59Z"),
			new(true), new(int64(4)), new("North"), nil,
			[]*int64{new(int64(3)), new(int64(9))},
			[]*string{new("Pickers"), nil},
		},
		{2, client, new(""), nil, new("line\nend\ttab"), new(false), nil, at("0001-01-01T00:00:00Z"), nil, nil, nil, new(int64(7)), nil, nil},
		{9007199254740993, client, nil, new(""), new("null"), nil, at("9999-12-31T23:59:59Z"), nil, nil, nil, nil, nil, []*int64{new(int64(3))}, []*string{nil}},
		{4, organization, new("Zoë 山田 🙂"), new("\x00\x1f"), new(`\.`), new(true), at("1969-12-31T23:59:59Z"), nil, nil, nil, nil, nil, []*int64{new(int64(3))}, []*string{new("Pickers")}},
	}
}

func at(text string) *int64 {
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		panic(err)
	}
	return new(t.UnixMilli())
}

// sameUsers compares users, an empty list being none.
func sameUsers(t *testing.T, got []parquetUser) {
	t.Helper()
	for i := range got {
		if len(got[i].Roles) == 0 {
			got[i].Roles = nil
		}
		if len(got[i].RoleNames) == 0 {
			got[i].RoleNames = nil
		}
	}
	if diff := cmp.Diff(parquetUsers(), got); diff != "" {
		t.Error(diff)
	}
}

// TestParquetRead: parquet-go's generic reader reads the rows into a struct.
func TestParquetRead(t *testing.T) {
	eachExport(t, "users.parquet", func(t *testing.T, path string) {
		t.Helper()
		f, err := os.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close() //nolint:errcheck // it is read
		r := parquet.NewGenericReader[parquetUser](f)
		got := make([]parquetUser, r.NumRows())
		if n, err := r.Read(got); n != len(got) || err != nil && !errors.Is(err, io.EOF) {
			t.Fatalf("%d of %d rows, %v", n, len(got), err)
		}
		if err := r.Close(); err != nil {
			t.Error(err)
		}
		sameUsers(t, got)
	})
}

// TestParquetReadByArrow: so does Arrow, which sees timestamps in UTC and lists.
func TestParquetReadByArrow(t *testing.T) {
	eachExport(t, "users.parquet", func(t *testing.T, path string) {
		t.Helper()
		table := arrowTable(t, path)
		schema := table.Schema()
		for i, want := range []string{
			"int64", "utf8", "utf8", "utf8", "utf8", "bool", "timestamp[ms, tz=UTC]", "timestamp[ms, tz=UTC]", "bool", "int64", "utf8", "int64",
			"list<element: int64, nullable>", "list<element: utf8, nullable>",
		} {
			field := schema.Field(i)
			if field.Name != columns[i] || field.Type.String() != want || field.Nullable == (field.Name == "id" || i >= 12) {
				t.Errorf("column %d is %v, want %s %s", i, field, columns[i], want)
			}
		}
		sameUsers(t, arrowUsers(t, table))
	})
}

func arrowTable(t *testing.T, path string) arrow.Table {
	t.Helper()
	r, err := file.OpenParquetFile(path, false)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.Close() }) // it is read
	for i := range r.NumRowGroups() {
		chunk, err := r.MetaData().RowGroup(i).ColumnChunk(0)
		if err != nil || chunk.Compression() != compress.Codecs.Zstd {
			t.Errorf("row group %d is compressed by %v, %v", i, chunk.Compression(), err)
		}
	}
	arrows, err := pqarrow.NewFileReader(r, pqarrow.ArrowReadProperties{}, memory.DefaultAllocator)
	if err != nil {
		t.Fatal(err)
	}
	table, err := arrows.ReadTable(context.WithoutCancel(t.Context()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(table.Release)
	return table
}

func arrowUsers(t *testing.T, table arrow.Table) (users []parquetUser) {
	t.Helper()
	r := array.NewTableReader(table, -1)
	defer r.Release()
	for r.Next() {
		batch := r.RecordBatch()
		for i := range int(batch.NumRows()) {
			c := batch.Columns()
			users = append(users, parquetUser{
				*whole(c[0], i), text(c[1], i), text(c[2], i), text(c[3], i), text(c[4], i), truth(c[5], i), instant(c[6], i), instant(c[7], i),
				truth(c[8], i), whole(c[9], i), text(c[10], i), whole(c[11], i), list(c[12], i, whole), list(c[13], i, text),
			})
		}
	}
	if err := r.Err(); err != nil {
		t.Fatal(err)
	}
	return users
}

// The values of a column's row, nil for null.
func whole(c arrow.Array, i int) *int64 {
	return value(c, i, func(c *array.Int64) int64 { return c.Value(i) })
}

func text(c arrow.Array, i int) *string {
	return value(c, i, func(c *array.String) string { return c.Value(i) })
}

func truth(c arrow.Array, i int) *bool {
	return value(c, i, func(c *array.Boolean) bool { return c.Value(i) })
}

func instant(c arrow.Array, i int) *int64 {
	return value(c, i, func(c *array.Timestamp) int64 { return c.Value(i).ToTime(arrow.Millisecond).UnixMilli() })
}

func value[A arrow.Array, T any](c arrow.Array, i int, of func(A) T) *T {
	if c.IsNull(i) {
		return nil
	}
	v := of(c.(A)) //nolint:forcetypeassert // the schema was looked at
	return &v
}

func list[T any](c arrow.Array, i int, of func(arrow.Array, int) *T) (values []*T) {
	lists := c.(*array.List) //nolint:forcetypeassert // likewise
	begin, end := lists.ValueOffsets(i)
	for k := begin; k < end; k++ {
		values = append(values, of(lists.ListValues(), int(k)))
	}
	return values
}

// TestParquetRowGroups: however often an export commits, a row group is neither
// larger than what was promised to be held in memory nor a commit's worth.
func TestParquetRowGroups(t *testing.T) {
	const rows, most, least = 100_000, 32 << 10, 16 << 10
	many := make([]shipstream.User, rows)
	for i := range many {
		many[i] = shipstream.User{ID: int64(i) + 1, Name: model.Some("n" + strconv.Itoa(i))}
	}
	for _, each := range []int{999, 20_000, rows} {
		path := filepath.Join(t.TempDir(), "many.parquet")
		export(t, path, many, each)
		r, err := file.OpenParquetFile(path, false)
		if err != nil {
			t.Fatal(err)
		}
		for i := range r.NumRowGroups() {
			if n := r.MetaData().RowGroup(i).NumRows(); n > most || n < least && i+1 < r.NumRowGroups() {
				t.Errorf("%d rows a commit: row group %d has %d", each, i, n)
			}
		}
		if err := r.Close(); err != nil {
			t.Error(err)
		}
		ids := arrowTable(t, path).Column(0).Data().Chunks()
		next := int64(1)
		for _, chunk := range ids {
			for i := range chunk.Len() {
				if id := *whole(chunk, i); id != next {
					t.Fatalf("%d rows a commit: row %d has the id %d", each, next, id)
				}
				next++
			}
		}
		if next != rows+1 {
			t.Errorf("%d rows a commit: %d rows", each, next-1)
		}
	}
}
