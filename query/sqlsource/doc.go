// Package sqlsource queries a database table as package query queries a paged API: with
// the same filters, plans, orders, limits and exports. It works over database/sql and any
// driver that the importer links.
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
// A filter becomes a WHERE clause. Constants are always bound, never written into it:
//
//	status in ('open', 'packed') or note like '10%'   →   (`status` COLLATE BINARY IN (?, ?)) OR (`note` GLOB ?)
//
// NOT, AND and OR are SQL's, because null means the same in the language and in SQL. A
// condition that the database cannot express is evaluated locally, and the plan gives the
// reason: a regular expression, or a text under a collation that the database does not
// have. [Source.Where] returns the clause alone, for a statement of your own.
//
// Two columns compare in SQL, and so do functions, sums, differences and products of
// integers, and instants plus a duration of one length:
//
//	length(name) > 12 and year(seen_at) = 2024   →   (CHAR_LENGTH(`name`) > ?) AND (YEAR(`seen_at`) = ?)
//
// Each means what the language means, also for null and for a result that does not fit. What
// databases compute otherwise is evaluated locally: quotients, decimals, arithmetic on floats,
// lower and upper under the collation binary, months and years as durations, and the calendar of
// another zone than UTC. So is all that computes, if you declare a [Flavour] from nothing. A function
// of your own is evaluated locally, unless [Flavour.Templates] has its SQL.
//
// A [Flavour] describes how a database marks a parameter, quotes a name and spells a
// collation and an exact LIKE. Use [SQLite], [MariaDB] or [PostgreSQL], or declare one.
//
// # Paging
//
// Pages go by the key, in both directions, so that several workers can share the ids:
//
//	SELECT … WHERE (…) AND `id` >= ? AND `id` < ? ORDER BY `id` LIMIT 1001
//
// The table needs an index on the key. Each statement reads one page and sees the table
// as it is at that moment. For one consistent answer, give [New] a *sql.Tx with the
// isolation that you need.
package sqlsource
