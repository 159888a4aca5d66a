package syntax

import (
	"strconv"

	"github.com/muster-go/muster/dsl/ast"
	"github.com/muster-go/muster/model/display"
)

// Format returns a tree in its canonical spelling, on one line: one spelling for each
// operator, only the parentheses that are needed, keywords in lower case. A nil Node, the
// empty filter, is "".
//
// For every tree that [Parse] made, parsing the result gives an equal tree, and formatting
// that gives the same text. A checked tree prints with every constant resolved; parsed and
// checked again in the same zone it means the same.
//
// A tree that no text can express prints as what it means: an And or Or of one term as the
// term, of none as true or false, an In without values as false.
func Format(n ast.Node) string {
	if n == nil {
		return ""
	}
	p := printer{width: -1}
	p.node(n, precOr, 0)
	return string(p.out)
}

// FormatIndent is [Format] over several lines. It breaks what is wider than width terminal
// cells before `and` and `or`, and lists between their values. It never breaks a single
// condition, so a line may be wider. Width below 1 means 80.
func FormatIndent(n ast.Node, width int) string {
	if n == nil {
		return ""
	}
	if width < 1 {
		width = defaultWidth
	}
	p := printer{width: width}
	p.node(n, precOr, 0)
	return string(p.out)
}

const (
	defaultWidth = 80
	indentWidth  = 2
)

// precedence says what a node may stand inside of without parentheses.
type precedence uint8

const (
	precOr  precedence = iota // anything
	precAnd                   // no Or
	precNot                   // no And either
)

// printer writes a tree. With a width it first tries each node on one line and stops as soon
// as that is too wide. So the work is linear in the text times its nesting.
type printer struct {
	out   []byte
	width int  // < 0: everything on one line
	fits  bool // inside a trial: stop at the width
	full  bool // the trial failed
	cells int  // width of the current line so far
}

func (p *printer) text(s string) {
	if p.full {
		return
	}
	p.out = append(p.out, s...)
	if p.width < 0 {
		return
	}
	p.cells += display.Width(s)
	p.full = p.fits && p.cells > p.width
}

func (p *printer) newline(indent int) {
	p.out = append(p.out, '\n')
	p.cells = p.margin(indent)
	for range p.cells {
		p.out = append(p.out, ' ')
	}
}

// margin returns the cells before a line, at most half the width. Otherwise a deeply nested
// filter would be mostly margin, quadratic in its depth.
func (p *printer) margin(indent int) int { return min(indent*indentWidth, p.width/2) }

// wraps runs oneLine. If that is too wide, it removes the output and returns true: the
// caller then prints several lines.
func (p *printer) wraps(oneLine func()) bool {
	if p.width < 0 || p.fits {
		oneLine()
		return false
	}
	mark, cells := len(p.out), p.cells
	p.fits = true
	oneLine()
	tooWide := p.full
	p.fits, p.full = false, false
	if tooWide {
		p.out, p.cells = p.out[:mark], cells
	}
	return tooWide
}

// node prints n, in parentheses if outer does not allow it without.
func (p *printer) node(n ast.Node, outer precedence, indent int) {
	if p.full {
		return
	}
	switch n := n.(type) {
	case *ast.And:
		p.chain(n.Terms, " and ", "true", precAnd, outer, indent)
	case *ast.Or:
		p.chain(n.Terms, " or ", "false", precOr, outer, indent)
	case *ast.Not:
		p.not(n, indent)
	case *ast.Quantifier, *ast.Count:
		p.elements(n, false, indent)
	default:
		p.predicate(n, "", indent)
	}
}

