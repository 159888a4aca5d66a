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
	"github.com/muster-go/muster/query/rest"
	"github.com/muster-go/muster/transport"
)

// question is a condition of which the rows that were read say what the answer is.
type question struct {
	plan *query.Plan
	text string // for people
	pred *dsl.Predicate
	yes  int // of the rows that were read, those that satisfy it
}

// parameters tries each parameter that the definition gives a field: by a condition
// that some of the rows that were read satisfy and others do not.
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
		return failf(FiltersLine, "correct the parameter or take it out: what is not declared is worked out here",
			"%s: not as declared; %d are%s", strings.Join(failed, ", "), counts[OK], untried)
	case counts[OK] == 0:
		return skipf(FiltersLine, "none is declared that the rows could show anything of%s", untried)
	}
	return okf(FiltersLine, "%d as declared%s", counts[OK], untried)
}

// declares reports whether the server is said to have the operator for the field.
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
		return Skip, "no row that was read has a value to ask for"
	}
	best := slices.MaxFunc(all, func(a, b question) int { return x.tells(a) - x.tells(b) })
	if x.tells(best) == 0 {
		return Skip, "the rows that were read are all alike in it"
	}
	page, err := x.src.Fetch(best.plan.Scans[0])(x.ctx, paginate.Request{Limit: best.plan.PageSize})
	if err != nil {
		return refused(err), fmt.Sprintf("`%s` is not answered: %v", best.text, err)
	}
	got := map[string]bool{}
	field, _ := x.src.Schema().Lookup(f.Name)
	for i := range page.Rows {
		row := &page.Rows[i]
		if got[row.Key().String()] = true; !best.pred.Match(row) {
			return Fail, fmt.Sprintf("`%s` brings row %s, where it is %s: the server seems to ignore it or to mean something else", best.text, row.Key(), shown(row.Value(field.Index())))
		}
	}
	for i := range x.rows {
		if row := &x.rows[i]; !page.HasMore && best.pred.Match(row) && !got[row.Key().String()] {
			return Fail, fmt.Sprintf("`%s` leaves out row %s, where it is %s", best.text, row.Key(), shown(row.Value(field.Index())))
		}
	}
	if len(page.Rows) == 0 {
		return Fail, fmt.Sprintf("`%s` brings no rows, and some were read that satisfy it", best.text)
	}
	return OK, fmt.Sprintf("`%s` brings what it should", best.text)
}

// refused is what an error says of what was asked: nothing, where the server could not
// answer for another reason.
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

// tells is how well the rows that were read tell whether a question is answered.
func (x *listing) tells(q question) int { return min(q.yes, len(x.rows)-q.yes) }

// questions are the conditions by the operator, with values of rows that were read, that
// the server is asked as they are.
func (x *listing) questions(f rest.Field, op string) []question {
	field, ok := x.src.Schema().Lookup(f.Name)
	if !ok {
		return nil
	}
	var values []string
	for i := range x.rows {
		if v := x.rows[i].Value(field.Index()); !v.IsNull() && !slices.Contains(values, v.String()) {
			values = append(values, v.String())
		}
	}
	path := "`" + strings.ReplaceAll(f.Name, ".", "`.`") + "`"
	form := map[string]string{
		"eq": "= $1", "neq": "!= $1", "gt": "> $1", "gteq": ">= $1", "lt": "< $1", "lteq": "<= $1", "in": "in ($1, $2)",
		"start": "starts with $1", "end": "ends with $1", "contains": "contains $1", "null": "is null",
	}[op]
	if op == "null" {
		return slices.Concat(x.question(path+" "+form), x.question(path+" is not null"))
	}
	var all []question
	for i, value := range values {
		args := []any{dsl.Text(value)}
		switch runes := []rune(value); {
		case op == "in":
			args = append(args, dsl.Text(values[(i+1)%len(values)]))
		case len(runes) == 0 && field.Type == model.TypeString:
			continue
		case op == "start":
			args[0] = dsl.Text(runes[:(len(runes)+1)/2])
		case op == "end", op == "contains":
			args[0] = dsl.Text(runes[len(runes)/2:])
		}
		all = append(all, x.question(path+" "+form, args...)...)
	}
	return all
}

// question is a condition as a question; none where the server is not asked it as it is.
func (x *listing) question(text string, args ...any) []question {
	plan, err := query.Prepare(x.src, text, query.Args(args...), query.PageSize(min(100, x.src.Dialect().MaxPageSize())))
	if err != nil || len(plan.Scans) != 1 || plan.Scans[0].Residual != nil {
		return nil
	}
	if c := plan.Scans[0].Conjuncts; len(c) != 1 || len(c[0].Params) == 0 {
		return nil // as the bounds of the walk
	}
	pred, err := dsl.Compile(plan.Filter, x.src.Schema())
	if err != nil {
		return nil
	}
	q := question{plan: plan, text: dsl.Format(plan.Filter), pred: pred}
	for i := range x.rows {
		if pred.Match(&x.rows[i]) {
			q.yes++
		}
	}
	return []question{q}
}
