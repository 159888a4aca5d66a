package shipstream

import (
	"context"
	"errors"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/paginate"
	"github.com/muster-go/muster/query"
	"github.com/muster-go/muster/query/plan"
)

// ErrRaw is that a query needs to look into rows that are passed on as they came.
var ErrRaw = errors.New("the query evaluates rows locally, for which they must be decoded")

// RawUserSource is the same users with their rows left as the server wrote them:
// several times faster to pass on, and with every field that this version does
// not know. It serves plans for which [RawUserSource.Serves] is true.
type RawUserSource struct{ users *UserSource }

var _ query.Source[model.RawRow] = (*RawUserSource)(nil)

// Raw returns the source with its rows left as they come.
func (s *UserSource) Raw() *RawUserSource { return &RawUserSource{s} }

// Serves reports whether a plan needs nothing of a row but its id.
func (s *RawUserSource) Serves(p *query.Plan) bool {
	return p.Exact() && len(p.Hidden) == 0 && (p.Sort == plan.SortNone || p.Sort == plan.SortByID)
}

// Schema describes the users.
func (s *RawUserSource) Schema() *model.Schema { return s.users.Schema() }

// Dialect describes what the API can be asked.
func (s *RawUserSource) Dialect() plan.Dialect { return s.users.Dialect() }

// Workers returns the client's concurrency at this moment.
func (s *RawUserSource) Workers() int { return s.users.Workers() }

// Capabilities are those of the users, but that rows are neither counted nor put
// aside.
func (s *RawUserSource) Capabilities() plan.Capabilities {
	c := s.users.Capabilities()
	c.Count, c.Spills = nil, false
	return c
}

// Hide leaves the row as it is.
func (s *RawUserSource) Hide(*model.RawRow, []*model.Field) {}

// NewSpill returns nil: rows are never put aside.
func (s *RawUserSource) NewSpill() query.Spill[model.RawRow] { return nil }

// ID returns the row's id.
func (s *RawUserSource) ID(r *model.RawRow) int64 { return r.ID }

// Record returns a record without values but the id.
func (s *RawUserSource) Record(r *model.RawRow) model.Record { return &User{ID: r.ID} }

// Fetch binds a scan to the endpoint. A scan with a residual fails with [ErrRaw].
func (s *RawUserSource) Fetch(scan plan.Scan) paginate.Fetch[model.RawRow] {
	return func(ctx context.Context, r paginate.Request) (*paginate.Page[model.RawRow], error) {
		if scan.Residual != nil {
			return nil, ErrRaw
		}
		return fetch(ctx, s.users.source, scan, r, form[model.RawRow]{DecodeRaw, true})
	}
}
