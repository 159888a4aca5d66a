package doctor

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/paginate"
	"github.com/muster-go/muster/query"
	"github.com/muster-go/muster/query/knownanswer"
	"github.com/muster-go/muster/query/plan"
	"github.com/muster-go/muster/query/rest"
)

// The bounds of a trial.
const (
	trialRows     = 200 // of the sample, if a page has as many
	mostRequests  = 300 // what is left then is not tried
	questionsEach = 3   // about an operator of a field
	pairsTried    = 200 // of conditions that may be asked together
)

// trial tries every operator that plans send to a listing. It reads a sample of rows
// without a filter, asks conditions whose answers the sample determines, and compares.
type trial struct {
	ctx      context.Context //nolint:containedctx // lives no longer than Examine
	src      *rest.Source[model.DynamicRow]
	fields   []*model.Field // those that rows show, which all requests ask for
	size     int            // rows a page
	rows     []model.DynamicRow
	known    knownanswer.Rows[string] // the same
	sent     map[string]bool          // what the server was asked, to ask it once
	right    []question               // those that were answered right
	requests int
}

// question is a condition whose answer the sample determines.
type question struct {
	knownanswer.Question[string]

	plan     *query.Plan
	superset bool     // the server may return more rows
	told     []string // the misreadings that the sample tells from the condition
	all      []string // the misreadings
}

// form is an operator of a field, and questions about it.
type form struct {
	name      string
	field     *rest.Field // nil = several
	op        string
	questions []question
	every     bool // whether all of them are asked: one for each value
}

// newTrial reads the sample.
func newTrial(ctx context.Context, src *rest.Source[model.DynamicRow]) (*trial, error) {
	t := &trial{ctx: ctx, src: src, size: min(trialRows, src.Dialect().MaxPageSize()), sent: make(map[string]bool)}
	schema := src.Schema()
	for i := range schema.Len() {
		if f := schema.Field(i); f.Returned == model.ReturnedAlways || f.Returned == model.ReturnedOnRequest {
			t.fields = append(t.fields, f)
		}
	}
	err := t.read()
	return t, err
}

// read reads the sample.
func (t *trial) read() error {
	all, err := t.prepare("")
	if err != nil {
		return err
	}
	page, err := t.fetch(all, paginate.Request{Limit: t.size})
	if err != nil {
		return err
	}
	t.rows, t.known = page.Rows, newKnown(page.Rows).of(t.src.Schema())
	return nil
}

// prepare plans a filter for a page that has every field of the sample.
func (t *trial) prepare(filter string) (*query.Plan, error) {
	names := make([]string, len(t.fields))
	for i, f := range t.fields {
		names[i] = f.Name
	}
	return query.Prepare(t.src, filter, query.Select(names...), query.PageSize(t.size))
}

func (t *trial) fetch(p *query.Plan, r paginate.Request) (*paginate.Page[model.DynamicRow], error) {
	t.requests++
	return t.src.Fetch(p.Scans[0])(t.ctx, r)
}

// run tries every operator of every field that the server filters by, and then several
// conditions together.
func (t *trial) run() []Finding {
	var findings []Finding
	for _, f := range t.src.Definition().Fields {
		forms, why := t.forms(f)
		for _, form := range forms {
			findings = append(findings, t.try(form))
		}
		if t.expressed() && why != "" {
			findings = append(findings, Finding{Name: f.Name, State: Skip, Detail: why})
		}
		for _, op := range rest.Operators() {
			named := func(form form) bool { return strings.HasPrefix(form.name, f.Name+" "+op) }
			if f.Params[op] != "" && !slices.ContainsFunc(forms, named) {
				findings = append(findings, Finding{Name: f.Name + " " + op, State: Skip, Detail: cmp.Or(why, "no value of the rows can be sent so")})
			}
		}
		if f.Filter && why != "" {
			findings = append(findings, Finding{Name: f.Name, State: Skip, Detail: why})
		}
	}
	if t.src.Definition().Paging.Style == rest.Keyset && len(t.rows) > 1 {
		findings = append(findings, t.bounds())
	}
	for _, form := range t.together() {
		findings = append(findings, t.try(form))
	}
	return findings
}

// operators are the names of the language's operators in findings, which are those of
// definitions if they have one.
var operators = map[string]string{ //nolint:gochecknoglobals // a table
	"=": "eq", "!=": "neq", "<": "lt", "<=": "lteq", ">": "gt", ">=": "gteq", "in": "in", "not in": "not in", "between": "between", "not between": "not between",
	"starts with": "start", "ends with": "end", "contains": "contains", "is null": "null", "is not null": "null false",
}

