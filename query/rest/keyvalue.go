package rest

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/dsl/ast"
	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query/plan"
)

// keyValue is the dialect of a parameter for each field and operator. They are ANDed, and
// a request may have each of them once.
type keyValue struct{ *listing }

var _ plan.Dialect = keyValue{}

// Independent: two conjuncts cannot take the same parameter.
func (keyValue) Independent() bool { return false }

// Classify gives each conjunct its parameters unless another has taken them. Exact
// conjuncts go first, so that a weaker condition takes nothing from them.
func (d keyValue) Classify(conjuncts []dsl.Node) []plan.Pushdown {
	out := make([]plan.Pushdown, len(conjuncts))
	taken := map[string]bool{}
	for _, round := range []plan.Verdict{plan.Exact, plan.Superset} {
		for i, c := range conjuncts {
			if out[i].Verdict != plan.Unsupported {
				continue
			}
			switch said := d.foreign(c, d.say(c)); {
			case said.Verdict != round:
				out[i].Reason = cmp.Or(out[i].Reason, said.Reason) // why it is not exact, or was taken
			case said.clashes(taken):
				out[i].Reason = "another condition has taken the parameter " + strings.Join(said.names(), ", ")
			default:
				out[i] = said.Pushdown
			}
		}
	}
	return out
}

// saying is a verdict on one conjunct by itself.
type saying struct{ plan.Pushdown }

func (s saying) names() []string {
	names := make([]string, len(s.Params))
	for i, p := range s.Params {
		names[i] = strings.TrimSuffix(p.Name, brackets)
	}
	return names
}

// clashes takes the parameters; it reports whether one was taken before.
func (s saying) clashes(taken map[string]bool) (clash bool) {
	names := s.names()
	if slices.ContainsFunc(names, func(n string) bool { return taken[n] }) {
		return true
	}
	for _, n := range names {
		taken[n] = true
	}
	return false
}

func no(reason string) saying { return saying{plan.Pushdown{Reason: reason}} }

// foreign weakens what is exact of a field whose values may mean null: to the server they
// are values like others.
func (d keyValue) foreign(n dsl.Node, s saying) saying {
	if not, ok := n.(*dsl.Not); ok {
		n = not.X
	}
	path := ast.PathOf(n)
	if s.Verdict != plan.Exact || s.Unsatisfiable || path == nil || path.Field.Spelling == nil || len(path.Field.Spelling.Nulls) == 0 {
		return s
	}
	s.Verdict, s.Reason = plan.Superset, "the API does not know that some values of "+path.Name+" mean null"
	return s
}

// say returns the verdict on one conjunct as if it were alone.
func (d keyValue) say(n dsl.Node) saying {
	negated := false
	if not, ok := n.(*dsl.Not); ok {
		negated, n = true, not.X
	}
	switch n := n.(type) {
	case *dsl.Compare:
		return d.compare(n, negated)
	case *dsl.Is:
		if n.What == dsl.IsNull {
			return d.param(n.Path, "null", strconv.FormatBool(!negated))
		}
	case *dsl.In:
		if !negated {
			return d.in(n)
		}
		if len(n.Values) > 0 { // of the values that are ruled out, one can be said
			s := d.compare(&dsl.Compare{Path: n.Path, Op: dsl.Eq, Value: n.Values[0]}, true)
			if s.Verdict == plan.Exact && len(n.Values) > 1 {
				s.Verdict, s.Reason = plan.Superset, "the parameter of the definition rules out one value of "+n.Path.Name+" a request"
			}
			return s
		}
	case *dsl.Between:
		if !negated {
			return d.between(n)
		}
	case *dsl.Match:
		return d.match(n, negated)
	case *dsl.Or:
		return no("the dialect " + KeyValue + " has no OR")
	case *dsl.Relation, *dsl.Computed:
		return no("the dialect " + KeyValue + " has no conditions that compute")
	case *dsl.And, *dsl.Not, *dsl.Const, *dsl.Truth, *dsl.On, *dsl.Quantifier, *dsl.Count:
	}
	return no("the definition has no parameter that says so")
}

// brackets follow the name of a list with [Brackets].
const brackets = "[]"

// param sends one operator of a field with one value or a list of them. It does so exactly
// unless the definition says otherwise.
func (d keyValue) param(path *dsl.Path, op string, values ...string) saying {
	i := slices.IndexFunc(d.Fields, func(f Field) bool { return f.Name == path.Name })
	if i < 0 || d.Fields[i].Params[op] == "" {
		if path.Field.Element() == model.TypeFloat && op != "null" { // a definition cannot have one either
			return no("no server says how it rounds a float that it compares")
		}
		return no("the definition has no parameter for " + op + " of " + path.Name)
	}
	field, param := d.Fields[i], d.Fields[i].Params[op]
	inBody := isPointer(param)
	apart := d.Lists == Comma && param == field.Params["in"] && !inBody
	spell := field.Values[op].spell
	joined := op == "in" && d.Lists == Comma && !inBody // one text, in one template
	if joined {
		spell = field.Values[op].inner
	}
	values = slices.Clone(values)
	for i := range values {
		sent, ok := spell(values[i])
		switch {
		case !ok:
			return no("the definition has no value of " + param + " for " + path.Name + " = " + strconv.Quote(values[i]))
		case sent == "" && !inBody:
			return no("a parameter without a value says nothing to most servers")
		case apart && strings.Contains(sent, ","):
			return no("by the definition (lists: comma) a value of " + param + " ends at its first comma")
		}
		values[i] = sent
	}
	if joined {
		values = []string{field.Values[op].around(strings.Join(values, ","))}
	}
	if op == "in" && d.Lists == Brackets && !inBody {
		param += brackets
	}
	s := exactly(param, values)
	if field.Values[op].Superset {
		s.Verdict, s.Reason = plan.Superset, "the definition says that "+param+" lets more along"
	}
	return s
}

