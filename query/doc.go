// Package query runs filters against a paged API. It plans the requests, fetches the
// pages, evaluates locally what the server cannot, and streams the rows.
//
//	rows, err := query.Run(ctx, users, `is_active = true and created_at > $1`, query.Args(since),
//		query.Select("roles"), query.OrderBy("-id"), query.Limit(500))
//	for user, err := range rows.All() { … }
//
// # Stages
//
//	text ─dsl.Parse→ tree ─dsl.Check→ checked tree ─Prepare→ Plan ─Run→ Rows
//	pages → filter → dedupe → sort → limit → project → consumer
//
// Package plan has the planner: the source's [plan.Dialect] classifies each conjunct of
// the filter. The server answers some exactly; the others stay in the plan's residual,
// with a reason. [Plan.Explain] shows both.
//
// # Plans
//
// A plan is a value that uses no network. [Prepare] makes one, [PrepareCounted] makes one
// with the server's counts, and [RunPlan], [CountPlan] and [ExportPlan] run it. A query
// without an answer fails with a [*PlanError] that names the part, the reason and a hint.
//
//	p, err := query.Prepare(users, `roles.name = 'Pickers' or name contains 'ann'`)
//	err = p.Explain(os.Stdout)
//
// # Rows
//
// Rows have the basic fields and those that [Select] names: a field, a path through a
// reference ("roles.name"), all fields below one ("roles.*"), or all of the row itself
// ("*"). The run also fetches fields that only the filter or the order reads, and hides
// them before it delivers a row.
//
// Rows come as they arrive unless [OrderBy] sets an order. An order by the key is nearly
// free. For another order, the server sorts if one page holds the answer; otherwise the
// run sorts, with a temporary file above [SortMemory].
//
// # Runs
//
// A run sends no request before its consumer asks for the first row. Workers read a few
// pages ahead of the consumer, so a slow consumer slows the fetch. The run and its
// goroutines end if the loop breaks, [Rows.Close] is called or the context ends.
// [Rows.Stats] gives statistics at any time, and [WithHooks] reports pages.
//
// [Collect], [First] and [One] return rows without a loop.
//
// # Exports
//
// [Export] writes an answer to a [Sink] and commits rows together with a checkpoint.
// After a crash, another call resumes: no row is missing and none is there twice. Package
// sink has files and folders, and your own sink needs four methods. To store checkpoints
// yourself, use [Rows.Resumable] and [Resume].
//
// # Sources
//
// A [Source] has a schema, a [plan.Dialect], [plan.Capabilities] and a function that
// fetches a page. [BaseSource] has the rest. Other packages make sources of paged listings and of database tables.
// Package querytest checks that a source, a dialect or a sink keeps its contract.
package query
