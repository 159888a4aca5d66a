// Package resource is what the commands query: a source of rows whose type only
// this package knows.
//
//	users := resource.Users(shipstream.Users(nil, shipstream.AnyUser))
//	plan, err := query.Prepare(users, "is_active")
//	rows, err := users.Bind(client).Run(ctx, plan)
//	err = rows.Write(ctx, resource.Output{W: os.Stdout, Format: "csv"})
//
// A [Resource] made from flags is good for planning. Bind it to a client to fetch
// rows. Resources are safe for concurrent use.
package resource
