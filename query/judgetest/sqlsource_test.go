package judgetest_test

import (
	"database/sql"
	"os"
	"testing"

	_ "github.com/lib/pq"
	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query/sqlsource"
	"github.com/muster-go/muster/query/sqlsource/sqlsourcetest"
)

// TestTablesOfMariaDB: tables are sources under both collations, though their
// columns have the other one.
func TestTablesOfMariaDB(t *testing.T) {
	j := mariadb(t, model.CI)
	types := sqlsourcetest.Types{Int: "BIGINT", Bool: "BOOLEAN", DateTime: "DATETIME", Text: map[model.Collation]string{
		model.CI: mariadbText("utf8mb4_nopad_bin"), model.Binary: mariadbText("utf8mb4_general_ci"),
	}}
	if err := sqlsourcetest.TestFlavour(t.Context(), j.conn, sqlsource.MariaDB(), types); err != nil {
		t.Error(err)
	}
}

// TestTablesOfPostgreSQL: likewise, with a column whose own order is that of a
// language. It wants a database that it may make a table in.
func TestTablesOfPostgreSQL(t *testing.T) {
	const env = "MUSTER_TEST_POSTGRES_DSN"
	dsn := os.Getenv(env)
	if dsn == "" {
		t.Skipf("no PostgreSQL: set %s, such as postgres://postgres@127.0.0.1/postgres?sslmode=disable", env) //nolint:forbidigo // the judges are SQLite and MariaDB; this is one more
	}
	db, err := sql.Open("postgres", dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	types := sqlsourcetest.Types{Int: "BIGINT", Bool: "BOOLEAN", DateTime: "TIMESTAMPTZ", Text: map[model.Collation]string{model.Binary: `TEXT COLLATE "und-x-icu"`}}
	if err := sqlsourcetest.TestFlavour(t.Context(), db, sqlsource.PostgreSQL(), types); err != nil {
		t.Error(err)
	}
}
