package foreign

import (
	"strings"
	"unicode/utf8"

	"github.com/muster-go/muster/dsl/ast"
	"github.com/muster-go/muster/dsl/syntax"
	"github.com/muster-go/muster/model"
)

// ParseAIP160 reads a filter as https://google.aip.dev/160 describes it. An empty text is the
// filter that selects all. Its only error is a [*syntax.Error].
//
//	expression  = sequence { "AND" sequence } .
//	sequence    = factor { factor } .
//	factor      = term { "OR" term } .
//	term        = [ "NOT" | "-" ] ( "(" expression ")" | restriction ) .
//	restriction = field comparator value .
//
// So OR binds tighter than AND, and a blank is an AND. A comparison of an unset field is false,
// and `!=`, NOT and - are the negation. A value is text, with quotes or without: what it means
// follows from the field's type, if the schema knows the field. A `*` in the text of = and != is
// a wildcard. `tags:"x"` asks whether a list has an element.
//
// `f:*` asks whether the field is set, to another value than "", 0 and false: so its meaning
// depends on the type. Of a field that the schema does not know, or with a nil schema, it is
// `is not null`.
func ParseAIP160(filter string, s *model.Schema, opts ...syntax.ParseOption) (*syntax.Filter, error) {
	r, err := newReader(filter, s, opts)
	if err != nil {
		return nil, err
	}
	r.and, r.or = "AND", "OR"
	return r.whole((&aip160{r}).expression)
}

type aip160 struct{ *reader }

func (r *aip160) expression() ast.Node {
	return r.chain(true, r.sequence, func() bool { return r.keyword("AND", false) })
}

// sequence reads conditions with blanks between them.
func (r *aip160) sequence() ast.Node {
	return r.chain(true, r.factor, func() bool {
		if r.err != nil || r.done() || r.pos == r.end && r.src[r.pos-1] != ')' {
			return false
		}
		c, w := r.next(), r.word()
		return w != "AND" && w != "OR" && (c == '(' || c == '-' || c == '"' || c == '\'' || isNameByte(c))
	})
}

func (r *aip160) factor() ast.Node {
	return r.chain(false, r.term, func() bool { return r.keyword("OR", false) })
}

func (r *aip160) term() ast.Node {
	r.skip()
	start := r.pos
	if r.mark("-") || r.keyword("NOT", false) {
		return r.negation(ast.Span{Start: start, End: r.end}, r.simple)
	}
	return r.simple()
}

func (r *aip160) simple() ast.Node {
	if r.next() == '(' {
		return r.group(r.expression)
	}
	p := r.member()
	if p == nil {
		return nil
	}
	return r.restriction(p)
}

// member reads a field; nil after a failure.
func (r *aip160) member() *ast.Path {
	c := r.next()
	start := r.pos
	if c == '"' || c == '\'' {
		if l := r.quoted(); l != nil {
			r.bare(l.Range)
		}
		return nil
	}
	if w := r.word(); w == "" || w == "AND" || w == "OR" || w == "NOT" {
		r.expected("", "a condition starts with a field's name: total = 5", "a condition")
		return nil
	}
	name, at := r.run(func(c byte) bool { return !isNameByte(c) && c != '.' && c != '-' })
	switch {
	case r.pos < len(r.src) && r.src[r.pos] == '(':
		r.fail(at, "the function "+name+" is not supported", "compare a field with a value: total = 5")
		return nil
	case strings.Contains(name, "..") || strings.HasSuffix(name, ".") || strings.HasPrefix(name, "."):
		r.fail(ast.Span{Start: start, End: at.End}, "a part of the field's name is missing", "write address.city")
		return nil
	}
	return &ast.Path{Name: name, Range: at}
}

// bare fails at a value without a field.
func (r *aip160) bare(at ast.Span) {
	written := r.src[at.Start:at.End]
	hint := "name the field: name = " + written
	switch f := r.field(written); {
	case strings.EqualFold(written, "and") || strings.EqualFold(written, "or") || strings.EqualFold(written, "not"):
		hint = "write " + strings.ToUpper(written) + " in capital letters"
	case f != nil && f.Type == model.TypeBool:
		hint = "write " + written + " = true"
	case f != nil:
		hint = "write " + written + " = and a value, or " + written + ":* if it is to be set"
	}
	r.fail(at, "a value by itself searches all fields, which is not supported", hint)
}

// comparator reads an operator. `:` is has, `!=` the opposite of `=`.
func (r *aip160) comparator() (op ast.CompareOp, has, isNe, ok bool) {
	for _, c := range []struct {
		text string
		op   ast.CompareOp
	}{{"<=", ast.Le}, {">=", ast.Ge}, {"!=", ast.Eq}, {"<", ast.Lt}, {">", ast.Gt}, {"=", ast.Eq}, {":", ast.Eq}} {
		if r.mark(c.text) {
			return c.op, c.text == ":", c.text == "!=", true
		}
	}
	return 0, false, false, false
}

