package expressiontest

import (
	"fmt"
	"math/big"
	"slices"
	"strings"
	"time"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model"
)

// Op is what a [Node] is.
type Op string

// The nodes: joins, constants and tests.
const (
	And          Op = "and"
	Or           Op = "or"
	Not          Op = "not"
	Everything   Op = "everything"
	Nothing      Op = "nothing"
	Equal        Op = "="
	NotEqual     Op = "!="
	Less         Op = "<"
	LessEqual    Op = "<="
	Greater      Op = ">"
	GreaterEqual Op = ">="
	In           Op = "in"
	NotIn        Op = "not in"
	StartsWith   Op = "starts with"
	EndsWith     Op = "ends with"
	Contains     Op = "contains"
	Like         Op = "like"  // a pattern in SQL's wildcards, escaped by a backslash
	ILike        Op = "ilike" // one that ignores case
	Present      Op = "present"
	Missing      Op = "missing"
	Any          Op = "any" // of a collection: what an element meets
	All          Op = "all"
)

// Node is a filter as it was read.
type Node struct {
	Op     Op
	Terms  []*Node       // of a join: what it joins; of Any and All: the condition on an element; what true or false is compared with
	Field  string        // of a test; of Any and All: the collection
	Values []model.Value // of a test with values

	Variable    string   // of Any and All: what an element is called
	Left, Right *Operand // of a test of a computed value, in place of Field and Values

	typ model.Type // of Field
}

// String writes the tree with all its parentheses.
func (n *Node) String() string {
	switch n.Op { //nolint:exhaustive // the others are handled elsewhere
	case And, Or:
		parts := make([]string, len(n.Terms))
		for i, t := range n.Terms {
			parts[i] = t.String()
		}
		return "(" + strings.Join(parts, " "+string(n.Op)+" ") + ")"
	case Not:
		return "not " + n.Terms[0].String()
	case Everything, Nothing:
		return string(n.Op)
	case Any, All:
		return string(n.Op) + " " + n.Field + " " + n.Variable + ": " + n.Terms[0].String()
	}
	if n.Terms != nil {
		return n.Terms[0].String() + " " + string(n.Op) + " " + n.Values[0].String()
	}
	if n.Right != nil {
		return n.Left.String() + " " + string(n.Op) + " " + n.Right.String()
	}
	var text strings.Builder
	if n.Left != nil {
		text.WriteString(n.Left.String())
	}
	text.WriteString(n.Field + " " + string(n.Op))
	for _, v := range n.Values {
		if v.Type() == model.TypeString {
			fmt.Fprintf(&text, " %q", v.Str())
		} else {
			text.WriteString(" " + v.String())
		}
	}
	return text.String()
}

// joined is the AND or OR of terms; a single term is itself.
func joined(op Op, terms []*Node) *Node {
	if len(terms) == 1 {
		return terms[0]
	}
	return &Node{Op: op, Terms: terms}
}

func negated(n *Node) *Node { return &Node{Op: Not, Terms: []*Node{n}} }

func of(b bool) dsl.Tri {
	if b {
		return dsl.True
	}
	return dsl.False
}

// truth evaluates a node by Kleene's three-valued logic.
func (e *Evaluator) truth(n *Node, row Record) dsl.Tri {
	switch n.Op { //nolint:exhaustive // the others are handled elsewhere
	case Everything, Nothing:
		return of(n.Op == Everything)
	case Not:
		return opposite(e.truth(n.Terms[0], row))
	case And, Or:
		decisive := of(n.Op == Or)
		out := opposite(decisive)
		for _, t := range n.Terms {
			switch e.truth(t, row) { //nolint:exhaustive // the others are handled elsewhere
			case decisive:
				return decisive
			case dsl.Unknown:
				out = dsl.Unknown
			}
		}
		return out
	}
	switch {
	case n.Op == Any || n.Op == All:
		return e.elements(n, row)
	case len(n.Terms) > 0: // a boolean that is compared: null is equal to neither
		t := e.truth(n.Terms[0], row)
		equal := t != dsl.Unknown && (t == dsl.True) == n.Values[0].Bool()
		return of(equal == (n.Op == Equal))
	case n.Right != nil:
		return e.related(n, row)
	case n.Left != nil:
		return e.test(n, e.compute(n.Left, row))
	}
	return e.test(n, row.Row[n.Field])
}

func opposite(t dsl.Tri) dsl.Tri {
	return map[dsl.Tri]dsl.Tri{dsl.True: dsl.False, dsl.False: dsl.True, dsl.Unknown: dsl.Unknown}[t]
}

