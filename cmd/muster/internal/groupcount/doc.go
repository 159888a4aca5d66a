// Package groupcount counts rows by the value of a field, and draws the counts as
// bars.
//
//	g, err := groupcount.New(groupcount.Request{Resource: users, Filter: filter, By: "created_at:month"})
//	answer, err := g.Count(ctx, client)
//	fmt.Print(groupcount.Chart(answer.Groups, answer.Rows, 80))
//
// It asks the server for a few counts if the server can answer, else it reads every
// row. [Answer.Method] says which.
package groupcount
