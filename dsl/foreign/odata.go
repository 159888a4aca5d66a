package foreign

import (
	"strings"

	"github.com/muster-go/muster/dsl/ast"
	"github.com/muster-go/muster/dsl/internal/suggest"
	"github.com/muster-go/muster/dsl/syntax"
	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/model/display"
)

// ParseOData reads the value of $filter of OData 4.01, without the escapes of a URL. A blank
// text is the filter that selects all. The schema says which fields may be null; nil = all.
// Its only error is a [*syntax.Error].
//
//	or         = and { "or" and } .
//	and        = unary { "and" unary } .
//	unary      = "not" unary | primary .
//	primary    = "(" or ")" | match [ ( "eq" | "ne" ) boolean ] | "true" | "false" | path
//	           | path "/any(" [ name ":" or ] ")" | path "/all(" name ":" or ")"
//	           | path "/$count" comparator value | operand comparator operand
//	           | operand "in" "(" value { "," value } ")" .
//	match      = ( "contains" | "startswith" | "endswith" ) "(" operand "," text ")" .
//	operand    = product { ( "add" | "sub" ) product } .
//	product    = factor { ( "mul" | "div" | "divby" ) factor } .
//	factor     = "(" operand ")" | "-" factor | path | value | duration | function "(" [ operand { "," operand } ] ")" .
//
// For null, `eq` and the comparisons of order are false and `ne` is true, but null equals null.
// OData's versions differ on `ge` and `le` of two nulls, so these are errors if both operands may
// be null. A boolean by itself, arithmetic and functions are null for null, which is unknown in
// this language. A path address/city is the field address.city. Words are taken in any letter
// case.
//
// The parts of an instant are those in the query's zone. A result that does not fit is null.
// These are errors, because this language cannot say them: `div` of two whole numbers, which drops
// the fraction; a divisor that is not a constant, which may be zero; `trim`, which removes more
// than spaces.
func ParseOData(filter string, s *model.Schema, opts ...syntax.ParseOption) (*syntax.Filter, error) {
	r, err := newReader(filter, s, opts)
	if err != nil {
		return nil, err
	}
	o := &odata{reader: r}
	r.after = o.behindHint
	return r.whole(o.or)
}

type odata struct {
	*reader

	compared  bool        // the last primary was a comparison, before which a NOT must not stand
	operators int         // operators and functions of the condition so far
	closing   map[int]int // of parentheses; see opensOperand
	variables []string    // of the lambda expressions around the next condition, outer ones first
}

func (r *odata) or() ast.Node {
	return r.chain(false, r.conjunction, func() bool { return r.keyword("or", true) })
}

func (r *odata) conjunction() ast.Node {
	return r.chain(true, r.unary, func() bool { return r.keyword("and", true) })
}

func (r *odata) unary() ast.Node {
	r.skip()
	start := r.pos
	if !r.keyword("not", true) {
		return r.primary()
	}
	at := ast.Span{Start: start, End: r.end}
	r.skip()
	from := r.pos
	n := r.negation(at, r.unary)
	if r.err == nil && r.compared {
		r.fail(at, "'not' binds tighter than a comparison", "put the comparison in parentheses: not ("+r.src[from:r.end]+")")
	}
	return n
}

// primary reads a condition without a join.
func (r *odata) primary() ast.Node {
	r.compared, r.operators = false, 0
	c := r.next()
	start := r.pos
	switch {
	case c == '(' && !r.opensOperand():
		n := r.group(r.or)
		r.compared = false
		return n
	case r.keyword("true", true):
		return &ast.Const{Value: !r.negated, Range: ast.Span{Start: start, End: r.end}}
	case r.keyword("false", true):
		return &ast.Const{Value: r.negated, Range: ast.Span{Start: start, End: r.end}}
	case strings.IndexByte("('-", c) < 0 && (c < '0' || c > '9') && !r.isNameStart():
		r.expected("", "a condition starts with a field's name: total eq 5", "a condition")
		return nil
	}
	if word := r.collectionWord(); word != "" {
		return r.collection(word)
	}
	if op, ok := matching()[strings.ToLower(r.word())]; ok && r.calls() {
		return r.match(op)
	}
	x := r.operand()
	if x == nil {
		return nil
	}
	return r.condition(start, x)
}

