package dsl

import (
	"fmt"
	"strings"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/model/display"
)

// This file says what is wrong where the parser cannot go on, and what may have
// been meant.

// stop records the error at the next token, unless the lexer could not read it:
// then the scanner has the reason.
func (p *parser) stop(e *SyntaxError) {
	if p.failed {
		return
	}
	p.failed = true
	if p.tok.kind == tokInvalid {
		return
	}
	if e.Range == (Span{}) {
		e.Range = p.tok.at
		if p.tok.kind == tokEOF { // right after the last token, not behind the line feed that ends a file
			e.Range = Span{p.prev.at.End, p.prev.at.End}
		}
	}
	if e.Msg == "" {
		e.Got = p.describe(p.tok)
	}
	p.err = e
}

func (p *parser) describe(t token) string { return describe(t.kind, t.at.Of(p.src)) }

// isKeyword reports whether the next token is spelt as a word, so that back
// quotes would make it a field's name.
func (p *parser) isKeyword() bool { return p.tok.kind >= tokAnd && p.isWord() }

// expected stops with what could stand here. Without after it is the token
// before.
func (p *parser) expected(after string, want ...string) *SyntaxError {
	if after == "" && p.prev.kind != 0 {
		after = p.describe(p.prev)
	}
	e := &SyntaxError{Want: want, After: after}
	p.stop(e)
	return e
}

// noCondition stops where a condition has to begin.
func (p *parser) noCondition() {
	e := p.expected("", "a condition")
	switch p.tok.kind {
	case tokInt, tokDecimal, tokString, tokDate, tokDateTime, tokParam, tokNull, tokNow, tokToday, tokMinus:
		e.Hint = "a condition begins with a field's name: id = 5"
	case tokEq, tokNe, tokLt, tokLe, tokGt, tokGe, tokMatch, tokNoMatch:
		e.Hint = "the name of a field is missing before " + p.describe(p.tok)
	case tokRParen:
		if p.prev.kind == tokLParen {
			e.Hint = "there is nothing between the parentheses"
		} else if p.open == (Span{}) {
			e.Hint = "no parenthesis is open"
		}
	case tokAnd, tokOr, tokEOF:
	default:
		if p.isKeyword() {
			e.Hint = "`" + p.text() + "` is a keyword: a field of that name needs back quotes"
		}
	}
}

// afterCondition stops where a condition has ended and nothing joins it to what
// comes.
func (p *parser) afterCondition() {
	closing := "end of filter"
	if p.open != (Span{}) {
		closing = "')'"
	}
	e := p.expected("", "'and'", "'or'", closing)
	switch t := p.tok; {
	case t.kind == tokEOF:
		e.opened = p.open
	case t.kind == tokRParen:
		e.Hint = "no parenthesis is open"
	case t.kind == tokComma:
		e.Hint = "conditions are joined by `and` or `or`; a list stands in `in (…)`"
	case p.prev.kind == tokString && p.prev.at.End == t.at.Start:
		e.Hint = "a quote inside a text is doubled: 'O''Brien'"
	case t.kind == tokDot && p.prev.kind == tokInt:
		e.Hint = "behind a point there are digits: 1.0"
	case t.kind == tokIdent:
		e.Hint = "conditions are joined by `and` or `or`"
		if strings.EqualFold(p.text(), "xor") {
			e.Hint = "there is no exclusive or: write `(a and not b) or (b and not a)`"
		} else if near := nearest(p.text(), []string{"and", "or"}); near != "" {
			e.Hint = didYouMean(near)
		}
	case (t.kind == tokPlus || t.kind == tokMinus) && p.prev.kind != tokRParen:
		e.Hint = "only relative times are added to: now - 90d"
	case t.isOperator():
		e.Hint = "one comparison has one operator; join two by `and`"
	case t.kind == tokDuration:
		e.Hint = "a duration follows + or -: now - " + durationText(display.CutBytes(p.text(), 40))
	case t.kind == tokNot:
		e.Hint = "conditions are joined by `and` or `or`"
	}
}

