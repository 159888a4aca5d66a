package foreign

import (
	"strconv"
	"strings"

	"github.com/muster-go/muster/dsl/ast"
	"github.com/muster-go/muster/model/display"
)

const durationHint = "write created_at add duration'P7D' lt now(), or now() sub created_at gt duration'P7D'"

// typed reads a constant behind the name of its type: a duration.
func (r *odata) typed(name string) *ast.Literal {
	if !strings.EqualFold(name, "duration") {
		r.expected("", "OData 4 writes no type before a value; only numbers, dates, texts, booleans and durations are supported", "a value")
		return nil
	}
	at := ast.Span{Start: r.pos}
	r.pos += len(name)
	l := r.doubled('\'')
	if l == nil {
		return nil
	}
	at.End = r.end
	text, ok := durationOf(l.Value.Str())
	if !ok {
		r.fail(at, "not a duration that this language has: "+display.CutBytes(l.Value.Str(), 40), "write days, hours, minutes and whole seconds, without a sign: duration'P1DT2H30M5S'")
		return nil
	}
	return &ast.Literal{Kind: ast.LitDuration, Text: text, Range: at}
}

// durationOf returns a duration of OData as this language writes it. A day has 24 hours there,
// and so becomes hours: in days, it would follow the clock of the query's zone.
func durationOf(text string) (string, bool) {
	rest, ok := strings.CutPrefix(text, "P")
	days, clock, timed := strings.Cut(rest, "T")
	if !ok || rest == "" || timed && clock == "" {
		return "", false
	}
	total := uint64(0)
	for _, part := range []struct {
		text    *string
		unit    string
		seconds uint64
	}{{&days, "D", 24 * 60 * 60}, {&clock, "H", 60 * 60}, {&clock, "M", 60}, {&clock, "S", 1}} {
		digits, behind, found := strings.Cut(*part.text, part.unit)
		if !found {
			continue
		}
		n, err := strconv.ParseUint(digits, 10, 30)
		if err != nil {
			return "", false
		}
		total += n * part.seconds
		*part.text = behind
	}
	if days != "" || clock != "" {
		return "", false
	}
	unit := "s"
	switch {
	case total%3600 == 0:
		total, unit = total/3600, "h"
	case total%60 == 0:
		total, unit = total/60, "min"
	}
	const most = 999_999_999 // the language's own limit on a duration
	return strconv.FormatUint(total, 10) + unit, total <= most
}

// shifted returns an instant plus or minus a duration.
func shifted(x ast.Operand, back bool, by *ast.Literal, at ast.Span) ast.Operand {
	l := literalOf(x, ast.LitRelative)
	if l == nil {
		return &ast.Shift{X: x, Back: back, By: by, Range: at}
	}
	op := ast.Plus
	if back {
		op = ast.Minus
	}
	return &ast.Literal{Kind: ast.LitRelative, Text: l.Text + " " + op.String() + " " + by.Text, Range: at}
}

// difference turns `a sub b op d` into `a op b + d`. It returns nil after a failure.
func (r *odata) difference(x ast.Operand, op ast.CompareOp, d *ast.Literal) (ast.Operand, ast.CompareOp, ast.Operand) {
	b, ok := x.(*ast.Binary)
	if !ok || b.Op != ast.Minus {
		r.fail(d.Range, "only a difference of instants compares with a duration", durationHint)
		return nil, op, nil
	}
	for _, side := range []ast.Operand{b.Left, b.Right} {
		if r.isDate(side) {
			r.fail(side.Span(), "arithmetic on dates is not supported", "write an instant: 2024-01-31T00:00:00Z")
			return nil, op, nil
		}
	}
	later := shifted(b.Right, false, d, b.Right.Span())
	if _, constant := b.Left.(*ast.Literal); constant {
		return later, turned(op), b.Left
	}
	return b.Left, op, later
}