// path reads a field, whose parts have slashes between them. It stops before the any, all or
// $count of a collection: see collectionWord.
func (r *odata) path() *ast.Path {
	r.skip()
	start := r.pos
	for {
		from := r.pos
		if r.atName() {
			r.pos += len(r.word())
		}
		switch rest := r.src[r.pos:]; {
		case r.pos == from && strings.HasPrefix(rest, "$"):
			r.pos++
			r.pos += len(r.word())
			r.fail(ast.Span{Start: from, End: r.pos}, r.src[from:r.pos]+" is not supported in a path", "name a field: address/city")
			return nil
		case r.pos == from:
			r.expected("'/'", "the parts of a path are names: address/city", "a field's name")
			return nil
		case strings.HasPrefix(rest, "."):
			r.fail(ast.Span{Start: start, End: r.pos + 1}, "a type or a function of a namespace is not supported", "the parts of a path have a '/' between them: address/city")
			return nil
		case strings.HasPrefix(rest, "/") && r.wordOf(r.pos+1) == "":
			r.pos++
			continue
		}
		return r.relative(&ast.Path{Name: strings.ReplaceAll(r.src[start:r.pos], "/", "."), Range: r.took(start)})
	}
}

// comparator reads the word of a comparison. `ne` is the opposite of `eq`.
func (r *odata) comparator() (op ast.CompareOp, isNe, ok bool) {
	for _, c := range []struct {
		word string
		op   ast.CompareOp
		isNe bool
	}{{"eq", ast.Eq, false}, {"ne", ast.Eq, true}, {"gt", ast.Gt, false}, {"ge", ast.Ge, false}, {"lt", ast.Lt, false}, {"le", ast.Le, false}} {
		if r.keyword(c.word, true) {
			return c.op, c.isNe, true
		}
	}
	return 0, false, false
}

// condition reads what follows an operand that starts at start.
func (r *odata) condition(start int, x ast.Operand) ast.Node {
	p, isPath := x.(*ast.Path)
	if r.keyword("in", true) {
		r.compared = true
		return r.in(start, x)
	}
	op, isNe, ok := r.comparator()
	if !ok {
		if r.err == nil && isPath && r.endsCondition() {
			return r.plain(&ast.Truth{Path: p, Range: p.Range}, p)
		}
		r.noComparator(ast.Span{Start: start, End: r.end})
		return nil
	}
	r.compared = true
	if r.collectionWord() == "$count" {
		return r.countBehind(start, x, op, isNe)
	}
	y := r.operand()
	if y == nil {
		return nil
	}
	return r.compare(x, op, isNe, y, ast.Span{Start: start, End: r.end})
}

// in reads a list of values. Null in it asks for null.
func (r *odata) in(start int, x ast.Operand) ast.Node {
	if !r.subject(x, nil) {
		return nil
	}
	if !r.mark("(") {
		r.expected("'in'", "write a list in parentheses: "+r.src[start:x.Span().End]+" in (1,2)", "'('")
		return nil
	}
	var values []*ast.Literal
	null := false
	for {
		l := r.value()
		if l == nil || !r.bounded(len(values), l.Range) || !r.sameDate(x, l) {
			return nil
		}
		if l.Kind == ast.LitNull {
			null = true
		} else {
			values = append(values, syntax.TestedAgainst(l))
		}
		if r.mark(")") {
			break
		}
		if !r.mark(",") {
			r.expected("the value", "", "','", "')'")
			return nil
		}
	}
	at := ast.Span{Start: start, End: r.end}
	list := tested(x, at, &ast.In{Values: values, Range: at})
	switch {
	case !null:
		return r.test(list, x)
	case len(values) == 0:
		return r.isNull(x, false, at)
	case r.negated: // neither null nor in the list
		return r.plain(list, x)
	}
	return ast.Disjunction([]ast.Node{r.isNull(x, false, at), list}, at)
}

// value reads a constant; nil after a failure.
func (r *odata) value() *ast.Literal {
	c := r.next()
	start := r.pos
	switch {
	case c == '\'':
		return r.doubled('\'')
	case c == '"':
		r.fail(ast.Span{Start: start, End: start + 1}, "a text stands in single quotes", "write 'text', and a quote inside it twice")
		return nil
	case isGUID(r.src[r.pos:]):
		r.fail(ast.Span{Start: start, End: start + guidLength}, "there is no type of GUIDs here", "quote it as a text: '"+r.src[start:start+guidLength]+"'")
		return nil
	case c == '-' || '0' <= c && c <= '9':
		s, at := r.run(func(c byte) bool { return !isNameByte(c) && strings.IndexByte("+-.:", c) < 0 })
		if startsDate(s) {
			return r.moment(s, at)
		}
		return r.number(s, at)
	case r.keyword("null", true):
		return &ast.Literal{Kind: ast.LitNull, Range: ast.Span{Start: start, End: r.end}}
	case r.keyword("true", true):
		return boolean(true, ast.Span{Start: start, End: r.end})
	case r.keyword("false", true):
		return boolean(false, ast.Span{Start: start, End: r.end})
	}
	r.expected("", r.valueHint(), "a value")
	return nil
}