// afterPath stops where an operator has to follow a field.
func (p *parser) afterPath(path Path) {
	e := p.expected("'"+display.CutBytes(path.Name, 40)+"'", "an operator")
	switch t := p.tok; t.kind {
	case tokIdent, tokWith:
		e.Hint = operatorHint(p.text())
	case tokParam:
		e.Hint = "did you mean `" + display.CutBytes(path.Name, 40) + " = " + display.CutBytes(p.text(), 40) + "`?"
		if p.prev.at.End == t.at.Start && p.text()[0] == ':' {
			e.Hint = "did you mean `" + display.CutBytes(path.Name, 40) + " = '" + display.CutBytes(p.text()[1:], 40) + "'`?"
		}
	case tokInt, tokDecimal, tokString, tokDate, tokDateTime, tokTrue, tokFalse, tokNow, tokToday:
		e.Hint = "did you mean `" + display.CutBytes(path.Name, 40) + " = " + display.CutBytes(p.text(), 40) + "`?"
	case tokNull:
		e.Hint = "did you mean `" + display.CutBytes(path.Name, 40) + " is null`?"
	case tokLParen:
		e.Hint = "there are no functions; a list stands in `in (…)`"
	case tokNot:
		e.Hint = "the negative forms are `!=`, `!~` and `not in`, `not like` …"
	}
}

