package check

import (
	"fmt"
	"slices"
	"strings"

	"github.com/muster-go/muster/dsl/ast"
	"github.com/muster-go/muster/dsl/internal/suggest"
	"github.com/muster-go/muster/dsl/syntax"
	"github.com/muster-go/muster/model"
)

// block is the list or reference whose block is being checked.
type block struct {
	list  *model.Field
	outer *model.Schema // of the record that has the list
}

func (c *checker) quantifier(n *ast.Quantifier) ast.Node {
	path, elements, ok := c.list(n.Path)
	if !ok {
		return n
	}
	return &ast.Quantifier{Kind: n.Kind, Path: path, Block: c.within(path, elements, n.Block), Range: n.Range}
}

// cardinality resolves a number of elements.
func (c *checker) cardinality(n *ast.Cardinality) (typed, bool) {
	path, elements, ok := c.list(n.Path)
	if !ok {
		return typed{}, false
	}
	checked := &ast.Cardinality{Path: path, Range: n.Range}
	if n.Block != nil {
		checked.Block = c.within(path, elements, n.Block)
	}
	return made(checked, model.TypeInt, model.Binary, false), true
}

func (c *checker) count(n *ast.Count) ast.Node {
	x, ok := c.operand(&ast.Cardinality{Path: n.Path, Block: n.Block, Range: n.Range}, nil)
	if !ok {
		return n
	}
	return c.counted(x.x.(*ast.Cardinality), n) //nolint:forcetypeassert // what cardinality returns
}

// counted checks what a checked number of elements is compared with.
func (c *checker) counted(x *ast.Cardinality, n *ast.Count) ast.Node {
	k, ok := c.number(x.Path, n.Value)
	if !ok {
		return n
	}
	checked := &ast.Count{Path: x.Path, Block: x.Block, Op: n.Op, Value: ast.ValueLiteral(k, n.Value.Range), Range: n.Range}
	if n.Op == ast.Eq && k.Int() < 0 || n.Op == ast.Lt && k.Int() <= 0 || n.Op == ast.Le && k.Int() < 0 {
		c.warn(n.Range, "a count is 0 or more, and never this", "")
	}
	return checked
}

// number resolves what a count is compared with.
func (c *checker) number(list *ast.Path, l *ast.Literal) (model.Value, bool) {
	name := "count(" + list.Name + ")"
	failed := len(c.errs)
	k, ok := c.constant(&ast.Path{Name: name, Field: &model.Field{Name: name, Type: model.TypeInt}, Range: list.Range}, l)
	for _, e := range c.errs[failed:] {
		switch {
		case strings.Contains(e.Hint, "is null"), strings.Contains(e.Hint, "is not null"):
			e.Hint = "of a list that is null or empty the count is 0"
		case strings.Contains(e.Hint, " in ("):
			e.Hint = "compare a count with one number"
		}
	}
	return k.value, ok
}

// list resolves the path of a quantifier or a count, and returns the schema of the elements.
func (c *checker) list(p *ast.Path) (*ast.Path, *model.Schema, bool) {
	path, ok := c.path(p)
	if !ok {
		return nil, nil, false
	}
	elements, ok := c.schema.Elements(path.Field)
	if !ok {
		c.fail(p.Range, fmt.Sprintf("%s is %s, not a list or a reference", syntax.FormatPath(p.Name), fieldType(path.Field)), c.listHint(path.Field))
		return nil, nil, false
	}
	return path, elements, true
}

// listHint names what may stand in place of a field that has no elements.
func (c *checker) listHint(f *model.Field) string {
	if f.Through != "" && f.Type != model.TypeJSON && f.Type != model.TypeRef && f.Type != model.TypeRefs {
		inner := strings.TrimPrefix(f.Name, f.Through+".")
		return fmt.Sprintf("its name stands inside, as in `any %s (%s is not null)`", syntax.FormatPath(f.Through), syntax.FormatPath(inner))
	}
	var names []string
	for i := range c.schema.Len() {
		if _, ok := c.schema.Elements(c.schema.Field(i)); ok {
			names = append(names, syntax.FormatPath(c.schema.Field(i).Name))
		}
	}
	if len(names) == 0 {
		return "there are no lists and no references here"
	}
	return "the lists and references are " + strings.Join(names, ", ")
}

