// Package shipstream holds the sources of ShipStream's Global API: the users of
// a warehouse system, queried as if they were a table.
//
//	client, err := transport.New(transport.Options{BaseURL: url, Token: transport.StaticToken(token)})
//	users := shipstream.Users(client, model.AnyUser)
//	rows, err := query.Run(ctx, users, `is_active = true and created_at > $1`, query.Args(since))
//	for user, err := range rows.All() { … }
//
// What a server can do beyond the documented API is declared by [Capabilities],
// and only there.
package shipstream
