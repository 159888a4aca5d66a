//go:build unix

package main

import (
	"bufio"
	"database/sql"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"

	"github.com/muster-go/muster/query/sink"
	"github.com/muster-go/muster/query/sink/compression"
)

// readRows reads a finished export with readers that are not Muster's.
func readRows(t *testing.T, path string) []string {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if info.IsDir() {
		return readFolder(t, path)
	}
	if strings.HasSuffix(path, ".sqlite") {
		return readSQLite(t, path)
	}
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close() //nolint:errcheck // it is read
	if strings.HasSuffix(path, ".parquet") {
		return readParquet(t, f, info.Size())
	}
	text, err := compression.Reader(path, bufio.NewReader(f))
	if err != nil {
		t.Fatal(err)
	}
	_, name := compression.FromName(path)
	rows, err := readText(filepath.Ext(name), text)
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	return rows
}

func readText(format string, r io.Reader) (rows []string, err error) {
	switch format {
	case ".csv":
		records, err := csv.NewReader(r).ReadAll()
		for _, record := range records {
			rows = append(rows, fmt.Sprintf("%q", record))
		}
		return rows, err
	case ".json":
		var objects []json.RawMessage
		err := json.NewDecoder(r).Decode(&objects)
		for _, o := range objects {
			rows = append(rows, string(o))
		}
		return rows, err
	}
	lines := json.NewDecoder(r)
	for {
		var o json.RawMessage
		if err := lines.Decode(&o); errors.Is(err, io.EOF) {
			return rows, nil
		} else if err != nil {
			return rows, err
		}
		rows = append(rows, string(o))
	}
}

func readFolder(t *testing.T, path string) (rows []string) {
	t.Helper()
	m, err := sink.ReadManifest(path)
	if err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(path)
	if err != nil || len(entries) != len(m.Files)+1 {
		t.Fatalf("%d names for %d files: %v", len(entries), len(m.Files), err)
	}
	for _, f := range m.Files {
		if err := f.Check(t.Context(), path); err != nil {
			t.Error(err)
		}
		for _, row := range readRows(t, filepath.Join(path, f.Name)) {
			if !slices.Contains([]string{".csv"}, filepath.Ext(f.Name)) || !strings.HasPrefix(row, `["id"`) { // each file has the header
				rows = append(rows, row)
			}
		}
	}
	if int64(len(rows)) != m.Rows {
		t.Errorf("%d rows where the manifest has %d", len(rows), m.Rows)
	}
	return rows
}

func readParquet(t *testing.T, r io.ReaderAt, size int64) (rows []string) {
	t.Helper()
	f, err := parquet.OpenFile(r, size)
	if err != nil {
		t.Fatal(err)
	}
	for _, group := range f.RowGroups() {
		reader := group.Rows()
		buf := make([]parquet.Row, 100)
		for {
			n, err := reader.ReadRows(buf)
			for _, row := range buf[:n] {
				rows = append(rows, fmt.Sprintf("%+v", row))
			}
			if err != nil {
				break
			}
		}
		if err := reader.Close(); err != nil {
			t.Error(err)
		}
	}
	if int64(len(rows)) != f.NumRows() {
		t.Errorf("%d rows of %d", len(rows), f.NumRows())
	}
	return rows
}

func readSQLite(t *testing.T, path string) (rows []string) {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close() //nolint:errcheck // it is read
	var complete bool
	if err := db.QueryRowContext(t.Context(), "SELECT complete FROM muster_export").Scan(&complete); err != nil || !complete {
		t.Errorf("complete %v, %v", complete, err)
	}
	queries := []string{
		"SELECT 'user ' || id || ' ' || name FROM users", "SELECT 'role ' || type || id || ifnull(name, '') FROM roles",
		"SELECT 'assignment ' || user_id || role_type || role_id FROM user_roles",
	}
	var orders, permissions bool
	const tables = "SELECT count(*) FILTER (WHERE name = 'orders'), count(*) FILTER (WHERE name = 'user_roles.permissions') FROM sqlite_schema"
	if err := db.QueryRowContext(t.Context(), tables).Scan(&orders, &permissions); err != nil {
		t.Fatal(err)
	}
	if permissions {
		queries = append(queries, `SELECT concat_ws(' ', 'permission', user_id, role_type, role_id, position, value) FROM "user_roles.permissions"`)
	}
	if orders {
		queries = []string{"SELECT concat_ws(' ', id, status, note, total, placed_at) FROM orders"}
	}
	for _, query := range append(queries, "PRAGMA integrity_check") {
		found, err := db.QueryContext(t.Context(), query)
		if err != nil {
			t.Fatal(err)
		}
		defer found.Close() //nolint:errcheck,revive // Err has what Close would say, and there are four
		for found.Next() {
			var row string
			if err := found.Scan(&row); err != nil {
				t.Error(err)
			}
			rows = append(rows, row)
		}
		if err := found.Err(); err != nil {
			t.Error(err)
		}
	}
	return rows
}

// safeInSQLite is how many rows a database that is not complete has committed.
func safeInSQLite(t *testing.T, path string) (rows int64) {
	t.Helper()
	if info, err := os.Stat(path); err != nil || info.Size() == 0 {
		return 0
	}
	db, err := sql.Open("sqlite", "file:"+path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close() //nolint:errcheck // it is read
	err = db.QueryRowContext(t.Context(), "SELECT rows FROM muster_export WHERE checkpoint IS NOT NULL").Scan(&rows)
	if none := strings.Contains(fmt.Sprint(err), "no such table"); err != nil && !none && !errors.Is(err, sql.ErrNoRows) {
		t.Fatal(err)
	}
	return rows
}
