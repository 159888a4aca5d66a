// Package query answers a filter from a paged API as if it were a table: it
// plans what the server is asked, fetches the pages, works out the rest locally
// and streams the rows.
//
//	rows, err := query.Run(ctx, users, `is_active = true and created_at > $1`, query.Args(since),
//		query.Select("roles"), query.OrderBy("-id"), query.Limit(500))
//	for user, err := range rows.All() { … }
//
// # The way of a query
//
//	text ─dsl.Parse→ tree ─dsl.Check→ checked tree ─Prepare→ Plan ─Run→ Rows
//	pages ─residual→ ─doubles→ ─order→ ─limit→ the consumer
//
// [Prepare] runs named rules in a fixed order, one a file (rule_*.go). Each
// conjunct of the filter is classified by the source's [Dialect]: what the
// server answers exactly is not looked at again, what it answers too widely or
// not at all stays in the plan's residual, with the reason. [Plan.Explain] tells
// the story.
//
// # Plugging in
//
// A [Source] brings a schema, a dialect and a function that fetches a page; this
// package does the rest. See package shipstream for one.
package query
