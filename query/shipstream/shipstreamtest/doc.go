// Package shipstreamtest is an emulator of the ShipStream Global API: users, one by one
// and in lists, their roles, and the warehouses. Clients are developed, tested and
// measured against it.
//
// Use a [Server] like an httptest.Server:
//
//	s := shipstreamtest.NewServer(shipstreamtest.Options{Users: 20_000})
//	defer s.Close()
//	client, err := shipstream.NewClient(transport.Options{BaseURL: s.URL, Token: transport.StaticToken(s.Token())})
//
// A [Transport] is the same without sockets and goroutines, for tests under the fake
// clock of testing/synctest. Both embed [Emulator]. Its methods change users while
// requests go on, and issue and revoke tokens. [Emulator.Requests] is a journal and
// [Emulator.Counters] its totals; [Emulator.Users] and [Emulator.Match] are the truth
// that a client must match.
//
// Faults come from [Options.Faults] at random, from [Options.Script] by number, from a
// [Scenario] by number and time, or from [Options.OnRequest] in Go. A [Recorder] writes
// down the requests.
//
// The emulator judges the filter language, so it shares no code with it: only the
// weights of model/collation, which are data.
//
// # Endpoints
//
//	GET /api/global/v1/system/users/{any|organization|client}
//	GET /api/global/v1/system/users/{type}/{id}
//	GET /api/global/v1/system/userRoles/{type}
//	GET /api/global/v1/inventory/warehouses
//	GET /api/global/v1/system/status
//
// # Decisions
//
// Where the API's reference is silent, the emulator is strict. A client that passes here
// relies only on what is documented:
//
//   - A 400 answers an unknown parameter or field, an operator that is not switched on, a
//     value of another type than the field's, a repeated single parameter or operator,
//     and trailing text.
//   - Date-times end in Z and have whole seconds. A bare date is its first second, and
//     its last second for the operator to.
//   - Cursors with a sort other than id or -id are a 400, and such a sort has no next
//     page. Rows that are equal under a sort come in no useful order.
//   - start and end read %, _ and \ as LIKE does, unless Options.EscapePatterns is set.
//   - A list in fields:… shows exactly the named fields besides type and id, and implies
//     the reference field itself. basic leaves out permissions.
//   - Merchants refer to brands, which are never included.
//   - A deleted user is not found by id.
//   - Both cursors together are a window that is read forwards; next keeps its far end.
//     An empty page has no links.
//   - regex is RE2, and ignores case but under the binary collation.
//   - Organization and client roles are numbered apart, so an id may occur twice under
//     the {type} any of userRoles.
//
// Strings compare as MariaDB's utf8mb4_general_ci does. A comparison with null is never
// true, neq and nin included.
//
// A request passes its token check first (401), then its version (400), then the limits
// (409 before 429; only an admitted request takes a token from the bucket), then any
// fault, then the endpoint. A request counts as concurrent from admission until just
// before the last byte of its body. A client that reads bodies to their end therefore
// never collides with itself.
//
// # Volume
//
// Rows are encoded once, and pages are put together from encoded pieces. Users beyond
// Options.Resident are generated again from the seed on demand. The emulator finds the
// matches of a filter once and keeps them apart from plain bounds on id, so all ranges of
// one scan together cost one pass over the users. It keeps at most 256 such lists of
// together 2²⁴ rows, 8 bytes each. BenchmarkEmulator in the folder bench measures pages a
// second.
package shipstreamtest