// chain prints the terms of an And or Or, whose own precedence is prec.
func (p *printer) chain(terms []ast.Node, joint, none string, prec, outer precedence, indent int) {
	switch len(terms) {
	case 0:
		p.text(none)
		return
	case 1:
		p.node(terms[0], outer, indent)
		return
	}
	bare := outer <= prec
	oneLine := func() {
		if !bare {
			p.text("(")
		}
		for i, t := range terms {
			if i > 0 {
				p.text(joint)
			}
			p.node(t, prec, indent)
			if p.full {
				return
			}
		}
		if !bare {
			p.text(")")
		}
	}
	if !p.wraps(oneLine) {
		return
	}
	if !bare {
		p.text("(")
		indent++
		p.newline(indent)
	}
	for i, t := range terms {
		if i > 0 {
			p.newline(indent)
			p.text(joint[1:])
		}
		p.node(t, prec, indent)
	}
	if !bare {
		p.newline(indent - 1)
		p.text(")")
	}
}

// not prints the negative form of a predicate or, if it has none, a prefix.
func (p *printer) not(n *ast.Not, indent int) {
	if hasNegativeForm(n.X) {
		if list, _ := ast.Elements(n.X); list != nil {
			p.elements(n.X, true, indent)
		} else {
			p.predicate(n.X, "not ", indent)
		}
		return
	}
	p.text("not ")
	p.node(n.X, precNot, indent)
}

// hasNegativeForm reports whether the negation of a predicate has a spelling of its own.
func hasNegativeForm(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.Compare:
		return n.Op == ast.Eq
	case *ast.In:
		return len(n.Values) > 0
	case *ast.Between, *ast.Match, *ast.Is, *ast.On:
		return true
	case *ast.Relation:
		return n.Op == ast.Eq
	case *ast.Computed:
		return hasNegativeForm(n.Test)
	case *ast.Quantifier:
		return n.Kind == ast.Some
	case *ast.Count:
		return n.Op == ast.Eq
	case nil, *ast.And, *ast.Or, *ast.Not, *ast.Const, *ast.Truth:
	}
	return false
}

// predicate prints a leaf; negation is "" or "not ".
func (p *printer) predicate(n ast.Node, negation string, indent int) {
	switch n := n.(type) {
	case *ast.Const:
		p.text(strconv.FormatBool(n.Value))
	case *ast.Relation:
		p.text(FormatOperand(n.Left) + " " + comparison(n.Op, negation) + " " + FormatOperand(n.Right))
	case *ast.Computed:
		p.test(FormatOperand(n.X), n.Test, negation, indent)
	default:
		if path := ast.PathOf(n); path != nil {
			p.test(FormatPath(path.Name), n, negation, indent)
		}
	}
}

func comparison(op ast.CompareOp, negation string) string {
	if negation != "" {
		return "!="
	}
	return op.String()
}

// test prints a predicate of what subject spells.
func (p *printer) test(subject string, n ast.Node, negation string, indent int) {
	switch n := n.(type) {
	case *ast.Truth:
		p.text(subject)
	case *ast.Compare:
		p.text(subject + " " + comparison(n.Op, negation) + " " + literalText(n.Value))
	case *ast.In:
		p.in(subject, n, negation, indent)
	case *ast.Between:
		p.text(subject + " " + negation + "between " + literalText(n.Lo) + " and " + literalText(n.Hi))
	case *ast.Match:
		p.text(subject + " " + negation + n.Op.String() + " " + literalText(n.Pattern))
	case *ast.Is:
		p.text(subject + " is " + negation + n.What.String())
	case *ast.On:
		p.text(subject + " " + negation + "on " + literalText(n.Date))
	}
}

func (p *printer) in(subject string, n *ast.In, negation string, indent int) {
	if len(n.Values) == 0 {
		p.text("false")
		return
	}
	head := subject + " " + negation + "in ("
	oneLine := func() {
		p.text(head)
		for i, v := range n.Values {
			if i > 0 {
				p.text(", ")
			}
			p.text(literalText(v))
			if p.full {
				return
			}
		}
		p.text(")")
	}
	if !p.wraps(oneLine) {
		return
	}
	p.text(head)
	p.newline(indent + 1)
	for i, v := range n.Values {
		item := literalText(v)
		if i < len(n.Values)-1 {
			item += ","
		}
		switch {
		case i == 0:
		case p.cells+1+display.Width(item) > p.width:
			p.newline(indent + 1)
		default:
			p.text(" ")
		}
		p.text(item)
	}
	p.newline(indent)
	p.text(")")
}
