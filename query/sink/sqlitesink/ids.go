package sqlitesink

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"iter"
	"net/url"
	"path/filepath"
	"strings"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query/sink"
)

// IDs reads the keys of the rows of the complete database at path. An error is the last that
// it yields: a [*sink.DamagedError] if the database is incomplete or damaged.
func IDs[K int64 | string](ctx context.Context, path string) iter.Seq2[K, error] {
	return func(yield func(K, error) bool) {
		var none K
		conn, end, err := openToRead(ctx, path)
		if err != nil {
			yield(none, err)
			return
		}
		defer end()
		keys, err := check(ctx, conn)
		if err != nil {
			yield(none, err)
			return
		}
		rows, err := conn.QueryContext(ctx, keys)
		if err != nil {
			yield(none, &sink.DamagedError{Err: err})
			return
		}
		scanKeys(rows, yield)
	}
}

// maxCell is the most bytes of a cell that is read.
const maxCell = 80 << 20

// openToRead opens a database that may be damaged, and for reading only.
func openToRead(ctx context.Context, path string) (conn *sql.Conn, end func(), err error) {
	f, err := sink.OpenExport(path)
	if err != nil {
		return nil, nil, err
	}
	if err := f.Close(); err != nil { // it is a regular file
		return nil, nil, err
	}
	name := url.URL{Path: filepath.ToSlash(path)}
	db, err := sql.Open("sqlite", "file:"+name.EscapedPath()+"?mode=ro&_pragma=trusted_schema(OFF)&_pragma=cell_size_check(ON)")
	if err != nil {
		return nil, nil, err
	}
	if conn, err = db.Conn(ctx); err != nil {
		return nil, nil, errors.Join(&sink.DamagedError{Err: err}, db.Close())
	}
	if _, err := sqlite.Limit(conn, sqlite3.SQLITE_LIMIT_LENGTH, maxCell); err != nil {
		return nil, nil, errors.Join(err, conn.Close(), db.Close())
	}
	return conn, func() { _ = errors.Join(conn.Close(), db.Close()) }, nil // it was read
}

// scanKeys yields the first column of the rows, an error last, and closes them.
func scanKeys[K int64 | string](rows *sql.Rows, yield func(K, error) bool) {
	defer rows.Close() //nolint:errcheck // Err returns it
	for rows.Next() {
		var id K
		err := rows.Scan(&id)
		if err != nil {
			err = &sink.DamagedError{Err: err}
		}
		if !yield(id, err) || err != nil {
			return
		}
	}
	if err := rows.Err(); err != nil {
		var none K
		yield(none, &sink.DamagedError{Err: err})
	}
}

// keys reads back the keys of the rows that this export has committed.
func (s *Sink[T]) keys(ctx context.Context, key *model.Field) iter.Seq2[model.Value, error] {
	return func(yield func(model.Value, error) bool) {
		rows, err := s.conn.QueryContext(ctx, "SELECT "+quote(s.key.name)+" FROM "+quote(s.into(s.table)))
		switch {
		case err != nil:
			yield(model.Null(), err)
		case key.Type == model.TypeString:
			scanKeys(rows, func(k string, err error) bool { return yield(model.String(k), err) })
		default:
			scanKeys(rows, func(k int64, err error) bool { return yield(model.Int(k), err) })
		}
	}
}

// check tests that a database is complete and returns the query for its keys.
func check(ctx context.Context, conn *sql.Conn) (keys string, err error) {
	var complete bool
	var table, columns, kind, said string
	const export = `SELECT complete, "table", columns FROM muster_export`
	if err := conn.QueryRowContext(ctx, export).Scan(&complete, &table, &columns); err != nil {
		return "", &sink.DamagedError{Err: err}
	}
	if !complete {
		return "", &sink.DamagedError{Err: errors.New("the export in it is not complete")}
	}
	const tables = `SELECT type FROM pragma_table_list WHERE schema = 'main' AND name = ?` // a view may have rows without end
	if err := conn.QueryRowContext(ctx, tables, table).Scan(&kind); err != nil || kind != "table" {
		return "", &sink.DamagedError{Err: errors.Join(err, fmt.Errorf("it has no table %q", table))}
	}
	if err := conn.QueryRowContext(ctx, "PRAGMA integrity_check").Scan(&said); err != nil {
		return "", &sink.DamagedError{Err: err}
	}
	if said != "ok" {
		return "", &sink.DamagedError{Err: errors.New("the database is damaged: " + said)}
	}
	key, _, _ := strings.Cut(columns, ",")
	return "SELECT " + quote(key) + " FROM " + quote(table), nil
}
