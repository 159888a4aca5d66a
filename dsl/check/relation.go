package check

import (
	"fmt"
	"slices"
	"strings"

	"github.com/muster-go/muster/dsl/ast"
	"github.com/muster-go/muster/dsl/internal/calendar"
	"github.com/muster-go/muster/dsl/internal/collate"
	"github.com/muster-go/muster/dsl/internal/function"
	"github.com/muster-go/muster/dsl/internal/suggest"
	"github.com/muster-go/muster/dsl/syntax"
	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/model/display"
)

// relation checks a comparison of two operands. With a constant on one side it becomes a test
// of the other; of two constants it becomes true or false.
func (c *checker) relation(n *ast.Relation) ast.Node {
	if l, ok := n.Right.(*ast.Literal); ok && l.Kind == ast.LitDuration {
		return c.difference(n.Left, n.Op, l, n)
	}
	if l, ok := n.Left.(*ast.Literal); ok && l.Kind == ast.LitDuration {
		return c.difference(n.Right, turned(n.Op), l, n)
	}
	left, okLeft := c.side(n.Left, false)
	right, okRight := c.side(n.Right, true)
	if !okLeft || !okRight {
		return n
	}
	if l, ok := right.constant(); ok && left.field != nil {
		return c.against(left, n.Op, l, n)
	}
	if l, ok := left.constant(); ok && right.field != nil {
		return c.against(right, turned(n.Op), l, n)
	}
	if left.field == nil || right.field == nil {
		return c.constants(left, right, n)
	}
	as, ok := c.comparable(left, right, n)
	if !ok {
		return n
	}
	out := &ast.Relation{Left: left.x, Op: n.Op, Right: right.x, As: as, Range: n.Range}
	return c.bounded(out, n)
}

// side checks a side of a comparison. A literal, and what is computed from literals alone, has
// no field: its type depends on the other side.
func (c *checker) side(o ast.Operand, right bool) (typed, bool) {
	if l, ok := o.(*ast.Literal); ok {
		return typed{x: l}, true
	}
	if p, ok := o.(*ast.Path); ok && right {
		if _, known := c.schema.Lookup(p.Name); !known {
			if c.block.list != nil && c.isOuter(p.Name) {
				c.unknownInBlock(p)
				return typed{}, false
			}
			c.fail(p.Range, fmt.Sprintf("unknown field %q", cut(p.Name)), c.wordHint(p.Name))
			return typed{}, false
		}
	}
	t, ok := c.operand(o, nil)
	if _, constant := t.constant(); ok && constant {
		t.field = nil
	}
	return t, ok
}

// wordHint guesses what was meant by a word in the place of a value.
func (c *checker) wordHint(name string) string {
	names := make([]string, c.schema.Len())
	for i := range names {
		names[i] = c.schema.Field(i).Name
	}
	if near := suggest.Nearest(name, names); near != "" {
		return "did you mean " + syntax.FormatPath(near) + "?"
	}
	return "a text needs quotes: '" + display.CutBytes(name, 40) + "'"
}

// turned returns the operator for swapped sides.
func turned(op ast.CompareOp) ast.CompareOp {
	switch op {
	case ast.Lt:
		return ast.Gt
	case ast.Le:
		return ast.Ge
	case ast.Gt:
		return ast.Lt
	case ast.Ge:
		return ast.Le
	case ast.Eq:
	}
	return op
}

// difference checks `a - b op d`, which means `a op b + d`.
func (c *checker) difference(x ast.Operand, op ast.CompareOp, d *ast.Literal, n ast.Node) ast.Node {
	b, ok := x.(*ast.Binary)
	if !ok || b.Op != ast.Minus {
		if t, good := c.operand(x, nil); good {
			c.subject = &ast.Path{Name: t.field.Name}
			c.misplacedDuration(t.field, d)
			c.subject = nil
		}
		return n
	}
	at := ast.Span{Start: b.Right.Span().Start, End: b.Right.Span().End}
	return c.relation(&ast.Relation{Left: b.Left, Op: op, Right: &ast.Shift{X: b.Right, By: d, Range: at}, Range: n.Span()})
}

