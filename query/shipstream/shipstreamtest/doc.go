// Package shipstreamtest is an emulator of the ShipStream Global API: its users, one
// by one and in lists, their roles, and the warehouses. It is what a client is
// developed, tested and measured against.
//
// A [Server] is used like an httptest.Server:
//
//	s := shipstreamtest.NewServer(shipstreamtest.Options{Users: 20_000})
//	defer s.Close()
//	client, err := transport.New(transport.Options{BaseURL: s.URL, Token: transport.StaticToken(s.Token())})
//
// A [Transport] is the same without sockets and goroutines, for tests under the
// fake clock of testing/synctest. Both embed [Emulator], whose methods change
// users while requests go on, issue and revoke tokens, and tell what happened:
// [Emulator.Requests] is a journal, [Emulator.Counters] its totals,
// [Emulator.Users] and [Emulator.Match] the truth to hold a client to.
//
// What goes wrong is said by [Options.Faults] at random, by [Options.Script] by
// number, by a [Scenario] by number and time, or by [Options.OnRequest] in Go. A
// [Recorder] writes down what came.
//
// # Endpoints
//
//	GET /api/global/v1/system/users/{any|organization|client}
//	GET /api/global/v1/system/users/{type}/{id}
//	GET /api/global/v1/system/userRoles/{type}
//	GET /api/global/v1/inventory/warehouses
//	GET /api/global/v1/system/status
//
// # What is decided here
//
// Where the API's reference is silent, the emulator is strict, so that a client
// that passes here relies on no more than what is documented:
//
//   - an unknown parameter, an unknown field, an operator that is not switched
//     on, a value of another type than the field's, a repeated single
//     parameter, a repeated operator and trailing text are each a 400;
//   - date-times end in Z and have whole seconds; a bare date is its first
//     second, and its last second for the operator to;
//   - cursors with another sort than id or -id are a 400, and such a sort has no
//     next page; rows that a sort does not tell apart come in no useful order;
//   - start and end take %, _ and \ as LIKE does, unless
//     Options.EscapePatterns says otherwise;
//   - a list in fields:… shows exactly the fields named besides type and id, and
//     implies the reference field itself; basic leaves out permissions;
//   - brands are referred to by merchants and never included;
//   - a user that is deleted is not found by id;
//   - both cursors together are a window, travelled forwards, and next keeps its
//     far end; an empty page has no links;
//   - regex is RE2, without regard to case under the ci collation;
//   - {type} of userRoles: organization and client roles are numbered apart, so
//     under any an id may occur twice.
//
// Strings compare as MariaDB's utf8mb4_general_ci does, by the weights of
// model/collation; null makes no comparison true, neq and nin included.
//
// A request passes its token check first (401), then its version (400), then
// the limits (409 before 429; only an admitted request takes a token from the
// bucket), then any fault, then the endpoint. A request holds its place among
// the concurrent ones from admission until just before the last byte of its
// body is sent, so that a client that reads bodies to their end never collides
// with itself.
//
// # Volume
//
// Rows are encoded once; a page is put together from encoded pieces. Of more
// users than Options.Resident the rest is made anew from the seed when asked for. What
// matches a filter is found once and remembered apart from plain bounds on id,
// so that any number of ranges of one scan cost one pass over the users: at most
// 256 lists of together 2²⁴ rows, 8 bytes each. BenchmarkEmulator of the folder
// bench says how many pages a second that makes.
package shipstreamtest