// forms returns the operators of a field that plans send as they are, or why there are
// none for a field that the server filters by.
func (t *trial) forms(f rest.Field) (forms []form, why string) {
	i := slices.IndexFunc(t.fields, func(shown *model.Field) bool { return shown.Name == f.Name })
	if f.Params == nil && !f.Filter && !t.expressed() || f.Type == model.TypeRef || f.Type == model.TypeRefs || f.Type == model.TypeJSON || t.expressed() && f.Through != "" {
		return nil, ""
	}
	if i < 0 {
		return nil, "the server does not return it, so no answer about it is known"
	}
	conditions := t.known.On(t.fields[i])
	if len(conditions) == 0 {
		return nil, "no row read has a value to ask for"
	}
	for _, c := range conditions {
		q, ok := t.question(c.Text)
		if !ok {
			continue
		}
		op := cmp.Or(operators[c.Operator], c.Operator)
		if f.Type == model.TypeBool && (c.Operator == "=" || c.Operator == "!=") {
			op = "eq"
		}
		name := f.Name + " " + op
		at := slices.IndexFunc(forms, func(known form) bool { return known.name == name })
		if at < 0 {
			at = len(forms)
			forms = append(forms, form{name: name, field: &f, op: op, every: f.Type == model.TypeBool})
		}
		forms[at].questions = append(forms[at].questions, q)
	}
	return forms, ""
}

// question returns a condition as a question; false if the plan does not send it as it
// is, or a question before it sent the same.
func (t *trial) question(text string) (q question, ok bool) {
	p, err := t.prepare(text)
	if err != nil || len(p.Scans) != 1 || p.Scans[0].Residual != nil && !t.expressed() {
		return q, false
	}
	q = question{plan: p}
	for _, c := range p.Scans[0].Conjuncts {
		if len(c.Params) == 0 {
			return q, false // as the bounds of the walk
		}
		q.superset = q.superset || c.Verdict != plan.Exact
	}
	sent := params(p)
	if sent == "" || t.sent[sent] {
		return q, false
	}
	t.sent[sent] = true
	if q.Question, err = t.known.Ask(p.Filter); err != nil {
		return q, false
	}
	misreadings, err := t.known.Misreadings(p.Filter)
	if err != nil {
		return q, false
	}
	for _, m := range misreadings {
		told := !slices.Equal(m.Yes, q.Yes)
		if q.superset { // it shows only who loses rows
			told = slices.ContainsFunc(q.Yes, func(key string) bool { return !slices.Contains(m.Yes, key) })
		}
		if told || !q.superset && m.Text != knownanswer.FoldCase { // of foldings the coarsest is doubt enough
			q.all = append(q.all, m.Text)
		}
		if told {
			q.told = append(q.told, m.Text)
		}
	}
	return q, true
}

// expressed reports whether the server takes all conditions as one expression.
func (t *trial) expressed() bool { return t.src.Definition().Expression != nil }

// params returns the conditions that a plan sends, as parameters.
func params(p *query.Plan) string {
	var sent []string
	for _, c := range p.Scans[0].Conjuncts {
		for _, param := range c.Params {
			sent = append(sent, param.String())
		}
	}
	return strings.Join(sent, "&")
}

// choose returns the fewest questions that tell as many misreadings as all of them do,
// and the misreadings that none tells.
func (f *form) choose() (chosen []question, untold []string) {
	for _, q := range f.questions {
		for _, words := range q.all {
			if !slices.Contains(untold, words) {
				untold = append(untold, words)
			}
		}
	}
	for len(chosen) < questionsEach {
		if f.every && len(chosen) < len(f.questions) {
			for _, words := range f.questions[len(chosen)].told {
				untold = slices.DeleteFunc(untold, func(w string) bool { return w == words })
			}
			chosen = append(chosen, f.questions[len(chosen)])
			continue
		}
		news := func(q question) (n int) {
			for _, words := range q.told {
				if slices.Contains(untold, words) {
					n++
				}
			}
			return n
		}
		best := slices.MaxFunc(f.questions, func(a, b question) int { return news(a) - news(b) })
		if news(best) == 0 {
			break
		}
		chosen = append(chosen, best)
		untold = slices.DeleteFunc(untold, func(words string) bool { return slices.Contains(best.told, words) })
	}
	return chosen, untold
}

