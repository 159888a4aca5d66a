package eval

import (
	"errors"
	"fmt"
	"iter"
	"slices"
	"sync"

	"github.com/muster-go/muster/dsl/ast"
	"github.com/muster-go/muster/model"
)

// Predicate is a compiled filter. It is immutable and safe for concurrent use, and
// its methods allocate only errors and the texts that functions make. Make one with
// [Compile]; the zero Predicate holds for every record.
type Predicate struct {
	program program
	many    *many // nil if the program reads nothing but fields of the record
}

// Match reports whether the predicate is true for r. Unknown does not match, as
// in SQL, and neither does a record for which [Predicate.Test] fails.
func (p *Predicate) Match(r model.Record) bool {
	if p.many != nil {
		return p.many.match(p.program, r)
	}
	return p.program.run(r, pessimistic)
}

// Test is Match with an error: [ErrSteps], if the evaluation took more than [MaxSteps], and
// [check.ErrCall], if a function of an environment failed.
func (p *Predicate) Test(r model.Record) (bool, error) {
	if p.many != nil {
		return p.many.test(p.program, r, pessimistic)
	}
	return p.program.run(r, pessimistic), nil
}

// Eval returns the predicate's truth value for r, and Unknown if [Predicate.Test] fails.
// Match is faster: what is not true takes Eval a second run.
func (p *Predicate) Eval(r model.Record) Tri {
	t, _ := p.TestEval(r)
	return t
}

// TestEval is Eval with the error of Test.
func (p *Predicate) TestEval(r model.Record) (Tri, error) {
	if p.many != nil {
		return p.many.eval(p.program, r)
	}
	switch {
	case p.program.run(r, pessimistic):
		return True, nil
	case p.program.run(r, optimistic):
		return Unknown, nil
	}
	return False, nil
}

// Compile returns the predicate of a checked tree over the records of s, the schema
// that it was checked against. It binds constants and compiles regular expressions.
// A nil n is the empty filter.
//
// It fails with [ErrUnchecked] for a tree that was not checked against s. A checked
// tree always compiles.
func Compile(n ast.Node, s *model.Schema, opts ...Option) (*Predicate, error) {
	if n == nil {
		return &Predicate{}, nil
	}
	steps := defaultSteps
	if len(opts) > 0 {
		steps = stepsOf(opts)
	}
	p := &struct { // one allocation; most filters leave many unused
		Predicate
		many many
	}{many: many{steps: int64(steps), bindings: sync.Pool{New: func() any { return new(binding) }}}}
	p.many.foreign = callersIn(n)
	c := newCompiler(n, s, &p.many)
	c.node(n, branches{yes: c.at, no: rejected})
	if c.err != nil {
		return nil, c.err
	}
	p.many.foreign = nil
	if p.program = c.program; p.program.needsMany() {
		p.Predicate.many = &p.many
	}
	return &p.Predicate, nil
}

