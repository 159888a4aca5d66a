package foreign

import (
	"fmt"
	"slices"
	"strings"

	"github.com/muster-go/muster/dsl/ast"
	"github.com/muster-go/muster/dsl/syntax"
	"github.com/muster-go/muster/model"
)

// This file builds conditions. A negation is pushed down to them while they
// are read: the tree negates a condition and never a join.

// test returns a condition that its language takes for false if one of its operands is null.
func (r *reader) test(n ast.Node, of ...ast.Operand) ast.Node {
	if !r.negated {
		return n
	}
	return r.orNull(negated(n), of...)
}

// opposite returns the negation of a condition that its language takes for false if an operand
// is null, as `ne` is one of `eq`.
func (r *reader) opposite(n ast.Node, of ...ast.Operand) ast.Node {
	if r.negated {
		return n
	}
	return r.orNull(negated(n), of...)
}

// plain returns a condition that means the same for null in both languages.
func (r *reader) plain(n ast.Node) ast.Node {
	if !r.negated {
		return n
	}
	return negated(n)
}

func negated(n ast.Node) ast.Node { return &ast.Not{X: n, Range: n.Span()} }

// tested returns the test of an operand. The test that is given has no path yet.
func tested(x ast.Operand, at ast.Span, test ast.Node) ast.Node {
	if p, ok := x.(*ast.Path); ok {
		return ast.WithPath(test, p)
	}
	return &ast.Computed{X: x, Test: ast.WithPath(test, &ast.Path{Range: x.Span()}), Range: at}
}

// within enters the elements of a list: fields are theirs, and a negation around the list does
// not reach their conditions. It returns the function that leaves again.
func (r *reader) within(list *ast.Path) (leave func()) {
	schema, not := r.schema, r.negated
	f := r.field(list.Name)
	if r.schema, r.negated = nil, false; f != nil {
		r.schema, _ = schema.Elements(f)
	}
	return func() { r.schema, r.negated = schema, not }
}

// field returns the field of a name; nil if no schema is known, or the field is not.
func (r *reader) field(name string) *model.Field {
	if r.schema == nil {
		return nil
	}
	f, ok := r.schema.Lookup(name)
	if !ok {
		return nil
	}
	return f
}

// folded returns the schema's name that differs from a name in letter case alone. It returns the
// name itself if the schema has no such name, or several.
func (r *reader) folded(name string) string {
	if r.schema == nil || r.field(name) != nil {
		return name
	}
	found := ""
	for i := range r.schema.Len() {
		if f := r.schema.Field(i); strings.EqualFold(f.Name, name) {
			if found != "" {
				return name
			}
			found = f.Name
		}
	}
	if found == "" {
		return name
	}
	return found
}

// present returns the test whether a field has a value. blank lists the types whose zero value
// counts as none in the language.
func (r *reader) present(p *ast.Path, at ast.Span, blank ...model.Type) ast.Node {
	f := r.field(p.Name)
	isNull := func() ast.Node {
		n := ast.Node(&ast.Is{Path: p, What: ast.IsNull, Range: at})
		if r.negated {
			return n
		}
		return negated(n)
	}
	switch {
	case f == nil:
		return isNull()
	case f.Type == model.TypeList || f.Type == model.TypeRef || f.Type == model.TypeRefs:
		n := ast.Node(&ast.Is{Path: p, What: ast.IsEmpty, Range: at})
		if r.negated {
			return n
		}
		return negated(n)
	case !f.Direct() && f.Type != model.TypeString:
		name := syntax.FormatPath(f.Through)
		r.fail(at, "whether one of several objects has a value cannot be asked", fmt.Sprintf("ask for %s itself, or for a value of %s", name, syntax.FormatPath(f.Name)))
		return nil
	case !slices.Contains(blank, f.Type):
		return isNull()
	}
	literal := func(kind ast.LiteralKind, v model.Value) *ast.Literal {
		return &ast.Literal{Kind: kind, Value: v, Range: at}
	}
	zero := func(l *ast.Literal) ast.Node {
		return r.differs(&ast.Compare{Path: p, Op: ast.Eq, Value: l, Range: at}, p)
	}
	switch f.Type { //nolint:exhaustive // no other type is blank in any language
	case model.TypeBool:
		n := ast.Node(&ast.Is{Path: p, What: ast.IsTrue, Range: at})
		return r.plain(n)
	case model.TypeString:
		if f.Direct() && f.Collation != model.CI {
			return zero(literal(ast.LitString, model.String("")))
		}
		// Blanks at the end do not count in a comparison, and any object may have the text.
		return r.test(&ast.Match{Path: p, Op: ast.Like, Pattern: literal(ast.LitString, model.String("_%")), Range: at}, p)
	}
	return zero(literal(ast.LitInt, model.Int(0)))
}

// differs returns the test whether a field has a value other than that of n. It is false for null.
func (r *reader) differs(n ast.Node, p *ast.Path) ast.Node {
	if r.negated {
		return r.orNull(n, p)
	}
	return negated(n)
}

// bounded reports whether a list has room for one more value. It fails if not.
func (r *reader) bounded(n int, at ast.Span) bool {
	if n < r.limits.ListItems {
		return r.err == nil
	}
	if r.err == nil {
		r.err = syntax.LimitError(at, "the list is too long", r.limits.ListItems, "values", "shorten it, or ask several times")
	}
	return false
}
