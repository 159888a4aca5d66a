package check

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/muster-go/muster/dsl/ast"
	"github.com/muster-go/muster/dsl/internal/collate"
	"github.com/muster-go/muster/dsl/internal/suggest"
	"github.com/muster-go/muster/dsl/syntax"
	"github.com/muster-go/muster/model"
)

// Checked is a filter that fits a schema. Everything that depends on the time, the zone and
// the parameters is resolved. It is immutable once all stages have checked it, and then safe
// for concurrent use.
type Checked struct {
	// Source is the text that the spans refer to; "" for a built filter.
	Source string
	// Root is the checked tree, never nil: the empty filter is the constant true. Every Path
	// has its Field, and every Literal a Value of the field's type and a Text to print. There
	// is no Truth, On, null, date, relative time or parameter.
	Root ast.Node
	// Schema is what the filter was checked against.
	Schema *model.Schema
	// Now and Zone are what times were resolved with; Now is in whole seconds.
	Now  time.Time
	Zone *time.Location
	// Warnings are doubts about what was meant, in the order of the text.
	Warnings []Warning
}

// Check resolves a filter against a schema: names to fields, dates, relative times and
// parameters to values, `on` and bare booleans to comparisons. It reports every mistake at
// once, as [Errors]; a nil f is the empty filter.
//
// Package dsl documents the rules at its Check, which adds the warnings of later stages.
func Check(f *syntax.Filter, s *model.Schema, opts ...Option) (*Checked, error) {
	o := options{zone: time.UTC}
	for _, opt := range opts {
		opt.applyCheck(&o)
	}
	if o.now.IsZero() {
		o.now = time.Now()
	}
	o.now = time.Unix(o.now.Unix(), 0).In(o.zone)
	if f == nil {
		f = &syntax.Filter{}
	}
	c := newChecker(f.Source, s, o)
	root := c.run(f.Root)
	if len(c.errs) > 0 {
		return nil, c.located(f, o)
	}
	return &Checked{
		Source: f.Source, Root: root, Schema: s,
		Now: o.now, Zone: o.zone, Warnings: c.warnings,
	}, nil
}

// Warn adds the warnings of a later stage. They need a range, a message and a hint; Warn sets
// the rest and keeps all warnings in the order of the text.
func (c *Checked) Warn(warnings ...Warning) {
	if len(warnings) == 0 {
		return
	}
	c.Warnings = append(c.Warnings, warnings...)
	locateWarnings(c.Source, c.Warnings)
}

type checker struct {
	source   string
	schema   *model.Schema
	now      time.Time
	zone     *time.Location
	params   parameters
	regexps  int // instructions left for regular expressions
	errs     Errors
	warnings []Warning
}

func newChecker(source string, s *model.Schema, o options) *checker {
	return &checker{source: source, schema: s, now: o.now, zone: o.zone, params: newParameters(o), regexps: cmp.Or(o.regexp, defaultRegexp)}
}

func (c *checker) run(root ast.Node) ast.Node {
	checked := ast.Node(&ast.Const{Value: true})
	if root != nil {
		checked = c.node(root)
	}
	for _, mark := range c.params.unused() {
		end := len(c.source)
		c.fail(ast.Span{Start: end, End: end}, fmt.Sprintf("the value bound to %s is not used", mark), "use it or leave it out")
	}
	c.finish()
	return checked
}

// node returns the checked form of n. After an error any node will do.
func (c *checker) node(n ast.Node) ast.Node {
	switch n := n.(type) {
	case *ast.And:
		return &ast.And{Terms: c.nodes(n.Terms), Range: n.Range}
	case *ast.Or:
		return &ast.Or{Terms: c.nodes(n.Terms), Range: n.Range}
	case *ast.Not:
		return &ast.Not{X: c.node(n.X), Range: n.Range}
	case *ast.Const:
		return n
	case *ast.Truth:
		return c.truth(n)
	case *ast.Compare:
		return c.compare(n)
	case *ast.In:
		return c.in(n)
	case *ast.Between:
		return c.between(n)
	case *ast.Match:
		return c.match(n)
	case *ast.Is:
		return c.is(n)
	case *ast.On:
		return c.on(n)
	case nil:
	}
	c.fail(ast.Span{}, "the tree has a nil node", "")
	return &ast.Const{}
}

func (c *checker) nodes(terms []ast.Node) []ast.Node {
	out := make([]ast.Node, len(terms))
	for i, t := range terms {
		out[i] = c.node(t)
	}
	return out
}

func (c *checker) truth(n *ast.Truth) ast.Node {
	path, ok := c.path(n.Path)
	if !ok {
		return n
	}
	if f := path.Field; f.Type != model.TypeBool {
		c.fail(n.Path.Range, fmt.Sprintf("%s is %s, not a condition", syntax.FormatPath(f.Name), typeName(f.Type)), c.conditionHint(f))
		return n
	}
	return &ast.Compare{Path: path, Op: ast.Eq, Value: ast.ValueLiteral(model.Bool(true), n.Range), Range: n.Range}
}

