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
	"github.com/muster-go/muster/query/sink"
)

// Options say how a [Sink] begins. The zero value is for a database that is not
// there or that an export has completed.
type Options struct {
	Mode sink.Mode
}

// Sink writes users into a database in place: rows and checkpoint in one
// transaction. While an export goes on, or after one that was broken off,
// muster_export has complete = 0.
//
// A database that an earlier export completed is brought up to date: users are
// replaced by their ids, and at the end those are removed that did not come any
// more.
//
// Where a statement fails, nothing is executed any more: SQLite may have rolled
// the transaction back by itself, and what came next would be one of its own.
type Sink struct {
	path    string
	columns []column
	mode    sink.Mode

	lock    io.Closer
	db      *sql.DB
	conn    *sql.Conn
	inTx    bool
	insert  *inserter // nil until the first rows
	made    bool      // the database was made by this sink
	seen    bool      // rows of an earlier export are there, too
	indexed bool      // the index is there
	rows    int64     // written
	kept    bool      // something was committed
	whole   bool
	failed  error // the first one; see Sink
}

// New returns a sink that writes the database at path. Of the fields, roles and
// what is reached through them are tables of their own. It touches nothing before
// Resume.
func New(path string, schema *model.Schema, fields []*model.Field, o Options) (*Sink, error) {
	if schema.Name() != model.UserSchema().Name() {
		return nil, fmt.Errorf("sqlitesink: %s are not users", schema.Name())
	}
	return &Sink{path: filepath.Clean(path), columns: columnsOf(fields), mode: o.Mode}, nil
}

// Identity names the format.
func (s *Sink) Identity() map[string]string { return map[string]string{"format": "sqlite"} }

// Resume locks and opens the database, and makes its tables in the transaction of
// the first rows.
func (s *Sink) Resume(ctx context.Context) (checkpoint []byte, err error) {
	ctx = context.WithoutCancel(ctx)
	if err := s.open(ctx); err != nil {
		return nil, err
	}
	was, err := readState(ctx, s.conn)
	if err != nil {
		return nil, fmt.Errorf("%s is there and is no export that could be gone on with: %w", s.path, err)
	}
	s.made = was == nil
	switch {
	case was == nil:
		return nil, s.exec(ctx, s.tables()...)
	case s.mode == sink.ModeRestart:
		return nil, s.exec(ctx, append(dropTables(), s.tables()...)...)
	case !was.complete && s.mode == sink.ModeNew:
		return nil, &sink.LeftoverError{Path: s.path, Resumable: was.checkpoint != nil}
	case was.columns != s.columnList():
		return nil, &sink.CheckpointError{Path: s.path, Reason: fmt.Sprintf("its columns are %s, not %s", was.columns, s.columnList())}
	case was.complete:
		s.seen, s.indexed = true, true
		return nil, s.exec(ctx, createSeen, "UPDATE muster_export SET complete = 0, rows = 0, checkpoint = NULL")
	case was.checkpoint == nil: // it was broken off before its first commit
		return nil, s.exec(ctx, append(dropTables(), s.tables()...)...)
	}
	s.rows, s.seen, s.indexed, s.kept = was.rows, was.seen, was.indexed, true
	return was.checkpoint, nil
}

func (s *Sink) open(ctx context.Context) (err error) {
	if s.lock, err = (sink.OS{}).Lock(s.path); err != nil {
		return err
	}
	name := url.URL{Path: filepath.ToSlash(s.path)}
	// Of cache 4 MiB are enough: users come in a few places of the tree at a time. The
	// sorting behind the index takes as much once more.
	pragmas := "?_pragma=busy_timeout(10000)&_pragma=journal_mode(DELETE)&_pragma=synchronous(FULL)&_pragma=cache_size(-4096)&_pragma=temp_store(FILE)"
	if s.db, err = sql.Open("sqlite", "file:"+name.EscapedPath()+pragmas); err != nil {
		return err
	}
	s.conn, err = s.db.Conn(ctx)
	return err
}

// exec runs statements in the transaction that goes on.
func (s *Sink) exec(ctx context.Context, statements ...string) error {
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

func (s *Sink) begin(ctx context.Context) error {
	if s.inTx {
		return nil
	}
	_, err := s.conn.ExecContext(ctx, "BEGIN IMMEDIATE")
	s.inTx = err == nil
	return err
}

// Write puts users into the transaction. What is under way when ctx is done is
// brought to its end, so that it can be committed.
func (s *Sink) Write(ctx context.Context, users []model.User) (err error) {
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
	s.rows += int64(len(users))
	return s.insert.write(ctx, users)
}

// Commit commits rows and checkpoint together; a nil one completes the database.
func (s *Sink) Commit(ctx context.Context, checkpoint []byte) (err error) {
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
	var text any // null when there is none
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

// complete removes what did not come any more and makes the index.
func (s *Sink) complete(ctx context.Context) error {
	if s.seen {
		return s.exec(ctx,
			"DELETE FROM users WHERE id NOT IN (SELECT id FROM muster_seen)",
			"DELETE FROM user_roles WHERE user_id NOT IN (SELECT id FROM muster_seen)",
			"DELETE FROM roles WHERE (type, id) NOT IN (SELECT role_type, role_id FROM user_roles)",
			"DROP TABLE muster_seen")
	}
	if s.indexed {
		return nil
	}
	// A plan of several scans that was gone on with may bring a user twice.
	var distinct int64
	if err := s.conn.QueryRowContext(ctx, "SELECT count(*) FROM users").Scan(&distinct); err != nil {
		return err
	}
	if distinct < s.rows {
		const dedupe = "DELETE FROM user_roles WHERE rowid NOT IN (SELECT min(rowid) FROM user_roles GROUP BY user_id, role_type, role_id)"
		if err := s.exec(ctx, dedupe); err != nil {
			return err
		}
		s.rows = distinct
	}
	return s.exec(ctx, createIndex)
}

// Close closes the database. Rows since the last commit are rolled back; a
// database to which nothing was committed is removed.
func (s *Sink) Close() error {
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

func (s *Sink) columnList() string {
	names := make([]string, 1, len(s.columns)+1)
	names[0] = "id"
	for _, c := range s.columns {
		names = append(names, c.name)
	}
	return strings.Join(names, ",")
}