func (r *odata) valueHint() string {
	if r.next() == '@' {
		return "aliases of parameters are not supported; write the value in their place"
	}
	return ""
}

const guidLength = len("01234567-89ab-cdef-0123-456789abcdef")

// isGUID reports whether a text begins with a GUID.
func isGUID(s string) bool {
	if len(s) < guidLength {
		return false
	}
	for i := range guidLength {
		switch i {
		case 8, 13, 18, 23:
			if s[i] != '-' {
				return false
			}
		default:
			if _, ok := hex("u000" + s[i:i+1]); !ok {
				return false
			}
		}
	}
	return true
}

// endsCondition reports whether a condition may end here.
func (r *odata) endsCondition() bool {
	c := r.next()
	w := r.word()
	return c == 0 || c == ')' || strings.EqualFold(w, "and") || strings.EqualFold(w, "or")
}

// noComparator fails behind an operand.
func (r *odata) noComparator(at ast.Span) {
	if r.err != nil {
		return
	}
	field, w := display.CutBytes(r.src[at.Start:at.End], 40), r.word()
	hint := "write " + field + " eq 5, or the field alone if it is a boolean"
	switch {
	case r.endsCondition():
	case strings.EqualFold(w, "mod"):
		hint = "there is no remainder here: compute the value before"
	case strings.EqualFold(w, "has"):
		hint = "'has' is not supported: there are no enumerations of flags"
	case strings.IndexByte("=!<>", r.next()) >= 0:
		hint = "OData writes eq, ne, gt, ge, lt and le"
	case w != "":
		if near := suggest.Nearest(w, []string{"eq", "ne", "gt", "ge", "lt", "le", "in", "and", "or"}); near != "" {
			hint = "did you mean " + near + "?"
		}
	}
	r.expected("'"+field+"'", hint, "an operator")
}

// behindHint explains what cannot follow a condition; "" for what it does not know.
func (r *odata) behindHint() string {
	switch strings.ToLower(r.word()) {
	case "mod":
		return "there is no remainder here: compute the value before"
	case "eq", "ne", "gt", "ge", "lt", "le":
		return "a comparison has one operator; join two with 'and'"
	}
	return ""
}

// matching are the conditions on a text that are written as functions.
func matching() map[string]ast.MatchOp {
	return map[string]ast.MatchOp{"startswith": ast.StartsWith, "endswith": ast.EndsWith, "contains": ast.Contains}
}

// match reads a condition on a text, and what it may be compared with.
func (r *odata) match(op ast.MatchOp) ast.Node {
	start, name := r.pos, r.word()
	example := "a '" + strings.ToLower(name) + "' takes two arguments: " + strings.ToLower(name) + "(name,'x')"
	r.keyword(name, false)
	r.mark("(")
	if !r.isNameStart() && r.next() != '(' || r.atConstant() {
		r.expected("'('", example, "a field's name")
		return nil
	}
	x := r.operand()
	if x == nil || !r.subject(x, nil) {
		return nil
	}
	if !r.mark(",") {
		r.expected("the field", example, "','")
		return nil
	}
	if r.isNameStart() && !r.atConstant() {
		r.fail(ast.Span{Start: r.pos, End: r.pos + len(r.word())}, "the second argument is no constant text", example)
		return nil
	}
	l := r.value()
	if l == nil {
		return nil
	}
	if l.Kind != ast.LitString {
		r.fail(l.Range, "the second argument is a text", example)
		return nil
	}
	if !r.mark(")") {
		r.expected("the text", example, "')'")
		return nil
	}
	at := ast.Span{Start: start, End: r.end}
	return r.comparedMatch(tested(x, at, &ast.Match{Op: op, Pattern: l, Range: at}), x)
}

// comparedMatch reads a comparison of a condition with true or false, which makes it false for
// null.
func (r *odata) comparedMatch(n ast.Node, x ast.Operand) ast.Node {
	if r.endsCondition() {
		return r.plain(n, x)
	}
	op, isNe, ok := r.comparator()
	if !ok {
		return r.plain(n, x) // and the join is missing
	}
	r.compared = true
	l := r.value()
	if l == nil {
		return nil
	}
	if op != ast.Eq || l.Kind != ast.LitBool {
		r.fail(l.Range, "the function is a condition", "compare it with true or false, or write it alone")
		return nil
	}
	not := r.negated
	defer func() { r.negated = not }()
	flip := not != isNe
	if r.negated = l.Value.Bool() == flip; flip {
		return ast.Disjunction(append(r.nullTerms(x, n.Span()), r.reader.plain(n)), n.Span())
	}
	return r.plain(n, x)
}
