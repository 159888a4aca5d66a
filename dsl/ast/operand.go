package ast

import (
	"time"

	"github.com/muster-go/muster/dsl/internal/calendar"
	"github.com/muster-go/muster/dsl/internal/function"
	"github.com/muster-go/muster/model"
)

// Operand is a value that a condition computes or compares: a *[Path], a *[Literal], a *[Call],
// a *[Binary], a *[Shift] or a *[Cardinality]. The set is sealed. Operands are immutable once made and safe for
// concurrent reading.
type Operand interface {
	// Span returns the operand's place in the source, without parentheses around it.
	Span() Span
	isOperand()
}

// Call is a function of operands, such as `length(name)`.
type Call struct {
	Name string // in lower case: the names of functions ignore it
	Args []Operand
	// Func is the function, Result its result and Zone the zone of its calendar; nil until
	// checked.
	Func   *function.Function
	Result *model.Field
	Zone   *time.Location
	Range  Span
}

// Binary is arithmetic on two operands. A check allows a difference of instants only where it
// compares one with a duration, and rewrites that, so that a checked Binary is about numbers.
type Binary struct {
	Op          ArithmeticOp
	Left, Right Operand
	Result      *model.Field // nil until checked
	Range       Span
}

// Shift is an instant plus or minus a duration, such as `created_at + 7d`. From a day up, units
// are calendar units in the query's zone.
type Shift struct {
	X     Operand
	Back  bool           // minus
	By    *Literal       // of kind LitDuration
	Zone  *time.Location // nil until checked
	Range Span
}

// Seconds returns what a checked Shift adds, in seconds, negative for one that goes back. It
// returns false for a step whose length depends on the instant: months, years, and days in a
// zone whose clock changes.
func (s *Shift) Seconds() (int64, bool) {
	step, ok := calendar.ParseStep(s.By.Text)
	if !ok || s.Zone == nil {
		return 0, false
	}
	return step.Signed(s.Back).Exact(s.Zone)
}

// Relation is `left op right` of two operands, one of which is not a constant. Where a path is
// on one side and a constant on the other, a check makes it a Compare, and where only one side
// is a constant, a Computed.
//
// A Relation, like a Computed, holds if any value of the paths makes it true. If one of them
// is behind a reference or a list it is never unknown: see [Path.Direct]. Paths through one
// reference are about one object of it, those of one list about one element.
type Relation struct {
	Left  Operand
	Op    CompareOp
	Right Operand
	// As has the type and collation under which the sides compare; nil until checked. Two
	// numbers of different types compare as a float does with any number: exactly.
	As    *model.Field
	Range Span
}

// Computed is a test of a computed value, such as `weekday(created_at) in (6, 7)`.
//
// Test is a Truth, Compare, In, Between, Match, Is or On. Its path stands for X: it has no
// name, and after a check the Field has the type and collation of X, but belongs to no schema.
// So [Walk] does not visit Test.
type Computed struct {
	X     Operand
	Test  Node
	Range Span
}

// ArithmeticOp is an operator of [Binary].
type ArithmeticOp uint8

// The operators of arithmetic.
const (
	Plus ArithmeticOp = iota
	Minus
	Times
	Over
)

// String returns the operator as the language writes it, such as "+".
func (op ArithmeticOp) String() string {
	switch op {
	case Minus:
		return "-"
	case Times:
		return "*"
	case Over:
		return "/"
	case Plus:
	}
	return "+"
}

func (*Path) isOperand() {}

func (*Literal) isOperand() {}

func (*Call) isOperand() {}

func (*Binary) isOperand() {}

func (*Shift) isOperand() {}

func (*Relation) isNode() {}

func (*Computed) isNode() {}

// WalkOperand visits an operand and all below it, parents before children, in the order of the
// text. It visits a Cardinality, but not its block. If visit returns false, it skips what is below. A nil operand has nothing to visit.
func WalkOperand(o Operand, visit func(Operand) bool) {
	if o == nil || !visit(o) {
		return
	}
	switch o := o.(type) {
	case *Call:
		for _, a := range o.Args {
			WalkOperand(a, visit)
		}
	case *Binary:
		WalkOperand(o.Left, visit)
		WalkOperand(o.Right, visit)
	case *Shift:
		WalkOperand(o.X, visit)
		WalkOperand(o.By, visit)
	case *Path, *Literal, *Cardinality:
	}
}

