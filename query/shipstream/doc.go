// Package shipstream holds the sources of ShipStream's Global API: the users of a
// warehouse system, their roles and the warehouses, queried as if they were tables.
//
//	client, err := shipstream.NewClient(transport.Options{BaseURL: url, Token: transport.StaticToken(token)})
//	users := shipstream.Users(client, shipstream.AnyUser)
//	rows, err := query.Run(ctx, users, `is_active = true and created_at > $1`, query.Args(since))
//	for user, err := range rows.All() { … }
//
// # What rows carry
//
// The basic fields come always, the others by query.Select. A path through a reference
// brings the referred object in the same page, without another request. A reference by
// its own name ("roles") brings only types and ids, as the API's fields parameter does.
// Each field of the referred object is asked for by its path ("roles.name",
// "roles.permissions", "merchant.brands"), and all of them by a star ("roles.*"). Brands
// come as references: the API reference does not say how a listing of users would have
// more of them.
//
//	rows, err := query.Run(ctx, users, `roles.name = 'Pickers'`, query.Select("roles.name", "default_warehouse.name"))
//	for user, err := range rows.All() {
//		for role := range shipstream.RolesOf(&user) { fmt.Println(user.Name, role.Name) }
//	}
//
// # Roles and warehouses
//
// [Roles] and [Warehouses] are the API's smaller listings, with rows of types of their
// own, and are queried as users are:
//
//	warehouses := shipstream.Warehouses(client)
//	rows, err := query.Run(ctx, warehouses, `is_active and name starts with 'East'`)
//	for w, err := range rows.All() { fmt.Println(w.ID, w.Name) }
//
// # One row, and rows as they came
//
// [UserSource.Get] and [Listing.Get] return one row by id, with one request:
//
//	user, err := users.Get(ctx, 7, "roles.name", "default_warehouse")
//	w, err := warehouses.Get(ctx, user.DefaultWarehouse.Or(model.Ref{}).ID)
//
// [UserSource.Raw] passes users on as the server wrote them.
//
// # What the server can do
//
// [Capabilities] declare what a server can do beyond the documented API.
// [UserSource.Probe] finds it out by asking, and [UserSource.Varied] returns the source
// with the result:
//
//	found, findings, err := users.Probe(ctx)
//	users = users.Varied(found)
//
// Package wire has the API's filter syntax, package usersink a SQLite database of users,
// and package shipstreamtest an emulator of the API.
package shipstream
