package judgetest_test

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model"
)

// judge is a database that answers under one collation. Its tables are temporary
// ones of its one connection.
type judge struct {
	name      string
	collation model.Collation
	db        *sql.DB
	conn      *sql.Conn
	text      string // the type of a column of text, with its collation
	dateTime  string // the type of a column of instants
}

// open connects and makes the empty tables.
func (j *judge) open(t *testing.T, driver, dsn string) {
	t.Helper()
	db, err := sql.Open(driver, dsn)
	if err != nil {
		t.Fatal(err)
	}
	j.db = db
	j.conn, err = db.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := j.conn.Close(); err != nil {
			t.Error(err)
		}
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	for _, table := range j.tables() {
		columns := make([]string, len(table.columns))
		for i, c := range table.columns {
			columns[i] = c.name + " " + c.typ
		}
		j.exec(t.Context(), t, fmt.Sprintf("CREATE TEMPORARY TABLE %s (%s)", table.name, strings.Join(columns, ", ")))
		if table.index != "" {
			j.exec(t.Context(), t, fmt.Sprintf("CREATE INDEX %[1]s_%[2]s ON %[1]s (%[2]s)", table.name, table.index))
		}
	}
}

// fatal is what a test and a property have in common.
type fatal interface {
	Helper()
	Fatal(args ...any)
	Fatalf(format string, args ...any)
}

func (j *judge) exec(ctx context.Context, t fatal, query string, args ...any) {
	t.Helper()
	if _, err := j.conn.ExecContext(ctx, query, args...); err != nil {
		t.Fatalf("%s: %s: %v", j.name, abridged(query), err)
	}
}

// table is a table and its rows in a world.
type table struct {
	name    string
	columns []column
	index   string // a column to index besides the primary key; "" for none
	rows    func(w *world) [][]any
}

type column struct{ name, typ string }

// tables are the users, what they refer to, and the references themselves.
// Instants are microseconds since 1970, which every database compares alike, and once more
// in created_on and last_login_on as SQL has them, for clauses written by hand, and in
// created_s and last_login_s as whole seconds, for sources.
func (j *judge) tables() []table {
	id := column{"id", "BIGINT NOT NULL PRIMARY KEY"}
	name, active := column{"name", j.text}, column{"is_active", "BOOLEAN"}
	return []table{
		{
			name: "users",
			columns: []column{
				id,
				{"type", j.text},
				name,
				{"email", j.text},
				{"username", j.text},
				active,
				{"created_at", "BIGINT"},
				{"last_login_at", "BIGINT"},
				{"login_via_badge", "BOOLEAN"},
				{"default_warehouse", "BIGINT"},
				{"merchant", "BIGINT"},
				{"created_s", "BIGINT"},
				{"last_login_s", "BIGINT"},
				{"created_on", j.dateTime},
				{"last_login_on", j.dateTime},
			},
			rows: userRows,
		},
		{
			name:    "role_of",
			columns: []column{{"user_id", "BIGINT NOT NULL"}, {"type", "VARCHAR(32) NOT NULL"}, {"role_id", "BIGINT NOT NULL"}},
			index:   "user_id",
			rows:    referenceRows,
		},
		{name: "roles", columns: []column{{"type", "VARCHAR(32) NOT NULL"}, {"id", "BIGINT NOT NULL"}, name}, index: "id", rows: roleRows},
		{name: "default_warehouse", columns: []column{id, name, active}, rows: warehouseRows},
		{name: "merchant", columns: []column{id, name, {"code", j.text}, active}, rows: merchantRows},
	}
}

func userRows(w *world) [][]any {
	rows := make([][]any, len(w.users))
	for i, u := range w.users {
		rows[i] = []any{
			u.ID, string(u.Kind), nullable(u.Name), nullable(u.Email), nullable(u.Username), nullable(u.IsActive), micros(u.CreatedAt), micros(u.LastLoginAt),
			nullable(u.LoginViaBadge), nullableID(u.DefaultWarehouse), nullableID(u.Merchant),
			seconds(u.CreatedAt), seconds(u.LastLoginAt),
			dateTime(u.CreatedAt), dateTime(u.LastLoginAt),
		}
	}
	return rows
}

func referenceRows(w *world) [][]any {
	var rows [][]any
	for _, u := range w.users {
		for _, ref := range u.Roles.Or(nil) {
			rows = append(rows, []any{u.ID, ref.Type, ref.ID})
		}
	}
	return rows
}

func roleRows(w *world) [][]any {
	rows := make([][]any, len(w.roles))
	for i, r := range w.roles {
		rows[i] = []any{r.Type, r.ID, nullable(r.Name)}
	}
	return rows
}