// try asks the questions about an operator.
func (t *trial) try(f form) Finding {
	chosen, untold := f.choose()
	found := Finding{Name: f.name, State: OK, field: f.field, op: f.op}
	if len(chosen) == 0 {
		found.State, found.Detail = Skip, "all rows read have the same value"
		return found
	}
	for _, q := range chosen {
		if t.requests+2 > mostRequests {
			found.State, found.Detail = Skip, fmt.Sprintf("not tried: %d requests were sent", t.requests)
			return found
		}
		if o := t.ask(q); o.state != OK {
			found.State, found.Detail, found.plan, found.cause = o.state, o.detail, q.plan, o
			return found
		}
	}
	t.right = append(t.right, chosen[0])
	found.plan = chosen[0].plan
	found.Detail = fmt.Sprintf("`%s` returns the right rows", chosen[0].Text)
	if chosen[0].superset {
		found.Detail = fmt.Sprintf("`%s` returns all of the right rows", chosen[0].Text)
	}
	if slices.Contains(untold, knownanswer.Ignore) || slices.Contains(untold, knownanswer.FindNothing) {
		found.State = Skip
	}
	if found.Proved = found.State == OK; len(untold) > 0 {
		found.Detail += "; by these rows the server could also " + strings.Join(untold, ", or ")
	}
	return found
}

// bounds tries the bounds of a range of ids, on which concurrent walks rely. Rows beyond
// them do no harm, because a walk leaves them out.
func (t *trial) bounds() Finding {
	ids := make([]int64, len(t.rows))
	for i := range t.rows {
		ids[i] = t.rows[i].ID
	}
	slices.Sort(ids)
	lo, hi := ids[len(ids)/4], ids[len(ids)*3/4]
	var lost []string
	for _, r := range []paginate.Request{{Limit: t.size, From: lo, Until: hi}, {Limit: t.size, Descending: true, From: hi - 1, Until: lo}} {
		all, err := t.prepare("")
		if err != nil {
			return Finding{Name: "range of ids", State: Skip, Detail: err.Error()}
		}
		page, err := t.fetch(all, r)
		if err != nil {
			return Finding{Name: "range of ids", State: refused(err), Detail: fmt.Sprintf("ids from %d to below %d failed: %v", lo, hi, err)}
		}
		got := newKnown(page.Rows).byKey
		for i := range t.rows {
			if key := t.rows[i].Key().String(); lo <= t.rows[i].ID && t.rows[i].ID < hi && got[key] == nil {
				lost = append(lost, key)
			}
		}
	}
	if len(lost) > 0 {
		return Finding{Name: "range of ids", State: Fail, Detail: fmt.Sprintf("ids from %d to below %d leave out %s: queries lose rows", lo, hi, rowsOf(lost))}
	}
	return Finding{Name: "range of ids", State: OK, Proved: true, Detail: fmt.Sprintf("ids from %d to below %d return the right rows", lo, hi)}
}

// together returns questions about two conditions at once, on one field and on two. A
// language of expressions joins them by OR, too.
func (t *trial) together() []form {
	one, two, either, inside := form{name: "one field twice"}, form{name: "two fields"}, form{name: "one or the other"}, form{name: "OR inside AND"}
	tried := 0
	for i, a := range t.right {
		for _, b := range t.right[i+1:] {
			if tried++; tried > pairsTried {
				break
			}
			if t.expressed() {
				either.ask(t, "("+a.plan.Source+") or ("+b.plan.Source+")")
				inside.ask(t, "(("+a.plan.Source+") or ("+b.plan.Source+")) and ("+t.right[0].plan.Source+")")
			}
			q, ok := t.question("(" + a.plan.Source + ") and (" + b.plan.Source + ")")
			switch {
			case !ok || len(q.plan.Scans[0].Conjuncts) < 2:
			case len(fieldsOf(q.plan)) > 1:
				two.questions = append(two.questions, q)
			case strings.Contains(params(q.plan), "&"):
				one.questions = append(one.questions, q)
			}
		}
	}
	return slices.DeleteFunc([]form{one, two, either, inside}, func(f form) bool { return len(f.questions) == 0 })
}

// ask adds a condition if it can be a question of its own.
func (f *form) ask(t *trial, condition string) {
	if q, ok := t.question(condition); ok {
		f.questions = append(f.questions, q)
	}
}

func fieldsOf(p *query.Plan) []*model.Field { return dsl.Fields(p.Filter) }
