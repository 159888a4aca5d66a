package judgetest_test

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/go-sql-driver/mysql"
	"github.com/muster-go/muster/model"
	_ "modernc.org/sqlite"
)

// The environment of the tests that need a database beside SQLite.
const (
	envMariaDB  = "MUSTER_TEST_MARIADB_DSN"
	envPostgres = "MUSTER_TEST_POSTGRES_DSN"
)

// missing skips a test whose database does not answer, or fails it in CI.
func missing(t *testing.T, name string, err error) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatalf("%s is required: %v", name, err)
	}
	t.Skipf("no %s judges this: %v (doc.go says how to start one)", name, err) //nolint:forbidigo // required in CI; a laptop may lack it
}

// sqlite returns the judge of the binary collation that is always there. Its
// LIKE ignores the case of ASCII unless it is told not to.
func sqlite(t *testing.T) *judge {
	t.Helper()
	j := &judge{name: "SQLite", collation: model.Binary, text: "TEXT COLLATE BINARY", dateTime: "TEXT"}
	j.open(t, "sqlite", ":memory:")
	j.exec(t.Context(), t, "PRAGMA case_sensitive_like = 1")
	return j
}

// mariadb returns the judge of the collation c. Where there is no MariaDB it
// skips the test, or fails it where one is required.
func mariadb(t *testing.T, c model.Collation) *judge {
	t.Helper()
	dsn, err := dataSource(t.Context())
	if err != nil {
		missing(t, "MariaDB", err)
	}
	j := &judge{name: "MariaDB ci", collation: c, text: mariadbText("utf8mb4_general_ci"), dateTime: "DATETIME"}
	if c == model.Binary {
		// nopad_bin is the one that compares as bytes do; utf8mb4_bin pads.
		j.name, j.text = "MariaDB binary", mariadbText("utf8mb4_nopad_bin")
	}
	j.open(t, "mysql", dsn)
	return j
}

func mariadbText(collation string) string {
	return "VARCHAR(255) CHARACTER SET utf8mb4 COLLATE " + collation
}

// TestMariaDBAnswers is what .ci/databases asks until it passes.
func TestMariaDBAnswers(t *testing.T) {
	mariadb(t, model.CI).load(t.Context(), t, newWorld(newSequence(1), 1))
}

// TestPostgreSQLAnswers is what .ci/databases asks until it passes.
func TestPostgreSQLAnswers(t *testing.T) {
	db := postgres(t)
	if _, err := db.ExecContext(t.Context(), `CREATE TABLE judge_answers (name TEXT COLLATE "und-x-icu"); DROP TABLE judge_answers`); err != nil {
		t.Error(err)
	}
}

// postgres returns a PostgreSQL in whose database a test may make tables. Where there
// is none it skips the test, or fails it in CI.
func postgres(t *testing.T) *sql.DB {
	t.Helper()
	candidates := []string{
		"postgres://postgres@127.0.0.1/postgres?sslmode=disable",
		"postgres://muster:muster@127.0.0.1/test?sslmode=disable", // as .ci/databases makes it
	}
	if given := os.Getenv(envPostgres); given != "" {
		candidates = []string{given}
	}
	var first error
	for _, dsn := range candidates {
		db, err := sql.Open("postgres", dsn)
		if err == nil {
			if err = db.PingContext(t.Context()); err == nil {
				t.Cleanup(func() { _ = db.Close() })
				return db
			}
			_ = db.Close()
		}
		first = cmp.Or(first, err)
	}
	missing(t, "PostgreSQL", first)
	return nil
}

// dataSource returns the data source name of a MariaDB that answers.
func dataSource(ctx context.Context) (string, error) {
	candidates := []string{
		"root@tcp(127.0.0.1:3306)/test", "root@unix(/run/mysqld/mysqld.sock)/test",
		"muster@tcp(127.0.0.1:3306)/test", // as .ci/databases makes it
	}
	if given := os.Getenv(envMariaDB); given != "" {
		candidates = []string{given}
	}
	var first error
	for _, c := range candidates {
		cfg, err := mysql.ParseDSN(c)
		if err != nil {
			return "", fmt.Errorf("%s: %w", envMariaDB, err) // says nothing of the password
		}
		cfg.InterpolateParams = true // one round trip a query
		cfg.Collation = "utf8mb4_general_ci"
		cfg.Timeout = 5 * time.Second
		dsn := cfg.FormatDSN()
		if err = answers(ctx, dsn); err == nil {
			return dsn, nil
		}
		first = cmp.Or(first, fmt.Errorf("%s: %w", cfg.Addr, err))
	}
	return "", first
}

// answers reports whether a MariaDB does: MySQL cannot join a temporary table
// with itself, and has other collations besides.
func answers(ctx context.Context, dsn string) error {
	db, err := sql.Open("mysql", dsn)
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	var version string
	if err := db.QueryRowContext(ctx, "SELECT VERSION()").Scan(&version); err != nil {
		return err
	}
	if !strings.Contains(version, "MariaDB") {
		return fmt.Errorf("it is version %s of something else", version)
	}
	return nil
}
