package query_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/muster-go/muster/query"
	"github.com/muster-go/muster/query/shipstream"
	"github.com/muster-go/muster/transport"
)

// tableSink writes an export into a table of a database. The rows and the checkpoint are one
// transaction, so an export that is interrupted resumes where the table ends.
type tableSink struct {
	db   *sql.DB
	name string // of the export: give each night's its own
	rows []shipstream.User
}

func (s *tableSink) Resume(ctx context.Context) (checkpoint []byte, err error) {
	_, err = s.db.ExecContext(ctx, `
		CREATE TABLE IF NOT EXISTS users (export TEXT, id BIGINT, name TEXT, email TEXT, PRIMARY KEY (export, id));
		CREATE TABLE IF NOT EXISTS exports (name TEXT PRIMARY KEY, checkpoint TEXT)`)
	if err != nil {
		return nil, err
	}
	err = s.db.QueryRowContext(ctx, "SELECT checkpoint FROM exports WHERE name = $1", s.name).Scan(&checkpoint)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	return checkpoint, err
}

func (s *tableSink) Write(_ context.Context, rows []shipstream.User) error {
	s.rows = append(s.rows, rows...)
	return nil
}

func (s *tableSink) Commit(ctx context.Context, checkpoint []byte) (err error) {
	tx, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // after Commit it does nothing
	const row = "INSERT INTO users VALUES ($1, $2, $3, $4) ON CONFLICT (export, id) DO UPDATE SET name = excluded.name, email = excluded.email"
	for _, u := range s.rows {
		if _, err := tx.ExecContext(ctx, row, s.name, u.ID, u.Name.Or(""), u.Email.Or("")); err != nil {
			return err
		}
	}
	if checkpoint != nil { // nil: all rows are there, and the last checkpoint says so
		const state = "INSERT INTO exports VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET checkpoint = excluded.checkpoint"
		if _, err := tx.ExecContext(ctx, state, s.name, string(checkpoint)); err != nil {
			return err
		}
	}
	if err := tx.Commit(); err != nil {
		return err
	}
	s.rows = s.rows[:0]
	return nil
}

func (s *tableSink) Close() error { return nil }

// The example runs on SQLite, which takes the same statements as PostgreSQL.
func Example_table() {
	users, end := emulated(transport.Hooks{})
	defer end()
	db, err := sql.Open("sqlite", ":memory:")
	if err != nil {
		panic(err)
	}
	defer func() { _ = db.Close() }()
	db.SetMaxOpenConns(1) // each connection would have a memory of its own

	for range 2 {
		stats, err := query.Export(context.Background(), users, "id <= 2000", &tableSink{db: db, name: "monday"})
		fmt.Println(stats.Committed, stats.Whole, stats.Run.Requests > 0, err)
	}
	var n int
	err = db.QueryRowContext(context.Background(), "SELECT count(*) FROM users").Scan(&n)
	fmt.Println(n, err)
	// Output:
	// 1909 true true <nil>
	// 1909 true false <nil>
	// 1909 <nil>
}
