package rest

import (
	"errors"
	"slices"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query/plan"
	"github.com/muster-go/muster/query/rest/expression"
)

// expressions is the dialect of a server that takes all conditions as one expression. A
// plan has the conditions, and the expression of a request is written from them: nobody can
// write one into a plan.
type expressions struct{ *listing }

var (
	_ plan.Dialect    = expressions{}
	_ plan.TextFolder = expressions{}
)

// Independent reports whether no condition takes room from another.
func (d expressions) Independent() bool { return d.renderer.Independent() }

// Classify answers for the conjuncts of a filter.
func (d expressions) Classify(conjuncts []dsl.Node) []plan.Pushdown {
	return d.renderer.Classify(conjuncts)
}

// SameText reports whether texts are equal to the server.
func (d expressions) SameText(f *model.Field, a, b string) bool {
	return d.renderer.SameText(f.Name, a, b)
}

// expressedField is the field's part of an expression dialect, by the field's name in the schema.
func (d Definition) expressedField(name string) expression.Field {
	i := slices.IndexFunc(d.Fields, func(f Field) bool { return f.Name == name })
	if i < 0 {
		return expression.Field{Name: name}
	}
	f := d.Fields[i]
	return expression.Field{Name: f.ServerName(), Ops: f.Ops, Fold: f.Fold}
}

// expressed returns the expression of a scan; nil for none. It fails if the definition has
// changed since the scan was planned, so that the server cannot be asked for its conditions.
func (l *listing) expressed(scan plan.Scan) (any, error) {
	if l.renderer == nil {
		return nil, nil //nolint:nilnil // no expression is sent
	}
	said, err := l.renderer.Render(scan.Conjuncts)
	return l.behind(scan, said), err
}

// expression checks the dialect of expressions and what fields say of it.
func (c *checker) expression() {
	if c.Expression == nil {
		for i, f := range c.Fields {
			c.unexpressed(fieldPart(i), f)
		}
		return
	}
	if c.Syntax != nil {
		c.badf("dialect", "conditions go by one dialect: %s or %s", c.Syntax.Name(), c.Expression.Name)
	}
	_, err := expression.Compile(*c.Expression, c.Definition.expressedField)
	if faults, ok := errors.AsType[expression.Faults](err); ok {
		for _, f := range faults {
			c.badf("expression."+f.Part, "%v", f.Err)
		}
	}
	if !c.orderedBehind() { // else the order has claimed it
		c.claim("expression.to", c.Expression.To.Name(), use{what: "the expression"})
	}
	for i, f := range c.Fields {
		c.operators(fieldPart(i), f)
	}
}

// unexpressed refuses what only a dialect of expressions has.
func (c *checker) unexpressed(part string, f Field) {
	if f.Ops != nil {
		c.badf(part+".ops", "ops are for a dialect that takes one expression, and %s does not: %s names its params", c.Dialect(), f.Name)
	}
	if f.Fold != "" {
		c.badf(part+".fold", "fold is for a dialect that takes one expression; with %s the collation says how the server compares %s", c.Dialect(), f.Name)
	}
}

// operators checks the name and the operators of one field.
func (c *checker) operators(part string, f Field) {
	if err := expression.CheckName(*c.Expression, f.ServerName()); err != nil {
		at := part + ".as"
		if f.As == "" {
			at = part + ".name"
		}
		c.badf(at, "field %s: %v", f.Name, err)
	}
	for op, o := range f.Ops {
		at := part + ".ops." + string(op)
		if err := expression.CheckOperator(*c.Expression, &f.Field, op, o); err != nil {
			c.badf(at, "field %s: %v", f.Name, err)
		}
	}
	if f.Fold != "" && !slices.Contains(expression.Folds(), f.Fold) {
		c.badf(part+".fold", "field %s: there is no folding %q; there are %q", f.Name, f.Fold, expression.Folds())
	}
}
