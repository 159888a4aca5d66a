package sqlsource

import (
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/dsl/ast"
	"github.com/muster-go/muster/model"
)

// clause is SQL that is being written, and the parameters that it binds. If SQL cannot
// express the condition, reason says why and the text has no meaning.
type clause struct {
	*table
	sql    strings.Builder
	args   []any
	depth  int
	reason string

	operands int // the computed values that are being written, one inside the other
	start    int // where the outermost begins
}

func (t *table) clause() *clause { return &clause{table: t} }

func (c *clause) write(parts ...string) {
	for _, p := range parts {
		c.sql.WriteString(p)
	}
}

func (c *clause) refuse(reason string) {
	if c.reason == "" {
		c.reason = reason
	}
}

func (c *clause) bind(arg any) {
	c.args = append(c.args, arg)
	if c.flavour.Placeholder == nil {
		c.write("?")
		return
	}
	c.write(c.flavour.Placeholder(len(c.args)))
}

// node writes a condition. NOT, AND, OR and null mean the same in SQL and the language.
func (c *clause) node(n dsl.Node) {
	switch n := n.(type) {
	case *dsl.And:
		joined(c, n.Terms, " AND ", c.node)
	case *dsl.Or:
		joined(c, n.Terms, " OR ", c.node)
	case *dsl.Not:
		c.nested(1, func() {
			c.write("NOT (")
			c.node(n.X)
			c.write(")")
		})
	case *dsl.Const:
		c.constant(n.Value)
	case *dsl.Compare, *dsl.Between, *dsl.In, *dsl.Match, *dsl.Is:
		c.test(c.at(ast.PathOf(n)), n)
	case *dsl.Relation:
		c.relation(n)
	case *dsl.Computed:
		if path := ast.PathOf(n.Test); path != nil && path.Field != nil {
			c.test(c.subject(n.X, path.Field), n.Test)
			return
		}
		c.refuse("the filter was not checked against a schema")
	case *dsl.Quantifier, *dsl.Count:
		c.refuse(noElements)
	case nil, *dsl.Truth, *dsl.On:
		c.refuse("the filter was not checked against a schema")
	}
}

// test writes a predicate about a column or about what is computed.
func (c *clause) test(s subject, n dsl.Node) {
	switch n := n.(type) {
	case *dsl.Compare:
		c.compare(s, n.Op, n.Value.Value)
	case *dsl.Between:
		c.write("(")
		c.compare(s, dsl.Ge, n.Lo.Value)
		c.write(" AND ")
		c.compare(s, dsl.Le, n.Hi.Value)
		c.write(")")
	case *dsl.In:
		c.in(s, n.Values)
	case *dsl.Match:
		c.match(s, n.Op, n.Pattern.Value.Str())
	case *dsl.Is:
		c.is(s, n.What)
	default:
		c.refuse("the filter was not checked against a schema")
	}
}

// joined writes terms with a word between them. It splits a long list into halves. A
// database reads `a OR b OR c` as `(a OR b) OR c`, so a long list would exceed its limit
// of nesting.
func joined[T any](c *clause, terms []T, word string, write func(T)) {
	const few = 8
	if len(terms) > few {
		half := len(terms) / 2
		c.nested(1, func() {
			c.write("(")
			joined(c, terms[:half], word, write)
			c.write(")", word, "(")
			joined(c, terms[half:], word, write)
			c.write(")")
		})
		return
	}
	c.nested(len(terms)-1, func() {
		for i, t := range terms {
			if i > 0 {
				c.write(word)
			}
			c.write("(")
			write(t)
			c.write(")")
		}
	})
}

// constant writes a comparison, because not every database accepts TRUE as a condition.
func (c *clause) constant(value bool) {
	if value {
		c.write("1 = 1")
		return
	}
	c.write("1 = 0")
}

// at returns the column of a path, and refuses a path without one.
func (c *clause) at(p *dsl.Path) subject {
	column := c.column(p.Name)
	if column.Name == "" {
		c.refuse("the table has no column for " + p.Name)
	}
	return subject{
		write: func() { c.write(c.name(column.Column)) },
		typ:   column.Type, collation: column.Collation, form: column.Time,
	}
}

// operator returns a comparison as SQL writes it, between spaces.
func operator(op dsl.CompareOp) string { return " " + op.String() + " " }

