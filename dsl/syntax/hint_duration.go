package syntax

import (
	"github.com/muster-go/muster/dsl/ast"
	"github.com/muster-go/muster/dsl/internal/token"
	"github.com/muster-go/muster/model/display"
)

// This file reports what is wrong with numbers after a sign, and with durations.

// missingNumber stops after the sign of a number, which follows the token before.
func (p *parser) missingNumber(before token.Kind) {
	e := p.expected("'-'", "digits")
	if p.tok.Kind == token.Ident {
		e.Hint = "the negative of a field is `0 - " + display.CutBytes(p.text(), 40) + "`"
	}
	if p.tok.Kind == token.Duration {
		e.Hint = "did you mean `now - " + durationText(p.text()) + "`? No duration is negative"
		switch before {
		case token.Plus:
			e.Hint = "no duration is negative: write `- " + durationText(p.text()) + "`"
		case token.Minus:
			e.Hint = "no duration is negative: write `+ " + durationText(p.text()) + "`"
		}
	}
}

func (p *parser) missingDuration() {
	e := p.expected("", "a duration such as 90d")
	if p.tok.Kind == token.Int {
		e.Hint = "the units are s, min, h, d, w, mo and y: " + display.CutBytes(p.text(), 20) + "d"
	}
}

// differenceHint adds to the error of a duration in a test of the difference x what to write
// instead. op is the operator of a comparison; 0 is that of another test.
func (p *parser) differenceHint(x ast.Operand, op token.Kind) {
	b, ok := x.(*ast.Binary)
	if !ok || b.Op != ast.Minus || p.err == nil || p.tok.Kind != token.Duration {
		return
	}
	d := display.CutBytes(p.text(), 20)
	if op == 0 {
		p.err.Hint = "no range and no list has durations: join comparisons, as in `" + display.CutBytes(FormatOperand(x), 60) + " > " + d + " and …`"
		return
	}
	swapped := display.CutBytes(FormatOperand(&ast.Binary{Op: ast.Minus, Left: b.Right, Right: b.Left}), 60)
	turned := map[token.Kind]string{token.Lt: ">", token.Le: ">=", token.Gt: "<", token.Ge: "<=", token.Eq: "=", token.Ne: "!="}
	p.err.Hint = "no duration is negative: swap the instants, `" + swapped + " " + turned[op] + " " + d + "`"
}
