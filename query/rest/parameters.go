package rest

import (
	"net/url"
	"slices"
	"strconv"

	"github.com/muster-go/muster/query/plan"
	"github.com/muster-go/muster/query/rest/expression"
)

// parameters are those of one request, in order of their names. A list is less to make than
// a map, and a plan makes one for each of its scans. As with append, what changes a list
// returns it.
type parameters []plan.Param

// span returns the place of the values of a name.
func (p parameters) span(name string) (from, to int) {
	for from < len(p) && p[from].Name < name {
		from++
	}
	for to = from; to < len(p) && p[to].Name == name; {
		to++
	}
	return from, to
}

// set puts a value in the place of those that the name has. A parameter that has no name is
// not there, and one without a value is not sent.
func (p parameters) set(name, value string) parameters {
	from, to := p.span(name)
	switch {
	case name == "" || value == "":
		return p
	case from == to:
		return slices.Insert(p, from, plan.Param{Name: name, Value: value})
	}
	p[from].Value = value
	return slices.Delete(p, from+1, to)
}

// add puts values behind those that the name has.
func (p parameters) add(name string, values ...string) parameters {
	_, at := p.span(name)
	for i, value := range values {
		p = slices.Insert(p, at+i, plan.Param{Name: name, Value: value})
	}
	return p
}

// drop takes a name away.
func (p parameters) drop(name string) parameters {
	from, to := p.span(name)
	return slices.Delete(p, from, to)
}

// bracketed sets a parameter for each value of a tree, whose name is the way to it.
func (p parameters) bracketed(name string, tree any) parameters {
	switch t := tree.(type) {
	case map[string]any:
		for member, value := range t {
			p = p.bracketed(name+"["+member+"]", value)
		}
	case []any:
		for i, value := range t {
			p = p.bracketed(name+"["+strconv.Itoa(i)+"]", value)
		}
	default:
		p = p.drop(name).add(name, expression.Format(tree))
	}
	return p
}

// texts returns the values alone.
func (p parameters) texts() []string {
	texts := make([]string, len(p))
	for i, param := range p {
		texts[i] = param.Value
	}
	return texts
}

// values returns the parameters as requests have them.
func (p parameters) values() url.Values {
	q := make(url.Values, len(p))
	for _, param := range p {
		q.Add(param.Name, param.Value)
	}
	return q
}