func (c *clause) compare(s subject, op dsl.CompareOp, v model.Value) {
	if v.Type() == model.TypeDateTime {
		c.instant(s, op, v.Time())
		return
	}
	if s.typ == model.TypeFloat && v.Type() != model.TypeFloat {
		c.refuse("no float is " + v.String() + ", and databases round it")
		return
	}
	s.write()
	c.write(operator(op))
	c.value(s, v)
	if v.Type() == model.TypeString {
		c.collate(s.collation)
	}
}

// instant compares with the values that the database may hold for t, or next to it.
func (c *clause) instant(s subject, op dsl.CompareOp, t time.Time) {
	if s.instants != nil && s.form != TimeUnix {
		s.write()
		c.write(operator(op))
		c.instantConstant(s.instants, t)
		return
	}
	if s.form != TimeUnix && (t.Year() < 1000 || t.Add(time.Microsecond).Year() > 9999) {
		c.refuse(yearsOfDates)
	}
	bound := func(op dsl.CompareOp, value any) {
		s.write()
		c.write(operator(op))
		c.bind(value)
	}
	switch least, greatest := s.form.bounds(t); {
	case op == dsl.Lt || op == dsl.Ge:
		bound(op, least)
	case op == dsl.Le || op == dsl.Gt:
		bound(op, greatest)
	case least == greatest:
		bound(op, least)
	default:
		c.write("(")
		bound(dsl.Ge, least)
		c.write(" AND ")
		bound(dsl.Le, greatest)
		c.write(")")
	}
}

const yearsOfDates = "databases write dates from the year 1000 to 9999"

// value binds a constant that a subject is compared with.
func (c *clause) value(s subject, v model.Value) {
	if s.computed {
		c.constantOperand(v, s.typ)
		return
	}
	switch v.Type() {
	case model.TypeInt:
		c.bind(v.Int())
	case model.TypeBool:
		c.bind(v.Bool())
	case model.TypeString:
		c.text(v.Str())
	case model.TypeFloat:
		c.bind(v.Float())
	case model.TypeNull, model.TypeDateTime, model.TypeRef, model.TypeRefs, model.TypeJSON, model.TypeDecimal, model.TypeList:
		c.refuse("a constant that no column compares with")
	}
}

// text binds a text. It refuses a text that databases do not accept.
func (c *clause) text(s string) {
	if !utf8.ValidString(s) || strings.Contains(s, "\x00") {
		c.refuse("the text is not valid UTF-8, or holds a NUL character, and databases take neither")
	}
	c.bind(s)
}

// collate writes the collation behind the constant, so that the database can use an index
// on a column of the same collation.
func (c *clause) collate(collation model.Collation) {
	name, ok := c.flavour.Collations[collation]
	if !ok {
		c.refuse(c.flavour.Name + " does not compare texts under the collation " + collation.String())
		return
	}
	c.write(" COLLATE ", name)
}

func (c *clause) in(s subject, values []*dsl.Literal) {
	switch {
	case len(values) == 0:
		c.constant(false)
		return
	case s.typ == model.TypeDateTime:
		joined(c, values, " OR ", func(v *dsl.Literal) { c.compare(s, dsl.Eq, v.Value) })
		return
	}
	if s.typ == model.TypeFloat && slices.ContainsFunc(values, func(l *dsl.Literal) bool { return l.Value.Type() != model.TypeFloat }) {
		c.refuse("no float is one of the whole numbers of the list, and databases round it")
		return
	}
	s.write()
	if s.typ == model.TypeString {
		c.collate(s.collation) // SQLite takes a list's collation from the column
	}
	c.write(" IN (")
	for i, v := range values {
		if i > 0 {
			c.write(", ")
		}
		c.value(s, v.Value)
	}
	c.write(")")
}

// is writes a test whose result is never null.
func (c *clause) is(s subject, what dsl.IsWhat) {
	if what == dsl.IsNull {
		s.write()
		c.write(" IS NULL")
		return
	}
	c.write("(")
	s.write()
	c.write(" IS NOT NULL AND ")
	s.write()
	c.write(" = ")
	c.bind(what == dsl.IsTrue)
	c.write(")")
}

func (c *clause) match(s subject, op dsl.MatchOp, pattern string) {
	if op == dsl.Matches {
		c.refuse("the regular expressions of databases are of other dialects")
		return
	}
	if _, ok := c.flavour.Collations[s.collation]; !ok || c.flavour.Glob && s.collation != model.Binary {
		c.refuse(c.flavour.Name + " does not match texts under the collation " + s.collation.String())
		return
	}
	write, word, end := likePattern, " LIKE ", " ESCAPE '!'"
	if c.flavour.Glob {
		write, word, end = globPattern, " GLOB ", ""
	}
	written := write(op, pattern)
	if len(written) > maxPattern {
		c.refuse("the pattern would be longer than the 50000 bytes that every database takes")
		return
	}
	s.write()
	c.write(word)
	c.text(written)
	if !c.flavour.Glob {
		c.collate(s.collation)
	}
	c.write(end)
}