// WalkOperandsOf is [WalkOperand] for the operands of a Relation or a Computed; every other node
// has none.
func WalkOperandsOf(n Node, visit func(Operand) bool) {
	switch n := n.(type) {
	case *Relation:
		WalkOperand(n.Left, visit)
		WalkOperand(n.Right, visit)
	case *Computed:
		WalkOperand(n.X, visit)
	default:
	}
}

// PathsOf returns the paths that one predicate reads, in the order of the text, each as often
// as the predicate names it; nil for every other node. A list that is counted is none of them.
func PathsOf(n Node) []*Path {
	var paths []*Path
	switch n := n.(type) {
	case *Relation, *Computed:
		WalkOperandsOf(n, func(o Operand) bool {
			if p, ok := o.(*Path); ok {
				paths = append(paths, p)
			}
			return true
		})
	case nil, *And, *Or, *Not, *Const, *Truth, *Compare, *In, *Between, *Match, *Is, *On, *Quantifier, *Count:
		if p := PathOf(n); p != nil {
			return []*Path{p}
		}
	}
	return paths
}

// EqualOperand reports whether a and b are the same operand, as [Equal] does for nodes.
func EqualOperand(a, b Operand) bool {
	switch a := a.(type) {
	case nil:
		return b == nil
	case *Path:
		b, ok := b.(*Path)
		return ok && equalPath(a, b)
	case *Literal:
		b, ok := b.(*Literal)
		return ok && equalLiteral(a, b)
	case *Call:
		b, ok := b.(*Call)
		if !ok || a.Name != b.Name || len(a.Args) != len(b.Args) {
			return false
		}
		for i := range a.Args {
			if !EqualOperand(a.Args[i], b.Args[i]) {
				return false
			}
		}
		return true
	case *Binary:
		b, ok := b.(*Binary)
		return ok && a.Op == b.Op && EqualOperand(a.Left, b.Left) && EqualOperand(a.Right, b.Right)
	case *Shift:
		b, ok := b.(*Shift)
		return ok && a.Back == b.Back && EqualOperand(a.X, b.X) && equalLiteral(a.By, b.By)
	case *Cardinality:
		b, ok := b.(*Cardinality)
		return ok && equalPath(a.Path, b.Path) && Equal(a.Block, b.Block)
	}
	return false
}

// operandLiterals appends the literals of the operands of a node.
func operandLiterals(literals []*Literal, n Node) []*Literal {
	WalkOperandsOf(n, func(o Operand) bool {
		switch o := o.(type) {
		case *Literal:
			literals = append(literals, o)
		case *Cardinality:
			literals = append(literals, Literals(o.Block)...)
		case *Path, *Call, *Binary, *Shift:
		}
		return true
	})
	return literals
}

// WithPath returns a predicate on one path as one on another path; every other node as it is.
func WithPath(n Node, p *Path) Node {
	switch n := n.(type) {
	case *Truth:
		return &Truth{Path: p, Range: n.Range}
	case *Compare:
		return &Compare{Path: p, Op: n.Op, Value: n.Value, Range: n.Range}
	case *In:
		return &In{Path: p, Values: n.Values, Range: n.Range}
	case *Between:
		return &Between{Path: p, Lo: n.Lo, Hi: n.Hi, Range: n.Range}
	case *Match:
		return &Match{Path: p, Op: n.Op, Pattern: n.Pattern, Range: n.Range}
	case *Is:
		return &Is{Path: p, What: n.What, Range: n.Range}
	case *On:
		return &On{Path: p, Date: n.Date, Range: n.Range}
	case nil, *And, *Or, *Not, *Const, *Relation, *Computed:
	}
	return n
}

// NullTest returns the test whether a checked operand is null; nil for an operand that never is.
func NullTest(x Operand) Node {
	var f *model.Field
	switch x := x.(type) {
	case *Path:
		return &Is{Path: x, What: IsNull}
	case *Literal, *Cardinality:
		return nil
	case *Call:
		f = x.Result
	case *Binary:
		f = x.Result
	case *Shift:
		f = &model.Field{Name: "instant", Type: model.TypeDateTime, Nullable: true}
	}
	if f == nil || !f.Nullable {
		return nil
	}
	return &Computed{X: x, Test: &Is{Path: &Path{Name: f.Name, Field: f}, What: IsNull}}
}
