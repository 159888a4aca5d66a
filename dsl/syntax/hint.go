package syntax

import (
	"cmp"
	"fmt"
	"math"
	"strings"

	"github.com/muster-go/muster/dsl/ast"
	"github.com/muster-go/muster/dsl/internal/suggest"
	"github.com/muster-go/muster/dsl/internal/token"
	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/model/display"
)

// This file reports why the parser stopped, and what may have been meant.

// stop records the error at the next token. If the lexer could not read that token, the
// scanner has the reason already.
func (p *parser) stop(e *Error) {
	if p.failed {
		return
	}
	p.failed = true
	if p.tok.Kind == token.Invalid {
		return
	}
	if e.Range == (ast.Span{}) {
		e.Range = p.tok.At
		if p.tok.Kind == token.EOF { // right after the last token, not after the line feed at the end of a file
			e.Range = ast.Span{Start: p.prev.At.End, End: p.prev.At.End}
		}
	}
	if e.Msg == "" {
		e.Got = p.describe(p.tok)
	}
	p.err = e
}

func (p *parser) describe(t token.Token) string { return token.Describe(t.Kind, t.At.Of(p.src)) }

// isKeyword reports whether the next token is a keyword spelt as a word, which back quotes
// would make a field's name.
func (p *parser) isKeyword() bool { return p.tok.Kind >= token.And && p.isWord() }

// expected stops and lists what is valid here. Without after it names the previous token.
func (p *parser) expected(after string, want ...string) *Error {
	if after == "" && p.prev.Kind != 0 {
		after = p.describe(p.prev)
	}
	e := &Error{Want: want, After: after}
	p.stop(e)
	return e
}

// missingCondition stops at the start of a condition.
func (p *parser) missingCondition() {
	e := p.expected("", "a condition")
	switch p.tok.Kind {
	case token.Eq, token.Ne, token.Lt, token.Le, token.Gt, token.Ge, token.Tilde, token.NotTilde:
		e.Hint = "the name of a field is missing before " + p.describe(p.tok)
	case token.RParen:
		if p.prev.Kind == token.LParen {
			e.Hint = "there is nothing between the parentheses"
		} else if p.open == (ast.Span{}) {
			e.Hint = "no parenthesis is open"
		}
	case token.And, token.Or, token.EOF:
	default:
		if p.isKeyword() {
			e.Hint = "`" + p.text() + "` is a keyword: a field of that name needs back quotes"
		}
	}
}

// afterCondition stops after a condition that nothing joins to the next token.
func (p *parser) afterCondition() {
	closing := "end of filter"
	if p.open != (ast.Span{}) {
		closing = "')'"
	}
	e := p.expected("", "'and'", "'or'", closing)
	switch t := p.tok; {
	case t.Kind == token.EOF:
		e.opened = p.open
	case t.Kind == token.RParen:
		e.Hint = "no parenthesis is open"
	case t.Kind == token.Comma:
		e.Hint = "join conditions with `and` or `or`; write a list as `in (…)`"
	case p.prev.Kind == token.String && p.prev.At.End == t.At.Start:
		e.Hint = "double a quote inside a text: 'O''Brien'"
	case t.Kind == token.Dot && p.prev.Kind == token.Int:
		e.Hint = "digits follow a decimal point: 1.0"
	case t.Kind == token.Ident && p.compared.End == p.prev.At.End && suggest.Nearest(p.text(), []string{"and", "or"}) == "":
		e.Hint = "a text needs quotes: '" + display.CutBytes(p.compared.Of(p.src)+" "+p.words(), 40) + "'"
	case t.Kind == token.Ident:
		e.Hint = "join conditions with `and` or `or`"
		if strings.EqualFold(p.text(), "xor") {
			e.Hint = "there is no exclusive or: write `(a and not b) or (b and not a)`"
		} else if near := suggest.Nearest(p.text(), []string{"and", "or"}); near != "" {
			e.Hint = didYouMean(near)
		}
	case t.Kind >= token.Plus && t.Kind <= token.Slash:
		e.Hint = "only values take + - * and /, not conditions"
	case t.IsOperator():
		e.Hint = "a comparison has one operator; join two comparisons with `and`"
	case t.Kind == token.Duration:
		e.Hint = "a duration follows + or -: now - " + durationText(display.CutBytes(p.text(), 40))
	case t.Kind == token.Not:
		e.Hint = "join conditions with `and` or `or`"
	case p.calledTime():
		e.Hint = p.timeHint()
	}
}

