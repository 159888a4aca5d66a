// Package judgetest has only tests. They let SQL databases decide what a filter means.
//
// The evaluator of the filter language, its rewrites and the emulator share one design, so
// their agreement proves little. Here a database that shares no code with them judges. A
// checked tree is rendered as a WHERE clause with bound parameters,
//
//	not (email = 'x' or roles.name like 'a%')
//
//	NOT ((u.email = ?) OR (EXISTS (SELECT 1 FROM role_of l LEFT JOIN roles o … AND o.name LIKE ? ESCAPE ?)))
//
// and three SELECTs find the rows for which it is true, false and unknown. The judges:
//
//   - SQLite for the binary collation, always.
//   - MariaDB for ci, which is its utf8mb4_general_ci, and again for binary
//     (utf8mb4_nopad_bin). It also judges the emulator's operators and the weight of
//     every character.
//   - PostgreSQL for the filters of PostgREST and for tables as sources.
//   - All three for arithmetic and functions, and for conditions on elements: quantifiers,
//     counts and lists as EXISTS and COUNT over child tables and over JSON arrays.
//
// No database has Unicode's simple case folding, so the collation case has no judge here:
// the tests of package dsl compare it with unicode.SimpleFold. No database speaks RE2, so `matches` has no judge here.
//
// # Databases
//
// MUSTER_TEST_MARIADB_DSN holds the data source name, as go-sql-driver/mysql writes it, and
// MUSTER_TEST_POSTGRES_DSN a URL. Without them, the tests try the servers on this machine:
// MariaDB (root, no password, database test, port 3306 or the socket) and PostgreSQL (the user
// and the database postgres, no password, port 5432). If none answers, the tests that need it
// are skipped with a message; if CI is true, they fail. To start them:
//
//	docker compose -f query/judgetest/compose.yaml up --wait
//	cd query/judgetest && go test ./...
//
// The tests make temporary tables, which end with their connection, and in PostgreSQL tables
// that they drop.
//
// The module is nested, so that importers of Muster link no database driver.
package judgetest
