package rest

import (
	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query/plan"
)

// KeyValue is the dialect of a [Definition] with neither a [Syntax] nor an expression: a parameter for each
// field and operator, see [Field.Params].
const KeyValue = "key-value"

// Syntax is a dialect that writes a whole condition as the value of one parameter, which
// a request may have several times, all of them ANDed. The package of a service brings
// its own. Implementations are immutable and safe for concurrent use.
type Syntax interface {
	// Name is what definitions call the dialect.
	Name() string
	// FormerName is what definitions called the dialect before, and still may; "" = nothing.
	FormerName() string
	// Parameter is the parameter whose values are conditions.
	Parameter() string
	// Restrict returns the syntax of a server that filters by these fields alone.
	Restrict(fields []string) Syntax
	// Switch returns the syntax with operators that not every such server has. It fails
	// on an unknown name.
	Switch(operators ...string) (Syntax, error)
	// Switches returns the operators that are switched on, in a fixed order.
	Switches() []string
	// Unfilterable says why a definition may not declare that the server filters by the
	// field; "" if it may.
	Unfilterable(f *model.Field) string
	// Classify answers as [plan.Dialect.Classify] does, for each conjunct by itself.
	Classify(conjuncts []dsl.Node) []plan.Pushdown
	// Bound writes a condition on the key, for pages by [Keyset]. The operator is gteq
	// or lt.
	Bound(key, operator string, id int64) string
	// Assumptions returns what the server is assumed to have if it is sent the
	// condition, beyond what it documents.
	Assumptions(condition dsl.Node) []string
}

// Dialect returns the name of the Syntax or of the Expression, or [KeyValue].
func (d Definition) Dialect() string {
	switch {
	case d.Syntax != nil:
		return d.Syntax.Name()
	case d.Expression != nil:
		return d.Expression.Name
	}
	return KeyValue
}
