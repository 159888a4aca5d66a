package dsl

import "github.com/alecthomas/participle/v2/lexer"

// predicate = path ( compare value | … ) ; see the grammar in doc.go.
func (p *parser) predicate() Node {
	start := p.tok.at.Start
	path := p.path()
	if p.failed {
		return nil
	}
	switch p.tok.kind {
	case tokEq, tokNe, tokLt, tokLe, tokGt, tokGe:
		return p.compare(start, path)
	case tokMatch, tokNoMatch:
		return p.match(start, path, Matches, p.tok.kind == tokNoMatch)
	case tokIs:
		return p.is(start, path)
	case tokNot:
		if !p.isWord() {
			p.afterPath(path)
			return nil
		}
		p.next()
		return p.test(start, path, true)
	case tokIn, tokBetween, tokLike, tokStarts, tokEnds, tokContains, tokMatches, tokOn:
		return p.test(start, path, false)
	case tokAnd, tokOr, tokRParen, tokEOF:
		n := &struct {
			Truth
			path Path
		}{path: path}
		n.Truth = Truth{Path: &n.path, Range: path.Range}
		return &n.Truth
	}
	p.afterPath(path)
	return nil
}

// path = ident { "." ident } .
func (p *parser) path() Path {
	start := p.tok.at.Start
	name := p.segment()
	if p.tok.kind != tokDot {
		return Path{Name: name, Range: p.since(start)}
	}
	joined := make([]byte, 0, 2*len(name)+16)
	joined = append(joined, name...)
	for p.tok.kind == tokDot {
		p.next()
		if p.tok.kind != tokIdent && p.tok.kind != tokQuoted {
			p.noSegment()
			return Path{}
		}
		joined = append(joined, '.')
		joined = append(joined, p.segment()...)
	}
	return Path{Name: string(joined), Range: p.since(start)}
}

func (p *parser) segment() string {
	text := p.segmentText()
	p.next()
	return text
}

// segmentText returns the name that the next token, a tokIdent or tokQuoted,
// stands for.
func (p *parser) segmentText() string {
	at := p.tok.at
	if p.tok.kind == tokQuoted {
		at.Start, at.End = at.Start+1, at.End-1
	}
	return at.Of(p.src)
}

// compare = "=" | "==" | "!=" | "<>" | "<" | "<=" | ">" | ">=" .
func (p *parser) compare(start int, path Path) Node {
	n := &struct {
		Compare
		path  Path
		value Literal
	}{path: path}
	op := p.tok.kind
	p.next()
	if !p.value(&n.value) {
		return nil
	}
	n.Compare = Compare{Path: &n.path, Op: compareOp(op), Value: &n.value, Range: p.since(start)}
	return negatedIf(op == tokNe, &n.Compare)
}

func compareOp(kind lexer.TokenType) CompareOp {
	switch kind {
	case tokLt:
		return Lt
	case tokLe:
		return Le
	case tokGt:
		return Gt
	case tokGe:
		return Ge
	}
	return Eq
}

// test reads a predicate that may stand after `path not`.
func (p *parser) test(start int, path Path, negated bool) Node {
	switch p.tok.kind {
	case tokIn:
		return p.in(start, path, negated)
	case tokBetween:
		return p.between(start, path, negated)
	case tokOn:
		return p.on(start, path, negated)
	case tokLike:
		return p.match(start, path, Like, negated)
	case tokContains:
		return p.match(start, path, Contains, negated)
	case tokMatches:
		return p.match(start, path, Matches, negated)
	case tokStarts, tokEnds:
		op := StartsWith
		if p.tok.kind == tokEnds {
			op = EndsWith
		}
		if p.next(); p.tok.kind != tokWith {
			p.noWith()
			return nil
		}
		return p.match(start, path, op, negated)
	}
	p.afterNot(path)
	return nil
}

