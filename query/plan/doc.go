// Package plan turns a checked filter into a plan: what the server is asked, what is
// evaluated locally and how the pages are fetched.
//
//	checked, err := dsl.Check(filter, users.Schema())
//	p, err := plan.Make(users, checked, plan.Options{Limit: 500})
//	fmt.Println(p) // what is pushed, what stays, and why
//
// A [Plan] is a value. It holds no network, no source and no state of a run, so it can
// be stored, compared and explained; [Load] reads it back. Package query runs it.
//
// # Sources
//
// A [Resource] describes a source to the planner: the schema of its rows, a [Dialect]
// that translates conditions for the server, and the server's other [Capabilities].
//
// # The dialect's contract
//
// The dialect gets all conjuncts of a filter at once. For each it answers [Exact],
// [Superset] or [Unsupported], with a reason. Exact means that the server's rows are right.
// For a superset, the run sends a weaker condition and evaluates the conjunct again. Under
// a negation a superset would
// become a subset, so the dialect sees the negation and answers for the whole conjunct.
//
// # The rules
//
// The planner applies named rules in a fixed order, one rule a file. First they
// simplify the filter, then they choose the requests, then the order and the fetch.
// A filter may have alternatives: one scan, a union of disjoint branches, a list in
// parts. Each passes the rules on ids, pushdown and request length, and the planner
// takes the cheapest one that can run. [Plan] states the invariant that every rule
// keeps.
package plan
