package plan

import (
	"net/url"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/dsl/ast"
	"github.com/muster-go/muster/paginate"
)

// Scan reads one sequence of the server's pages: the request parameters, the range of
// ids and the residual.
type Scan struct {
	Conjuncts []Conjunct // each term of the scan's branch
	Residual  dsl.Node   // evaluated locally; nil if the server's rows are right

	Query    url.Values      // all parameters except those of paging
	IDs      paginate.Bounds // the range of ids
	MaxRows  int64           // most rows that can match; MaxInt64 if unknown
	Expected int64           // rows that the server is expected to send: counted, bounded or guessed
	Deleted  bool            // it reads the deleted rows
	Sort     string          // a sort other than by id; "" = by id
}

// Conjunct is one term of a scan's conjunction and how it is evaluated.
type Conjunct struct {
	Node dsl.Node
	Pushdown
}

// local reports whether the conjunct is evaluated locally.
func (c Conjunct) local() bool { return c.Verdict != Exact }

// residualOf returns the conjunction of what is evaluated locally; nil for nothing.
func residualOf(conjuncts []Conjunct) dsl.Node {
	var terms []dsl.Node
	for _, c := range conjuncts {
		if c.local() {
			terms = append(terms, c.Node)
		}
	}
	if len(terms) == 0 {
		return nil
	}
	return ast.Conjunction(terms, ast.Span{})
}

// Verdict is a dialect's answer for one conjunct of a filter.
type Verdict uint8

// The verdicts. The zero Verdict is the safe one.
const (
	// Unsupported: the server cannot help; the conjunct is evaluated locally.
	Unsupported Verdict = iota
	// Superset: the server is sent a weaker condition. It returns every row of the
	// answer and perhaps more, so the conjunct is evaluated again locally.
	Superset
	// Exact: the server's rows are right; nothing is evaluated locally.
	Exact
)

// String returns "unsupported", "superset" or "exact".
func (v Verdict) String() string {
	return word(v, []string{Unsupported: "unsupported", Superset: "superset", Exact: "exact"})
}

// Param is one condition of a request: a parameter and its value, both unescaped. The
// server joins the conditions of a request by AND.
type Param struct {
	Name  string
	Value string
}

// String returns "name=value".
func (p Param) String() string { return p.Name + "=" + p.Value }

// Pushdown is a dialect's answer for one conjunct. The zero Pushdown leaves the
// conjunct to local evaluation.
type Pushdown struct {
	Verdict       Verdict
	Unsatisfiable bool    // no row can satisfy the conjunct, so no request is needed
	Params        []Param // what the server is sent
	Reason        string  // why the verdict is not Exact; "" if it is
	Size          int     // how much of [Capabilities.Room] the Params take; ignored if Room is zero
}
