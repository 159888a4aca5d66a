package sqlitesink

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/muster-go/muster/query/sink"
)

const stateVersion = 2

// hasColumn reports whether muster_export has a column.
func hasColumn(ctx context.Context, conn *sql.Conn, name string) (has bool, err error) {
	const query = `SELECT count(*) FROM pragma_table_info('muster_export') WHERE name = ?`
	err = conn.QueryRowContext(ctx, query, name).Scan(&has)
	return has, err
}

// readColumn reads JSON from one of the later columns, if there is any.
func readColumn(ctx context.Context, conn *sql.Conn, name string, to any) error {
	has, err := hasColumn(ctx, conn, name)
	if err != nil || !has {
		return err
	}
	var text sql.NullString
	if err := conn.QueryRowContext(ctx, "SELECT "+quote(name)+" FROM muster_export").Scan(&text); err != nil || !text.Valid {
		return err
	}
	if err := json.Unmarshal([]byte(text.String), to); err != nil {
		return fmt.Errorf("its %s: %w", name, err)
	}
	return nil
}

// state is what a database records about the export in it.
type state struct {
	complete   bool
	rows       int64
	table      string
	columns    string            // comma-separated, the key first
	keyType    string            // of its column
	checkpoint []byte            // nil = none
	identity   map[string]string // of the whole export; nil = not recorded
	seen       bool              // whether an earlier build brings it up to date in place
	tables     []string          // that the export made; nil = not recorded
	names      map[string]bool   // in the database, and of each whether a table has it
	news       []string          // those of an export that brings it up to date; nil = there is none
}

// readState returns nil for an empty database. A database with tables but without an export
// is an error.
func readState(ctx context.Context, conn *sql.Conn) (*state, error) {
	names, err := tableNames(ctx, conn)
	if err != nil {
		return nil, err
	}
	if len(names) == 0 {
		return nil, nil //nolint:nilnil // an empty database has no state, which is not an error
	}
	if !names["muster_export"] {
		return nil, fmt.Errorf("it is a database without the table muster_export")
	}
	s := &state{seen: names["muster_seen"], names: names}
	for name, isTable := range names {
		if isTable && strings.HasPrefix(name, updatePrefix) {
			s.news = append(s.news, name)
		}
	}
	var version int
	var checkpoint sql.NullString
	const query = `SELECT version, complete, rows, "table", columns, checkpoint FROM muster_export`
	if err := conn.QueryRowContext(ctx, query).Scan(&version, &s.complete, &s.rows, &s.table, &s.columns, &checkpoint); err != nil {
		return nil, err
	}
	if version != stateVersion {
		return nil, fmt.Errorf("its version is %d where %d is known", version, stateVersion)
	}
	const key = `SELECT type FROM pragma_table_info(?) WHERE pk > 0`
	if err := conn.QueryRowContext(ctx, key, s.table).Scan(&s.keyType); err != nil {
		return nil, fmt.Errorf("the key of its table %s: %w", s.table, err)
	}
	if err := errors.Join(readColumn(ctx, conn, "identity", &s.identity), readColumn(ctx, conn, "tables", &s.tables)); err != nil {
		return nil, err
	}
	if checkpoint.Valid {
		s.checkpoint = []byte(checkpoint.String)
	}
	return s, nil
}

// tableNames returns the names in a database, and of each whether a table has it.
func tableNames(ctx context.Context, conn *sql.Conn) (map[string]bool, error) {
	found, err := conn.QueryContext(ctx, "SELECT name, type = 'table' FROM sqlite_master")
	if err != nil {
		return nil, err
	}
	defer found.Close() //nolint:errcheck // Err returns it
	names := make(map[string]bool)
	for found.Next() {
		var name string
		var isTable bool
		if err := found.Scan(&name, &isTable); err != nil {
			return nil, err
		}
		names[name] = isTable
	}
	return names, found.Err()
}

