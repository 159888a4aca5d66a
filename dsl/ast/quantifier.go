package ast

import (
	"slices"

	"github.com/muster-go/muster/model"
)

// Quantifier is `any path (block)` or `all path (block)`: a condition on the elements of a
// list or of references, which is never unknown. `no path (block)` is a Not around the first.
//
// The paths in Block are relative to an element. In a checked tree their fields are those of
// [model.Schema.Elements], and [model.Field.Origin] gives the record's.
type Quantifier struct {
	Kind  QuantifierKind
	Path  *Path // the list, or the references
	Block Node  // a condition on one element; that it is unknown counts as false
	Range Span
}

// QuantifierKind says how many elements must satisfy a block.
type QuantifierKind uint8

// The kinds of quantifier.
const (
	Some  QuantifierKind = iota // at least one, which none of an empty list does
	Every                       // each one, as all of an empty list do
)

// String returns "any" or "all", as the language writes the kind.
func (k QuantifierKind) String() string {
	if k == Every {
		return "all"
	}
	return "any"
}

// Count is `count(path) op value` or `count(path where block) op value`: a comparison of a
// [Cardinality] with a constant. It is never unknown. Block relates to elements as that of a
// [Quantifier] does.
type Count struct {
	Path  *Path
	Block Node // nil counts all elements
	Op    CompareOp
	Value *Literal
	Range Span
}

// Cardinality is `count(path)` or `count(path where block)` as an operand: the number of elements
// for which the block is true, an integer that is 0 for null and never null itself. Block relates
// to elements as that of a [Quantifier] does; nil counts all.
//
// Its comparison with a constant is a [Count].
type Cardinality struct {
	Path  *Path
	Block Node
	Range Span
}

// Span implements [Operand].
func (n *Cardinality) Span() Span { return n.Range }

func (*Cardinality) isOperand() {}

// Cardinalities returns the counts in the operands of a node, in the order of the text.
func Cardinalities(n Node) []*Cardinality {
	var counts []*Cardinality
	WalkOperandsOf(n, func(o Operand) bool {
		if c, ok := o.(*Cardinality); ok {
			counts = append(counts, c)
		}
		return true
	})
	return counts
}

// Span implements [Node].
func (n *Quantifier) Span() Span { return n.Range }

// Span implements [Node].
func (n *Count) Span() Span { return n.Range }

func (*Quantifier) isNode() {}

func (*Count) isNode() {}

// Elements returns the path of the list or references whose elements a Quantifier or a Count
// is about, and its block; nil for every other node.
func Elements(n Node) (list *Path, block Node) {
	switch n := n.(type) {
	case *Quantifier:
		return n.Path, n.Block
	case *Count:
		return n.Path, n.Block
	default:
		return nil, nil
	}
}

// NotEmpty returns the condition that a list or reference of a checked tree has elements. It
// returns nil for a list behind a reference: there the language cannot ask whether all are empty.
func NotEmpty(list *Path, at Span) Node {
	if list.Field.Through != "" || list.Field != list.Field.Origin() {
		return nil
	}
	what := IsEmpty
	if list.Field.Type == model.TypeRef {
		what = IsNull
	}
	return &Not{X: &Is{Path: list, What: what, Range: at}, Range: at}
}

// WithBlock returns a copy of a Quantifier or a Count with another block, and every other node
// as it is.
func WithBlock(n, block Node) Node {
	switch n := n.(type) {
	case *Quantifier:
		changed := *n
		changed.Block = block
		return &changed
	case *Count:
		changed := *n
		changed.Block = block
		return &changed
	default:
		return n
	}
}

// equalElements is [Equal] for a Quantifier or a Count.
func equalElements(a, b Node) bool {
	switch a := a.(type) {
	case *Quantifier:
		b, ok := b.(*Quantifier)
		return ok && a.Kind == b.Kind && equalPath(a.Path, b.Path) && Equal(a.Block, b.Block)
	case *Count:
		b, ok := b.(*Count)
		return ok && a.Op == b.Op && equalPath(a.Path, b.Path) && Equal(a.Block, b.Block) && equalLiteral(a.Value, b.Value)
	default:
		return false
	}
}

// appendFields appends the record's fields that a node and the nodes below it read, each
// once. For a list, these are the fields that its block reads, or the list if it reads none.
func appendFields(fields []*model.Field, n Node) []*model.Field {
	Walk(n, func(n Node) bool {
		if list, block := Elements(n); list != nil {
			fields = appendElements(fields, list, block)
			return false
		}
		for _, p := range PathsOf(n) {
			fields = appendOnce(fields, p.Field)
		}
		for _, c := range Cardinalities(n) {
			fields = appendElements(fields, c.Path, c.Block)
		}
		return true // into blocks of counts again, which adds nothing
	})
	return fields
}

func appendElements(fields []*model.Field, list *Path, block Node) []*model.Field {
	below := appendFields(nil, block)
	if len(below) == 0 {
		return appendOnce(fields, list.Field)
	}
	for _, f := range below {
		fields = appendOnce(fields, f)
	}
	return fields
}

func appendOnce(fields []*model.Field, f *model.Field) []*model.Field {
	if f == nil || slices.Contains(fields, f.Origin()) {
		return fields
	}
	return append(fields, f.Origin())
}

// Any is `any column (block)`: some element satisfies the block, whose columns are those of
// an element, or Field("this") for one that is a scalar.
func (c Column) Any(block Node) Node {
	return &Quantifier{Kind: Some, Path: c.path(), Block: block}
}

// All is `all column (block)`: every element satisfies the block; true if there is none.
func (c Column) All(block Node) Node {
	return &Quantifier{Kind: Every, Path: c.path(), Block: block}
}

// No is `no column (block)`: no element satisfies the block.
func (c Column) No(block Node) Node { return Negate(c.Any(block)) }

// Count is `count(column where block)`; `count(column)` for a nil block.
func (c Column) Count(block Node) Counted { return Counted{c, block} }

// Counted is a number of elements. Its methods build conditions. It is a value, made by
// [Column.Count].
type Counted struct {
	column Column
	block  Node
}

// Expr returns the number as a value to compute with.
func (c Counted) Expr() Expr { return Expr{&Cardinality{Path: c.column.path(), Block: c.block}} }

func (c Counted) compare(op CompareOp, v any) Node { return compareOperands(c.Expr().x, op, v) }

// Eq is `count(…) = v`.
func (c Counted) Eq(v any) Node { return c.compare(Eq, v) }

// Ne is `count(…) != v`.
func (c Counted) Ne(v any) Node { return Negate(c.Eq(v)) }

// Lt is `count(…) < v`.
func (c Counted) Lt(v any) Node { return c.compare(Lt, v) }

// Le is `count(…) <= v`.
func (c Counted) Le(v any) Node { return c.compare(Le, v) }

// Gt is `count(…) > v`.
func (c Counted) Gt(v any) Node { return c.compare(Gt, v) }

// Ge is `count(…) >= v`.
func (c Counted) Ge(v any) Node { return c.compare(Ge, v) }
