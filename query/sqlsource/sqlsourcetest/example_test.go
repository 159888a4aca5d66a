package sqlsourcetest_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	_ "modernc.org/sqlite" // the database

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query/sqlsource"
	"github.com/muster-go/muster/query/sqlsource/sqlsourcetest"
)

// The test finds a flavour that takes SQLite's NOCASE for the collation ci.
func ExampleTestFlavour() {
	db, err := sql.Open("sqlite", ":memory:")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = db.Close() }()
	db.SetMaxOpenConns(1) // each connection would have a memory of its own

	mine := sqlsource.SQLite()
	mine.Collations = map[model.Collation]string{model.CI: "NOCASE"} // which knows ASCII alone, and counts spaces at the end
	err = sqlsourcetest.TestFlavour(context.Background(), db, mine, sqlsourcetest.Types{
		Int: "INTEGER", Bool: "BOOLEAN", DateTime: "DATETIME",
		Text: map[model.Collation]string{model.CI: "TEXT"},
	})
	fmt.Println(errors.Unwrap(err) == nil, strings.HasPrefix(fmt.Sprint(err), "SQLite, ci: "))
	// Output: true true
}
