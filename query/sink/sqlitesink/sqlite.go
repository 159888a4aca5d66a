package sqlitesink

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	_ "modernc.org/sqlite" // the driver

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query"
	"github.com/muster-go/muster/query/sink"
)

// Options say how a [Sink] starts. The zero value is for a database that does not exist or
// that an export has completed.
type Options struct {
	Mode          sink.Mode // what to do about an unfinished export; 0 = ModeNew
	Replace       bool      // replace a complete export of another query
	AcceptDeletes bool      // bring a database up to date even if that removes many rows
	// ListTables writes each list of scalars into a table of its own, too, such as
	// orders_tags: the row's key, the position in the list from 0, and the value. Without it
	// lists are JSON in a column, alone. A list behind several references has, after the
	// row's key, what the table of the references has as its key: "orders_lines.codes" has
	// orders_id, lines_position, position and value; with [NewShared] "user_roles.permissions"
	// has user_id, role_type, role_id, position and value.
	ListTables bool
}

// Sink writes rows into a database in place, with rows and checkpoint in one transaction.
// As long as a first export is unfinished, muster_export has complete = 0. A Sink is for one
// goroutine.
//
// An export over a complete database brings it up to date: rows go to tables beside the
// others, and the last commit replaces rows by their keys and removes those that did not
// come again. Until then the database is the complete export that it was. A database of
// another query, or an update that would remove many rows, is a [*sink.ReplaceError],
// unless [Options] allow it. If they do, tables of lists that the new query does not have are
// removed. The database records which tables exports made, and no other is touched.
//
// Of a row that comes more than once in a run, the last version stays, with its lists.
//
// After a statement fails, the Sink executes no other: SQLite may have rolled the
// transaction back, and the next statement would be a transaction of its own.
type Sink[T any] struct {
	path      string
	table     string
	key       column // identifies rows; of INTEGER or TEXT
	columns   []column
	relations []relation[T]
	lists     bool // some of relations are of lists of scalars
	record    sink.Record[T]
	options   Options

	lock     io.Closer
	db       *sql.DB
	conn     *sql.Conn
	inTx     bool
	insert   *inserter[T]      // nil until the first rows
	made     bool              // this sink made the database
	created  bool              // and its file
	updating bool              // rows go to tables beside those of a complete export, until the end
	was      *state            // of the database at the start; nil = it was empty
	identity map[string]string // of this export; nil = unknown
	other    bool              // it replaces an export of another query
	rows     int64             // written
	kept     bool              // something was committed
	whole    bool
	failed   error // the first one; see Sink
}

// New returns a sink that writes rows into the database at path. Their table is named
// after the schema and its columns after the fields, with _ for each dot. The key is the
// field that identifies a row: an integer, or a text whose bytes are compared. A list of
// references is a table of its own, such as orders_lines: the row's key, the position in
// the list from 0, the id, and the values of paths through the list. It touches nothing
// before Resume. New fails with a [*sink.LayoutError] for
//   - a list of references inside a reference,
//   - a path through a list and another reference: a column would have the first value alone,
//   - a key that the schema lacks, or that is of another type,
//   - names of columns or tables that SQLite cannot have together.
func New[T any](path string, schema *model.Schema, key string, fields []*model.Field, record sink.Record[T], o Options) (*Sink[T], error) {
	s, err := newSink(path, schema, key, fields, record, o)
	if err != nil {
		return nil, err
	}
	s.relations, err = lists[T](s.table, s.key, schema, fields)
	if err != nil {
		return nil, err
	}
	if err := s.withLists(schema, fields); err != nil {
		return nil, err
	}
	return s, nil
}

// withLists adds the tables of lists of scalars if they are asked for, and checks the names of
// all tables.
func (s *Sink[T]) withLists(schema *model.Schema, fields []*model.Field) error {
	if s.options.ListTables {
		scalars, err := s.scalarLists(schema, fields)
		if err != nil {
			return err
		}
		s.relations, s.lists = append(s.relations, scalars...), len(scalars) > 0
	}
	return s.checkTables()
}

func newSink[T any](path string, schema *model.Schema, key string, fields []*model.Field, record sink.Record[T], o Options) (*Sink[T], error) {
	by, err := keyOf(schema, key)
	if err != nil {
		return nil, err
	}
	if err := checkPaths(fields); err != nil {
		return nil, err
	}
	columns := columnsOf(schema, key, fields)
	if err := checkColumns(append([]column{by}, columns...)); err != nil {
		return nil, err
	}
	return &Sink[T]{
		path: filepath.Clean(path), table: schema.Name(), key: by, columns: columns, record: record, options: o,
	}, nil
}

// keyOf returns the key of a row, for the driver.
func (s *Sink[T]) keyOf(row *T) any { return s.key.value(s.record(row)) }

