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
// checked again it means the same.
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
	switch x := n.X.(type) {
	case *ast.Compare:
		if x.Op == ast.Eq {
			p.predicate(x, "not ", indent)
			return
		}
	case *ast.In:
		if len(x.Values) > 0 {
			p.predicate(x, "not ", indent)
			return
		}
	case *ast.Between, *ast.Match, *ast.Is, *ast.On:
		p.predicate(x, "not ", indent)
		return
	}
	p.text("not ")
	p.node(n.X, precNot, indent)
}

// predicate prints a leaf; negation is "" or "not ".
func (p *printer) predicate(n ast.Node, negation string, indent int) {
	switch n := n.(type) {
	case *ast.Const:
		p.text(strconv.FormatBool(n.Value))
	case *ast.Truth:
		p.text(FormatPath(n.Path.Name))
	case *ast.Compare:
		op := n.Op.String()
		if negation != "" {
			op = "!="
		}
		p.text(FormatPath(n.Path.Name) + " " + op + " " + literalText(n.Value))
	case *ast.In:
		p.in(n, negation, indent)
	case *ast.Between:
		p.text(FormatPath(n.Path.Name) + " " + negation + "between " + literalText(n.Lo) + " and " + literalText(n.Hi))
	case *ast.Match:
		p.text(FormatPath(n.Path.Name) + " " + negation + n.Op.String() + " " + literalText(n.Pattern))
	case *ast.Is:
		p.text(FormatPath(n.Path.Name) + " is " + negation + n.What.String())
	case *ast.On:
		p.text(FormatPath(n.Path.Name) + " " + negation + "on " + literalText(n.Date))
	}
}

func (p *printer) in(n *ast.In, negation string, indent int) {
	if len(n.Values) == 0 {
		p.text("false")
		return
	}
	head := FormatPath(n.Path.Name) + " " + negation + "in ("
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
