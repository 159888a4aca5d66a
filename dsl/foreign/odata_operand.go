package foreign

import (
	"fmt"
	"strings"

	"github.com/muster-go/muster/dsl/ast"
	"github.com/muster-go/muster/dsl/internal/suggest"
	"github.com/muster-go/muster/dsl/syntax"
	"github.com/muster-go/muster/model"
)

// This file reads what OData computes. Every method returns nil after a failure.

// operand reads products that `add` and `sub` join.
func (r *odata) operand() ast.Operand {
	x := r.product()
	for x != nil {
		op := ast.Plus
		switch {
		case r.keyword("add", true):
		case r.keyword("sub", true):
			op = ast.Minus
		default:
			return x
		}
		x = r.combine(op, x, r.product())
	}
	return nil
}

// product reads factors that `mul`, `div` and `divby` join. It refuses `div` of whole numbers, which
// drops the fraction.
func (r *odata) product() ast.Operand {
	x := r.factor()
	for x != nil {
		r.skip()
		at := r.pos
		switch {
		case r.keyword("mul", true):
			x = r.combine(ast.Times, x, r.factor())
		case r.keyword("div", true):
			y := r.factor()
			if y != nil && r.whole(x) && r.whole(y) {
				r.fail(ast.Span{Start: at, End: at + len("div")}, "'div' of two whole numbers drops the fraction, which this language cannot", "write 'divby', which keeps it, or divide by 2.0")
				return nil
			}
			x = r.combine(ast.Over, x, y)
		case r.keyword("divby", true):
			x = r.combine(ast.Over, x, r.factor())
		default:
			return x
		}
	}
	return nil
}

// whole reports whether OData may take an operand for an integer.
func (r *odata) whole(x ast.Operand) bool {
	switch x := x.(type) {
	case *ast.Literal:
		return !strings.ContainsAny(r.src[x.Range.Start:x.Range.End], ".eE")
	case *ast.Path:
		f := r.field(x.Name)
		return f == nil || f.Type != model.TypeDecimal && f.Type != model.TypeFloat
	case *ast.Call:
		return x.Name != "round"
	case *ast.Binary:
		return x.Op != ast.Over && r.whole(x.Left) && r.whole(x.Right)
	}
	return true
}

// combine returns the arithmetic of two operands: a Shift if the right one is a duration.
func (r *odata) combine(op ast.ArithmeticOp, left, right ast.Operand) ast.Operand {
	if left == nil || right == nil || !r.valued(left) || !r.valued(right) {
		return nil
	}
	at := ast.Span{Start: left.Span().Start, End: right.Span().End}
	by := literalOf(right, ast.LitDuration)
	switch misplaced := literalOf(left, ast.LitDuration); {
	case misplaced == nil && (by == nil || op == ast.Plus || op == ast.Minus):
	case misplaced == nil:
		misplaced = by
		fallthrough
	default:
		r.fail(misplaced.Range, "a duration is only added to an instant or subtracted from one", durationHint)
		return nil
	}
	if op == ast.Over && !nonzero(right) {
		r.fail(right.Span(), "the divisor is no number other than 0", "divide by a constant: OData fails or gives INF if a divisor is 0, which this language cannot")
		return nil
	}
	if !r.countOperator(at) {
		return nil
	}
	if by == nil {
		return &ast.Binary{Op: op, Left: left, Right: right, Range: at}
	}
	if r.isDate(left) {
		r.fail(left.Span(), "arithmetic on dates is not supported", "write an instant: 2024-01-31T00:00:00Z")
		return nil
	}
	return shifted(left, op == ast.Minus, by, at)
}

// nonzero reports whether an operand is a number other than 0.
func nonzero(x ast.Operand) bool {
	l, ok := x.(*ast.Literal)
	return ok && (l.Kind == ast.LitInt || l.Kind == ast.LitDecimal) && model.CompareNumbers(l.Value, model.Int(0)) != 0
}

// literalOf returns an operand that is a literal of a kind; nil for another.
func literalOf(x ast.Operand, kind ast.LiteralKind) *ast.Literal {
	if l, ok := x.(*ast.Literal); ok && l.Kind == kind {
		return l
	}
	return nil
}

// valued fails at null: whatever OData computes of it is null.
func (r *odata) valued(x ast.Operand) bool {
	if l := literalOf(x, ast.LitNull); l != nil {
		r.fail(l.Range, "what is computed with null is null", "compare with null: total eq null")
		return false
	}
	return true
}

// countOperator holds the operators and functions of a condition to the limit of the depth, as
// its tree nests that deep.
func (r *odata) countOperator(at ast.Span) bool {
	if r.operators++; r.operators > r.limits.Depth && r.err == nil {
		r.err = syntax.LimitError(at, "the condition computes too much", r.limits.Depth, "operators and functions", "shorten it")
	}
	return r.err == nil
}