func (c *checker) compare(n *ast.Compare) ast.Node {
	path, ok := c.path(n.Path)
	if !ok || !c.takes(path, n, n.Op.String(), n.Value) {
		return n
	}
	k, ok := c.constant(path, n.Value)
	if !ok {
		return n
	}
	if k.date && n.Op == ast.Eq {
		c.warnDateEquals(path, n.Range, k)
	}
	if k.frac {
		return c.compareFraction(path, n, k)
	}
	return &ast.Compare{Path: path, Op: n.Op, Value: ast.ValueLiteral(k.value, n.Value.Range), Range: n.Range}
}

// compareFraction compares a field of whole seconds with an instant between two seconds.
func (c *checker) compareFraction(path *ast.Path, n *ast.Compare, k constant) ast.Node {
	at := n.Value.Range
	below := ast.ValueLiteral(k.value, at)
	above := ast.ValueLiteral(model.DateTimeUnix(k.value.Int()+1), at)
	switch n.Op {
	case ast.Lt, ast.Le:
		return &ast.Compare{Path: path, Op: ast.Le, Value: below, Range: n.Range}
	case ast.Gt, ast.Ge:
		return &ast.Compare{Path: path, Op: ast.Ge, Value: above, Range: n.Range}
	case ast.Eq:
	}
	c.warn(n.Range, syntax.FormatPath(path.Name)+" holds whole seconds and never equals an instant between two of them", "leave out the fraction, or compare with < or >")
	return &ast.Between{Path: path, Lo: above, Hi: below, Range: n.Range}
}

func (c *checker) in(n *ast.In) ast.Node {
	path, ok := c.path(n.Path)
	if !ok || !c.takes(path, n, "in", firstOf(n.Values)) {
		return n
	}
	literals, ok := c.expand(path, n.Values)
	if !ok {
		return n
	}
	values := make([]*ast.Literal, 0, len(literals))
	var between *constant // an instant between two seconds
	for _, l := range literals {
		k, good := c.constant(path, l)
		switch {
		case !good:
			ok = false
		case k.frac:
			between = &k
		default:
			if k.date {
				c.warnDateEquals(path, l.Range, k)
			}
			values = append(values, ast.ValueLiteral(k.value, l.Range))
		}
	}
	switch {
	case !ok:
		return n
	case len(values) == 0 && between != nil:
		return c.compareFraction(path, &ast.Compare{Path: path, Value: n.Values[0], Range: n.Range}, *between)
	case len(values) == 0:
		return &ast.Const{Value: false, Range: n.Range}
	}
	return &ast.In{Path: path, Values: values, Range: n.Range}
}

func firstOf(ls []*ast.Literal) *ast.Literal {
	if len(ls) == 0 {
		return nil
	}
	return ls[0]
}

func (c *checker) between(n *ast.Between) ast.Node {
	path, ok := c.path(n.Path)
	if !ok || !c.takes(path, n, "between", n.Lo) {
		return n
	}
	lo, okLo := c.constant(path, n.Lo)
	hi, okHi := c.constant(path, n.Hi)
	if !okLo || !okHi {
		return n
	}
	reversed := collate.Values(path.Field, lo.value, hi.value) > 0
	if lo.frac {
		lo.value = model.DateTimeUnix(lo.value.Int() + 1)
	}
	switch {
	case reversed:
		c.warn(n.Range, "nothing lies between these: the lower bound is above the upper", "write the smaller value first")
	case collate.Values(path.Field, lo.value, hi.value) > 0:
		c.warn(n.Range, "nothing lies between these: the field holds whole seconds", "")
	case hi.date:
		c.warn(n.Hi.Range, "the upper bound is the first second of "+hi.day.String()+", so the rest of that day is left out",
			fmt.Sprintf("end with %sT23:59:59, or write `%s on %s` for only that day", hi.day, syntax.FormatPath(path.Name), hi.day))
	}
	return &ast.Between{
		Path: path, Lo: ast.ValueLiteral(lo.value, n.Lo.Range), Hi: ast.ValueLiteral(hi.value, n.Hi.Range),
		Range: n.Range,
	}
}

func (c *checker) match(n *ast.Match) ast.Node {
	path, ok := c.path(n.Path)
	if !ok || !c.takes(path, n, n.Op.String(), n.Pattern) {
		return n
	}
	k, ok := c.constant(path, n.Pattern)
	if !ok {
		return n
	}
	if n.Op == ast.Matches && !c.regexp(path.Field, n.Pattern, k.value.Str()) {
		return n
	}
	return &ast.Match{Path: path, Op: n.Op, Pattern: ast.ValueLiteral(k.value, n.Pattern.Range), Range: n.Range}
}

func (c *checker) is(n *ast.Is) ast.Node {
	path, ok := c.path(n.Path)
	if !ok {
		return n
	}
	f := path.Field
	if f.Type == model.TypeRefs {
		c.fail(n.Range, syntax.FormatPath(f.Name)+" is a list of references and never null", c.noReferencesHint(f, n))
		return n
	}
	if n.What != ast.IsNull && f.Type != model.TypeBool {
		c.wrongOperator(path, n, "is "+n.What.String(), nil)
		return n
	}
	if n.What == ast.IsNull && !f.Nullable && path.Direct() {
		c.warn(n.Range, syntax.FormatPath(f.Name)+" is never null", "")
	}
	return &ast.Is{Path: path, What: n.What, Range: n.Range}
}

