package shipstream

import (
	"context"
	"errors"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/paginate"
	"github.com/muster-go/muster/query"
	"github.com/muster-go/muster/query/plan"
	"github.com/muster-go/muster/query/rest"
)

// ErrRaw reports a query that evaluates rows locally, which raw rows do not allow.
var ErrRaw = errors.New("the query evaluates rows locally, for which they must be decoded")

// RawUserSource is the same users with their rows left as the server wrote them:
// several times faster to pass on, and with every field that this version does
// not know. It serves plans for which [RawUserSource.Serves] is true.
type RawUserSource struct{ *rest.Source[model.RawRow] }

var _ query.Source[model.RawRow] = (*RawUserSource)(nil)

// Raw returns the source with its rows left as they come.
func (s *UserSource) Raw() *RawUserSource {
	return &RawUserSource{typed(s.Client(), s.Definition(), rest.Codec[model.RawRow]{
		Decode: DecodeRaw, Shares: true,
		Record: func(r *model.RawRow) model.Record { return &User{ID: r.ID} },
		ID:     func(r *model.RawRow) int64 { return r.ID },

		Declared: declared,
	})}
}

// Serves reports whether a plan needs nothing of a row but its id.
func (s *RawUserSource) Serves(p *query.Plan) bool {
	return p.Exact() && len(p.Hidden) == 0 && (p.Sort == plan.SortNone || p.Sort == plan.SortByID)
}

// Capabilities are those of the users, without counting and putting aside.
func (s *RawUserSource) Capabilities() plan.Capabilities {
	c := s.Source.Capabilities()
	c.Count = nil
	return c
}

// Fetch binds a scan to the endpoint. A scan with a residual fails with [ErrRaw].
func (s *RawUserSource) Fetch(scan plan.Scan) paginate.Fetch[model.RawRow] {
	if scan.Residual != nil {
		return func(context.Context, paginate.Request) (*paginate.Page[model.RawRow], error) { return nil, ErrRaw }
	}
	return s.Source.Fetch(scan)
}