// test evaluates a test of a value.
func (e *Evaluator) test(n *Node, v model.Value) dsl.Tri {
	typ := n.typ
	if e.lang.blankIsNull && v.Type() == model.TypeString && v.Str() == "" {
		v = model.Null()
	}
	switch n.Op { //nolint:exhaustive // the others are handled elsewhere
	case Present, Missing:
		present := !v.IsNull() && !(isDefault(v) && slices.Contains(e.lang.blank, typ))
		return of(present == (n.Op == Present))
	}
	if v.IsNull() && e.UnsetIsDefault {
		v = defaultOf(typ)
	}
	if v.IsNull() {
		return e.nulls[kindOf(n.Op, typ)]
	}
	switch n.Op { //nolint:exhaustive // the others are handled elsewhere
	case Equal, In:
		return of(slices.ContainsFunc(n.Values, func(w model.Value) bool { return e.equal(v, w) }))
	case NotEqual, NotIn:
		return of(!slices.ContainsFunc(n.Values, func(w model.Value) bool { return e.equal(v, w) }))
	case Less:
		return of(e.compare(v, n.Values[0]) < 0)
	case LessEqual:
		return of(e.compare(v, n.Values[0]) <= 0)
	case Greater:
		return of(e.compare(v, n.Values[0]) > 0)
	case GreaterEqual:
		return of(e.compare(v, n.Values[0]) >= 0)
	case Like:
		return of(like(e.folded(v.Str()), e.folded(n.Values[0].Str())))
	case ILike:
		return of(like(mapped(e.IgnoreCase, v.Str()), mapped(e.IgnoreCase, n.Values[0].Str())))
	}
	text, part := string(e.folded(v.Str())), string(e.folded(n.Values[0].Str()))
	return of(map[Op]func(string, string) bool{StartsWith: strings.HasPrefix, EndsWith: strings.HasSuffix, Contains: strings.Contains}[n.Op](text, part))
}

// kindOf is the kind of a test, for what it gives for null.
func kindOf(op Op, typ model.Type) Test {
	switch op { //nolint:exhaustive // the others are handled elsewhere
	case Equal, In:
		if typ == model.TypeBool {
			return Bool
		}
		return Eq
	case NotEqual, NotIn:
		return Ne
	case Less, LessEqual, Greater, GreaterEqual:
		return Order
	}
	return Text
}

// isDefault reports whether a value is the default of its type.
func isDefault(v model.Value) bool {
	switch v.Type() { //nolint:exhaustive // the others are handled elsewhere
	case model.TypeString:
		return v.Str() == ""
	case model.TypeInt, model.TypeBool:
		return v.Int() == 0
	case model.TypeDecimal:
		return number(v).Sign() == 0
	}
	return false
}

// defaultOf is the default of a type; null for one that has none.
func defaultOf(t model.Type) model.Value {
	switch t { //nolint:exhaustive // the others are handled elsewhere
	case model.TypeString:
		return model.String("")
	case model.TypeInt:
		return model.Int(0)
	case model.TypeDecimal:
		return model.DecimalInt(0)
	case model.TypeBool:
		return model.Bool(false)
	}
	return model.Null()
}

func mapped(fold func(rune) rune, s string) []rune {
	out := []rune(s)
	if fold != nil {
		for i, r := range out {
			out[i] = fold(r)
		}
	}
	return out
}

func (e *Evaluator) folded(s string) []rune { return mapped(e.Fold, s) }

func (e *Evaluator) equal(a, b model.Value) bool {
	if a.Type() == model.TypeString {
		left, right := string(e.folded(a.Str())), string(e.folded(b.Str()))
		if e.Pads {
			left, right = strings.TrimRight(left, " "), strings.TrimRight(right, " ")
		}
		return left == right
	}
	return e.compare(a, b) == 0
}

// compare orders values of one type; text by its code points.
func (e *Evaluator) compare(a, b model.Value) int {
	switch a.Type() { //nolint:exhaustive // the others are handled elsewhere
	case model.TypeString:
		return strings.Compare(a.Str(), b.Str())
	case model.TypeDateTime:
		return e.cut(a.Time()).Compare(e.cut(b.Time()))
	case model.TypeBool:
		return int(a.Int() - b.Int())
	}
	return number(a).Cmp(number(b))
}

// cut drops what of an instant is finer than the server compares.
func (e *Evaluator) cut(t time.Time) time.Time {
	if e.Step == 0 {
		return t
	}
	return t.UTC().Truncate(e.Step)
}

func number(v model.Value) *big.Rat {
	r, _ := new(big.Rat).SetString(v.String())
	return r
}

// like reports whether a text matches a pattern of SQL's wildcards.
func like(text, pattern []rune) bool {
	if len(pattern) == 0 {
		return len(text) == 0
	}
	switch pattern[0] {
	case '%':
		for i := range len(text) + 1 {
			if like(text[i:], pattern[1:]) {
				return true
			}
		}
		return false
	case '_':
		return len(text) > 0 && like(text[1:], pattern[1:])
	case '\\':
		if len(pattern) > 1 {
			pattern = pattern[1:]
		}
	}
	return len(text) > 0 && text[0] == pattern[0] && like(text[1:], pattern[1:])
}