// afterNot stops after `path not`.
func (p *parser) afterNot(path Path) {
	name := display.CutBytes(path.Name, 40)
	e := p.expected("'not'", "'in'", "'between'", "'like'", "'starts with'", "'ends with'", "'contains'", "'matches'", "'on'")
	switch t := p.tok; t.kind {
	case tokIs:
		e.Hint = "did you mean `" + name + " is not null`?"
	case tokNull, tokTrue, tokFalse:
		e.Hint = "did you mean `" + name + " is not " + strings.ToLower(p.text()) + "`?"
	case tokEq:
		e.Hint = "did you mean `!=`?"
	case tokIdent:
		e.Hint = operatorHint(p.text())
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
	case "notnull", "isnotnull":
		return didYouMean("is not null")
	case "exists":
		return didYouMean("is not null")
	}
	return didYouMean(nearest(word, []string{
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

// noValue stops where a value has to stand.
func (p *parser) noValue() {
	t := p.tok
	if t.kind == tokInt || t.kind == tokDecimal {
		e := &SyntaxError{
			Range: t.at,
			Msg:   "the number does not fit 64 bits",
			Hint:  "integers run from -9223372036854775808 to 9223372036854775807",
		}
		if p.prev.kind == tokMinus {
			e.Range.Start = p.prev.at.Start
		}
		if t.kind == tokDecimal {
			e.Msg = "the number cannot be kept exactly"
			e.Hint = fmt.Sprintf("a decimal has at most %d digits behind its point, and without the point its digits fit 64 bits", model.MaxScale)
		}
		p.stop(e)
		return
	}
	e := p.expected("", "a value")
	switch {
	case t.kind == tokDot:
		e.Hint = "a number begins with a digit: 0.5"
	case t.kind == tokIdent && p.pos < len(p.src) && p.src[p.pos] == '(':
		e.Hint = "there are no functions"
	case t.kind == tokIdent && (strings.Contains(p.text(), "_") || p.pos < len(p.src) && p.src[p.pos] == '.'):
		e.Hint = "a text needs quotes; fields cannot be compared with one another"
	case t.kind == tokIdent:
		e.Hint = "a text needs quotes: '" + p.words() + "'"
	case t.kind == tokQuoted:
		e.Hint = "back quotes hold field names; a text needs straight quotes: '" + display.CutBytes(p.segmentText(), 40) + "'"
	case t.kind == tokDuration:
		e.Hint = "did you mean `now - " + durationText(p.text()) + "`?"
	case t.kind == tokPlus:
		e.Hint = "a number has no plus sign"
	case t.kind == tokLParen && p.prev.isOperator():
		e.Hint = "a list of values stands after `in`"
	case t.kind == tokRParen && p.prev.kind == tokLParen:
		e.Hint = "a list has at least one value; an empty one can only be a parameter: `in ($1)`"
	case t.isOperator() && p.prev.isOperator():
		e.Hint = "one operator is enough: " + doubledOperator(p.prev.at.Of(p.src)+p.text())
	case t.kind == tokEOF || t.kind == tokAnd || t.kind == tokOr:
	case p.isKeyword():
		e.Hint = "a text needs quotes: '" + display.CutBytes(p.text(), 40) + "'"
	}
}

// doubledOperator guesses the operator behind two in a row.
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

// words returns the bare words from the next token on, as many as may have been
// meant as one text.
func (p *parser) words() string {
	ahead := p.scanner
	ahead.err = nil // of the failure that is being explained
	at := p.tok.at
	for at.End-at.Start < 40 {
		t := ahead.scan()
		if t.kind != tokIdent {
			break
		}
		at.End = t.at.End
	}
	return display.CutBytes(at.Of(p.src), 40)
}

func (p *parser) noNumber() {
	e := p.expected("'-'", "digits")
	if p.tok.kind == tokDuration {
		e.Hint = "did you mean `now - " + durationText(p.text()) + "`?"
	}
}

func (p *parser) noDuration() {
	e := p.expected("", "a duration such as 90d")
	if p.tok.kind == tokInt {
		e.Hint = "the units are s, min, h, d, w, mo and y: " + display.CutBytes(p.text(), 20) + "d"
	}
}

func (p *parser) noSegment() {
	e := p.expected("'.'", "a field's name")
	if p.isKeyword() {
		e.Hint = "`" + p.text() + "` is a keyword: a field of that name needs back quotes"
	}
}

func (p *parser) noList() {
	e := p.expected("'in'", "'('")
	if p.tok.isValue() || p.tok.kind == tokIdent {
		e.Hint = "a list stands in parentheses: `in (" + display.CutBytes(p.text(), 40) + ")`"
	}
}

func (p *parser) afterItem() {
	e := p.expected("", "','", "')'")
	switch {
	case p.tok.kind == tokEOF:
		e.Hint = "the list is not closed"
	case p.tok.isValue():
		e.Hint = "a comma is missing"
	}
}

func (p *parser) noIs(negated bool) {
	want := []string{"'null'", "'true'", "'false'"}
	if !negated {
		want = append(want, "'not'")
	}
	e := p.expected("", want...)
	switch p.tok.kind {
	case tokNot:
		e.Hint = "did you mean `is not null`?"
	case tokInt, tokDecimal, tokString, tokDate, tokDateTime, tokParam:
		op := "="
		if negated {
			op = "!="
		}
		e.Hint = "did you mean `" + op + "`?"
	case tokIdent:
		if strings.EqualFold(p.text(), "empty") {
			e.Hint = "an empty text is `= ''`, a missing value `is null`"
		} else {
			e.Hint = didYouMean(nearest(p.text(), []string{"null", "true", "false", "not"}))
		}
	}
}

// noUpper stops after the lower bound of a between.
func (p *parser) noUpper() {
	e := p.expected("the lower bound", "'and'")
	if p.tok.kind == tokComma || p.tok.kind == tokAnd || p.tok.kind == tokMinus || p.tok.kind == tokOr {
		e.Hint = "the bounds are joined by the word `and`"
	}
}

// noWith stops after a `starts` or `ends` that stands alone.
func (p *parser) noWith() {
	word := strings.ToLower(p.prev.at.Of(p.src))
	e := p.expected("", "'with'")
	if p.tok.kind == tokString || p.tok.kind == tokIdent {
		e.Hint = "did you mean `" + word + " with`?"
	}
}

func (p *parser) noDate() {
	e := p.expected("", "a date such as 2024-01-01")
	switch p.tok.kind {
	case tokDateTime:
		e.Hint = "`on` is a whole day: " + p.text()[:len("2006-01-02")]
	case tokString:
		e.Hint = "a date has no quotes"
	case tokToday:
		e.Hint = "did you mean `>= today`?"
	case tokNow, tokParam:
		e.Hint = "`on` is a written day; for a moving one use `>=` and `<`"
	}
}
