package resource

import (
	"context"
	"iter"

	"github.com/muster-go/muster/cmd/muster/internal/export"
	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query"
	"github.com/muster-go/muster/query/plan"
	"github.com/muster-go/muster/query/rest"
	"github.com/muster-go/muster/query/shipstream"
	"github.com/muster-go/muster/query/shipstream/usersink"
	"github.com/muster-go/muster/query/sink/sqlitesink"
	"github.com/muster-go/muster/transport"
)

// Resource is a source of rows of any type.
type Resource interface {
	query.Resource
	// Bind returns the same resource on a client.
	Bind(client *transport.Client) Resource
	// Client returns the client that fetches the rows; nil before Bind.
	Client() *transport.Client
	// Definition returns the resource in the form of a definition file.
	Definition() rest.Definition
	// Run starts to fetch the rows of a plan.
	Run(ctx context.Context, planned *query.Plan) (Rows, error)
	// Count returns how many rows the answer to a plan has.
	Count(ctx context.Context, planned *query.Plan, opts ...query.Option) (int64, error)
	// Export opens the target and returns the function that writes the rows of a
	// plan to it.
	Export(planned *query.Plan, to export.Target) (export.Func, error)
}

// Rows are the rows of a run. They are consumed once, by Write or by Records, on
// one goroutine; Stats may be called by any.
type Rows interface {
	Plan() *query.Plan
	Stats() query.Stats
	Analyze() plan.Analysis
	// Write prints every row. A failure after some rows is an [exit.PartialError].
	Write(ctx context.Context, o Output) error
	// Records yields every row as the filter language reads it. A record is valid
	// until the next one.
	Records() iter.Seq2[model.Record, error]
}

// row is a pointer to a row that writes itself as JSON: whole, or only the id and
// the named fields.
type row[T any] interface {
	*T
	AppendJSON(dst []byte) []byte
	AppendJSONFields(dst []byte, fields []string) ([]byte, error)
}

// of is a resource whose rows are T.
type of[T any, P row[T]] struct {
	query.Source[T]

	client  *transport.Client
	bind    func(*transport.Client) Resource
	defines rest.Definition
	raw     *shipstream.RawUserSource // nil: rows are always decoded
	sqlite  func(path string, fields []*model.Field, o sqlitesink.Options) (query.Sink[T], error)
}

var (
	_ Resource = (*of[shipstream.User, *shipstream.User])(nil)
	_ Resource = (*of[model.DynamicRow, *model.DynamicRow])(nil)
)

// Users returns the users as a resource.
func Users(src *shipstream.UserSource) Resource {
	return &of[shipstream.User, *shipstream.User]{
		Source: src, client: src.Client(), defines: src.Definition(), raw: src.Raw(),
		bind: func(c *transport.Client) Resource { return Users(src.Bind(c)) },
		sqlite: func(path string, fields []*model.Field, o sqlitesink.Options) (query.Sink[shipstream.User], error) {
			return usersink.SQLite(path, src.Schema(), fields, o)
		},
	}
}

// Listing returns a defined listing as a resource.
func Listing(src *rest.Source[model.DynamicRow]) Resource {
	return &of[model.DynamicRow, *model.DynamicRow]{
		Source: src, client: src.Client(), defines: src.Definition(),
		bind: func(c *transport.Client) Resource { return Listing(src.Bind(c)) },
		sqlite: func(path string, fields []*model.Field, o sqlitesink.Options) (query.Sink[model.DynamicRow], error) {
			return sqlitesink.New(path, src.Schema(), src.Dialect().ID(), fields, src.Record, o)
		},
	}
}

func (r *of[T, P]) Bind(client *transport.Client) Resource { return r.bind(client) }

func (r *of[T, P]) Client() *transport.Client { return r.client }

func (r *of[T, P]) Definition() rest.Definition { return r.defines }

func (r *of[T, P]) Run(ctx context.Context, planned *query.Plan) (Rows, error) {
	rows, err := query.RunPlan(ctx, r.Source, planned)
	if err != nil {
		return nil, err
	}
	return &rowsOf[T, P]{rows, r}, nil
}

func (r *of[T, P]) Count(ctx context.Context, planned *query.Plan, opts ...query.Option) (int64, error) {
	return query.CountPlan(ctx, r.Source, planned, opts...)
}

// Count returns how many rows the answer to a plan has, and the statistics of the run that
// read them; zero ones if the server counted.
func Count(ctx context.Context, r Resource, planned *query.Plan) (n int64, walk query.Stats, err error) {
	stats := func() query.Stats { return query.Stats{} }
	n, err = r.Count(ctx, planned, query.OnStart(func(run func() query.Stats) { stats = run }))
	return n, stats(), err
}

// Export writes the rows as they were received if the output needs nothing from
// them, else decoded.
func (r *of[T, P]) Export(planned *query.Plan, to export.Target) (export.Func, error) {
	key, _ := r.Schema().Lookup(r.Dialect().ID())
	if r.raw != nil && to.TakesRaw(planned) && r.raw.Serves(planned) {
		return export.To(r.raw, planned, to, export.RawSink(to, key)), nil
	}
	rows := export.Rows[T]{
		Schema: r.Schema(), Fields: Columns(r, planned), Key: key, Record: r.Record, Encode: encoder[T, P](planned),
		SQLite: func(path string, fields []*model.Field, o sqlitesink.Options) (query.Sink[T], error) {
			return r.sqlite(path, fields, o)
		},
	}
	out, err := export.Sink(to, rows)
	if err != nil {
		return nil, err
	}
	return export.To(r.Source, planned, to, out), nil
}