// calledTime reports whether the next token calls `now` or `today`, which are not functions.
func (p *parser) calledTime() bool {
	return p.tok.Kind == token.LParen && (p.prev.Kind == token.Now || p.prev.Kind == token.Today)
}

func (p *parser) timeHint() string {
	return "write `" + relativeBase(p.prev.Kind) + "` without parentheses"
}

// afterPath stops after a field without an operator.
func (p *parser) afterPath(path ast.Path) {
	if path.Name == "" { // it stands for another operand
		p.afterOperand()
		return
	}
	e := p.expected("'"+display.CutBytes(path.Name, 40)+"'", "an operator")
	switch t := p.tok; t.Kind {
	case token.Ident, token.With:
		e.Hint = cmp.Or(quantifierHint(path.Name, p.text()), p.listFirstHint(path.Name), operatorHint(p.text()))
	case token.Param:
		e.Hint = "did you mean `" + display.CutBytes(path.Name, 40) + " = " + display.CutBytes(p.text(), 40) + "`?"
		if p.prev.At.End == t.At.Start && p.text()[0] == ':' {
			e.Hint = "did you mean `" + display.CutBytes(path.Name, 40) + " = '" + display.CutBytes(p.text()[1:], 40) + "'`?"
		}
	case token.Int, token.Decimal, token.String, token.Date, token.DateTime, token.True, token.False, token.Now, token.Today:
		e.Hint = "did you mean `" + display.CutBytes(path.Name, 40) + " = " + display.CutBytes(p.text(), 40) + "`?"
	case token.Null:
		e.Hint = "did you mean `" + display.CutBytes(path.Name, 40) + " is null`?"
	case token.LParen:
		e.Hint = cmp.Or(methodHint(path.Name), "the name of a function has no dots and no back quotes; write a list as `in (…)`")
	case token.Not:
		e.Hint = "the negative forms are `!=`, `!~` and `not in`, `not like` …"
	}
}

// afterNot stops after `path not`.
func (p *parser) afterNot(path ast.Path) {
	name := display.CutBytes(path.Name, 40)
	if name == "" {
		name = display.CutBytes(path.Range.Of(p.src), 40)
	}
	e := p.expected("'not'", "'in'", "'between'", "'like'", "'starts with'", "'ends with'", "'contains'", "'matches'", "'on'")
	switch t := p.tok; t.Kind {
	case token.Is:
		e.Hint = "did you mean `" + name + " is not null`?"
	case token.Null, token.True, token.False:
		e.Hint = "did you mean `" + name + " is not " + strings.ToLower(p.text()) + "`?"
	case token.Eq:
		e.Hint = "did you mean `!=`?"
	case token.Ident:
		if e.Hint = operatorHint(p.text()); token.IsEmpty(p.text()) {
			e.Hint = "did you mean `" + name + " is not empty`?"
		}
	}
}

// operatorHint guesses the operator or keyword behind a word.
func operatorHint(word string) string {
	switch strings.ToLower(word) {
	case "equals", "equal", "eq":
		return didYouMean("=")
	case "ne", "neq":
		return didYouMean("!=")
	case "gt", "after", "above":
		return didYouMean(">")
	case "lt", "before", "below":
		return didYouMean("<")
	case "ge", "gte", "gteq", "since":
		return didYouMean(">=")
	case "le", "lte", "lteq", "until":
		return didYouMean("<=")
	case "begins", "beginswith", "begins_with", "startswith", "starts_with", "start", "prefix":
		return didYouMean("starts with")
	case "endswith", "ends_with", "end", "suffix":
		return didYouMean("ends with")
	case "has", "includes", "include":
		return didYouMean("contains")
	case "ilike":
		return "did you mean `like`? It follows the field's collation"
	case "regex", "regexp", "rlike", "similar", "match":
		return didYouMean("matches")
	case "nin", "notin", "not_in":
		return didYouMean("not in")
	case "isnull", "is_null":
		return didYouMean("is null")
	case "isempty", "is_empty", "empty":
		return didYouMean("is empty")
	case "notnull", "isnotnull":
		return didYouMean("is not null")
	case "exists":
		return didYouMean("is not null")
	}
	return didYouMean(suggest.Nearest(word, []string{
		"and", "or", "not", "in", "between", "like", "starts with", "starts", "ends with", "ends", "contains", "matches", "is", "on",
	}))
}

