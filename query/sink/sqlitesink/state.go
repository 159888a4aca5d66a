package sqlitesink

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
)

const stateVersion = 2

// state is what a database records about the export in it.
type state struct {
	complete   bool
	rows       int64
	table      string
	columns    string // comma-separated, the key first
	keyType    string // of its column
	checkpoint []byte // nil = none
	seen       bool   // whether it has rows of an earlier export, too
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
	s := &state{seen: names["muster_seen"]}
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
	if checkpoint.Valid {
		s.checkpoint = []byte(checkpoint.String)
	}
	return s, nil
}

func tableNames(ctx context.Context, conn *sql.Conn) (map[string]bool, error) {
	found, err := conn.QueryContext(ctx, "SELECT name FROM sqlite_master")
	if err != nil {
		return nil, err
	}
	defer found.Close() //nolint:errcheck // Err returns it
	names := make(map[string]bool)
	for found.Next() {
		var name string
		if err := found.Scan(&name); err != nil {
			return nil, err
		}
		names[name] = true
	}
	return names, found.Err()
}

// tables returns the statements that make the tables and record that they are empty.
func (s *Sink[T]) tables() []string {
	statements := []string{createRows(s.table, s.key, s.columns)}
	for _, r := range s.relations {
		statements = append(statements, r.create...)
	}
	return append(statements, createExport, fmt.Sprintf(
		`INSERT INTO muster_export (one, version, complete, rows, "table", columns) VALUES (1, %d, 0, 0, %s, %s)`,
		stateVersion, literal(s.table), literal(s.columnList())))
}

func literal(text string) string { return "'" + strings.ReplaceAll(text, "'", "''") + "'" }

func (s *Sink[T]) dropTables() []string {
	names := []string{s.table, "muster_seen", "muster_export"}
	for _, r := range s.relations {
		names = append(names, r.drop...)
	}
	for i, name := range names {
		names[i] = "DROP TABLE IF EXISTS " + quote(name)
	}
	return names
}