// factor reads an operand without arithmetic around it.
func (r *odata) factor() ast.Operand {
	c := r.next()
	start := r.pos
	switch {
	case r.err != nil:
		return nil
	case c == '(':
		return r.parenthesised()
	case c == '-' && (r.pos+1 == len(r.src) || r.src[r.pos+1] < '0' || r.src[r.pos+1] > '9'):
		r.mark("-")
		at := ast.Span{Start: start, End: r.end}
		r.deeper(at)
		x := r.factor()
		r.depth--
		return r.combine(ast.Minus, &ast.Literal{Kind: ast.LitInt, Value: model.Int(0), Range: at}, x)
	case !r.isNameStart() || isGUID(r.src[r.pos:]) || r.atConstant():
		return operandOf(r.value())
	case r.calls():
		return r.call()
	}
	if w := r.word(); strings.HasPrefix(r.src[r.pos+len(w):], "'") {
		return operandOf(r.typed(w))
	}
	p := r.path()
	if p == nil {
		return nil
	}
	if word := r.wordOf(r.pos + 1); strings.HasPrefix(r.src[r.pos:], "/") && word != "" {
		at := ast.Span{Start: r.pos + 1, End: r.pos + 1 + len(word)}
		r.fail(at, "'"+word+"' stands in no computation", "write a condition of its own: tags/$count gt 2, or tags/any(t: t/name eq 'x')")
		return nil
	}
	if strings.HasPrefix(r.src[r.pos:], "(") {
		r.noFunction(p.Range)
		return nil
	}
	return p
}

// operandOf returns a literal as an operand. For nil it is nil, which a conversion would not be.
func operandOf(l *ast.Literal) ast.Operand {
	if l == nil {
		return nil
	}
	return l
}

// atConstant reports whether null, true or false stands next.
func (r *odata) atConstant() bool {
	w := r.word()
	return strings.EqualFold(w, "null") || strings.EqualFold(w, "true") || strings.EqualFold(w, "false")
}

// calls reports whether a name and a parenthesis stand next.
func (r *odata) calls() bool {
	w := r.word()
	return w != "" && strings.HasPrefix(r.src[r.pos+len(w):], "(")
}

// parenthesised reads an operand in parentheses.
func (r *odata) parenthesised() ast.Operand {
	outer := r.opened
	r.opened = ast.Span{Start: r.pos, End: r.pos + 1}
	r.deeper(r.opened)
	r.mark("(")
	x := r.operand()
	if x == nil {
		return nil
	}
	if !r.mark(")") {
		r.expected("the value", "a comparison is not a value; join conditions with 'and' and 'or'", "')'", "an operator such as 'add'")
		return nil
	}
	r.opened = outer
	r.depth--
	return x
}

