package syntax

import (
	"strings"

	"github.com/muster-go/muster/dsl/ast"
)

// elements prints a Quantifier or a Count or, negated, the negative form of it.
func (p *printer) elements(n ast.Node, negated bool, indent int) {
	switch n := n.(type) {
	case *ast.Quantifier:
		word := n.Kind.String()
		if negated {
			word = wordNo
		}
		p.block(word+" "+FormatPath(n.Path.Name)+" (", n.Block, ")", indent)
	case *ast.Count:
		op := n.Op.String()
		if negated {
			op = "!="
		}
		head, end := countHead(n.Path), ") "+op+" "+literalText(n.Value)
		if n.Block == nil {
			p.text(head + end)
			return
		}
		p.block(head+" "+wordWhere+" ", n.Block, end, indent)
	}
}

// countHead returns the text of a count up to the name of its list.
func countHead(list *ast.Path) string { return wordCount + "(" + FormatPath(list.Name) }

// block prints a condition between head and end, on lines of its own if one is too short.
func (p *printer) block(head string, block ast.Node, end string, indent int) {
	oneLine := func() {
		p.text(head)
		p.node(block, precOr, indent)
		p.text(end)
	}
	if !p.wraps(oneLine) {
		return
	}
	p.text(strings.TrimSuffix(head, " "))
	p.newline(indent + 1)
	p.node(block, precOr, indent+1)
	p.newline(indent)
	p.text(end)
}
