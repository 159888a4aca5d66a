// Package sqlsource makes a database table a source: the same filters, plans,
// orders, limits and exports as for a paged API, over database/sql and any driver
// that the importer links.
//
//	db, err := sql.Open("sqlite", "shop.db")
//	orders, err := sqlsource.New(db, sqlsource.SQLite(), sqlsource.Table{
//		Name: "orders",
//		Columns: []sqlsource.Column{
//			{Field: model.Field{Name: "id", Type: model.TypeInt, Returned: model.ReturnedAlways}},
//			{Field: model.Field{Name: "status", Type: model.TypeString, Collation: model.Binary, Returned: model.ReturnedAlways}},
//			{Field: model.Field{Name: "paid_at", Type: model.TypeDateTime, Nullable: true, Returned: model.ReturnedAlways}, Time: sqlsource.TimeUnix},
//		},
//	})
//	rows, err := query.Run(ctx, orders, `status = 'open' and paid_at is null`)
//
// # Filters as SQL
//
// A filter becomes a WHERE clause whose every constant is bound, never pasted:
//
//	status in ('open', 'packed') or note like '10%'   →   (`status` COLLATE BINARY IN (?, ?)) OR (`note` GLOB ?)
//
// NOT, AND and OR are SQL's own, because the language's null is SQL's. Whatever the
// database cannot say as the language means it is left to the residual, with the
// reason: a regular expression, a text under a collation that the database does not
// have, a path through a reference. [Source.Where] gives the clause to those who
// write the rest of a statement themselves.
//
// What a database has of its own (how it marks a parameter, quotes a name, spells a
// collation and an exact LIKE) is its [Flavour]: [SQLite], [MariaDB], [PostgreSQL],
// or one that the importer declares.
//
// # Paging
//
// Pages go by the key, in both directions, so that concurrent walks share the ids:
//
//	SELECT … WHERE (…) AND `id` >= ? AND `id` < ? ORDER BY `id` LIMIT 1001
//
// An index on the key is all it takes. Statements are of one page each and see what
// is there at that moment; give [New] a *sql.Tx of the isolation that the answer
// should have, and it is one moment.
package sqlsource