// SinkCapabilities returns the format as the sink's identity, and a function that reads back
// the keys of the rows that this export has committed.
func (s *Sink[T]) SinkCapabilities() query.SinkCapabilities {
	identity := map[string]string{"format": "sqlite"}
	if s.lists {
		identity["lists"] = "tables"
	}
	return query.SinkCapabilities{Identity: identity, Keys: s.keys, Describe: s.describe}
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
	s.made, s.was = was == nil, was
	if was != nil && was.table == s.table {
		if err := s.checkOwn(); err != nil {
			return nil, err
		}
	}
	switch {
	case was == nil:
		return nil, s.exec(ctx, s.start()...)
	case was.table != s.table:
		return nil, &sink.ForeignError{Path: s.path, Err: fmt.Errorf("it has %s in it, not %s; name another file", was.table, s.table)}
	case was.complete || was.news != nil:
		return s.update(ctx)
	case s.options.Mode == sink.ModeRestart:
		return nil, s.exec(ctx, append(s.dropTables(), s.start()...)...)
	case s.options.Mode == sink.ModeNew:
		return nil, &sink.LeftoverError{Path: s.path, Resumable: was.checkpoint != nil}
	case was.columns != s.columnList():
		return nil, &sink.CheckpointError{Path: s.path, Reason: fmt.Sprintf("its columns are %s, not %s", was.columns, s.columnList())}
	case was.keyType != s.key.typ:
		return nil, &sink.CheckpointError{Path: s.path, Reason: fmt.Sprintf("its key %s is %s, not %s", s.key.name, was.keyType, s.key.typ)}
	case was.checkpoint == nil: // it ended before its first commit
		return nil, s.exec(ctx, append(s.dropTables(), s.start()...)...)
	}
	if err := s.sameTables(was.tables); err != nil {
		return nil, err
	}
	s.rows, s.kept = was.rows, true
	if was.seen {
		if err := s.adopt(ctx); err != nil {
			return nil, err
		}
	}
	return was.checkpoint, nil
}

func (s *Sink[T]) open(ctx context.Context) (err error) {
	if err := s.takeName(); err != nil {
		return err
	}
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

// takeName checks that SQLite can open the database without touching what is not its own.
func (s *Sink[T]) takeName() error {
	if err := sink.CheckInPlace(s.path); err != nil {
		return err
	}
	_, err := os.Lstat(s.path)
	s.created = errors.Is(err, fs.ErrNotExist)
	journal := s.path + "-journal"
	if _, err := os.Lstat(journal); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	f, err := (sink.OS{}).Open(journal)
	if err != nil {
		return err
	}
	defer f.Close() //nolint:errcheck // it is read
	// SQLite removes the journal of an empty database. It writes the first bytes last, so
	// that some may be missing.
	begin := make([]byte, len(journalMagic))
	n, _ := io.ReadFull(f, begin)
	for i, c := range begin[:n] {
		if c != journalMagic[i] && c != 0 {
			return &sink.ForeignError{Path: journal, Err: errors.New("it is not the journal of a database")}
		}
	}
	return nil
}

// journalMagic begins a journal: https://www.sqlite.org/fileformat2.html#the_rollback_journal
const journalMagic = "\xd9\xd5\x05\xf9\x20\xa1\x63\xd7"

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
	if err := s.note(ctx, checkpoint); err != nil {
		return err
	}
	if _, err := s.conn.ExecContext(ctx, "COMMIT"); err != nil {
		return err
	}
	s.inTx, s.kept, s.whole = false, true, checkpoint == nil
	return nil
}

// note records the commit. A complete export stays one while it is brought up to date.
func (s *Sink[T]) note(ctx context.Context, checkpoint []byte) error {
	if checkpoint != nil {
		update := "UPDATE muster_export SET checkpoint = ?, rows = " + strconv.FormatInt(s.rows, 10)
		if s.updating {
			update = "UPDATE muster_export SET checkpoint = ?"
		}
		_, err := s.conn.ExecContext(ctx, update, string(checkpoint))
		return err
	}
	for _, name := range []string{"identity", "tables"} { // an earlier build may have made the table
		has, err := hasColumn(ctx, s.conn, name)
		if err == nil && !has {
			err = s.exec(ctx, "ALTER TABLE muster_export ADD COLUMN "+name+" TEXT")
		}
		if err != nil {
			return err
		}
	}
	var identity any // null if it is unknown
	if s.identity != nil {
		text, err := json.Marshal(s.identity)
		if err != nil {
			return err
		}
		identity = string(text)
	}
	const update = "UPDATE muster_export SET complete = 1, rows = ?, columns = ?, checkpoint = NULL, identity = ?, tables = ?"
	_, err := s.conn.ExecContext(ctx, update, s.rows, s.columnList(), identity, s.tableList())
	return err
}

// complete makes the indexes, or brings an earlier export up to date.
func (s *Sink[T]) complete(ctx context.Context) error {
	if s.updating {
		return s.merge(ctx)
	}
	// A run of several scans that was resumed may have written a row twice.
	distinct, err := s.count(ctx, "SELECT count(*) FROM "+quote(s.table))
	if err != nil {
		return err
	}
	twice := distinct < s.rows
	s.rows = min(s.rows, distinct)
	return s.index(ctx, twice)
}

// index makes the indexes. twice says that a row may have come twice.
func (s *Sink[T]) index(ctx context.Context, twice bool) error {
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
		if twice { // the earlier version may be all that referred to an object
			if err := s.exec(ctx, r.tidy...); err != nil {
				return err
			}
		}
	}
	return nil
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
	if s.made && s.created && !s.kept {
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
