package check

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/muster-go/muster/dsl/ast"
	"github.com/muster-go/muster/dsl/internal/collate"
	"github.com/muster-go/muster/dsl/internal/function"
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
	source    string
	schema    *model.Schema
	block     block // zero outside of one
	now       time.Time
	zone      *time.Location
	functions *function.Table
	params    parameters
	regexps   int   // instructions left for regular expressions
	callSteps int64 // steps that functions of an environment took for constants
	errs      Errors
	warnings  []Warning

	paths    slab[ast.Path]
	literals slab[ast.Literal]
	compares slab[ast.Compare]
	terms    slab[ast.Node]

	subject   *ast.Path // what stands for the operand of the Computed that is being checked
	wholeDays bool      // subject is a call of date, whose values are the beginnings of days
}

func newChecker(source string, s *model.Schema, o options) *checker {
	return &checker{source: source, schema: s, now: o.now, zone: o.zone, functions: cmp.Or(o.functions, function.Builtin()), params: newParameters(o), regexps: cmp.Or(o.regexp, defaultRegexp)}
}

func (c *checker) run(root ast.Node) ast.Node {
	var checked ast.Node
	if root == nil {
		checked = &ast.Const{Value: true}
	} else {
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
	case *ast.Relation:
		return c.relation(n)
	case *ast.Computed:
		return c.computed(n)
	case *ast.Quantifier:
		return c.quantifier(n)
	case *ast.Count:
		return c.count(n)
	case nil:
	}
	c.fail(ast.Span{}, "the tree has a nil node", "")
	return &ast.Const{}
}

func (c *checker) nodes(terms []ast.Node) []ast.Node {
	out := c.terms.take(len(terms))
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
		c.fail(n.Path.Range, fmt.Sprintf("%s is %s, not a condition", c.spell(f.Name), fieldType(f)), c.conditionHint(f))
		return n
	}
	return &ast.Compare{Path: path, Op: ast.Eq, Value: c.valueLiteral(model.Bool(true), n.Range), Range: n.Range}
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
	if n.Op == ast.Eq {
		c.warnEquals(path, n.Range, k)
	}
	return c.compares.add(ast.Compare{Path: path, Op: n.Op, Value: c.valueLiteral(k.value, n.Value.Range), Range: n.Range})
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
	for _, l := range literals {
		k, good := c.constant(path, l)
		if !good {
			ok = false
			continue
		}
		c.warnEquals(path, l.Range, k)
		values = append(values, c.valueLiteral(k.value, l.Range))
	}
	switch {
	case !ok:
		return n
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
	switch {
	case collate.Values(path.Field, lo.value, hi.value) > 0:
		c.warn(n.Range, "nothing lies between these: the lower bound is above the upper", "write the smaller value first")
	case hi.date && !c.wholeDays:
		end := hi.day.String() + "T23:59:59"
		if !path.Field.HoldsWholeSeconds() {
			end += ".999999999"
		}
		c.warn(n.Hi.Range, "the upper bound is the first second of "+hi.day.String()+", so the rest of that day is left out",
			fmt.Sprintf("end with %s, or write `%s on %s` for only that day", end, c.spell(path.Name), hi.day))
	}
	return &ast.Between{
		Path: path, Lo: c.valueLiteral(lo.value, n.Lo.Range), Hi: c.valueLiteral(hi.value, n.Hi.Range),
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
	return &ast.Match{Path: path, Op: n.Op, Pattern: c.valueLiteral(k.value, n.Pattern.Range), Range: n.Range}
}

func (c *checker) is(n *ast.Is) ast.Node {
	path, ok := c.path(n.Path)
	if !ok {
		return n
	}
	f := path.Field
	if f.Type == model.TypeRefs && n.What == ast.IsNull {
		c.fail(n.Range, c.spell(f.Name)+" is a list of references and never null", c.noReferencesHint(f, n))
		return n
	}
	if op := "is " + n.What.String(); n.What != ast.IsNull && !accepts(f, op) {
		c.wrongOperator(path, n, op, nil)
		return n
	}
	what := n.What
	if what == ast.IsEmpty && f.Type == model.TypeRef { // the same, and what servers know
		what = ast.IsNull
	}
	if what == ast.IsNull && !f.Nullable && f.Through == "" {
		c.warn(n.Range, c.spell(f.Name)+" is never null", "")
	}
	return &ast.Is{Path: path, What: what, Range: n.Range}
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
	// The end is the last instant before the next day. A day does not always have 24 hours.
	hi := moment{sec: min(startOfDay(day.next(), c.zone)-1, maxInstant)}
	if !path.Field.HoldsWholeSeconds() {
		hi.nano = int(time.Second - time.Nanosecond)
	}
	return &ast.Between{
		Path: path, Lo: c.valueLiteral(model.DateTimeUnix(startOfDay(day, c.zone)), n.Date.Range),
		Hi: c.valueLiteral(hi.constant().value, n.Date.Range), Range: n.Range,
	}
}

// path resolves a path to its field.
func (c *checker) path(p *ast.Path) (*ast.Path, bool) {
	if p.Name == "" && c.subject != nil {
		return c.subject, true
	}
	f, ok := c.schema.Lookup(p.Name)
	if !ok && c.block.list != nil {
		c.unknownInBlock(p)
		return nil, false
	}
	if !ok {
		c.fail(p.Range, fmt.Sprintf("unknown field %q", cut(p.Name)), c.unknownHint(p.Name))
		return nil, false
	}
	return c.paths.add(ast.Path{Name: p.Name, Field: f, Range: p.Range}), true
}

func (c *checker) unknownHint(name string) string {
	if name == model.This {
		return c.thisHint()
	}
	if dot := strings.LastIndexByte(name, '.'); dot > 0 {
		if hint := c.ofListHint(name[dot+1:], name[:dot]); hint != "" {
			return hint
		}
	}
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
		c.fail(path.Range, fmt.Sprintf("%s is %s, which has no value to compare", c.spell(f.Name), typeName(f.Type)), hint)
		return false
	}
	if accepts(f, op) {
		return true
	}
	c.wrongOperator(path, n, op, value)
	return false
}

func (c *checker) wrongOperator(path *ast.Path, n ast.Node, op string, value *ast.Literal) {
	at, written := c.operatorSpan(path, n, op, value)
	f := path.Field
	hint := fmt.Sprintf("%s takes %s", fieldType(f), operatorList(f))
	if is, ok := n.(*ast.Is); ok && is.What == ast.IsEmpty && f.Type == model.TypeString {
		hint = "an empty text is `= ''`, a missing value `is null`"
	}
	c.fail(at, fmt.Sprintf("%s is %s, which does not take %q", c.spell(f.Name), fieldType(f), written), hint)
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
