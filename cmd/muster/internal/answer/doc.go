// Package answer does for an interactive shell what it asks for: the rows, the
// number or the plan of a filter, all through one client.
//
//	a := &answer.Answerer{Resource: users.Bind(client), Plan: plan, …}
//	summary, err := a.Run(ctx, os.Stdout, "is_active")
//
// [Answerer.Matching] counts while a filter is typed. It prints nothing, and the
// [Notes] of the client are closed meanwhile.
package answer
