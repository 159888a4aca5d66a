// Package judgetest holds no code of its own: its tests ask SQL databases who is
// right about a filter.
//
// The evaluator of the filter language, its rewrites and the emulator were
// written from one design, so that they agree with each other proves little.
// Here every verdict is that of a database which has never heard of any of them.
// A checked tree is rendered as a WHERE clause with bound parameters,
//
//	not (email = 'x' or roles.name like 'a%')
//
//	NOT ((u.email = ?) OR (EXISTS (SELECT 1 FROM role_of l LEFT JOIN roles o … AND o.name LIKE ? ESCAPE ?)))
//
// and three SELECTs say for which rows it is true, false and unknown. The judges:
//
//   - SQLite for the binary collation, always.
//   - MariaDB for ci, which is its utf8mb4_general_ci, and for binary once more
//     (utf8mb4_nopad_bin). It judges the emulator's operators and the weight of
//     every character too.
//
// No database speaks RE2, so `matches` has no judge here.
//
// # MariaDB
//
// The data source name stands in MUSTER_TEST_MARIADB_DSN, as go-sql-driver/mysql
// writes it; without it a server on this machine is tried (root, no password,
// database test, port 3306 or the socket). Where none answers, the tests that
// need it are skipped with a message, unless CI is true or
// MUSTER_REQUIRE_MARIADB is set: then they fail. To start one:
//
//	docker compose -f query/judgetest/compose.yaml up --wait
//	cd query/judgetest && go test ./...
//
// The tests make temporary tables alone, which end with their connection.
//
// The module is nested so that no database driver reaches an importer of Muster.
package judgetest
