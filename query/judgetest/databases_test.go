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

// The environment of the tests that need MariaDB.
const (
	envDSN     = "MUSTER_TEST_MARIADB_DSN"
	envRequire = "MUSTER_REQUIRE_MARIADB"
)

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
		if os.Getenv("CI") == "true" || os.Getenv(envRequire) != "" {
			t.Fatalf("MariaDB is required: %v", err)
		}
		t.Skipf("no MariaDB judges this: %v (doc.go says how to start one)", err) //nolint:forbidigo // required in CI; a laptop may lack it
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

// TestMariaDBAnswers is what .ci/mariadb asks until it passes.
func TestMariaDBAnswers(t *testing.T) {
	mariadb(t, model.CI).load(t.Context(), t, newWorld(newSequence(1), 1))
}

// dataSource returns the data source name of a MariaDB that answers.
func dataSource(ctx context.Context) (string, error) {
	candidates := []string{
		"root@tcp(127.0.0.1:3306)/test", "root@unix(/run/mysqld/mysqld.sock)/test",
		"muster@tcp(127.0.0.1:3306)/test", // as .ci/mariadb makes it
	}
	if given := os.Getenv(envDSN); given != "" {
		candidates = []string{given}
	}
	var first error
	for _, c := range candidates {
		cfg, err := mysql.ParseDSN(c)
		if err != nil {
			return "", fmt.Errorf("%s: %w", envDSN, err) // says nothing of the password
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