// all returns the tables of the export.
func (s *Sink[T]) all() []table {
	tables := []table{rowsTable(s.table, s.key, s.columns)}
	for _, r := range s.relations {
		tables = append(tables, r.tables...)
	}
	return tables
}

// create returns the statements that make the tables that rows are written to.
func (s *Sink[T]) create() (statements []string) {
	for _, t := range s.all() {
		statements = append(statements, "CREATE TABLE "+quote(s.into(t.name))+" "+t.definition)
	}
	return statements
}

// start returns the statements that make the tables and record that they are empty.
func (s *Sink[T]) start() []string {
	return append(s.create(), createExport, fmt.Sprintf(
		`INSERT INTO muster_export (one, version, complete, rows, "table", columns, tables) VALUES (1, %d, 0, 0, %s, %s, %s)`,
		stateVersion, literal(s.table), literal(s.columnList()), literal(s.tableList())))
}

// tableList returns the names of the export's tables as JSON.
func (s *Sink[T]) tableList() string {
	tables := s.all()
	names := make([]string, len(tables))
	for i, t := range tables {
		names[i] = t.name
	}
	text, err := json.Marshal(names)
	if err != nil {
		return "null" // none is recorded
	}
	return string(text)
}

// checkOwn fails with a [*sink.ForeignError] if the database has something of a name that
// this export needs and the export in it did not make.
func (s *Sink[T]) checkOwn() error {
	if s.was.tables == nil { // an earlier build recorded none
		return nil
	}
	made := make(map[string]bool)
	for _, name := range s.was.tables {
		made[folded(name)] = true
	}
	needed := make(map[string]bool)
	for _, t := range s.all() {
		needed[folded(t.name)] = true
	}
	for name := range s.was.names {
		if is := folded(name); needed[is] && !made[is] {
			return &sink.ForeignError{Path: s.path, Err: fmt.Errorf("it has %q in it, which no export made", name)}
		}
	}
	return nil
}

// sameTables fails with a [*sink.CheckpointError] if an unfinished export has other tables
// than this one needs: an earlier build made none for some lists, so the rows in it have
// no elements there. unfinished is nil if an earlier build recorded none.
func (s *Sink[T]) sameTables(unfinished []string) error {
	if unfinished == nil {
		return nil
	}
	left := make(map[string]bool)
	for _, name := range unfinished {
		left[strings.TrimPrefix(folded(name), updatePrefix)] = true
	}
	var lacks []string
	for _, t := range s.all() {
		if is := folded(t.name); left[is] {
			delete(left, is)
		} else {
			lacks = append(lacks, t.name)
		}
	}
	var reason string
	switch {
	case len(lacks) > 0:
		slices.Sort(lacks)
		reason = "it has no table " + strings.Join(lacks, ", ")
	case len(left) > 0:
		reason = "this export does not write its table " + strings.Join(slices.Sorted(maps.Keys(left)), ", ")
	default:
		return nil
	}
	return &sink.CheckpointError{Path: s.path, Reason: reason + ": resume with the same --list-tables (ListTables), or start over with --restart (ModeRestart)"}
}

// dropOthers returns the statements that remove tables which the export in the database
// made, and this one does not have.
func (s *Sink[T]) dropOthers() (statements []string) {
	own := make(map[string]bool)
	for _, t := range s.all() {
		own[folded(t.name)] = true
	}
	for _, name := range s.was.tables {
		if !own[folded(name)] {
			statements = append(statements, "DROP TABLE IF EXISTS "+quote(name))
		}
	}
	return statements
}

func literal(text string) string { return "'" + strings.ReplaceAll(text, "'", "''") + "'" }

func (s *Sink[T]) dropTables() []string {
	statements := append(s.dropOthers(), "DROP TABLE IF EXISTS muster_seen", "DROP TABLE IF EXISTS muster_export")
	for _, t := range s.all() {
		statements = append(statements, "DROP TABLE IF EXISTS "+quote(t.name))
	}
	return append(statements, s.dropUpdate()...)
}