// likePattern escapes with an exclamation mark, because the meaning of a backslash
// depends on the database and its settings.
func likePattern(op dsl.MatchOp, text string) string {
	return rewritten(op, text, "%", "_", strings.NewReplacer("!", "!!", "%", "!%", "_", "!_"))
}

func globPattern(op dsl.MatchOp, text string) string {
	return rewritten(op, text, "*", "?", strings.NewReplacer("*", "[*]", "?", "[?]", "[", "[[]"))
}

// rewritten writes a string test as a pattern with other wildcards. In a pattern of the
// language, a character after a backslash stands for itself. So does a final backslash.
func rewritten(op dsl.MatchOp, text, anyRun, anyOne string, escape *strings.Replacer) string {
	var b strings.Builder
	if op == dsl.EndsWith || op == dsl.Contains {
		b.WriteString(anyRun)
	}
	if op != dsl.Like {
		b.WriteString(escape.Replace(text))
	}
	for rest := text; op == dsl.Like && rest != ""; rest = rest[1:] { // no wildcard is a part of another character
		switch rest[0] {
		case '%':
			b.WriteString(anyRun)
			continue
		case '_':
			b.WriteString(anyOne)
			continue
		case '\\':
			if len(rest) > 1 {
				rest = rest[1:]
			}
		}
		b.WriteString(escape.Replace(rest[:1]))
	}
	if op == dsl.StartsWith || op == dsl.Contains {
		b.WriteString(anyRun)
	}
	return b.String()
}

// name quotes the parts of a name and joins them with dots.
func (t *table) name(parts ...string) string {
	q := t.flavour.Quote
	quoted := make([]string, len(parts))
	for i, p := range parts {
		quoted[i] = q + strings.ReplaceAll(p, q, q+q) + q
	}
	return strings.Join(quoted, ".")
}

// relax returns a condition that the database can express and that is true for every row
// for which n is; nil if there is none. If it is true for more rows, the reason says why.
func (t *table) relax(n dsl.Node) (relaxed dsl.Node, reason string) {
	switch n := n.(type) {
	case *dsl.And:
		var terms []dsl.Node
		for _, term := range n.Terms {
			weaker, why := t.relax(term)
			if weaker != nil {
				terms = append(terms, weaker)
			}
			if reason == "" {
				reason = why
			}
		}
		if len(terms) == 0 {
			return nil, reason
		}
		return dsl.All(terms...), reason
	case *dsl.Or:
		terms := make([]dsl.Node, len(n.Terms))
		for i, term := range n.Terms {
			weaker, why := t.relax(term)
			if weaker == nil {
				return nil, why
			}
			if terms[i] = weaker; reason == "" {
				reason = why
			}
		}
		return &dsl.Or{Terms: terms}, reason
	}
	c := t.clause()
	if c.node(n); c.reason != "" {
		return t.rewrite(n, c.reason)
	}
	return n, ""
}

// rewrite relaxes a condition that SQL cannot express for a reason, by what it says of the
// field that it is computed of, or by what the terms below its Not say.
func (t *table) rewrite(n dsl.Node, reason string) (relaxed dsl.Node, why string) {
	plain, exact := dsl.Sargable(n)
	if plain == nil {
		if plain, exact = dsl.NNF(n), true; ast.Equal(plain, n) {
			return nil, reason
		}
	}
	relaxed, why = t.relax(plain)
	if why != "" || !exact {
		why = reason
	}
	return relaxed, why
}

// arguments returns the bound parameters for people.
func arguments(args []any) string {
	texts := make([]string, len(args))
	for i, a := range args {
		switch a := a.(type) {
		case string:
			texts[i] = strconv.Quote(a)
		case time.Time:
			texts[i] = a.Format(time.RFC3339Nano)
		case int64:
			texts[i] = strconv.FormatInt(a, 10)
		case float64:
			texts[i] = strconv.FormatFloat(a, 'g', -1, 64)
		case bool:
			texts[i] = strconv.FormatBool(a)
		}
	}
	return strings.Join(texts, ", ")
}
