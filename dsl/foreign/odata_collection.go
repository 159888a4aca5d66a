package foreign

import (
	"slices"
	"strings"

	"github.com/muster-go/muster/dsl/ast"
	"github.com/muster-go/muster/dsl/syntax"
	"github.com/muster-go/muster/model"
)

// This file reads what OData asks about collections: any, all and $count. Every method returns
// nil after a failure.

// wordOf returns what asks about a collection at a place behind a slash: "any", "all" or
// "$count"; "" for anything else.
func (r *odata) wordOf(at int) string {
	if at >= len(r.src) {
		return ""
	}
	rest := r.src[at:]
	for _, word := range []string{"any", "all", "$count"} {
		if len(rest) < len(word) || !strings.EqualFold(rest[:len(word)], word) {
			continue
		}
		if behind := rest[len(word):]; strings.HasPrefix(behind, "(") || word == "$count" && (behind == "" || !isNameByte(behind[0])) {
			return word
		}
	}
	return ""
}

// collectionWord reads ahead to the end of the next path, and returns the word of wordOf there.
func (r *odata) collectionWord() string {
	r.skip()
	for i := r.pos; i < len(r.src) && (isNameByte(r.src[i]) || r.src[i] == '/'); i++ {
		if word := r.wordOf(i + 1); r.src[i] == '/' && word != "" {
			return word
		}
	}
	return ""
}

// collection reads a condition on a collection.
func (r *odata) collection(word string) ast.Node {
	start := r.pos
	p := r.list()
	if p == nil {
		return nil
	}
	if word != "$count" {
		return r.lambda(p, word == "all")
	}
	r.mark("$")
	r.keyword("count", true)
	op, isNe, ok := r.comparator()
	if !ok {
		r.expected("$count", "compare it with a number: tags/$count gt 2", "an operator")
		return nil
	}
	r.compared = true
	l := r.value()
	if l == nil {
		return nil
	}
	return r.counted(p, op, isNe, l, ast.Span{Start: start, End: r.end})
}

// list reads the path of a collection and the slash behind it.
func (r *odata) list() *ast.Path {
	p := r.path()
	if p == nil || !r.mark("/") {
		return nil
	}
	name := r.src[p.Range.Start:p.Range.End]
	f := r.field(p.Name)
	switch {
	case f == nil:
	case f.Type == model.TypeRef:
		r.fail(p.Range, "'"+name+"' is one object and not a collection", "ask for its fields: "+name+"/name eq 'x'")
	case f.Through != "":
		if through := r.field(f.Through); through != nil && through.Type == model.TypeRefs {
			outer := strings.ReplaceAll(f.Through, ".", "/")
			r.fail(p.Range, "the path runs through the collection '"+outer+"'", "nest the questions: "+outer+"/any(x: x/"+strings.TrimPrefix(name, outer+"/")+"/any(y: …))")
		}
	}
	if r.err != nil {
		return nil
	}
	return p
}

// counted returns the comparison of a count. A count is never null.
func (r *odata) counted(p *ast.Path, op ast.CompareOp, isNe bool, l *ast.Literal, at ast.Span) ast.Node {
	if syntax.TestedAgainst(l).Kind != ast.LitInt {
		r.fail(l.Range, "a count compares with a whole number", "write tags/$count gt 2")
		return nil
	}
	n := &ast.Count{Path: p, Op: op, Value: l, Range: at}
	if isNe {
		return r.opposite(n)
	}
	return r.test(n)
}

// countBehind reads a count on the right side of a comparison. x is the left side.
func (r *odata) countBehind(start int, x ast.Operand, op ast.CompareOp, isNe bool) ast.Node {
	l, ok := x.(*ast.Literal)
	if !ok {
		r.fail(x.Span(), "a count compares with a whole number", "write tags/$count gt 2")
		return nil
	}
	r.skip()
	p := r.list()
	if p == nil {
		return nil
	}
	r.mark("$")
	r.keyword("count", true)
	return r.counted(p, turned(op), isNe, l, ast.Span{Start: start, End: r.end})
}

// lambda reads any or all. Neither is ever null: an element for which the condition is null counts
// as one for which it is false.
func (r *odata) lambda(p *ast.Path, every bool) ast.Node {
	word := r.word()
	r.keyword(word, false)
	outer := r.opened
	r.opened = ast.Span{Start: r.pos, End: r.pos + 1}
	r.deeper(r.opened)
	r.mark("(")
	example := "write " + r.src[p.Range.Start:p.Range.End] + "/" + word + "(x: x/name eq 'a')"
	if !every && r.next() == ')' {
		r.mark(")")
		r.opened, r.depth = outer, r.depth-1
		return r.nonempty(p, ast.Span{Start: p.Range.Start, End: r.end})
	}
	if !r.isNameStart() {
		r.expected("'('", example, "a variable")
		return nil
	}
	variable := r.word()
	r.keyword(variable, false)
	if !r.mark(":") {
		r.expected("the variable", example, "':'")
		return nil
	}
	block := r.block(p, variable)
	if r.err == nil && !r.mark(")") && r.err == nil {
		r.afterCondition()
	}
	if r.err != nil {
		return nil
	}
	r.opened, r.depth, r.compared = outer, r.depth-1, false
	kind := ast.Some
	if every {
		kind = ast.Every
	}
	return r.test(&ast.Quantifier{Kind: kind, Path: p, Block: block, Range: ast.Span{Start: p.Range.Start, End: r.end}})
}

// nonempty returns the test whether a collection has elements. Behind a reference it counts
// them: there, `is empty` is about the objects.
func (r *odata) nonempty(p *ast.Path, at ast.Span) ast.Node {
	if strings.Contains(p.Name, ".") {
		return r.test(&ast.Count{Path: p, Op: ast.Gt, Value: &ast.Literal{Kind: ast.LitInt, Value: model.Int(0), Range: at}, Range: at})
	}
	return r.opposite(&ast.Is{Path: p, What: ast.IsEmpty, Range: at})
}

// block reads the condition on an element. No negation enters it.
func (r *odata) block(p *ast.Path, variable string) ast.Node {
	leave := r.within(p)
	defer leave()
	r.variables = append(r.variables, variable)
	n := r.or()
	r.variables = r.variables[:len(r.variables)-1]
	return n
}

// relative drops the variable from a path inside of any or all: x/name becomes name.
func (r *odata) relative(p *ast.Path) *ast.Path {
	if len(r.variables) == 0 || r.err != nil {
		return p
	}
	variable := r.variables[len(r.variables)-1]
	name, rest, behind := strings.Cut(p.Name, ".")
	switch {
	case name == variable && behind:
		p.Name = rest
		return p
	case name == variable:
		p.Name = model.This
		return p
	case slices.Contains(r.variables, name):
		r.fail(p.Range, "'"+name+"' is the element around this one, and one condition is about one element", "write the condition outside of these parentheses")
	default:
		r.fail(p.Range, "'"+name+"' is not '"+variable+"', the element that this condition is about", "write "+variable+"/"+name+" for its field, or the condition outside of these parentheses")
	}
	return nil
}
