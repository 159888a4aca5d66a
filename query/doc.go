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
// # Before it runs
//
// A plan touches no network. It can be looked at, weighed by the server's counts
// ([Plan.Probe]), kept as JSON ([LoadPlan]) and run ([RunPlan]); what cannot be
// answered is a [*PlanError] that says which part, why, and what to change.
//
//	plan, err := query.Prepare(users, `roles.name = 'Pickers' or name contains 'ann'`)
//	err = plan.Explain(os.Stdout)
//
// # What rows carry
//
// Rows have the basic fields, and those that [Select] names besides: a field, a path
// through a reference ("roles.name"), all that is below one ("roles.*"), or all of the
// row's own ("*"). What the filter or the order needs is fetched, too, and taken out
// again before a row is delivered.
//
// # While it runs
//
// Nothing is asked before the first row is wanted. Pages are fetched by as many
// workers as the source allows, a few pages ahead of the consumer and no more: who
// reads slowly is waited for. Breaking out of the loop, [Rows.Close] or the end of
// the context stops every goroutine. [Rows.Stats] may be looked at meanwhile,
// [WithHooks] tells of pages as they come, and [CountPlan] counts without fetching
// where the server can.
//
// Rows come as they arrive unless [OrderBy] says otherwise. By the key the order
// costs next to nothing; by another field the server sorts where one page holds the
// answer, else the rows are sorted here, in a temporary file beyond [SortMemory].
//
// # What outlives the process
//
// [Export] writes the answer to a [Sink] and commits rows and checkpoint together,
// so that another call goes on after a crash with nothing twice and nothing missing.
// Package sink has files and folders; a sink of one's own has four methods. Who
// wants only the checkpoints takes [Rows.Resumable] and [Resume].
//
// # Plugging in
//
// A [Source] brings a schema, a [Dialect] and a function that fetches a page; this
// package does the rest. [plan.Capabilities] says what else a source can do. Package rest
// makes a source of any paged listing from a definition, sqlsource of a database table;
// querytest tests that sources, dialects and sinks satisfy their contracts.
package query