// constants compares two constants. What they are computed of is computed already.
func (c *checker) constants(left, right typed, n *ast.Relation) ast.Node {
	left, okLeft := c.operand(left.x, nil)
	right, okRight := c.operand(right.x, nil)
	if !okLeft || !okRight {
		return n
	}
	as, ok := c.comparable(left, right, n)
	if !ok {
		return n
	}
	l, _ := left.constant()
	r, _ := right.constant()
	order := collate.Values(as, l.Value, r.Value)
	holds := map[ast.CompareOp]bool{ast.Eq: order == 0, ast.Lt: order < 0, ast.Le: order <= 0, ast.Gt: order > 0, ast.Ge: order >= 0}
	return &ast.Const{Value: holds[n.Op], Range: n.Range}
}

// comparable returns the field as which two operands compare; it fails if they do not.
func (c *checker) comparable(x, y typed, n *ast.Relation) (*model.Field, bool) {
	left, right := x.field, y.field
	as := &model.Field{Name: left.Name, Type: left.Type, Collation: left.Collation}
	switch {
	case function.Numbers.Has(left.Type) && function.Numbers.Has(right.Type):
		if left.Type != right.Type {
			as.Type = model.TypeFloat // compares numbers of any types
		}
	case left.Type != right.Type:
		c.fail(n.Right.Span(), fmt.Sprintf("%s is %s, %s is %s", left.Name, typeName(left.Type), right.Name, typeName(right.Type)), "")
		return nil, false
	case left.Type == model.TypeString && anyCollation(x.x):
		as.Collation = right.Collation
	case left.Type == model.TypeString && left.Collation != right.Collation && !anyCollation(y.x):
		c.failCollations(n.Right.Span(), left, right)
		return nil, false
	case left.Type == model.TypeBool && n.Op != ast.Eq:
		c.fail(n.Range, fmt.Sprintf("%s is a bool, which does not take %q", left.Name, n.Op), "a bool takes = and !=")
		return nil, false
	}
	return as, true
}

// against checks an operand against a constant.
func (c *checker) against(x typed, op ast.CompareOp, value *ast.Literal, n *ast.Relation) ast.Node {
	if path, ok := x.x.(*ast.Path); ok {
		if path.Field.Element() == model.TypeDateTime && c.slashes(n, value) {
			return n
		}
		return c.compare(&ast.Compare{Path: path, Op: op, Value: value, Range: n.Range})
	}
	if counted, ok := x.x.(*ast.Cardinality); ok {
		return c.counted(counted, &ast.Count{Path: counted.Path, Block: counted.Block, Op: op, Value: value, Range: n.Range})
	}
	return c.test(x, &ast.Compare{Path: &ast.Path{Range: x.x.Span()}, Op: op, Value: value, Range: n.Range}, n)
}

// slashes fails at 2024/01/31 in the place of an instant.
func (c *checker) slashes(n *ast.Relation, value *ast.Literal) bool {
	b, ok := n.Right.(*ast.Binary)
	if !ok || b.Op != ast.Over || !function.Numbers.Has(value.Value.Type()) {
		return false
	}
	c.fail(n.Right.Span(), "expected a datetime, got a number", "a date is written YYYY-MM-DD")
	return true
}

// computed checks a test of an operand.
func (c *checker) computed(n *ast.Computed) ast.Node {
	compare, isCompare := n.Test.(*ast.Compare)
	if isCompare && compare.Value.Kind == ast.LitDuration {
		return c.difference(n.X, compare.Op, compare.Value, n)
	}
	if isCompare {
		return c.relation(&ast.Relation{Left: n.X, Op: compare.Op, Right: compare.Value, Range: n.Range})
	}
	x, ok := c.operand(n.X, nil)
	if !ok {
		return n
	}
	if l, constant := x.constant(); constant {
		if _, bare := n.Test.(*ast.Truth); bare && l.Value.Type() == model.TypeBool {
			return &ast.Const{Value: l.Value.Bool(), Range: n.Range}
		}
		c.fail(n.X.Span(), "this is a constant", "a test is about a field")
		return n
	}
	return c.test(x, n.Test, n)
}

