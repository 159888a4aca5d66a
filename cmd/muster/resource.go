package main

import (
	"context"
	"iter"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query"
	"github.com/muster-go/muster/query/plan"
	"github.com/muster-go/muster/query/rest"
	"github.com/muster-go/muster/query/shipstream"
	"github.com/muster-go/muster/query/shipstream/usersink"
	"github.com/muster-go/muster/query/sink/sqlitesink"
	"github.com/muster-go/muster/transport"
)

// resource is what a command asks: a source of rows, of whatever type. Made from
// flags it is good for planning alone, until it is bound to a client.
type resource interface {
	query.Resource
	// bind returns the same resource on a client.
	bind(client *transport.Client) resource
	// client is what rows are fetched through; nil before bind.
	client() *transport.Client
	// definition is the resource as a file describes it.
	definition() rest.Definition
	// run starts to fetch the rows of a plan.
	run(ctx context.Context, planned *query.Plan) (answer, error)
	// count returns how many rows a plan's answer has.
	count(ctx context.Context, planned *query.Plan) (int64, error)
	// export writes the rows of a plan where they survive.
	export(ctx context.Context, env *environment, out exportOutput, planned *query.Plan) error
}

// answer is the rows of a query on their way. They are consumed once: by write or by
// records.
type answer interface {
	Plan() *query.Plan
	Stats() query.Stats
	Analyze() plan.Analysis
	// write prints every row in a format: table, ndjson, json or csv.
	write(ctx context.Context, env *environment, format string) error
	// records yields every row as the filter language reads it, good until the
	// next.
	records() iter.Seq2[model.Record, error]
}

// row is a pointer to a row that writes itself as JSON: whole, or its id and the
// fields named.
type row[T any] interface {
	*T
	AppendJSON(dst []byte) []byte
	AppendJSONFields(dst []byte, fields []string) ([]byte, error)
}

// resourceOf is a resource whose rows are T.
type resourceOf[T any, P row[T]] struct {
	query.Source[T]

	on      *transport.Client
	rebind  func(*transport.Client) resource
	defines rest.Definition
	raw     *shipstream.RawUserSource // nil: rows are always decoded
	sqlite  func(path string, fields []*model.Field, o sqlitesink.Options) (query.Sink[T], error)
}

var (
	_ resource = (*resourceOf[shipstream.User, *shipstream.User])(nil)
	_ resource = (*resourceOf[model.DynamicRow, *model.DynamicRow])(nil)
)

// usersOf is the users as a resource.
func usersOf(src *shipstream.UserSource) resource {
	return &resourceOf[shipstream.User, *shipstream.User]{
		Source: src, on: src.Client(), defines: src.Definition(), raw: src.Raw(),
		rebind: func(c *transport.Client) resource { return usersOf(src.Bind(c)) },
		sqlite: func(path string, fields []*model.Field, o sqlitesink.Options) (query.Sink[shipstream.User], error) {
			return usersink.SQLite(path, src.Schema(), fields, o)
		},
	}
}

// listingOf is a defined listing as a resource.
func listingOf(src *rest.Source[model.DynamicRow]) resource {
	return &resourceOf[model.DynamicRow, *model.DynamicRow]{
		Source: src, on: src.Client(), defines: src.Definition(),
		rebind: func(c *transport.Client) resource { return listingOf(src.Bind(c)) },
		sqlite: func(path string, fields []*model.Field, o sqlitesink.Options) (query.Sink[model.DynamicRow], error) {
			return sqlitesink.New(path, src.Schema(), src.Dialect().ID(), fields, src.Record, o)
		},
	}
}

func (r *resourceOf[T, P]) bind(client *transport.Client) resource { return r.rebind(client) }

func (r *resourceOf[T, P]) client() *transport.Client { return r.on }

func (r *resourceOf[T, P]) definition() rest.Definition { return r.defines }

func (r *resourceOf[T, P]) run(ctx context.Context, planned *query.Plan) (answer, error) {
	rows, err := query.RunPlan(ctx, r.Source, planned)
	if err != nil {
		return nil, err
	}
	return &answerOf[T, P]{rows, r}, nil
}

func (r *resourceOf[T, P]) count(ctx context.Context, planned *query.Plan) (int64, error) {
	return query.CountPlan(ctx, r.Source, planned)
}