// restriction reads what follows a field.
func (r *aip160) restriction(p *ast.Path) ast.Node {
	op, has, isNe, ok := r.comparator()
	if !ok {
		if r.err == nil {
			r.bare(p.Range)
		}
		return nil
	}
	if strings.HasPrefix(r.src[r.pos:], "=") {
		r.fail(ast.Span{Start: r.pos - 1, End: r.pos + 1}, "there is no such operator", "the operators are = != < <= > >= and :")
		return nil
	}
	r.skip()
	star := r.pos
	if has && r.mark("*") {
		return r.present(p, ast.Span{Start: p.Range.Start, End: r.end}, model.TypeString, model.TypeInt, model.TypeDecimal, model.TypeBool)
	}
	l, wild := r.argument(p)
	if l == nil {
		return nil
	}
	at := ast.Span{Start: p.Range.Start, End: r.end}
	if f := r.field(p.Name); has && f != nil && f.Direct() {
		r.fail(ast.Span{Start: p.Range.End, End: l.Range.Start}, "':' asks whether a list has an element, and "+p.Name+" is not a list", "write "+p.Name+" = "+r.src[l.Range.Start:l.Range.End])
		return nil
	}
	if wild {
		if has || op != ast.Eq {
			r.fail(ast.Span{Start: star, End: r.end}, "wildcards are for = and != only", "leave out the *")
			return nil
		}
		n := pattern(p, l, at)
		if isNe {
			return r.opposite(n, p)
		}
		return r.test(n, p)
	}
	n := &ast.Compare{Path: p, Op: op, Value: syntax.TestedAgainst(l), Range: at}
	if isNe {
		return r.opposite(n, p)
	}
	return r.test(n, p)
}

// argument reads a value, and says whether it is a text with wildcards.
func (r *aip160) argument(p *ast.Path) (l *ast.Literal, wild bool) {
	switch r.next() {
	case '"', '\'':
		l = r.quoted()
		return l, l != nil && strings.Contains(l.Value.Str(), "*")
	case '(':
		r.expected("the operator", "a list is written name = \"a\" OR name = \"b\"", "a value")
		return nil, false
	}
	rest := r.src[r.pos:]
	dated := startsDate(rest)
	s, at := r.run(func(c byte) bool {
		return strings.IndexByte(" \t\r\n()\"',<>=!", c) >= 0 || c == ':' && !dated
	})
	switch {
	case s == "":
		r.expected("the operator", "", "a value")
		return nil, false
	case strings.HasPrefix(r.src[r.pos:], "("):
		r.fail(at, "the function "+s+" is not supported", "write the value")
		return nil, false
	}
	return r.unquoted(p, s, at)
}

// unquoted returns the literal of a value without quotes. A field of text takes any as text.
func (r *aip160) unquoted(p *ast.Path, s string, at ast.Span) (l *ast.Literal, wild bool) {
	f := r.field(p.Name)
	isText := f != nil && f.Element() == model.TypeString
	switch {
	case isText:
	case s == "true" || s == "false":
		return boolean(s == "true", at), false
	case s == "null":
		r.fail(at, "there is no null", "write "+p.Name+":* for a field that is set, and -"+p.Name+":* for one that is not")
		return nil, false
	case startsDate(s):
		return r.moment(s, at), false
	case isNumber(s):
		return r.number(s, at), false
	}
	return text(s, at), strings.Contains(s, "*")
}

// isNumber reports whether a text is a number and not a word or a duration.
func isNumber(s string) bool {
	digits := strings.TrimPrefix(s, "-")
	return digits != "" && '0' <= digits[0] && digits[0] <= '9' && strings.Trim(digits, "0123456789.eE+-") == ""
}

// quoted reads a text in quotes; nil after a failure.
func (r *aip160) quoted() *ast.Literal {
	return r.escaped(r.src[r.pos], func(rest string) (string, int) {
		if c, size := utf8.DecodeRuneInString(rest); c == '"' || c == '\'' || c == '\\' {
			return rest[:size], size
		}
		return "", 0
	}, `a backslash stands before a quote or another backslash: \\`)
}

// pattern returns the test of a text with wildcards.
func pattern(p *ast.Path, l *ast.Literal, at ast.Span) *ast.Match {
	s := l.Value.Str()
	inner := strings.Trim(s, "*")
	n := &ast.Match{Path: p, Op: ast.Like, Range: at}
	switch {
	case inner == "" || strings.Contains(inner, "*"):
		s = strings.ReplaceAll(strings.NewReplacer(`\`, `\\`, "%", `\%`, "_", `\_`).Replace(s), "*", "%")
	case s[0] != '*':
		n.Op, s = ast.StartsWith, inner
	case s[len(s)-1] != '*':
		n.Op, s = ast.EndsWith, inner
	default:
		n.Op, s = ast.Contains, inner
	}
	n.Pattern = text(s, l.Range)
	return n
}
