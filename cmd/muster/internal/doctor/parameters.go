package doctor

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/paginate"
	"github.com/muster-go/muster/query"
	"github.com/muster-go/muster/query/knownanswer"
	"github.com/muster-go/muster/query/rest"
	"github.com/muster-go/muster/transport"
)

// question is a condition whose answer the sample rows determine.
type question struct {
	knownanswer.Question[string]

	plan *query.Plan
}

// parameters tries each parameter that the definition gives a field, by a condition
// that some of the rows read satisfy and others do not.
func (x *listing) parameters(r *Report) Line {
	counts := map[State]int{}
	var failed []string
	for _, f := range x.src.Definition().Fields {
		for _, op := range rest.Operators() {
			if !x.declares(f, op) {
				continue
			}
			found := Finding{Name: f.Name + " " + op}
			found.State, found.Detail = x.try(f, op)
			found.Proved = found.State == OK
			r.Findings = append(r.Findings, found)
			if counts[found.State]++; found.State == Fail {
				failed = append(failed, found.Name)
			}
		}
	}
	untried := ""
	if n := counts[Skip]; n > 0 {
		untried = fmt.Sprintf("; %d could not be tried", n)
	}
	switch {
	case len(failed) > 0:
		return failf(FiltersLine, "correct the parameter or remove it: undeclared conditions are evaluated locally",
			"%s: not as declared; %d are%s", strings.Join(failed, ", "), counts[OK], untried)
	case counts[OK] == 0:
		return skipf(FiltersLine, "the rows can check none of those declared%s", untried)
	}
	return okf(FiltersLine, "%d as declared%s", counts[OK], untried)
}

// declares reports whether the definition gives the field the operator.
func (x *listing) declares(f rest.Field, op string) bool {
	if x.src.Definition().Syntax == nil {
		return f.Params[op] != ""
	}
	return f.Filter && len(x.questions(f, op)) > 0
}

// try asks the server one question about the field.
func (x *listing) try(f rest.Field, op string) (State, string) {
	all := x.questions(f, op)
	if len(all) == 0 {
		return Skip, "no row read has a value to ask for"
	}
	best := slices.MaxFunc(all, func(a, b question) int { return a.Telling() - b.Telling() })
	if best.Telling() == 0 {
		return Skip, "all rows read have the same value"
	}
	page, err := x.src.Fetch(best.plan.Scans[0])(x.ctx, paginate.Request{Limit: best.plan.PageSize})
	if err != nil {
		return refused(err), fmt.Sprintf("`%s` failed: %v", best.Text, err)
	}
	rows := newKnown(page.Rows) // as they are now
	got := rows.keys
	rows.add(x.rows)
	q, err := rows.ask(x.src.Schema(), best.plan.Filter)
	if err != nil {
		return Skip, fmt.Sprintf("`%s` failed: %v", best.Text, err)
	}
	field, _ := x.src.Schema().Lookup(f.Name)
	value := func(key string) string { return shown(rows.byKey[key].Value(field.Index())) }
	switch fault := q.Judge(got, !page.HasMore); {
	case len(fault.Wrong) > 0:
		return Fail, fmt.Sprintf("`%s` returns row %s, where it is %s: the server seems to ignore it or to mean something else", q.Text, fault.Wrong[0], value(fault.Wrong[0]))
	case len(fault.Missing) > 0:
		return Fail, fmt.Sprintf("`%s` leaves out row %s, where it is %s", q.Text, fault.Missing[0], value(fault.Missing[0]))
	case len(got) == 0:
		return Fail, fmt.Sprintf("`%s` returns no rows, although some of those read satisfy it", q.Text)
	}
	return OK, fmt.Sprintf("`%s` returns the right rows", q.Text)
}

// known gathers rows whose values are known, each once.
type known struct {
	keys    []string
	records []model.Record
	byKey   map[string]model.Record
}

func newKnown(rows []model.DynamicRow) *known {
	k := &known{byKey: make(map[string]model.Record)}
	k.add(rows)
	return k
}

// add adds the rows whose keys are new.
func (k *known) add(rows []model.DynamicRow) {
	for i := range rows {
		key := rows[i].Key().String()
		if k.byKey[key] == nil {
			k.keys, k.records, k.byKey[key] = append(k.keys, key), append(k.records, &rows[i]), &rows[i]
		}
	}
}

func (k *known) ask(schema *model.Schema, n dsl.Node) (knownanswer.Question[string], error) {
	return knownanswer.New(schema, k.keys, k.records).Ask(n)
}

// refused returns Fail if an error means that the server rejects the request, and Skip
// if the server could not answer for another reason.
func refused(err error) State {
	answer, ok := errors.AsType[*transport.APIError](err)
	if ok && answer.Status >= http.StatusBadRequest && answer.Status < http.StatusInternalServerError && answer.Status != http.StatusTooManyRequests {
		return Fail
	}
	if errors.Is(err, model.ErrMalformed) || errors.Is(err, model.ErrUnexpected) {
		return Fail
	}
	return Skip
}

// spelled returns how the language spells a definition's operator.
func spelled(op string) []string {
	if op == "null" {
		return []string{"is null", "is not null"}
	}
	return []string{map[string]string{
		"eq": "=", "neq": "!=", "gt": ">", "gteq": ">=", "lt": "<", "lteq": "<=", "in": "in", "start": "starts with", "end": "ends with", "contains": "contains",
	}[op]}
}

// questions returns the conditions with the operator, on values of the sample rows, that
// the plan sends to the server as they are.
func (x *listing) questions(f rest.Field, op string) []question {
	field, ok := x.src.Schema().Lookup(f.Name)
	if !ok {
		return nil
	}
	values := knownanswer.Values(field, newKnown(x.rows).records)
	values = slices.DeleteFunc(values, func(v model.Value) bool { return v.String() == "" }) // many servers ignore an empty parameter
	var all []question
	for _, c := range knownanswer.On(field, values) {
		if slices.Contains(spelled(op), c.Operator) {
			all = append(all, x.question(c.Text)...)
		}
	}
	return all
}

// question returns a condition as a question; none if the plan does not send it as it is.
func (x *listing) question(text string) []question {
	plan, err := query.Prepare(x.src, text, query.PageSize(min(100, x.src.Dialect().MaxPageSize())))
	if err != nil || len(plan.Scans) != 1 || plan.Scans[0].Residual != nil {
		return nil
	}
	if c := plan.Scans[0].Conjuncts; len(c) != 1 || len(c[0].Params) == 0 {
		return nil // as the bounds of the walk
	}
	q, err := newKnown(x.rows).ask(x.src.Schema(), plan.Filter)
	if err != nil {
		return nil
	}
	return []question{{q, plan}}
}
