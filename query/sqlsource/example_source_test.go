package sqlsource_test

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/paginate"
	"github.com/muster-go/muster/query"
	"github.com/muster-go/muster/query/sqlsource"
)

// What a query does with a table can be done by hand: rows are counted, a page is
// fetched by one statement, and its rows are read, put aside for a sort and stripped.
func ExampleSource_Fetch() {
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
	plan, err := query.Prepare(orders, `status = 'open'`)
	if err != nil {
		panic(err)
	}
	scan := plan.Scans[0]
	n, err := orders.Count(ctx, scan)
	fmt.Println(n, "orders,", err, "from", orders.Capabilities().Identity["table"], "by", orders.Workers(), "at once")
	request := paginate.Request{Limit: 1}
	fmt.Println(orders.Dialect().Describe(scan, request))
	page, err := orders.Fetch(scan)(ctx, request)
	if err != nil {
		panic(err)
	}
	note, _ := orders.Schema().Lookup("note")
	spill := orders.NewSpill() // good for orders.Capabilities().Spills
	for i := range page.Rows {
		row := &page.Rows[i]
		again, err := spill.Read(spill.Append(nil, row))
		if err != nil {
			panic(err)
		}
		orders.Hide(row, []*model.Field{note})
		fmt.Println(orders.ID(row), orders.Record(row).Value(note.Index()), orders.Record(&again).Value(note.Index()))
	}
	fmt.Println("more:", page.HasMore, "rows may be put aside:", orders.Capabilities().Spills)
	// Output:
	// 2 orders, <nil> from orders by 1 at once
	// SELECT `id`, `status`, `note`, `express`, `paid_at` FROM `orders` WHERE (`status` = ? COLLATE BINARY) ORDER BY `id` LIMIT ? -- "open", 2
	// 1 null gift
	// more: true rows may be put aside: true
}
