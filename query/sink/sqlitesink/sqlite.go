package sqlitesink

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	_ "modernc.org/sqlite" // the driver

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query"
	"github.com/muster-go/muster/query/sink"
)

// Options say how a [Sink] starts. The zero value is for a database that does not exist or
// that an export has completed.
type Options struct {
	Mode sink.Mode // what to do about an unfinished export; 0 = ModeNew
}

// Sink writes rows into a database in place, with rows and checkpoint in one transaction.
// As long as an export is unfinished, muster_export has complete = 0. A Sink is for one
// goroutine.
//
// An export over a complete database brings it up to date: it replaces rows by their keys,
// and at the end removes those that did not come again.
//
// After a statement fails, the Sink executes no other: SQLite may have rolled the
// transaction back, and the next statement would be a transaction of its own.
type Sink[T any] struct {
	path      string
	table     string
	key       column // identifies rows; of INTEGER or TEXT
	columns   []column
	relations []relation[T]
	record    sink.Record[T]
	mode      sink.Mode

	lock   io.Closer
	db     *sql.DB
	conn   *sql.Conn
	inTx   bool
	insert *inserter[T] // nil until the first rows
	made   bool         // this sink made the database
	seen   bool         // the database has rows of an earlier export, too
	rows   int64        // written
	kept   bool         // something was committed
	whole  bool
	failed error // the first one; see Sink
}

// New returns a sink that writes rows into the database at path. Their table is named
// after the schema and its columns after the fields, with _ for each dot. The key is the
// field that identifies a row: an integer, or a text whose bytes are compared. A list of
// references is a table of its own, such as orders_lines: the row's key, the position in
// the list from 0, the id, and the values of paths through the list. It touches nothing
// before Resume. A key that the schema lacks, or that is of another type, is a
// [*sink.LayoutError].
func New[T any](path string, schema *model.Schema, key string, fields []*model.Field, record sink.Record[T], o Options) (*Sink[T], error) {
	s, err := newSink(path, schema, key, fields, record, o)
	if err != nil {
		return nil, err
	}
	s.relations = lists[T](s.table, s.key, schema, fields)
	return s, nil
}

func newSink[T any](path string, schema *model.Schema, key string, fields []*model.Field, record sink.Record[T], o Options) (*Sink[T], error) {
	by, err := keyOf(schema, key)
	if err != nil {
		return nil, err
	}
	return &Sink[T]{
		path: filepath.Clean(path), table: schema.Name(), key: by, columns: columnsOf(schema, key, fields),
		record: record, mode: o.Mode,
	}, nil
}

// keyOf returns the key of a row, for the driver.
func (s *Sink[T]) keyOf(row *T) any { return s.key.value(s.record(row)) }

// SinkCapabilities returns the format as the sink's identity, and a function that reads back
// the keys of the rows that this export has committed.
func (s *Sink[T]) SinkCapabilities() query.SinkCapabilities {
	return query.SinkCapabilities{Identity: map[string]string{"format": "sqlite"}, Keys: s.keys}
}

// Resume locks and opens the database and returns the last commit's checkpoint; nil if there
// is none. It makes the tables in the transaction of the first rows. A database that is not
// such an export is a [*sink.ForeignError], an unfinished export that [Options] does not
// resume a [*sink.LeftoverError], and one that cannot be resumed a [*sink.CheckpointError].
func (s *Sink[T]) Resume(ctx context.Context) (checkpoint []byte, err error) {
	ctx = context.WithoutCancel(ctx)
	if err := s.open(ctx); err != nil {
		return nil, err
	}
	was, err := readState(ctx, s.conn)
	if err != nil {
		return nil, &sink.ForeignError{Path: s.path, Err: err}
	}
	s.made = was == nil
	switch {
	case was == nil:
		return nil, s.exec(ctx, s.tables()...)
	case was.table != s.table:
		return nil, &sink.ForeignError{Path: s.path, Err: fmt.Errorf("it has %s in it, not %s; name another file", was.table, s.table)}
	case s.mode == sink.ModeRestart:
		return nil, s.exec(ctx, append(s.dropTables(), s.tables()...)...)
	case !was.complete && s.mode == sink.ModeNew:
		return nil, &sink.LeftoverError{Path: s.path, Resumable: was.checkpoint != nil}
	case was.columns != s.columnList():
		return nil, &sink.CheckpointError{Path: s.path, Reason: fmt.Sprintf("its columns are %s, not %s", was.columns, s.columnList())}
	case was.keyType != s.key.typ:
		return nil, &sink.CheckpointError{Path: s.path, Reason: fmt.Sprintf("its key %s is %s, not %s", s.key.name, was.keyType, s.key.typ)}
	case was.complete:
		s.seen = true
		return nil, s.exec(ctx, createSeen(s.key), "UPDATE muster_export SET complete = 0, rows = 0, checkpoint = NULL")
	case was.checkpoint == nil: // it ended before its first commit
		return nil, s.exec(ctx, append(s.dropTables(), s.tables()...)...)
	}
	s.rows, s.seen, s.kept = was.rows, was.seen, true
	return was.checkpoint, nil
}