// test checks a test of an operand that is not constant, as if a field of the operand's type
// stood there.
func (c *checker) test(x typed, test, n ast.Node) ast.Node {
	if path, ok := x.x.(*ast.Path); ok { // a built tree: it is a predicate of the path
		return c.node(ast.WithPath(test, path))
	}
	c.subject = &ast.Path{Name: x.field.Name, Field: x.field, Range: x.x.Span()}
	call, isCall := x.x.(*ast.Call)
	c.wholeDays = isCall && call.Name == "date"
	checked := c.node(test)
	c.subject, c.wholeDays = nil, false
	switch t := checked.(type) {
	case *ast.Const:
		return t
	case *ast.Compare:
		if simpler, ok := c.sargable(x.x, t, n.Span()); ok {
			return simpler
		}
	}
	return c.bounded(&ast.Computed{X: x.x, Test: checked, Range: n.Span()}, n)
}

// sargable turns `x + d op k` into `x op k - d`, where that is the same for every instant: for
// steps of one length, and where k - d can be written.
func (c *checker) sargable(x ast.Operand, test *ast.Compare, at ast.Span) (ast.Node, bool) {
	shift, ok := x.(*ast.Shift)
	if !ok || test.Value.Value.Type() != model.TypeDateTime {
		return nil, false
	}
	step, _ := calendar.ParseStep(shift.By.Text)
	seconds, exact := step.Signed(!shift.Back).Exact(c.zone)
	k := test.Value.Value
	m := moment{sec: k.Int() + seconds, nano: k.Nanosecond()}
	if !exact || !m.writable() {
		return nil, false
	}
	value := ast.ValueLiteral(m.constant().value, test.Value.Range)
	if path, ok := shift.X.(*ast.Path); ok {
		return &ast.Compare{Path: path, Op: test.Op, Value: value, Range: at}, true
	}
	inner := &ast.Compare{Path: &ast.Path{Name: syntax.FormatOperand(shift.X), Field: test.Path.Field, Range: shift.X.Span()}, Op: test.Op, Value: value, Range: at}
	if further, ok := c.sargable(shift.X, inner, at); ok {
		return further, true
	}
	return &ast.Computed{X: shift.X, Test: inner, Range: at}, true
}

// mostSources is the number of references and lists that one condition may run through: it
// holds if any pair of their values makes it true. What is behind a reference counts once, with it.
const mostSources = 2

// bounded returns the checked condition; it fails if that is about too many lists at once.
func (c *checker) bounded(checked, n ast.Node) ast.Node {
	paths := ast.PathsOf(checked)
	fields := make([]*model.Field, len(paths))
	for i, p := range paths {
		fields[i] = p.Field
	}
	if names := sources(fields); len(names) > mostSources {
		c.fail(n.Span(), "one condition goes through "+strings.Join(names, ", "), "it may go through two references or lists")
	}
	return checked
}

// Together reports whether one condition may be about the values of all these fields: it runs
// through two references or lists at most.
func Together(fields []*model.Field) bool { return len(sources(fields)) <= mostSources }

// sources returns the references and lists whose values a condition on fields runs through. One
// that others lie behind counts with them.
func sources(fields []*model.Field) []string {
	var names []string
	add := func(name string) {
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	for _, f := range fields {
		if f.Through != "" {
			add(f.Through)
		}
		if f.Type == model.TypeList {
			add(f.Name)
		}
	}
	return slices.DeleteFunc(names, func(name string) bool {
		return slices.ContainsFunc(fields, func(f *model.Field) bool { return runsOn(f, name) })
	})
}

// runsOn reports whether a path runs through a reference to a list or another reference inside.
func runsOn(f *model.Field, reference string) bool {
	r := f.Reference()
	if f.Type != model.TypeList && r != nil {
		r = r.Reference()
	}
	for ; r != nil; r = r.Reference() {
		if r.Name == reference {
			return true
		}
	}
	return false
}