func (c *checker) on(n *ast.On) ast.Node {
	path, ok := c.path(n.Path)
	if !ok || !c.takes(path, n, "on", n.Date) {
		return n
	}
	day, ok := c.day(path, n.Date)
	if !ok {
		return n
	}
	// The end is the last second before the next day. A day does not always have 24 hours.
	lo := startOfDay(day, c.zone)
	hi := min(startOfDay(day.next(), c.zone)-1, maxInstant)
	return &ast.Between{
		Path: path, Lo: ast.ValueLiteral(model.DateTimeUnix(lo), n.Date.Range),
		Hi: ast.ValueLiteral(model.DateTimeUnix(hi), n.Date.Range), Range: n.Range,
	}
}

// path resolves a path to its field.
func (c *checker) path(p *ast.Path) (*ast.Path, bool) {
	f, ok := c.schema.Lookup(p.Name)
	if !ok {
		c.fail(p.Range, fmt.Sprintf("unknown field %q", p.Name), c.unknownHint(p.Name))
		return nil, false
	}
	return &ast.Path{Name: p.Name, Field: f, Range: p.Range}, true
}

func (c *checker) unknownHint(name string) string {
	names := make([]string, c.schema.Len())
	for i := range names {
		names[i] = c.schema.Field(i).Name
	}
	if near := suggest.Nearest(name, names); near != "" {
		return "did you mean " + syntax.FormatPath(near) + "?"
	}
	if part := slices.IndexFunc(names, func(n string) bool { return hasPart(n, name) }); part >= 0 {
		return "did you mean " + syntax.FormatPath(names[part]) + "?"
	}
	if head, _, dotted := strings.Cut(name, "."); dotted {
		if below := below(names, head); len(below) > 0 {
			return "the fields below " + head + " are " + strings.Join(below, ", ")
		}
	}
	if at := slices.IndexFunc(names, func(n string) bool { return strings.HasSuffix(n, "."+name) }); at >= 0 {
		return "did you mean " + syntax.FormatPath(names[at]) + "?"
	}
	if below := below(names, name); len(below) > 0 {
		return "the fields below " + name + " are " + strings.Join(below, ", ")
	}
	names = slices.DeleteFunc(names, func(n string) bool {
		f, _ := c.schema.Lookup(n)
		return f.Through != ""
	})
	return "the fields are " + strings.Join(names, ", ")
}

// below returns the names of the fields inside the one called head.
func below(names []string, head string) []string {
	return slices.DeleteFunc(slices.Clone(names), func(n string) bool { return !strings.HasPrefix(n, head+".") })
}

// hasPart reports whether word is a part of a field's name between underscores, such as
// "created" in created_at.
func hasPart(field, word string) bool {
	const shortest = 3 // "at" is a part of too many names
	if len(word) < shortest || strings.Contains(field, ".") {
		return false
	}
	return strings.Contains("_"+field+"_", "_"+strings.ToLower(word)+"_")
}

// takes reports whether the field's type takes an operator. It fails if not.
func (c *checker) takes(path *ast.Path, n ast.Node, op string, value *ast.Literal) bool {
	f := path.Field
	if f.Type == model.TypeRef || f.Type == model.TypeRefs || f.Type == model.TypeJSON {
		hint := "you can select it; a filter can only test it for null"
		if f.Type != model.TypeJSON {
			hint = c.throughHint(f, value)
		}
		c.fail(path.Range, fmt.Sprintf("%s is %s, which has no value to compare", syntax.FormatPath(f.Name), typeName(f.Type)), hint)
		return false
	}
	if accepts(f.Type, op) {
		return true
	}
	c.wrongOperator(path, n, op, value)
	return false
}

func (c *checker) wrongOperator(path *ast.Path, n ast.Node, op string, value *ast.Literal) {
	at, written := c.operatorSpan(path, n, op, value)
	f := path.Field
	c.fail(at, fmt.Sprintf("%s is %s, which does not take %q", syntax.FormatPath(f.Name), typeName(f.Type), written),
		fmt.Sprintf("%s takes %s", typeName(f.Type), operatorList(f.Type)))
}

// operatorSpan returns the place and the spelling of a predicate's operator. The tree does
// not keep it: it is the text between the path and the value, unless that has a comment.
func (c *checker) operatorSpan(path *ast.Path, n ast.Node, op string, value *ast.Literal) (ast.Span, string) {
	whole := n.Span()
	from, to := path.Range.End, whole.End
	if value != nil {
		to = value.Range.Start
	}
	if from >= to || to > len(c.source) {
		return whole, op
	}
	text := c.source[from:to]
	if strings.Contains(text, "--") {
		return whole, op
	}
	trimmed := strings.Trim(text, " \t\r\n(")
	from += strings.Index(text, trimmed)
	if trimmed == "" {
		return whole, op
	}
	return ast.Span{Start: from, End: from + len(trimmed)}, strings.Join(strings.Fields(strings.ToLower(trimmed)), " ")
}
