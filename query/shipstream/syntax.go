package shipstream

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query/plan"
	"github.com/muster-go/muster/query/rest"
	"github.com/muster-go/muster/query/shipstream/wire"
)

// Syntax returns the API's filter syntax as package rest has it, for definitions of
// other listings of the API; definitions call it "shipstream". The profile's Fields are filled
// in by the definition.
func Syntax(p wire.Profile) rest.Syntax { return syntax{p} }

// ProfileOf returns the profile of a syntax of [Syntax]; false for any other.
func ProfileOf(s rest.Syntax) (wire.Profile, bool) {
	own, ok := s.(syntax)
	return own.Profile, ok
}

// syntax is package wire as a [rest.Syntax].
type syntax struct{ wire.Profile }

func (syntax) Name() string       { return "shipstream" }
func (syntax) FormerName() string { return "api" }
func (syntax) Parameter() string  { return "filter" }

func (s syntax) Restrict(fields []string) rest.Syntax {
	s.Fields = fields
	return s
}

func (s syntax) Switch(operators ...string) (rest.Syntax, error) {
	p, err := s.With(operators...)
	return syntax{p}, err
}

func (s syntax) Switches() []string { return s.Names() }

func (syntax) Unfilterable(f *model.Field) string {
	switch {
	case f.Type == model.TypeList:
		return fmt.Sprintf("the dialect shipstream has no conditions on lists, and %s is one", f.Name)
	case f.Type == model.TypeDecimal:
		return fmt.Sprintf("the dialect shipstream has no decimals, and %s is one", f.Name)
	case f.Type == model.TypeFloat:
		return fmt.Sprintf("the dialect shipstream has no floats, and %s is one", f.Name)
	case f.Format != model.FormatRFC3339:
		return fmt.Sprintf("the dialect shipstream has instants in the format %v alone, and %s is in %v", model.FormatRFC3339, f.Name, f.Format)
	}
	return ""
}

// Classify sends each conjunct as it is if the API can say it, and otherwise the
// strongest weaker condition.
func (s syntax) Classify(conjuncts []dsl.Node) []plan.Pushdown {
	out := make([]plan.Pushdown, len(conjuncts))
	block := make(filters, 0, len(conjuncts)) // most have one parameter
	for i, c := range conjuncts {
		said, narrows := s.Relax(c)
		switch {
		case said.Never():
			out[i] = plan.Pushdown{Verdict: plan.Exact, Unsatisfiable: true}
		case said.Exact:
			out[i] = plan.Pushdown{Verdict: plan.Exact, Params: block.of(said.Params)}
		case narrows:
			out[i] = plan.Pushdown{Verdict: plan.Superset, Params: block.of(said.Params), Reason: said.Reason}
		default:
			out[i] = plan.Pushdown{Reason: said.Reason}
		}
	}
	return out
}

func (syntax) Bound(key, operator string, id int64) string {
	return key + "{" + operator + ":" + strconv.FormatInt(id, 10) + "}"
}

// Assumptions names the switches without which the condition would be sent in other
// words, or less of it.
func (s syntax) Assumptions(condition dsl.Node) []string {
	sent, _ := s.Relax(condition)
	var needed []string
	for _, sw := range s.Profile.Switches() {
		without := wire.Profile{Fields: s.Fields}
		if sw.On {
			others := slices.DeleteFunc(s.Names(), func(name string) bool { return name == sw.Name })
			without, _ = without.With(others...) // the names are the profile's own
		}
		if said, _ := without.Relax(condition); sw.On && !slices.Equal(said.Params, sent.Params) {
			needed = append(needed, "profile switch "+sw.Name)
		}
	}
	return needed
}

// filters are conditions as values of the parameter filter, cut from one block.
type filters []plan.Param

func (f *filters) of(values []string) []plan.Param {
	start := len(*f)
	for _, value := range values {
		*f = append(*f, plan.Param{Name: "filter", Value: value})
	}
	return (*f)[start:len(*f):len(*f)]
}