// within checks a block, whose names are those of an element.
func (c *checker) within(list *ast.Path, elements *model.Schema, n ast.Node) ast.Node {
	schema, around := c.schema, c.block
	c.schema, c.block = elements, block{list.Field, schema}
	checked := c.node(n)
	c.schema, c.block = schema, around
	return checked
}

// unknownInBlock fails for a name that is not one of an element.
func (c *checker) unknownInBlock(p *ast.Path) {
	list := syntax.FormatPath(c.block.list.Name)
	c.fail(p.Range, fmt.Sprintf("unknown field %q of an element of %s", cut(p.Name), list), c.elementHint(p.Name))
}

// isOuter reports whether a name is that of a field around the block.
func (c *checker) isOuter(name string) bool {
	_, ok := c.block.outer.Lookup(name)
	return ok
}

func (c *checker) elementHint(name string) string {
	list := c.block.list
	if list.Type == model.TypeList {
		if strings.EqualFold(name, model.This) {
			return fmt.Sprintf("did you mean %s? Names do not ignore letter case", model.This)
		}
		hint := fmt.Sprintf("an element is %s, which is called %s here", typeName(list.Of), model.This)
		if c.isOuter(name) {
			hint += fmt.Sprintf("; %s is a field outside of the parentheses", syntax.FormatPath(name))
		}
		return hint
	}
	names := make([]string, c.schema.Len())
	for i := range names {
		names[i] = c.schema.Field(i).Name
	}
	if inner, ok := strings.CutPrefix(name, list.Name+"."); ok && slices.Contains(names, inner) {
		return "names here are relative: write " + syntax.FormatPath(inner)
	}
	if near := suggest.Nearest(name, names); near != "" {
		return "did you mean " + syntax.FormatPath(near) + "?"
	}
	if len(names) == 0 {
		return fmt.Sprintf("the fields of what %s refers to are not known", syntax.FormatPath(list.Name))
	}
	hint := "the fields here are " + strings.Join(names, ", ")
	if c.isOuter(name) {
		hint = fmt.Sprintf("%s is not a field of the element: write that condition outside; %s", syntax.FormatPath(name), hint)
	}
	return hint
}

// calledHint says how this language writes a function of other languages, such as size(tags),
// whose first argument is a list; "" for other calls.
func (c *checker) calledHint(n *ast.Call) string {
	if len(n.Args) > 0 {
		if path, ok := n.Args[0].(*ast.Path); ok {
			return c.ofListHint(n.Name, path.Name)
		}
	}
	return ""
}

// ofListHint says how this language writes a word of other languages about a list, or about a
// field behind a reference; "" if it does not know the word or the path.
func (c *checker) ofListHint(word, path string) string {
	f, ok := c.schema.Lookup(path)
	if !ok {
		return ""
	}
	if _, ok := c.schema.Elements(f); ok {
		return syntax.ElementsHint(word, syntax.FormatPath(path))
	}
	if f.Through == "" {
		return ""
	}
	return syntax.QuantifierHint(word, syntax.FormatPath(f.Through))
}

// thisHint explains the name of a scalar element to those who use it outside of a block.
func (c *checker) thisHint() string {
	example := "tags"
	for i := range c.schema.Len() {
		if f := c.schema.Field(i); f.Type == model.TypeList {
			example = syntax.FormatPath(f.Name)
			break
		}
	}
	return fmt.Sprintf("`%s` is an element of a list of values, as in `any %s (%s is not null)`", model.This, example, model.This)
}