func didYouMean(what string) string {
	switch what {
	case "":
		return ""
	case "starts", "ends":
		what += " with"
	}
	return "did you mean `" + what + "`?"
}

const onlyComparisons = "only comparisons such as = and < take fields and functions"

// missingValue stops at the place of a value.
func (p *parser) missingValue() {
	t := p.tok
	if t.Kind == token.Int || t.Kind == token.Decimal {
		e := &Error{
			Range: t.At,
			Msg:   "the number does not fit into 64 bits",
			Hint:  RangeHint(model.TypeInt),
		}
		if p.prev.Kind == token.Minus {
			e.Range.Start = p.prev.At.Start
		}
		if t.Kind == token.Decimal {
			e.Msg = "the number cannot be stored exactly"
			e.Hint = RangeHint(model.TypeDecimal)
		}
		if strings.ContainsAny(p.text(), "eE") {
			e.Msg, e.Hint = "the number is too large", "a float is at most 1.7976931348623157e308"
		}
		p.stop(e)
		return
	}
	e := p.expected("", "a value")
	switch {
	case t.Kind == token.Dot:
		e.Hint = "a number starts with a digit: 0.5"
	case t.Kind == token.Ident && (strings.Contains(p.text(), "_") || p.pos < len(p.src) && (p.src[p.pos] == '.' || p.src[p.pos] == '(')):
		e.Hint = onlyComparisons + "; a text needs quotes"
	case t.Kind == token.Ident && p.words() == p.text():
		e.Hint = "a text needs quotes: '" + p.text() + "'; " + onlyComparisons
	case t.Kind == token.Ident:
		e.Hint = "a text needs quotes: '" + p.words() + "'"
	case t.Kind == token.Quoted:
		e.Hint = "back quotes are for field names; a text needs straight quotes: '" + display.CutBytes(p.segmentText(), 40) + "'"
	case t.Kind == token.Duration:
		e.Hint = "did you mean `now - " + durationText(p.text()) + "`?"
	case t.Kind == token.Plus:
		e.Hint = "a number has no plus sign"
	case (t.Kind == token.Slash || t.Kind == token.Star) && p.prev.Kind == token.Slash:
		e.Hint = "comments start with `--`"
	case t.Kind == token.LParen && p.prev.IsOperator():
		e.Hint = "a list of values follows `in`"
	case t.Kind == token.RParen && p.prev.Kind == token.LParen:
		e.Hint = "a list has at least one value; pass an empty list as a parameter: `in ($1)`"
	case t.IsOperator() && p.prev.IsOperator():
		e.Hint = "one operator is enough: " + doubledOperator(p.prev.At.Of(p.src)+p.text())
	case t.Kind == token.EOF || t.Kind == token.And || t.Kind == token.Or:
	case p.isKeyword():
		e.Hint = "a text needs quotes: '" + display.CutBytes(p.text(), 40) + "'"
	}
}

// RangeHint says which numbers of a type there are: integers, and else decimals.
func RangeHint(t model.Type) string {
	if t == model.TypeInt {
		return fmt.Sprintf("integers run from %d to %d", math.MinInt64, math.MaxInt64)
	}
	return fmt.Sprintf("a decimal has at most %d digits after the point, and its digits without the point fit into 64 bits", model.MaxScale)
}

// doubledOperator guesses the operator meant by two in a row.
func doubledOperator(pair string) string {
	switch pair {
	case "=>":
		return "did you mean `>=`?"
	case "=<":
		return "did you mean `<=`?"
	case "=~":
		return "did you mean `~`?"
	case "===":
		return "did you mean `=`?"
	case "!==":
		return "did you mean `!=`?"
	}
	return "the operators are = != < <= > >= ~ !~"
}

