package syntax

import (
	"github.com/muster-go/muster/dsl/ast"
	"github.com/muster-go/muster/dsl/internal/token"
	"github.com/muster-go/muster/model/display"
)

// This file reports what is wrong with a list of values.

// missingList stops after `in`.
func (p *parser) missingList(path ast.Path, negated bool) {
	e := p.expected("'in'", "'('")
	switch {
	case p.tok.IsValue():
		e.Hint = "write a list in parentheses: `in (" + display.CutBytes(p.text(), 40) + ")`"
	case p.tok.Kind != token.Ident:
	case path.Name == "":
		e.Hint = p.memberHint(path, negated)
	default:
		e.Hint = p.memberHint(path, negated) + " A text needs quotes: `in ('" + p.words() + "')`"
	}
}

// memberHint says how a filter asks whether the list at the next token has what was tested: in
// other languages that is `value in list`.
func (p *parser) memberHint(tested ast.Path, negated bool) string {
	list, _ := p.pathAhead()
	op := " = "
	if negated {
		op = " != "
	}
	return didYouMean(display.CutBytes(list, 40) + op + display.CutBytes(tested.Range.Of(p.src), 40))
}

// afterMember adds to the error of a list without a value the hint for a value in one field.
func (p *parser) afterMember(tested ast.Path, negated bool) {
	if p.tok.Kind != token.Ident || tested.Name != "" || p.prev.Kind != token.LParen {
		return
	}
	if _, behind := p.pathAhead(); behind.Kind == token.RParen {
		p.err.Hint = p.memberHint(tested, negated)
	}
}

// pathAhead returns the path that starts at the next token, and the token behind it.
func (p *parser) pathAhead() (path string, behind token.Token) {
	ahead, at := p.scanner, p.tok.At
	ahead.err = nil // the error that is being explained
	for behind = ahead.scan(); behind.Kind == token.Dot; behind = ahead.scan() {
		segment := ahead.scan()
		if segment.Kind != token.Ident && segment.Kind != token.Quoted {
			break
		}
		at.End = segment.At.End
	}
	return at.Of(p.src), behind
}

func (p *parser) afterItem() {
	e := p.expected("", "','", "')'")
	switch {
	case p.tok.Kind == token.EOF:
		e.Hint = "the list is not closed"
	case p.tok.IsValue():
		e.Hint = "a comma is missing"
	case p.calledTime():
		e.Hint = p.timeHint()
	}
}
