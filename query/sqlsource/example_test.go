package sqlsource_test

import (
	"context"
	"database/sql"
	"fmt"

	_ "modernc.org/sqlite"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/paginate"
	"github.com/muster-go/muster/query"
	"github.com/muster-go/muster/query/sqlsource"
)

// ordersTable describes a table of orders.
func ordersTable() sqlsource.Table {
	field := func(name string, t model.Type) model.Field {
		return model.Field{Name: name, Type: t, Collation: model.Binary, Returned: model.ReturnedAlways, Nullable: name == "note" || name == "paid_at"}
	}
	return sqlsource.Table{Name: "orders", Columns: []sqlsource.Column{
		{Field: field("id", model.TypeInt)},
		{Field: field("status", model.TypeString)},
		{Field: field("note", model.TypeString)},
		{Field: field("express", model.TypeBool)},
		{Field: field("paid_at", model.TypeDateTime), Time: sqlsource.TimeUnix},
	}}
}

func ExampleNew() {
	ctx := context.Background()
	db, err := sql.Open("sqlite", ":memory:")
	if err != nil {
		panic(err)
	}
	defer func() { _ = db.Close() }()
	db.SetMaxOpenConns(1) // each connection would have a memory of its own
	_, err = db.ExecContext(ctx, `
		CREATE TABLE orders (id INTEGER PRIMARY KEY, status TEXT NOT NULL, note TEXT, express BOOLEAN NOT NULL, paid_at INTEGER);
		INSERT INTO orders VALUES (1, 'open', 'gift', FALSE, NULL), (2, 'packed', NULL, TRUE, 1735689600), (3, 'open', NULL, TRUE, 1735776000)`)
	if err != nil {
		panic(err)
	}

	orders, err := sqlsource.New(db, sqlsource.SQLite(), ordersTable())
	if err != nil {
		panic(err)
	}
	rows, err := query.Run(ctx, orders, `(express or note is not null) and status = 'open'`, query.OrderBy("-id"))
	if err != nil {
		panic(err)
	}
	for order, err := range rows.All() {
		fmt.Println(string(order.AppendJSON(nil)), err)
	}
	// Output:
	// {"id":3,"status":"open","note":null,"express":true,"paid_at":"2025-01-02T00:00:00Z"} <nil>
	// {"id":1,"status":"open","note":"gift","express":false,"paid_at":null} <nil>
}

// A filter from a stranger as the WHERE clause of a statement of one's own: names
// are quoted, constants bound.
func ExampleSource_Where() {
	orders, err := sqlsource.New(nil, sqlsource.PostgreSQL(), ordersTable())
	if err != nil {
		panic(err)
	}
	checked, err := query.Check(orders, `not express and (note like '10\%%' or paid_at on 2025-01-01)`)
	if err != nil {
		panic(err)
	}
	clause, args, err := orders.Where(checked.Root)
	fmt.Println(clause)
	fmt.Println(len(args), args[1], err)
	// Output:
	// (NOT ("express" = $1)) AND (("note" LIKE $2 COLLATE "C" ESCAPE '!') OR (("paid_at" >= $3 AND "paid_at" <= $4)))
	// 4 10!%% <nil>
}

func ExampleSQLite() {
	show(sqlsource.SQLite())
	// Output: SELECT `id`, `status`, `note`, `express`, `paid_at` FROM `orders` WHERE (`status` = ? COLLATE BINARY) ORDER BY `id` LIMIT ? -- "open", 1001
}

func ExampleMariaDB() {
	show(sqlsource.MariaDB())
	// Output: SELECT `id`, `status`, `note`, `express`, `paid_at` FROM `orders` WHERE (`status` = ? COLLATE utf8mb4_nopad_bin) ORDER BY `id` LIMIT ? -- "open", 1001
}

func ExamplePostgreSQL() {
	show(sqlsource.PostgreSQL())
	// Output: SELECT "id", "status", "note", "express", "paid_at" FROM "orders" WHERE ("status" = $1 COLLATE "C") ORDER BY "id" LIMIT $2 -- "open", 1001
}

// show prints the statement of the first page of a query; no database is needed.
func show(flavour sqlsource.Flavour) {
	orders, err := sqlsource.New(nil, flavour, ordersTable())
	if err != nil {
		panic(err)
	}
	plan, err := query.Prepare(orders, `status = 'open'`)
	if err != nil {
		panic(err)
	}
	fmt.Println(orders.Dialect().Describe(plan.Scans[0], paginate.Request{Limit: 1000}))
}
