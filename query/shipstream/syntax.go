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
// other listings of the API; definitions call it "api". The profile's Fields are filled
// in by the definition.
func Syntax(p wire.Profile) rest.Syntax { return syntax{p} }

// ProfileOf returns the profile of a syntax of [Syntax]; false for any other.
func ProfileOf(s rest.Syntax) (wire.Profile, bool) {
	own, ok := s.(syntax)
	return own.Profile, ok
}

// syntax is package wire as a [rest.Syntax].
type syntax struct{ wire.Profile }

func (syntax) Name() string      { return "api" }
func (syntax) Parameter() string { return "filter" }

func (s syntax) Restrict(fields []string) rest.Syntax {
	s.Fields = fields
	return s
}

func (s syntax) Switch(operators ...string) (rest.Syntax, error) {
	p, err := s.With(operators...)
	return syntax{p}, err
}

func (s syntax) Switches() []string {
	var on []string
	for _, sw := range s.Profile.Switches() {
		if sw.On {
			on = append(on, sw.Name)
		}
	}
	return on
}

func (syntax) Unfilterable(f *model.Field) string {
	switch {
	case f.Type == model.TypeDecimal:
		return fmt.Sprintf("the dialect api has no decimals, and %s is one", f.Name)
	case f.Format != model.FormatRFC3339:
		return fmt.Sprintf("the dialect api has instants in the format %v alone, and %s is in %v", model.FormatRFC3339, f.Name, f.Format)
	}
	return ""
}

// Classify sends each conjunct as it is if the API can say it, and otherwise the
// strongest weaker condition.
func (s syntax) Classify(conjuncts []dsl.Node) []plan.Pushdown {
	out := make([]plan.Pushdown, len(conjuncts))
	block := make(filters, 0, 2*len(conjuncts))
	for i, c := range conjuncts {
		said, narrows := s.Weaken(c)
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
	sent, _ := s.Weaken(condition)
	var needed []string
	for _, name := range s.Switches() {
		without := wire.Profile{Fields: s.Fields}
		for _, other := range s.Switches() {
			if other != name {
				without, _ = without.With(other) // the names are the profile's own
			}
		}
		if said, _ := without.Weaken(condition); !slices.Equal(said.Params, sent.Params) {
			needed = append(needed, "profile switch "+name)
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
