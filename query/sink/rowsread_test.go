package sink_test

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
	"time"

	"github.com/parquet-go/parquet-go"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query/sink"
	"github.com/muster-go/muster/query/sink/compression"
)

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

// text reads a finished file, decompressed.
func text(name string) (io.ReadCloser, error) {
	b, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	return compression.Reader(name, bytes.NewReader(b))
}

func readNDJSON(name string) (rows [][]model.Value, err error) {
	r, err := text(name)
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
	r, err := text(name)
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
