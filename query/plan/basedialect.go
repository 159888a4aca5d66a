package plan

import (
	"fmt"
	"net/url"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/paginate"
)

// BaseDialect is the dialect of a server that gives pages by the key "id", 100 rows at
// most, and does nothing else: the run filters and sorts. Embed it and write the methods
// of what your server does besides:
//
//	type portDialect struct{ plan.BaseDialect }
//
//	func (portDialect) Classify(conjuncts []dsl.Node) []plan.Pushdown { … }
//
// The zero BaseDialect is ready to use.
type BaseDialect struct{}

var _ Dialect = BaseDialect{}

// Classify leaves each conjunct to local evaluation.
func (BaseDialect) Classify(conjuncts []dsl.Node) []Pushdown {
	out := make([]Pushdown, len(conjuncts))
	for i := range out {
		out[i].Reason = "the server does not filter"
	}
	return out
}

// Independent returns false, which is right for each Classify.
func (BaseDialect) Independent() bool { return false }

// ID returns "id".
func (BaseDialect) ID() string { return "id" }

// Sorts returns false.
func (BaseDialect) Sorts(*model.Field) bool { return false }

// MaxPageSize returns 100.
func (BaseDialect) MaxPageSize() int { return 100 }

// Project returns no parameters.
func (BaseDialect) Project([]*model.Field) url.Values { return nil }

// Describe returns the parameters of the scan, unescaped, and the page.
func (BaseDialect) Describe(scan Scan, r paginate.Request) string {
	query, _ := url.QueryUnescape(scan.Query.Encode()) // what was escaped can be unescaped
	if query == "" {
		return r.String()
	}
	return fmt.Sprintf("%s: %v", query, r)
}

// Deleted returns false.
func (BaseDialect) Deleted() (url.Values, bool) { return nil, false }
