package sqlsource

import (
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model"
)

// clause is SQL that is being written, and the parameters that it binds. A reason that is
// not "" says why the condition cannot be expressed; the text is then meaningless.
type clause struct {
	*table
	sql    strings.Builder
	args   []any
	depth  int
	reason string
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

// node writes a condition. It leaves NOT, AND, OR and null to SQL, whose rules are the
// language's.
func (c *clause) node(n dsl.Node) {
	switch n := n.(type) {
	case *dsl.And:
		c.join(n.Terms, " AND ")
	case *dsl.Or:
		c.join(n.Terms, " OR ")
	case *dsl.Not:
		c.nested(1, func() {
			c.write("NOT (")
			c.node(n.X)
			c.write(")")
		})
	case *dsl.Const:
		c.constant(n.Value)
	case *dsl.Compare:
		c.compare(c.column(n.Path), n.Op, n.Value.Value)
	case *dsl.Between:
		column := c.column(n.Path)
		c.write("(")
		c.compare(column, dsl.Ge, n.Lo.Value)
		c.write(" AND ")
		c.compare(column, dsl.Le, n.Hi.Value)
		c.write(")")
	case *dsl.In:
		c.in(c.column(n.Path), n.Values)
	case *dsl.Match:
		c.match(c.column(n.Path), n.Op, n.Pattern.Value.Str())
	case *dsl.Is:
		c.is(c.column(n.Path), n.What)
	case nil, *dsl.Truth, *dsl.On:
		c.refuse("the filter was not checked against a schema")
	}
}

func (c *clause) join(terms []dsl.Node, word string) {
	joined(c, terms, word, c.node)
}

// joined writes terms with a word between them. It splits a long list into halves: a
// database reads `a OR b OR c` as `(a OR b) OR c`, and so nests as deep as the list is
// long, up to a limit.
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

// constant writes a comparison: not every database accepts TRUE as a condition.
func (c *clause) constant(value bool) {
	if value {
		c.write("1 = 1")
		return
	}
	c.write("1 = 0")
}

// column returns the column of a path. If there is none, it refuses and returns a column
// without a name.
func (c *clause) column(p *dsl.Path) *Column {
	for i := range c.Columns {
		if c.Columns[i].Name == p.Name {
			return &c.Columns[i]
		}
	}
	c.refuse("the table has no column for " + p.Name)
	return &Column{}
}

func (c *clause) compare(column *Column, op dsl.CompareOp, v model.Value) {
	if v.Type() == model.TypeDateTime {
		c.instant(column, op, v.Time())
		return
	}
	c.write(c.name(column.Column), [...]string{dsl.Eq: " = ", dsl.Lt: " < ", dsl.Le: " <= ", dsl.Gt: " > ", dsl.Ge: " >= "}[op])
	c.value(v)
	if v.Type() == model.TypeString {
		c.collate(column)
	}
}

// instant compares by whole seconds, as the language does: an instant that the database
// holds counts as the second that it lies in.
func (c *clause) instant(column *Column, op dsl.CompareOp, t time.Time) {
	next := t.Add(time.Second)
	if column.Time != TimeUnix && (t.Year() < 1000 || next.Year() > 9999) {
		c.refuse("databases write dates from the year 1000 to 9999")
	}
	bound := func(word string, t time.Time) {
		c.write(c.name(column.Column), word)
		c.bind(column.Time.bind(t))
	}
	switch op {
	case dsl.Lt:
		bound(" < ", t)
	case dsl.Le:
		bound(" < ", next)
	case dsl.Gt:
		bound(" >= ", next)
	case dsl.Ge:
		bound(" >= ", t)
	case dsl.Eq:
		c.write("(")
		bound(" >= ", t)
		c.write(" AND ")
		bound(" < ", next)
		c.write(")")
	}
}

func (c *clause) value(v model.Value) {
	switch v.Type() {
	case model.TypeInt:
		c.bind(v.Int())
	case model.TypeBool:
		c.bind(v.Bool())
	case model.TypeString:
		c.text(v.Str())
	case model.TypeNull, model.TypeDateTime, model.TypeRef, model.TypeRefs, model.TypeJSON, model.TypeDecimal:
		c.refuse("a constant that no column compares with")
	}
}

// text binds a text, and refuses one that databases do not accept.
func (c *clause) text(s string) {
	if !utf8.ValidString(s) || strings.Contains(s, "\x00") {
		c.refuse("the text is not valid UTF-8, or holds a NUL character, and databases take neither")
	}
	c.bind(s)
}

// collate follows the constant, not the column, so that the database can use an index on
// a column of the same collation.
func (c *clause) collate(column *Column) {
	name, ok := c.flavour.Collations[column.Collation]
	if !ok {
		c.refuse(c.flavour.Name + " does not compare texts under the collation " + column.Collation.String())
		return
	}
	c.write(" COLLATE ", name)
}

func (c *clause) in(column *Column, values []*dsl.Literal) {
	switch {
	case len(values) == 0:
		c.constant(false)
		return
	case column.Type == model.TypeDateTime:
		joined(c, values, " OR ", func(v *dsl.Literal) { c.compare(column, dsl.Eq, v.Value) })
		return
	}
	c.write(c.name(column.Column))
	if column.Type == model.TypeString {
		c.collate(column) // SQLite takes a list's collation from the column
	}
	c.write(" IN (")
	for i, v := range values {
		if i > 0 {
			c.write(", ")
		}
		c.value(v.Value)
	}
	c.write(")")
}

// is writes a test that is never null.
func (c *clause) is(column *Column, what dsl.IsWhat) {
	name := c.name(column.Column)
	if what == dsl.IsNull {
		c.write(name, " IS NULL")
		return
	}
	c.write("(", name, " IS NOT NULL AND ", name, " = ")
	c.bind(what == dsl.IsTrue)
	c.write(")")
}

func (c *clause) match(column *Column, op dsl.MatchOp, pattern string) {
	if op == dsl.Matches {
		c.refuse("the regular expressions of databases are of other dialects")
		return
	}
	if _, ok := c.flavour.Collations[column.Collation]; !ok || c.flavour.Glob && column.Collation != model.Binary {
		c.refuse(c.flavour.Name + " does not match texts under the collation " + column.Collation.String())
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
	c.write(c.name(column.Column), word)
	c.text(written)
	if !c.flavour.Glob {
		c.collate(column)
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

// rewritten writes a string test as a pattern with other wildcards. In the language's own
// patterns a character after a backslash stands for itself, and so does a backslash at
// the end.
func rewritten(op dsl.MatchOp, text, anyRun, anyOne string, escape *strings.Replacer) string {
	var b strings.Builder
	if op == dsl.EndsWith || op == dsl.Contains {
		b.WriteString(anyRun)
	}
	if op != dsl.Like {
		b.WriteString(escape.Replace(text))
	}
	for rest := text; op == dsl.Like && rest != ""; rest = rest[1:] { // wildcards are single bytes, and no part of other characters
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

// relax returns a condition that the database can express and that holds for every row
// for which n does; nil if there is none. A reason that is not "" says why it is not n.
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
		if len(terms) < 2 { // an And has two terms or more
			return slices.Concat(terms, []dsl.Node{nil})[0], reason
		}
		return &dsl.And{Terms: terms}, reason
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
		return nil, c.reason
	}
	return n, ""
}

// arguments returns bound parameters as a person reads them.
func arguments(args []any) string {
	texts := make([]string, len(args))
	for i, a := range args {
		switch a := a.(type) {
		case string:
			texts[i] = strconv.Quote(a)
		case time.Time:
			texts[i] = a.Format(time.RFC3339)
		case int64:
			texts[i] = strconv.FormatInt(a, 10)
		case bool:
			texts[i] = strconv.FormatBool(a)
		}
	}
	return strings.Join(texts, ", ")
}