func warehouseRows(w *world) [][]any {
	rows := make([][]any, len(w.warehouses))
	for i, h := range w.warehouses {
		rows[i] = []any{h.ID, nullable(h.Name), nullable(h.IsActive)}
	}
	return rows
}

func merchantRows(w *world) [][]any {
	rows := make([][]any, len(w.merchants))
	for i, m := range w.merchants {
		rows[i] = []any{m.ID, nullable(m.Name), nullable(m.Code), nullable(m.IsActive)}
	}
	return rows
}

// load replaces what the tables hold.
func (j *judge) load(ctx context.Context, t fatal, w *world) {
	t.Helper()
	for _, table := range j.tables() {
		j.exec(ctx, t, "DELETE FROM "+table.name)
		j.insert(ctx, t, table.name, table.rows(w))
	}
}

// mostVariables bounds the parameters of one INSERT.
const mostVariables = 2000

// insert adds rows, many at a time.
func (j *judge) insert(ctx context.Context, t fatal, name string, rows [][]any) {
	t.Helper()
	if len(rows) == 0 {
		return
	}
	row := "(" + strings.TrimPrefix(strings.Repeat(", ?", len(rows[0])), ", ") + ")"
	for chunk := range slices.Chunk(rows, max(1, mostVariables/len(rows[0]))) {
		query := "INSERT INTO " + name + " VALUES " + strings.TrimPrefix(strings.Repeat(", "+row, len(chunk)), ", ")
		j.exec(ctx, t, query, slices.Concat(chunk...)...)
	}
}

// verdict asks for which users c is true, false and unknown, in three SELECTs of
// one statement, and holds the answers to be a partition of the users: each of
// them in one, and in one only.
func (j *judge) verdict(ctx context.Context, t fatal, w *world, c clause) map[int64]dsl.Tri {
	t.Helper()
	const each = "SELECT u.id, %d FROM users u WHERE %s"
	query := strings.Join([]string{
		fmt.Sprintf(each, dsl.True, "("+c.sql+")"),
		fmt.Sprintf(each, dsl.False, "NOT ("+c.sql+")"),
		fmt.Sprintf(each, dsl.Unknown, "("+c.sql+") IS NULL"),
	}, " UNION ALL ")
	verdict := make(map[int64]dsl.Tri, len(w.users))
	j.each(ctx, t, query, slices.Concat(c.args, c.args, c.args), func(rows *sql.Rows) error {
		var id int64
		var tri dsl.Tri
		if err := rows.Scan(&id, &tri); err != nil {
			return err
		}
		if other, twice := verdict[id]; twice {
			t.Fatalf("%s: user %d is among the rows that are %v and those that are %v: %s", j.name, id, other, tri, c)
		}
		verdict[id] = tri
		return nil
	})
	if len(verdict) != len(w.users) {
		t.Fatalf("%s: %d of %d users are in no part: %s", j.name, len(w.users)-len(verdict), len(w.users), c)
	}
	return verdict
}

// matching returns the ids, ascending, of the users for which c is true.
func (j *judge) matching(ctx context.Context, t fatal, c clause) []int64 {
	t.Helper()
	var ids []int64
	j.each(ctx, t, "SELECT u.id FROM users u WHERE "+c.sql+" ORDER BY u.id", c.args, func(rows *sql.Rows) error {
		var id int64
		err := rows.Scan(&id)
		ids = append(ids, id)
		return err
	})
	return ids
}

// each calls scan for every row of a query.
func (j *judge) each(ctx context.Context, t fatal, query string, args []any, scan func(*sql.Rows) error) {
	t.Helper()
	rows, err := j.conn.QueryContext(ctx, query, args...)
	if err != nil {
		t.Fatalf("%s: %s: %v", j.name, abridged(query), err)
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		if err := scan(rows); err != nil {
			t.Fatalf("%s: %s: %v", j.name, abridged(query), err)
		}
	}
	if err := rows.Err(); err != nil {
		t.Fatalf("%s: %s: %v", j.name, abridged(query), err)
	}
}

// String is the condition as a person would try it at a database's prompt.
func (c clause) String() string {
	var b strings.Builder
	args := c.args
	for _, r := range c.sql {
		if r != '?' || len(args) == 0 {
			b.WriteRune(r)
			continue
		}
		if s, ok := args[0].(string); ok {
			fmt.Fprintf(&b, "%+q", s)
		} else {
			fmt.Fprint(&b, args[0])
		}
		args = args[1:]
	}
	return b.String()
}

func abridged(query string) string {
	const most = 300
	if len(query) > most {
		return query[:most] + "…"
	}
	return query
}