// exactly sends values by a parameter.
func exactly(param string, values []string) saying {
	params := make([]plan.Param, len(values))
	for i, value := range values {
		params[i] = plan.Param{Name: param, Value: value}
	}
	return saying{plan.Pushdown{Verdict: plan.Exact, Params: params}}
}

func never() saying { return saying{plan.Pushdown{Verdict: plan.Exact, Unsatisfiable: true}} }

func (d keyValue) compare(n *dsl.Compare, negated bool) saying {
	op := [...]string{dsl.Eq: "eq", dsl.Lt: "lt", dsl.Le: "lteq", dsl.Gt: "gt", dsl.Ge: "gteq"}[n.Op]
	v := n.Value.Value
	if negated && n.Op != dsl.Eq && !n.Path.Direct() { // no value is below 3: the opposite does not say that
		return no("the definition has no parameter that rules out every value of " + n.Path.Name)
	}
	if negated {
		if n.Op == dsl.Eq && v.Type() == model.TypeBool && n.Path.Direct() && !n.Path.Field.Nullable {
			return d.param(n.Path, "eq", model.Bool(!v.Bool()).String())
		}
		op = map[string]string{"eq": "neq", "lt": "gteq", "lteq": "gt", "gt": "lteq", "gteq": "lt"}[op]
	}
	if c, ok := countOf(n.Path.Field); ok {
		return d.counted(n, op, c)
	}
	s := d.param(n.Path, op, v.String())
	if s.Verdict == plan.Exact || op != "gt" && op != "lt" {
		return s
	}
	near := d.param(n.Path, op+"eq", v.String())
	if near.Verdict != plan.Exact {
		return s
	}
	near.Verdict, near.Reason = plan.Superset, s.Reason // it takes along what equals v
	return near
}

// counted compares a field that the server counts, by op.
func (d keyValue) counted(n *dsl.Compare, op string, c count) saying {
	if c.fractional() {
		return d.fractional(n, op, c)
	}
	at, exact := c.floor(n.Value.Value)
	switch {
	case op == "gt" || op == "lteq":
		return d.bound(n.Path, op, c, at)
	case exact && (op == "eq" || op == "neq"):
		return d.param(n.Path, op, c.text(at))
	case exact:
		return d.bound(n.Path, op, c, at)
	case op == "gteq" || op == "lt":
		return d.bound(n.Path, op, c, at+1)
	case op == "eq":
		return never()
	}
	return d.param(n.Path, "null", "false") // nothing but null equals it not
}

// bound sends a bound by either of the two operators that bound that side.
func (d keyValue) bound(path *dsl.Path, op string, c count, n int64) saying {
	s := d.param(path, op, c.text(n))
	if s.Verdict == plan.Exact {
		return s
	}
	other := map[string]string{"gt": "gteq", "gteq": "gt", "lt": "lteq", "lteq": "lt"}[op]
	step := map[string]int64{"gt": 1, "lteq": 1, "gteq": -1, "lt": -1}[op]
	if moved := n + step; moved > n == (step > 0) {
		if near := d.param(path, other, c.text(moved)); near.Verdict == plan.Exact {
			return near
		}
	}
	return s
}

func (d keyValue) between(n *dsl.Between) saying {
	lo := d.compare(&dsl.Compare{Path: n.Path, Op: dsl.Ge, Value: n.Lo}, false)
	hi := d.compare(&dsl.Compare{Path: n.Path, Op: dsl.Le, Value: n.Hi}, false)
	reasons := slices.DeleteFunc([]string{lo.Reason, hi.Reason}, func(r string) bool { return r == "" })
	both := saying{plan.Pushdown{
		Verdict: max(lo.Verdict, hi.Verdict), Params: slices.Concat(lo.Params, hi.Params), Reason: strings.Join(slices.Compact(reasons), "; "),
	}}
	if len(lo.Params) > 0 && len(hi.Params) > 0 && lo.Params[0].Name == hi.Params[0].Name {
		lo.Verdict, lo.Reason = plan.Superset, "one request says one bound of "+n.Path.Name+" by the parameter "+lo.Params[0].Name
		return lo
	}
	if both.Verdict == plan.Exact && !n.Path.Direct() {
		both.Verdict, both.Reason = plan.Superset, "two values of "+n.Path.Name+" may keep one bound each"
	}
	if lo.Verdict != plan.Exact || hi.Verdict != plan.Exact {
		both.Verdict = min(both.Verdict, plan.Superset)
	}
	return both
}

func (d keyValue) in(n *dsl.In) saying {
	texts := make([]string, 0, len(n.Values))
	c, counted := countOf(n.Path.Field)
	for _, v := range n.Values {
		text := v.Value.String()
		if counted {
			at, exact := c.floor(v.Value)
			switch {
			case !exact && c.fractional():
				return no("the API is not asked for instants within a second")
			case !exact:
				continue
			}
			text = c.text(at)
		}
		texts = append(texts, text)
	}
	if len(texts) == 0 {
		return never()
	}
	return d.param(n.Path, "in", texts...)
}

func (d keyValue) match(n *dsl.Match, negated bool) saying {
	op, ok := map[dsl.MatchOp]string{dsl.StartsWith: "start", dsl.EndsWith: "end", dsl.Contains: "contains"}[n.Op]
	if !ok || negated {
		return no("the definition has no parameter for patterns")
	}
	return d.param(n.Path, op, n.Pattern.Value.Str())
}