// in = "in" "(" value { "," value } [ "," ] ")" .
func (p *parser) in(start int, path Path, negated bool) Node {
	p.next()
	if p.tok.kind != tokLParen {
		p.noList()
		return nil
	}
	p.next()
	base := len(p.values)
	for {
		p.values = append(p.values, Literal{})
		if !p.value(&p.values[len(p.values)-1]) {
			return nil
		}
		if p.tok.kind == tokComma {
			p.next()
		} else if p.tok.kind != tokRParen {
			p.afterItem()
			return nil
		}
		if p.tok.kind == tokRParen {
			break
		}
	}
	p.next()
	n := newIn(path, p.values[base:], p.since(start))
	p.values = p.values[:base]
	return negatedIf(negated, n)
}

// between = "between" value "and" value .
func (p *parser) between(start int, path Path, negated bool) Node {
	n := &struct {
		Between
		path   Path
		lo, hi Literal
	}{path: path}
	p.next()
	if !p.value(&n.lo) {
		return nil
	}
	if p.tok.kind != tokAnd || !p.isWord() {
		p.noUpper()
		return nil
	}
	p.next()
	if !p.value(&n.hi) {
		return nil
	}
	n.Between = Between{Path: &n.path, Lo: &n.lo, Hi: &n.hi, Range: p.since(start)}
	return negatedIf(negated, &n.Between)
}

// match reads the pattern of a string test whose operator comes next.
func (p *parser) match(start int, path Path, op MatchOp, negated bool) Node {
	n := &struct {
		Match
		path  Path
		value Literal
	}{path: path}
	p.next()
	if !p.value(&n.value) {
		return nil
	}
	n.Match = Match{Path: &n.path, Op: op, Pattern: &n.value, Range: p.since(start)}
	return negatedIf(negated, &n.Match)
}

// is = "is" [ "not" ] ( "null" | "true" | "false" ) .
func (p *parser) is(start int, path Path) Node {
	p.next()
	negated := p.tok.kind == tokNot && p.isWord()
	if negated {
		p.next()
	}
	what := IsNull
	switch p.tok.kind {
	case tokNull:
	case tokTrue:
		what = IsTrue
	case tokFalse:
		what = IsFalse
	default:
		p.noIs(negated)
		return nil
	}
	p.next()
	n := &struct {
		Is
		path Path
	}{path: path}
	n.Is = Is{Path: &n.path, What: what, Range: p.since(start)}
	return negatedIf(negated, &n.Is)
}

// on = "on" date .
func (p *parser) on(start int, path Path, negated bool) Node {
	p.next()
	if p.tok.kind != tokDate {
		p.noDate()
		return nil
	}
	n := &struct {
		On
		path Path
		date Literal
	}{path: path}
	if !p.value(&n.date) {
		return nil
	}
	n.On = On{Path: &n.path, Date: &n.date, Range: p.since(start)}
	return negatedIf(negated, &n.On)
}

// value reads a literal into dst and reports whether there was one.
func (p *parser) value(dst *Literal) bool {
	t := p.tok
	switch t.kind {
	case tokNow, tokToday:
		return p.relative(dst)
	case tokMinus:
		if p.next(); p.tok.kind != tokInt && p.tok.kind != tokDecimal {
			p.noNumber()
			return false
		}
	}
	if !literalOf(dst, p.tok.kind, p.text(), t.kind == tokMinus) {
		p.noValue()
		return false
	}
	p.next()
	dst.Range = p.since(t.at.Start)
	return true
}

// relative = ( "now" | "today" ) { ( "+" | "-" ) duration } .
func (p *parser) relative(dst *Literal) bool {
	start := p.tok.at.Start
	text := relativeBase(p.tok.kind)
	p.next()
	if p.tok.kind == tokPlus || p.tok.kind == tokMinus {
		joined := append(make([]byte, 0, len("today - 99min")), text...)
		for ; p.tok.kind == tokPlus || p.tok.kind == tokMinus; p.next() {
			sign := p.text()
			if p.next(); p.tok.kind != tokDuration {
				p.noDuration()
				return false
			}
			joined = appendOffset(joined, sign, p.text())
		}
		text = string(joined)
	}
	*dst = Literal{Kind: LitRelative, Text: text, Range: p.since(start)}
	return true
}
