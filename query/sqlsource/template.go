package sqlsource

import (
	"fmt"
	"strings"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model"
)

// own writes a function of an environment for which the flavour has a template.
func (c *clause) own(n *dsl.Call) {
	text, declared := c.flavour.Templates[n.Name]
	switch most, _ := places(text); {
	case !declared:
		c.refuse(c.flavour.Name + " has no template for the function " + n.Name)
		return
	case most != len(n.Args):
		c.refuse(fmt.Sprintf("the call of %s has %d arguments, and the template of %s has %d places", n.Name, len(n.Args), c.flavour.Name, most))
		return
	case n.Result.Type == model.TypeDateTime:
		c.refuse(noInstants)
		return
	}
	args := make([]func(), len(n.Args))
	for i, a := range n.Args {
		args[i] = func() { c.ownArgument(a, n.Func.Own.Type(i)) }
	}
	c.template("("+text+")", args...) // which may end in an operator that binds less than what follows
}

const noInstants = "templates have no instants, which columns hold in several ways"

// ownArgument writes an argument that the function gets as a value of type t.
func (c *clause) ownArgument(o dsl.Operand, t model.Type) {
	constant, isConstant := o.(*dsl.Literal)
	switch {
	case t == model.TypeDateTime:
		c.refuse(noInstants)
	case isConstant:
		c.constantOperand(constant.Value, t)
	case typeOf(o) != t:
		c.refuse("databases round numbers of two types")
	default:
		c.operand(o, nil)
	}
}

// places returns the number of the last place of a template; false for a brace that begins no place.
func places(text string) (most int, ok bool) {
	for {
		_, rest, found := strings.Cut(text, "{")
		if !found {
			return most, true
		}
		if len(rest) < 2 || rest[0] < '1' || rest[0] > '9' || rest[1] != '}' {
			return most, false
		}
		most, text = max(most, int(rest[0]-'0')), rest
	}
}

// template writes SQL with arguments in the places {1}, {2} and so on.
func (c *clause) template(text string, args ...func()) {
	for c.reason == "" {
		at := strings.IndexByte(text, '{')
		if at < 0 || at+2 >= len(text) {
			break
		}
		c.write(text[:at])
		args[text[at+1]-'1']()
		text = text[at+len("{1}"):]
	}
	c.write(text)
}