// words returns the bare words from the next token on that may have been meant as one text.
func (p *parser) words() string {
	ahead := p.scanner
	ahead.err = nil // the error that is being explained
	at := p.tok.At
	for at.End-at.Start < 40 {
		t := ahead.scan()
		if t.Kind != token.Ident {
			break
		}
		at.End = t.At.End
	}
	return display.CutBytes(at.Of(p.src), 40)
}

func (p *parser) missingSegment() {
	e := p.expected("'.'", "a field's name")
	if p.isKeyword() {
		e.Hint = "`" + p.text() + "` is a keyword: a field of that name needs back quotes"
	}
}

func (p *parser) missingIsTest(negated bool) {
	want := []string{"'null'", "'true'", "'false'", "'empty'"}
	if !negated {
		want = append(want, "'not'")
	}
	e := p.expected("", want...)
	switch p.tok.Kind {
	case token.Not:
		e.Hint = "did you mean `is not null`?"
	case token.Int, token.Decimal, token.String, token.Date, token.DateTime, token.Param:
		op := "="
		if negated {
			op = "!="
		}
		e.Hint = "did you mean `" + op + "`?"
	case token.Ident:
		e.Hint = didYouMean(suggest.Nearest(p.text(), []string{"null", "true", "false", "empty", "not"}))
	}
}

// missingUpperBound stops after the lower bound of a between.
func (p *parser) missingUpperBound() {
	e := p.expected("the lower bound", "'and'")
	if p.tok.Kind == token.Comma || p.tok.Kind == token.And || p.tok.Kind == token.Minus || p.tok.Kind == token.Or {
		e.Hint = "join the bounds with the word `and`"
	}
	if p.calledTime() {
		e.Hint = p.timeHint()
	}
}

// missingWith stops after `starts` or `ends` without `with`.
func (p *parser) missingWith() {
	word := strings.ToLower(p.prev.At.Of(p.src))
	e := p.expected("", "'with'")
	if p.tok.Kind == token.String || p.tok.Kind == token.Ident {
		e.Hint = "did you mean `" + word + " with`?"
	}
}

func (p *parser) missingDate() {
	e := p.expected("", "a date such as 2024-01-01")
	switch p.tok.Kind {
	case token.DateTime:
		e.Hint = "`on` takes a whole day: " + p.text()[:len("2006-01-02")]
	case token.String:
		e.Hint = "a date has no quotes"
	case token.Today:
		e.Hint = "did you mean `>= today`?"
	case token.Now, token.Param:
		e.Hint = "`on` takes a fixed date; for a moving one use `>=` and `<`"
	}
}

// afterOperand stops after an operand that is no condition by itself.
func (p *parser) afterOperand() {
	want := []string{"an operator"}
	if p.open != (ast.Span{}) {
		want = append(want, "')'")
	}
	e := p.expected("", want...)
	switch t := p.tok; {
	case t.Kind == token.EOF:
		e.opened = p.open
	case t.Kind == token.Ident:
		e.Hint = operatorHint(p.text())
	case t.IsValue():
		e.Hint = "did you mean `= " + display.CutBytes(p.text(), 40) + "`?"
	case p.calledTime():
		e.Hint = p.timeHint()
	}
}

// countHint adds to the error of an operand without a test what a count may have been meant for.
func (p *parser) countHint(x ast.Operand) {
	if n, ok := x.(*ast.Cardinality); ok && p.err != nil && p.err.Hint == "" {
		p.err.Hint = "compare it with a number, as in `count(" + display.CutBytes(n.Path.Name, 40) + ") > 2`"
	}
}

// afterArgument stops after an argument of a function.
func (p *parser) afterArgument(c *ast.Call) {
	e := p.expected("", "','", "')'")
	first, isPath := c.Args[0].(*ast.Path)
	switch {
	case isPath && (p.tok.Kind == token.Ident || len(c.Args) > 1 && p.tok.IsOperator()):
		e.Hint = ElementsHint(c.Name, first.Name)
	case p.tok.Kind == token.EOF:
		e.opened = p.open
	case p.calledTime():
		e.Hint = p.timeHint()
	}
}
