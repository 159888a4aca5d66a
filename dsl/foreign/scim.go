package foreign

import (
	"slices"
	"strings"

	"github.com/muster-go/muster/dsl/ast"
	"github.com/muster-go/muster/dsl/internal/suggest"
	"github.com/muster-go/muster/dsl/syntax"
	"github.com/muster-go/muster/model"
)

// ParseSCIM reads a filter of SCIM 2.0, RFC 7644, section 3.4.2.2. A blank text is the filter
// that selects all. Its only error is a [*syntax.Error].
//
//	or     = and { "or" and } .
//	and    = factor { "and" factor } .
//	factor = [ "not" ] "(" or ")" | attribute "pr" | attribute operator value
//	       | attribute "[" or "]" .
//
// The conditions in brackets are about one value of the attribute: they are `any` of this
// language. Brackets do not nest.
//
// A comparison with an absent attribute is false, and its negation true. The RFC leaves open
// what `ne` gives for one; here it is the negation of `eq`. Words and the names of attributes
// are taken in any letter case; the tree spells names as the schema does.
//
// `pr` is true for an attribute that has a value, and for a text that is not empty. So its
// meaning depends on the type: of a field that the schema does not know, or with a nil schema,
// `pr` is `is not null`.
func ParseSCIM(filter string, s *model.Schema, opts ...syntax.ParseOption) (*syntax.Filter, error) {
	r, err := newReader(filter, s, opts)
	if err != nil {
		return nil, err
	}
	return r.whole((&scim{reader: r}).or)
}

type scim struct {
	*reader

	inside bool // of brackets
}

func (r *scim) or() ast.Node {
	return r.chain(false, r.conjunction, func() bool { return r.keyword("or", true) })
}

func (r *scim) conjunction() ast.Node {
	return r.chain(true, r.factor, func() bool { return r.keyword("and", true) })
}

func (r *scim) factor() ast.Node {
	if r.next() == '(' {
		return r.group(r.or)
	}
	start := r.pos
	if w := r.word(); strings.EqualFold(w, "not") && strings.HasPrefix(strings.TrimLeft(r.src[r.pos+len(w):], " \t\r\n"), "(") {
		r.keyword(w, false)
		return r.negation(ast.Span{Start: start, End: r.end}, func() ast.Node {
			r.skip()
			return r.group(r.or)
		})
	}
	p := r.attribute()
	if p == nil {
		return nil
	}
	if r.next() == '[' {
		return r.oneValue(p)
	}
	if r.keyword("pr", true) {
		return r.present(p, ast.Span{Start: p.Range.Start, End: r.end}, model.TypeString)
	}
	return r.comparison(p)
}

// oneValue reads the conditions in brackets, which are about one value of an attribute.
func (r *scim) oneValue(p *ast.Path) ast.Node {
	at := ast.Span{Start: r.pos, End: r.pos + 1}
	if r.inside {
		r.fail(at, "brackets stand inside of brackets", "RFC 7644 does not nest them")
		return nil
	}
	outer := r.opened
	r.opened, r.inside = ast.Span{}, true
	r.deeper(at)
	r.mark("[")
	leave := r.within(p)
	block := r.or()
	leave()
	if r.err == nil && !r.mark("]") {
		r.expected("the condition", "the condition on one value ends with a ']'", "'and'", "'or'", "']'")
	}
	if r.err == nil && r.pos < len(r.src) && r.src[r.pos] == '.' {
		r.fail(ast.Span{Start: r.pos, End: r.pos + 1}, "a condition on one value is whole", "write all of it in the brackets: "+p.Name+"[type eq \"work\" and value co \"x\"]")
	}
	if r.err != nil {
		return nil
	}
	r.opened, r.inside = outer, false
	r.depth--
	return r.test(&ast.Quantifier{Kind: ast.Some, Path: p, Block: block, Range: ast.Span{Start: p.Range.Start, End: r.end}})
}

// coreSchemas are the prefixes that an attribute may have and that its field's name lacks.
func coreSchemas() []string {
	const core = "urn:ietf:params:scim:schemas:core:2.0:"
	return []string{core + "user", core + "group"}
}

// attribute reads the name of an attribute; nil after a failure.
func (r *scim) attribute() *ast.Path {
	if !r.isNameStart() {
		r.expected("", `a condition starts with an attribute: userName eq "ada"`, "a condition")
		return nil
	}
	name, at := r.run(func(c byte) bool { return !isNameByte(c) && strings.IndexByte("-.:$", c) < 0 })
	if colon := strings.LastIndexByte(name, ':'); colon >= 0 {
		prefix := strings.ToLower(name[:colon])
		if !slices.Contains(coreSchemas(), prefix) {
			r.fail(ast.Span{Start: at.Start, End: at.Start + colon + 1}, "attributes of an extension are not known by their schema", "write the name of the field alone")
			return nil
		}
		name, at.Start = name[colon+1:], at.Start+colon+1
	}
	if name == "" || strings.Contains(name, "..") || strings.HasSuffix(name, ".") || strings.HasPrefix(name, ".") {
		r.fail(at, "a part of the attribute's name is missing", "write name.familyName")
		return nil
	}
	return &ast.Path{Name: r.folded(name), Range: at}
}

