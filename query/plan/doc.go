// Package plan turns a checked filter into a plan: what the server is asked, what is
// evaluated locally and how the pages are fetched.
//
//	checked, err := dsl.Check(filter, users.Schema())
//	p, err := plan.Make(users, checked, plan.Options{Limit: 500})
//	fmt.Println(p) // what is pushed, what stays, and why
//
// A [Plan] is a value. It holds no network, no source and nothing of a run, so it can be
// kept, compared and explained, and loaded again by [Load]. Package query runs it.
//
// # Sources
//
// A [Resource] describes a source to the planner by three things: the schema of its
// rows, a [Dialect] that says which conditions the server can be sent, and the
// [Capabilities] beside that.
//
// # The dialect's contract
//
// For each conjunct, given the set as a whole, the dialect answers [Exact] (the server's
// rows are right), [Superset] (a weaker condition is sent, and the conjunct is evaluated
// again) or [Unsupported], with a reason. Under a negation a superset would be a subset:
// the dialect sees the negation and answers for the whole conjunct.
//
// # The rules
//
// Planning is an ordered list of named rules, one a file, each on what the rules before
// it left: what the filter means, what the server is asked, how the rows are brought.
// Every alternative of a filter (one scan, a union of disjoint branches, a list in parts)
// passes the rules on ids, pushdown and request length; the cheapest one that can be run
// is chosen. [Plan] states the invariant that all rules keep.
package plan