// opensOperand reports whether the next parenthesis is around an operand and not a condition:
// a comparison or arithmetic follows its end.
func (r *odata) opensOperand() bool {
	if r.closing == nil {
		r.closing = closings(r.src)
	}
	end, ok := r.closing[r.pos]
	if !ok {
		return false
	}
	behind := strings.TrimLeft(r.src[end+1:], " \t\r\n")
	word := strings.TrimLeftFunc(behind, func(c rune) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' })
	word = behind[:len(behind)-len(word)]
	switch strings.ToLower(word) {
	case "eq", "ne", "gt", "ge", "lt", "le", "in", "add", "sub", "mul", "div", "divby", "mod":
		return true
	}
	return false
}

// closings returns where each parenthesis closes, by the place where it opens.
func closings(text string) map[int]int {
	out := map[int]int{}
	var open []int
	quoted := false
	for i := range len(text) {
		switch c := text[i]; {
		case c == '\'':
			quoted = !quoted
		case quoted:
		case c == '(':
			open = append(open, i)
		case c == ')' && len(open) > 0:
			out[open[len(open)-1]] = i
			open = open[:len(open)-1]
		}
	}
	return out
}

// call reads a function that gives a value.
func (r *odata) call() ast.Operand {
	start, name := r.pos, r.word()
	at := ast.Span{Start: start, End: start + len(name)}
	f, ok := functions()[strings.ToLower(name)]
	if !ok {
		r.noFunction(at)
		return nil
	}
	r.keyword(name, false)
	r.deeper(at)
	args := r.arguments(f.example)
	r.depth--
	switch at.End = r.end; {
	case r.err != nil || !r.countOperator(at):
		return nil
	case len(args) < f.least || len(args) > f.most:
		r.fail(at, fmt.Sprintf("wrong number of arguments of '%s': %d", name, len(args)), "write "+f.example)
		return nil
	case f.name == "now":
		return &ast.Literal{Kind: ast.LitRelative, Text: f.name, Range: at}
	case f.name == "substring":
		if args = r.places(args, f.example); args == nil {
			return nil
		}
	case f.calendar && !r.partOf(f, args[0]):
		return nil
	}
	return &ast.Call{Name: f.name, Args: args, Range: at}
}

// arguments reads operands in parentheses.
func (r *odata) arguments(example string) []ast.Operand {
	r.mark("(")
	var args []ast.Operand
	for r.err == nil {
		if len(args) == 0 && r.mark(")") {
			return args
		}
		x := r.operand()
		if x == nil || !r.valued(x) || !r.bounded(len(args), x.Span()) {
			return nil
		}
		args = append(args, x)
		if r.mark(")") {
			return args
		}
		if !r.mark(",") {
			r.expected("the argument", "write "+example, "','", "')'")
		}
	}
	return nil
}

// function is one that this language has, too.
type function struct {
	name        string
	least, most int
	calendar    bool // a part of an instant
	example     string
}

func functions() map[string]function {
	return map[string]function{
		"tolower": {"lower", 1, 1, false, "tolower(name)"}, "toupper": {"upper", 1, 1, false, "toupper(name)"},
		"length": {"length", 1, 1, false, "length(name)"}, "concat": {"concat", 2, 2, false, "concat(name,' x')"},
		"substring": {"substring", 2, 3, false, "substring(name,0,3)"}, "round": {"round", 1, 1, false, "round(price)"},
		"year": {"year", 1, 1, true, "year(created_at)"}, "month": {"month", 1, 1, true, "month(created_at)"},
		"day": {"day", 1, 1, true, "day(created_at)"}, "hour": {"hour", 1, 1, true, "hour(created_at)"},
		"date": {"date", 1, 1, true, "date(created_at)"}, "now": {"now", 0, 0, false, "now()"},
	}
}

// places returns the arguments of substring, which counts from 0 in OData and from 1 here.
func (r *odata) places(args []ast.Operand, example string) []ast.Operand {
	const most = 1<<31 - 1 // OData counts characters in 32 bits
	for _, x := range args[1:] {
		l, _ := x.(*ast.Literal)
		if l == nil || syntax.TestedAgainst(l).Kind != ast.LitInt || l.Value.Int() < 0 || l.Value.Int() >= most {
			r.fail(x.Span(), "a place or a length is a whole number of at least 0 here", "write "+example)
			return nil
		}
	}
	first := literalOf(args[1], ast.LitInt)
	number := func(n int64, at ast.Span) ast.Operand {
		return &ast.Literal{Kind: ast.LitInt, Value: model.Int(n), Range: at}
	}
	n := number(most, first.Range)
	if len(args) > 2 {
		n = args[2]
	}
	return []ast.Operand{args[0], number(first.Value.Int()+1, first.Range), n}
}

// partOf reports whether an operand has a part of an instant. It fails at a constant, whose own
// zone would count, and at the hour of a date.
func (r *odata) partOf(f function, x ast.Operand) bool {
	switch {
	case literalOf(x, ast.LitDate) != nil || literalOf(x, ast.LitDateTime) != nil:
		r.fail(x.Span(), "a part of a constant is not supported", "write the number")
	case r.isDate(x) && (f.name == "hour" || f.name == "date"):
		r.fail(x.Span(), "a date has no "+f.name, "ask for it of an instant: "+f.example)
	}
	return r.err == nil
}

// noFunction fails at a function that there is not.
func (r *odata) noFunction(at ast.Span) {
	name := r.src[at.Start:at.End]
	last := strings.ToLower(name[strings.LastIndexByte(name, '/')+1:])
	hint := "the functions are contains, startswith, endswith, tolower, toupper, length, substring, concat, year, month, day, hour, date, round and now"
	switch last {
	case "contains", "startswith", "endswith":
		r.fail(at, name+" is a condition and not a value", "write it alone, or compare it with true or false")
		return
	case "substringof":
		hint = "OData 4 has contains(name,'x') in its place"
	case "trim":
		hint = "it removes all white space, while this language removes only spaces"
	case "indexof":
		hint = "to ask whether a text is inside, write contains(name,'x')"
	case "floor", "ceiling":
		hint = "compare the number itself: price ge 5 and price lt 6"
	case "minute", "second", "fractionalseconds", "time":
		hint = "the parts of an instant are year, month, day, hour and date"
	case "cast", "isof":
		hint = "a field has one type here"
	default:
		names := []string{"contains", "startswith", "endswith"}
		for known := range functions() {
			names = append(names, known)
		}
		if near := suggest.Nearest(last, names); near != "" {
			hint = "did you mean " + near + "?"
		}
	}
	r.fail(at, "the function "+name+" is not supported", hint)
}
