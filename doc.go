// Package muster holds no code. It is the front door of a library that queries
// a paged REST API as if it were a table:
//
//	client, err := shipstream.NewClient(transport.Options{BaseURL: base, Token: transport.StaticToken(token)})
//	if err != nil {
//		return err
//	}
//	defer client.Close()
//	users := shipstream.Users(client, shipstream.AnyUser)
//	rows, err := query.Run(ctx, users, `is_active = true and created_at > $1`, query.Args(since))
//	if err != nil {
//		return err // the filter has a mistake, or cannot be answered: nothing was asked
//	}
//	for user, err := range rows.All() {
//		if err != nil {
//			return err
//		}
//		fmt.Println(user.ID, user.Name)
//	}
//
// Begin with package query, whose examples show all that a run can do, and with
// package shipstreamtest, whose emulator they run against.
//
// The packages, from the lowest layer to the highest:
//
//   - [github.com/muster-go/muster/model]: schemas, values and records; users, roles, warehouses and the page decoder
//   - [github.com/muster-go/muster/dsl]: the filter language, from text to a predicate
//   - [github.com/muster-go/muster/transport]: the HTTP client: rate limit, retries, authentication
//   - [github.com/muster-go/muster/paginate]: pages, one after the other or in concurrent ranges
//   - [github.com/muster-go/muster/query]: the planner and the execution that join the others
//
// What a query is asked of, each a Source of package query:
//
//   - [github.com/muster-go/muster/query/shipstream]: users, roles and warehouses of ShipStream's Global API
//   - [github.com/muster-go/muster/query/rest]: any paged listing over HTTP, by a definition
//   - [github.com/muster-go/muster/query/rest/yaml]: the same from a YAML file
//   - [github.com/muster-go/muster/query/rest/shelf]: definitions of public APIs
//   - [github.com/muster-go/muster/query/sqlsource]: a table of a database
//
// Where its rows go:
//
//   - [github.com/muster-go/muster/query/sink]: text to streams, and files and folders that survive a crash
//   - [github.com/muster-go/muster/query/sink/compression]: the same as gzip or zstd
//   - [github.com/muster-go/muster/query/sink/parquetsink]: Parquet
//   - [github.com/muster-go/muster/query/sink/sqlitesink]: SQLite
//
// And what stands beside:
//
//   - [github.com/muster-go/muster/query/shipstream/wire]: the API's own filter syntax, both ways
//   - [github.com/muster-go/muster/model/collation]: the weights of utf8mb4_general_ci
//   - [github.com/muster-go/muster/model/display]: measures, cuts and cleans text for a terminal
//   - [github.com/muster-go/muster/query/querytest]: suites for a source, a dialect or a sink of one's own
//   - [github.com/muster-go/muster/query/sqlsource/sqlsourcetest]: whether a database does as it was declared
//   - [github.com/muster-go/muster/query/shipstream/shipstreamtest]: the emulator of the API
//   - [github.com/muster-go/muster/query/sloghooks]: clients and runs in the log
//   - github.com/muster-go/muster/query/otelhooks: OpenTelemetry, a module of its own
//   - github.com/muster-go/muster/query/promhooks: Prometheus, a module of its own
//
// A package may import those of the layers below its own and none beside it.
package muster
