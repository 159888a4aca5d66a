package expression

import (
	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/query/plan"
)

// Where writes a checked filter of any schema as an expression, which is what
// [Renderer.Render] returns: nil selects all rows. The expression selects every row for which
// the filter is true, and perhaps more: the residual is what is left to evaluate on them; nil
// = nothing. If no row can satisfy the filter, the residual is the constant false. Where
// fails as Render does.
func (r *Renderer) Where(checked *dsl.Checked) (expression any, residual dsl.Node, err error) {
	var terms, left []dsl.Node
	if checked.Root != nil {
		switch n := dsl.Simplify(checked.Root).(type) {
		case *dsl.And:
			terms = n.Terms
		case *dsl.Const:
			if !n.Value {
				left = append(left, n)
			}
		default:
			terms = append(terms, n)
		}
	}
	pushed := make([]plan.Conjunct, len(terms))
	for i, push := range r.Classify(terms) {
		pushed[i] = plan.Conjunct{Node: terms[i], Pushdown: push}
		switch {
		case push.Unsatisfiable:
			left = append(left, &dsl.Const{Value: false})
		case push.Verdict != plan.Exact:
			left = append(left, terms[i])
		}
	}
	if expression, err = r.Render(pushed); err != nil {
		return nil, nil, err
	}
	if len(left) > 0 {
		residual = dsl.Simplify(dsl.All(left...))
	}
	return expression, residual, nil
}
