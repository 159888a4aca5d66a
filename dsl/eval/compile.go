package eval

import (
	"errors"
	"fmt"
	"iter"
	"slices"

	"github.com/muster-go/muster/dsl/ast"
	"github.com/muster-go/muster/model"
)

// Predicate is a compiled filter: what it says of one record. It is immutable
// and safe for concurrent use, and neither of its methods allocates. Make one
// with [Compile]; the zero Predicate holds for every record.
type Predicate struct{ program program }

// Match reports whether the predicate is true for r. Unknown does not match, as
// in SQL.
func (p *Predicate) Match(r model.Record) bool { return p.program.run(r, against) }

// Eval returns the predicate's truth value for r. Match is faster: what is not
// true takes Eval a second look.
func (p *Predicate) Eval(r model.Record) Tri {
	switch {
	case p.program.run(r, against):
		return True
	case p.program.run(r, inFavour):
		return Unknown
	}
	return False
}

// Compile returns the predicate of a checked tree over the records of s, the
// schema that it was checked against. Constants are bound and regular
// expressions compiled here, once. A nil n is the empty filter.
//
// It fails on a tree that [Check] has not been over, or has been with another
// schema; a checked tree always compiles.
func Compile(n ast.Node, s *model.Schema) (*Predicate, error) {
	if n == nil {
		return &Predicate{}, nil
	}
	c := compiler{schema: s, program: make(program, leaves(n))}
	c.at = int32(len(c.program)) //nolint:gosec // so many steps do not fit in memory
	c.node(n, branches{yes: c.at, no: rejected})
	if c.err != nil {
		return nil, c.err
	}
	return &Predicate{c.program}, nil
}

// ErrUnchecked is what [Compile] fails with for a tree that did not come from
// [Check] with the same schema.
var ErrUnchecked = errors.New("dsl: the tree is not checked against this schema")

// leaves counts the nodes that become steps.
func leaves(n ast.Node) int {
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

// compiler writes the last step of a program first, so that every jump knows where
// it goes. Every node has a step at least, constants and empty groups too: so what a
// node branches to, on one answer, is what was written just before it.
type compiler struct {
	schema  *model.Schema
	program program
	at      int32 // where the last step was written
	err     error // one of them, if there are several
}

// branches are where a run goes on from a node. One of them is the step that was
// written last, or for the very last one the end.
type branches struct {
	yes, no int32
	negated bool // the filter is the truer the falser the node is
}

// node writes the steps that decide n.
func (c *compiler) node(n ast.Node, b branches) {
	switch n := n.(type) {
	case *ast.And:
		if len(n.Terms) == 0 {
			c.constant(true, b)
		}
		for t := range dearestFirst(n.Terms) {
			c.node(t, b)
			b.yes = c.at
		}
	case *ast.Or:
		if len(n.Terms) == 0 {
			c.constant(false, b)
		}
		for t := range dearestFirst(n.Terms) {
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
	c.write(question{null: [2]bool{answer, answer}}, b)
}

func (c *compiler) predicate(n ast.Node, b branches) {
	q, err := c.question(n, b.negated)
	if err != nil {
		c.err = err
		return
	}
	c.write(q, b)
}

func (c *compiler) write(q question, b branches) {
	s := step{question: q, next: true, jump: b.no}
	if b.yes != c.at {
		s.next, s.jump = false, b.yes
	}
	c.at--
	c.program[c.at] = s
}

// question compiles a predicate.
func (c *compiler) question(n ast.Node, negated bool) (question, error) {
	switch n.(type) {
	case *ast.Compare, *ast.In, *ast.Between, *ast.Match, *ast.Is:
	case nil, *ast.And, *ast.Or, *ast.Not, *ast.Const, *ast.Truth, *ast.On:
		return question{}, fmt.Errorf("%w: it holds a %T", ErrUnchecked, n)
	}
	path := ast.PathOf(n)
	field := path.Field
	if field == nil || field.Index() >= c.schema.Len() || c.schema.Field(field.Index()).Name != field.Name {
		return question{}, fmt.Errorf("%w: field %s", ErrUnchecked, path.Name)
	}
	q := question{field: int32(field.Index()), about: references} //nolint:gosec // an index of the schema's slice of fields
	if path.Direct() {
		q.about = aField
		q.null = [2]bool{against: negated, inFavour: !negated}
	}
	err := q.bind(n)
	return q, err
}

// cost is how dear it is to ask a term.
type cost uint8

const (
	cheap    cost = iota // a field of the record, compared with constants
	middling             // and, or
	dear                 // patterns, and what is behind references
	costs
)

// costOf does not look into groups: looking into all of them at every level would
// be quadratic in the depth.
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
		return middling
	case *ast.Match:
		return dear
	case *ast.Compare, *ast.In, *ast.Between, *ast.Is, *ast.Truth, *ast.On:
		if p := ast.PathOf(n); p.Field != nil && !p.Direct() {
			return dear
		}
	case nil, *ast.Not, *ast.Const:
	}
	return cheap
}

// dearestFirst yields the terms of a group, from the one that is to be asked last
// to the one that is to be asked first. A cheap one that decides the group saves the
// dear ones; between terms of one cost the text's order stays, for whoever wrote it
// may have had a reason. The answer is the same: terms commute in three-valued logic
// too, and no predicate can fail.
func dearestFirst(terms []ast.Node) iter.Seq[ast.Node] {
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
