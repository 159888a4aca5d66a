package sqlitesink

import (
	"context"
	"database/sql"
	"errors"
	"iter"
	"net/url"
	"path/filepath"
	"strings"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query/sink"
)

// IDs reads the keys of the rows of the complete database at path. An error is the last that
// it yields: a [*sink.DamagedError] if the database is incomplete or damaged.
func IDs[K int64 | string](ctx context.Context, path string) iter.Seq2[K, error] {
	return func(yield func(K, error) bool) {
		var none K
		name := url.URL{Path: filepath.ToSlash(path)}
		db, err := sql.Open("sqlite", "file:"+name.EscapedPath()+"?mode=ro")
		if err != nil {
			yield(none, err)
			return
		}
		defer db.Close() //nolint:errcheck // it is read
		keys, err := check(ctx, db)
		if err != nil {
			yield(none, err)
			return
		}
		rows, err := db.QueryContext(ctx, keys)
		if err != nil {
			yield(none, err)
			return
		}
		scanKeys(rows, yield)
	}
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
		yield(none, err)
	}
}

// keys reads back the keys of the rows that this export has committed.
func (s *Sink[T]) keys(ctx context.Context, key *model.Field) iter.Seq2[model.Value, error] {
	return func(yield func(model.Value, error) bool) {
		column, table := s.key.name, s.table
		if s.seen { // the table has rows of an earlier export, too
			column, table = "id", "muster_seen"
		}
		rows, err := s.conn.QueryContext(ctx, "SELECT "+quote(column)+" FROM "+quote(table))
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
func check(ctx context.Context, db *sql.DB) (keys string, err error) {
	var complete bool
	var table, columns, said string
	const export = `SELECT complete, "table", columns FROM muster_export`
	if err := db.QueryRowContext(ctx, export).Scan(&complete, &table, &columns); err != nil {
		return "", &sink.DamagedError{Err: err}
	}
	if !complete {
		return "", &sink.DamagedError{Err: errors.New("the export in it is not complete")}
	}
	if err := db.QueryRowContext(ctx, "PRAGMA integrity_check").Scan(&said); err != nil {
		return "", err
	}
	if said != "ok" {
		return "", &sink.DamagedError{Err: errors.New("the database is damaged: " + said)}
	}
	key, _, _ := strings.Cut(columns, ",")
	return "SELECT " + quote(key) + " FROM " + quote(table), nil
}
