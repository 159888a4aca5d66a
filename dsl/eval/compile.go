package eval

import (
	"errors"
	"fmt"
	"iter"
	"slices"

	"github.com/muster-go/muster/dsl/ast"
	"github.com/muster-go/muster/model"
)

// Predicate is a compiled filter. It is immutable and safe for concurrent use, and
// its methods do not allocate. Make one with [Compile]; the zero Predicate holds for
// every record.
type Predicate struct{ program program }

// Match reports whether the predicate is true for r. Unknown does not match, as
// in SQL.
func (p *Predicate) Match(r model.Record) bool { return p.program.run(r, pessimistic) }

// Eval returns the predicate's truth value for r. Match is faster: what is not true
// takes Eval a second run.
func (p *Predicate) Eval(r model.Record) Tri {
	switch {
	case p.program.run(r, pessimistic):
		return True
	case p.program.run(r, optimistic):
		return Unknown
	}
	return False
}

// Compile returns the predicate of a checked tree over the records of s, the schema
// that it was checked against. It binds constants and compiles regular expressions.
// A nil n is the empty filter.
//
// It fails with [ErrUnchecked] for a tree that was not checked against s. A checked
// tree always compiles.
func Compile(n ast.Node, s *model.Schema) (*Predicate, error) {
	if n == nil {
		return &Predicate{}, nil
	}
	c := compiler{schema: s, program: make(program, countInstructions(n))}
	c.at = int32(len(c.program)) //nolint:gosec // memory cannot hold so many instructions
	c.node(n, branches{yes: c.at, no: rejected})
	if c.err != nil {
		return nil, c.err
	}
	return &Predicate{c.program}, nil
}

// ErrUnchecked reports a tree that does not come from a check against the same
// schema.
var ErrUnchecked = errors.New("dsl: the tree is not checked against this schema")

// countInstructions counts the nodes that become instructions.
func countInstructions(n ast.Node) int {
	count := 0
	ast.Walk(n, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.Not:
		case *ast.And:
			count += emptyGroup(n.Terms)
		case *ast.Or:
			count += emptyGroup(n.Terms)
		case *ast.Const, *ast.Truth, *ast.Compare, *ast.In, *ast.Between, *ast.Match, *ast.Is, *ast.On:
			count++
		}
		return true
	})
	return count
}

func emptyGroup(terms []ast.Node) int {
	if len(terms) == 0 {
		return 1
	}
	return 0
}

// compiler writes the last instruction of a program first, so that it knows the target
// of every jump. Every node has at least one instruction, also constants and empty
// groups. So on one of its answers a node continues with the instruction that was
// written just before.
type compiler struct {
	schema  *model.Schema
	program program
	at      int32 // where the last instruction was written
	err     error // one of the errors
}

// branches are where a run continues after a node. One of them is the instruction that
// was written last; for the last node of all it is the end.
type branches struct {
	yes, no int32
	negated bool // whether a false node makes the filter true
}

// node writes the instructions that decide n.
func (c *compiler) node(n ast.Node, b branches) {
	switch n := n.(type) {
	case *ast.And:
		if len(n.Terms) == 0 {
			c.constant(true, b)
		}
		for t := range expensiveFirst(n.Terms) {
			c.node(t, b)
			b.yes = c.at
		}
	case *ast.Or:
		if len(n.Terms) == 0 {
			c.constant(false, b)
		}
		for t := range expensiveFirst(n.Terms) {
			c.node(t, b)
			b.no = c.at
		}
	case *ast.Not:
		c.node(n.X, branches{yes: b.no, no: b.yes, negated: !b.negated})
	case *ast.Const:
		c.constant(n.Value, b)
	case *ast.In:
		if len(n.Values) == 0 {
			c.constant(false, b)
			return
		}
		c.predicate(n, b)
	case *ast.Compare, *ast.Between, *ast.Match, *ast.Is, nil, *ast.Truth, *ast.On:
		c.predicate(n, b)
	}
}

func (c *compiler) constant(answer bool, b branches) {
	c.write(predicateStep{null: [2]bool{answer, answer}}, b)
}

func (c *compiler) predicate(n ast.Node, b branches) {
	ps, err := c.compile(n, b.negated)
	if err != nil {
		c.err = err
		return
	}
	c.write(ps, b)
}

func (c *compiler) write(ps predicateStep, b branches) {
	s := instruction{predicateStep: ps, next: true, jump: b.no}
	if b.yes != c.at {
		s.next, s.jump = false, b.yes
	}
	c.at--
	c.program[c.at] = s
}

// compile compiles a predicate.
func (c *compiler) compile(n ast.Node, negated bool) (predicateStep, error) {
	switch n.(type) {
	case *ast.Compare, *ast.In, *ast.Between, *ast.Match, *ast.Is:
	case nil, *ast.And, *ast.Or, *ast.Not, *ast.Const, *ast.Truth, *ast.On:
		return predicateStep{}, fmt.Errorf("%w: it holds a %T", ErrUnchecked, n)
	}
	path := ast.PathOf(n)
	field := path.Field
	if field == nil || field.Index() >= c.schema.Len() || c.schema.Field(field.Index()).Name != field.Name {
		return predicateStep{}, fmt.Errorf("%w: field %s", ErrUnchecked, path.Name)
	}
	ps := predicateStep{field: int32(field.Index()), from: fromReferences} //nolint:gosec // an index of the schema's slice of fields
	if path.Direct() {
		ps.from = fromField
		ps.null = [2]bool{pessimistic: negated, optimistic: !negated}
	}
	err := ps.bind(n)
	return ps, err
}

// cost ranks how expensive it is to evaluate a term.
type cost uint8

const (
	cheap     cost = iota // a field of the record, compared with constants
	medium                // and, or
	expensive             // patterns, and fields behind references
	costs
)

// costOf does not look into groups: to look into all of them at every level is
// quadratic in the depth.
func costOf(n ast.Node) cost {
	for {
		not, ok := n.(*ast.Not)
		if !ok {
			break
		}
		n = not.X
	}
	switch n := n.(type) {
	case *ast.And, *ast.Or:
		return medium
	case *ast.Match:
		return expensive
	case *ast.Compare, *ast.In, *ast.Between, *ast.Is, *ast.Truth, *ast.On:
		if p := ast.PathOf(n); p.Field != nil && !p.Direct() {
			return expensive
		}
	case nil, *ast.Not, *ast.Const:
	}
	return cheap
}

// expensiveFirst yields the terms of a group from the last to evaluate to the first. A
// cheap term that decides the group saves the expensive ones. Terms of one cost keep
// the order of the text, which may have a reason. The answer stays the same: terms
// commute in three-valued logic too, and no predicate can fail.
func expensiveFirst(terms []ast.Node) iter.Seq[ast.Node] {
	return func(yield func(ast.Node) bool) {
		for c := costs; c > cheap; c-- {
			for _, t := range slices.Backward(terms) {
				if costOf(t) == c-1 && !yield(t) {
					return
				}
			}
		}
	}
}