func newCompiler(n ast.Node, s *model.Schema, m *many) compiler {
	c := compiler{schema: s, program: make(program, countInstructions(n)), many: m}
	c.at = int32(len(c.program)) //nolint:gosec // memory cannot hold so many instructions
	return c
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
		case *ast.Const, *ast.Truth, *ast.Compare, *ast.In, *ast.Between, *ast.Match, *ast.Is, *ast.On, *ast.Relation, *ast.Computed:
			count++
		case *ast.Quantifier, *ast.Count: // the block is a program of its own
			count++
			return false
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
	many    *many
	within  source // in a block, where the fields of its elements come from; else fromNothing
	err     error  // one of the errors
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
		for t := range c.expensiveFirst(n.Terms) {
			c.node(t, b)
			b.yes = c.at
		}
	case *ast.Or:
		if len(n.Terms) == 0 {
			c.constant(false, b)
		}
		for t := range c.expensiveFirst(n.Terms) {
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
	case *ast.Quantifier, *ast.Count:
		c.elements(n, b)
	case *ast.Compare, *ast.Between, *ast.Match, *ast.Is, nil, *ast.Truth, *ast.On, *ast.Relation, *ast.Computed:
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
	c.many.lists = c.many.lists || ps.from.isList()
}

// compile compiles a predicate.
func (c *compiler) compile(n ast.Node, negated bool) (predicateStep, error) {
	switch n := n.(type) {
	case *ast.Compare, *ast.In, *ast.Between, *ast.Match, *ast.Is:
	case *ast.Relation, *ast.Computed:
		return c.compileComputed(n, negated)
	case nil, *ast.And, *ast.Or, *ast.Not, *ast.Const, *ast.Truth, *ast.On, *ast.Quantifier, *ast.Count:
		return predicateStep{}, fmt.Errorf("%w: it holds a %T", ErrUnchecked, n)
	}
	field, err := c.field(ast.PathOf(n))
	if err != nil {
		return predicateStep{}, err
	}
	ps := predicateStep{field: rowIndex(field), from: sourceOf(n, field)}
	if ps.from == fromField {
		ps.null = [2]bool{pessimistic: negated, optimistic: !negated}
	}
	if err := ps.bind(n); err != nil {
		return ps, err
	}
	return c.placed(ps, field), nil
}

// field returns the field of a path, which must be one of the compiler's schema.
func (c *compiler) field(p *ast.Path) (*model.Field, error) {
	f := p.Field
	if f == nil || f.Index() >= c.schema.Len() || c.schema.Field(f.Index()).Name != f.Name {
		return nil, fmt.Errorf("%w: field %s", ErrUnchecked, p.Name)
	}
	return f, nil
}

// rowIndex returns the index by which a record is asked for a field, also for one of an
// element.
func rowIndex(f *model.Field) int32 { return int32(f.Origin().Index()) } //nolint:gosec // an index of the schema's slice of fields

// sourceOf says where the values of a predicate on f come from.
func sourceOf(n ast.Node, f *model.Field) source {
	is, ok := n.(*ast.Is)
	whole := ok && (is.What == ast.IsNull || is.What == ast.IsEmpty)
	switch {
	case f.Type == model.TypeList && f.Through != "" && whole:
		return fromSizes
	case f.Type == model.TypeList && f.Through != "":
		return fromElementsThrough
	case f.Type == model.TypeList && whole:
		return fromSize
	case f.Type == model.TypeList:
		return fromElements
	case ok && is.What == ast.IsEmpty && f.Through == "":
		return fromCount
	case f.Through != "":
		return fromReferences
	}
	return fromField
}

// cost ranks how expensive it is to evaluate a term.
type cost uint8

const (
	cheap     cost = iota // a number of the record, compared with constants
	textual               // a text of the record
	medium                // and, or
	expensive             // patterns, lists, and fields behind references
	foreign               // functions of an environment, which may fail
	costs
)

// costOf looks into no group: to look into all of them at every level is quadratic in the depth.
// Only of calls of an environment's functions it knows from the start where they are.
func (c *compiler) costOf(n ast.Node) cost {
	if c.many.foreign[n] {
		return foreign
	}
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
	case *ast.Match, *ast.Relation, *ast.Computed, *ast.Quantifier, *ast.Count:
		return expensive
	case *ast.Compare, *ast.In, *ast.Between, *ast.Is, *ast.Truth, *ast.On:
		switch p := ast.PathOf(n); {
		case p.Field == nil:
		case !p.Direct():
			return expensive
		case p.Field.Type == model.TypeString:
			return textual
		}
	case nil, *ast.Not, *ast.Const:
	}
	return cheap
}

// expensiveFirst yields the terms of a group from the last to evaluate to the first. A
// cheap term that decides the group saves the expensive ones. Terms of one cost keep
// the order of the text, which may have a reason. The answer stays the same: terms
// commute in three-valued logic too, and no predicate can fail, but for the limit of steps and
// for functions of an environment. These come last, so that the others spare them.
func (c *compiler) expensiveFirst(terms []ast.Node) iter.Seq[ast.Node] {
	return func(yield func(ast.Node) bool) {
		for k := costs; k > cheap; k-- {
			for _, t := range slices.Backward(terms) {
				if c.costOf(t) == k-1 && !yield(t) {
					return
				}
			}
		}
	}
}