func (s *Sink[T]) open(ctx context.Context) (err error) {
	if s.lock, err = (sink.OS{}).Lock(s.path); err != nil {
		return err
	}
	name := url.URL{Path: filepath.ToSlash(s.path)}
	// 4 MiB of cache are enough: rows come in a few places of the tree at a time. The
	// sort for the index takes as much again.
	pragmas := "?_pragma=busy_timeout(10000)&_pragma=journal_mode(DELETE)&_pragma=synchronous(FULL)&_pragma=cache_size(-4096)&_pragma=temp_store(FILE)"
	if s.db, err = sql.Open("sqlite", "file:"+name.EscapedPath()+pragmas); err != nil {
		return err
	}
	s.conn, err = s.db.Conn(ctx)
	return err
}

// exec runs statements in the current transaction.
func (s *Sink[T]) exec(ctx context.Context, statements ...string) error {
	if err := s.begin(ctx); err != nil {
		return err
	}
	for _, statement := range statements {
		if _, err := s.conn.ExecContext(ctx, statement); err != nil {
			return err
		}
	}
	return nil
}

func (s *Sink[T]) begin(ctx context.Context) error {
	if s.inTx {
		return nil
	}
	_, err := s.conn.ExecContext(ctx, "BEGIN IMMEDIATE")
	s.inTx = err == nil
	return err
}

// Write adds rows to the transaction. It completes the batch even if ctx ends, so that the
// batch can be committed.
func (s *Sink[T]) Write(ctx context.Context, rows []T) (err error) {
	if s.failed != nil {
		return s.failed
	}
	defer func() { s.failed = err }()
	ctx = context.WithoutCancel(ctx)
	if err := s.begin(ctx); err != nil {
		return err
	}
	if s.insert == nil {
		if s.insert, err = newInserter(ctx, s); err != nil {
			return err
		}
	}
	s.rows += int64(len(rows))
	return s.insert.write(ctx, rows)
}

// Commit commits the rows and the checkpoint together; a nil checkpoint completes the
// database.
func (s *Sink[T]) Commit(ctx context.Context, checkpoint []byte) (err error) {
	if s.whole || s.failed != nil {
		return s.failed
	}
	defer func() { s.failed = err }()
	ctx = context.WithoutCancel(ctx)
	if err := s.begin(ctx); err != nil {
		return err
	}
	if checkpoint == nil {
		if err := s.complete(ctx); err != nil {
			return err
		}
	}
	var text any // null if there is none
	if checkpoint != nil {
		text = string(checkpoint)
	}
	const update = "UPDATE muster_export SET complete = ?, rows = ?, checkpoint = ?"
	if _, err := s.conn.ExecContext(ctx, update, checkpoint == nil, s.rows, text); err != nil {
		return err
	}
	if _, err := s.conn.ExecContext(ctx, "COMMIT"); err != nil {
		return err
	}
	s.inTx, s.kept, s.whole = false, true, checkpoint == nil
	return nil
}

// complete removes the rows that did not come again and makes the indexes.
func (s *Sink[T]) complete(ctx context.Context) error {
	if s.seen { // and so the indexes are there
		return s.exec(ctx, s.bringUpToDate()...)
	}
	// A run of several scans that was resumed may have written a row twice.
	var distinct int64
	if err := s.conn.QueryRowContext(ctx, "SELECT count(*) FROM "+quote(s.table)).Scan(&distinct); err != nil {
		return err
	}
	twice := distinct < s.rows
	s.rows = min(s.rows, distinct)
	for _, r := range s.relations {
		if r.unique == "" {
			continue
		}
		if twice {
			if err := s.exec(ctx, r.dedupe); err != nil {
				return err
			}
		}
		if err := s.exec(ctx, r.unique); err != nil {
			return err
		}
	}
	return nil
}

// bringUpToDate removes the rows of an earlier export that did not come again.
func (s *Sink[T]) bringUpToDate() []string {
	gone := " NOT IN (SELECT id FROM muster_seen)"
	statements := []string{"DELETE FROM " + quote(s.table) + " WHERE " + quote(s.key.name) + gone}
	for _, r := range s.relations {
		statements = append(statements, "DELETE FROM "+quote(r.table)+" WHERE "+quote(r.column)+gone)
		statements = append(statements, r.tidy...)
	}
	return append(statements, "DROP TABLE muster_seen")
}

// Close closes the database. It rolls back the rows since the last commit, and removes a new
// database to which nothing was committed.
func (s *Sink[T]) Close() error {
	var err error
	if s.insert != nil {
		err = s.insert.close()
	}
	if s.conn != nil {
		if s.inTx {
			_, _ = s.conn.ExecContext(context.Background(), "ROLLBACK") // closing does it, too
		}
		err = errors.Join(err, s.conn.Close())
	}
	if s.db != nil {
		err = errors.Join(err, s.db.Close())
	}
	if s.made && !s.kept {
		err = errors.Join(err, os.Remove(s.path))
		_ = os.Remove(s.path + "-journal") // there is none unless rolling back failed
	}
	if s.lock != nil {
		err = errors.Join(err, s.lock.Close())
	}
	s.insert, s.conn, s.db, s.lock = nil, nil, nil, nil
	return err
}

func (s *Sink[T]) columnList() string {
	names := make([]string, 1, len(s.columns)+1)
	names[0] = s.key.name
	for _, c := range s.columns {
		names = append(names, c.name)
	}
	return strings.Join(names, ",")
}