// comparison reads an operator and a value behind an attribute.
func (r *scim) comparison(p *ast.Path) ast.Node {
	for _, o := range []struct {
		word string
		op   ast.CompareOp
	}{{"eq", ast.Eq}, {"gt", ast.Gt}, {"ge", ast.Ge}, {"lt", ast.Lt}, {"le", ast.Le}} {
		if r.keyword(o.word, true) {
			return r.compare(p, o.op, false)
		}
	}
	if r.keyword("ne", true) {
		return r.compare(p, ast.Eq, true)
	}
	for _, o := range []struct {
		word string
		op   ast.MatchOp
	}{{"co", ast.Contains}, {"sw", ast.StartsWith}, {"ew", ast.EndsWith}} {
		if r.keyword(o.word, true) {
			return r.match(p, o.op)
		}
	}
	if r.err != nil {
		return nil
	}
	hint := "the operators are eq, ne, co, sw, ew, pr, gt, ge, lt and le"
	if strings.EqualFold(p.Name, "not") {
		hint = `'not' stands before parentheses: not (userName eq "ada")`
	} else if near := suggest.Nearest(r.word(), []string{"eq", "ne", "co", "sw", "ew", "pr", "gt", "ge", "lt", "le"}); near != "" {
		hint = "did you mean " + near + "?"
	}
	r.expected("'"+r.src[p.Range.Start:p.Range.End]+"'", hint, "an operator")
	return nil
}

func (r *scim) compare(p *ast.Path, op ast.CompareOp, isNe bool) ast.Node {
	l := r.value()
	if l == nil {
		return nil
	}
	at := ast.Span{Start: p.Range.Start, End: r.end}
	switch {
	case l.Kind == ast.LitNull && op != ast.Eq:
		r.fail(l.Range, "an order has no place for null", "write `"+r.src[p.Range.Start:p.Range.End]+" pr` for an attribute that has a value")
		return nil
	case l.Kind == ast.LitNull:
		return r.isNull(p, isNe, at)
	}
	n := &ast.Compare{Path: p, Op: op, Value: syntax.TestedAgainst(l), Range: at}
	if isNe {
		return r.opposite(n, p)
	}
	return r.test(n, p)
}

func (r *scim) match(p *ast.Path, op ast.MatchOp) ast.Node {
	l := r.value()
	if l == nil {
		return nil
	}
	if l.Kind != ast.LitString {
		r.fail(l.Range, "co, sw and ew take a text", "put it in double quotes")
		return nil
	}
	return r.test(&ast.Match{Path: p, Op: op, Pattern: l, Range: ast.Span{Start: p.Range.Start, End: r.end}}, p)
}

// value reads a value as JSON writes it; nil after a failure.
func (r *scim) value() *ast.Literal {
	c := r.next()
	start := r.pos
	switch {
	case c == '"':
		return r.json()
	case c == '\'':
		r.fail(ast.Span{Start: start, End: start + 1}, "a text stands in double quotes", `write "text", and a quote inside it as \"`)
		return nil
	case c == '-' || '0' <= c && c <= '9':
		s, at := r.run(func(c byte) bool { return !isNameByte(c) && strings.IndexByte("+-.:", c) < 0 })
		if startsDate(s) {
			r.fail(at, "a time stands in double quotes", `write "`+s+`"`)
			return nil
		}
		return r.number(s, at)
	case r.keyword("null", false):
		return &ast.Literal{Kind: ast.LitNull, Range: ast.Span{Start: start, End: r.end}}
	case r.keyword("true", false):
		return boolean(true, ast.Span{Start: start, End: r.end})
	case r.keyword("false", false):
		return boolean(false, ast.Span{Start: start, End: r.end})
	}
	hint := ""
	if w := r.word(); w != "" {
		hint = `put a text in double quotes: "` + w + `"`
	}
	r.expected("", hint, "a value")
	return nil
}

// json reads a text of JSON, which has no control characters.
func (r *scim) json() *ast.Literal {
	start := r.pos
	l := r.escaped('"', jsonEscape, `the escapes are those of JSON: \" \\ \n \u0041`)
	if r.err != nil {
		return nil
	}
	for i := start; i < r.pos; i++ {
		if r.src[i] < ' ' {
			r.fail(ast.Span{Start: i, End: i + 1}, "a control character in a text", `write it as JSON does: \n or \u000a`)
			return nil
		}
	}
	return l
}
