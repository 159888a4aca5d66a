package doctor

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/model/display"
	"github.com/muster-go/muster/paginate"
	"github.com/muster-go/muster/query/knownanswer"
	"github.com/muster-go/muster/query/rest"
)

// ask asks one question. It asks a second time, with a new sample, before it blames the
// server, because rows change.
func (t *trial) ask(q question) outcome {
	o := t.askOnce(q)
	if o.state != Fail || t.requests+2 > mostRequests {
		return o
	}
	if err := t.read(); err != nil {
		return o
	}
	return t.askOnce(q)
}

// outcome is what came of a question.
type outcome struct {
	state    State
	detail   string
	suspects []string // what the server may have taken the condition for
	loses    bool     // it leaves rows out
	refused  bool     // it rejects the request
}

func (t *trial) askOnce(q question) outcome {
	page, err := t.fetch(q.plan, paginate.Request{Limit: q.plan.PageSize})
	if err != nil {
		state := refused(err)
		return outcome{state: state, detail: fmt.Sprintf("`%s` failed: %v", q.Text, err), refused: state == Fail}
	}
	a := t.answer(page)
	should, err := a.known.of(t.src.Schema()).Ask(q.plan.Filter)
	if err != nil {
		return outcome{state: Skip, detail: fmt.Sprintf("`%s` failed: %v", q.Text, err)}
	}
	fault := a.judge(should)
	if q.superset {
		fault.Wrong = nil // they are dropped here
	}
	if fault.None() {
		return outcome{state: OK}
	}
	asked := fmt.Sprintf("`%s` (%s)", q.Text, display.Cut(params(q.plan), 200))
	var wrong []string
	if len(fault.Wrong) > 0 {
		wrong = append(wrong, fmt.Sprintf("returns %s, where %s", rowsOf(fault.Wrong), t.values(a, q, fault.Wrong[0])))
	}
	if len(fault.Missing) > 0 {
		wrong = append(wrong, fmt.Sprintf("leaves out %s, where %s", rowsOf(fault.Missing), t.values(a, q, fault.Missing[0])))
	}
	const most = 3
	suspects := t.suspects(a, q)
	return outcome{
		state: Fail, suspects: suspects, loses: len(fault.Missing) > 0,
		detail: asked + " " + strings.Join(wrong, ", and ") + ": the server seems to " + cmp.Or(strings.Join(suspects[:min(most, len(suspects))], " or to "), "mean something else by it"),
	}
}

// suspects returns what the server may have taken the condition for, the most likely first.
func (t *trial) suspects(a answered, q question) []string {
	var words []string
	misreadings, _ := a.known.of(t.src.Schema()).Misreadings(q.plan.Filter)
	for _, m := range misreadings {
		if !slices.Contains(words, m.Text) && a.judge(m).None() {
			words = append(words, m.Text)
		}
	}
	if slices.Contains(words, knownanswer.Ignore) {
		return words // then any reading that takes more rows along fits, too
	}
	// Servers compare texts otherwise, and take nulls, more often than they misread an operator.
	unlikely := func(word string) int {
		likely := []string{knownanswer.TakeNulls, knownanswer.FoldCase, knownanswer.FoldAll, knownanswer.ByBytes}
		if i := slices.Index(likely, word); i >= 0 {
			return i
		}
		return len(likely)
	}
	slices.SortStableFunc(words, func(a, b string) int { return unlikely(a) - unlikely(b) })
	return words
}

// rowsOf names rows by their keys.
func rowsOf(keys []string) string {
	const shown = 5
	if len(keys) > shown {
		return fmt.Sprintf("rows %s and %d more", strings.Join(keys[:shown], ", "), len(keys)-shown)
	}
	return map[bool]string{true: "row ", false: "rows "}[len(keys) == 1] + strings.Join(keys, ", ")
}

// values returns what a row has at the fields of a question.
func (t *trial) values(a answered, q question, key string) string {
	fields := fieldsOf(q.plan)
	parts := make([]string, len(fields))
	for i, f := range fields {
		parts[i] = f.Name + " is " + shown(a.known.byKey[key].Value(f.Index()))
	}
	return strings.Join(parts, " and ")
}

// answered is an answer of the server.
type answered struct {
	got   []string // the keys of the rows that came
	known *known   // these rows as they came, and the sample
	last  int64    // rows of the sample with a higher key may be on a later page; 0 = any may
	whole bool     // no row is on a later page
}

func (t *trial) answer(page *paginate.Page[model.DynamicRow]) answered {
	k := newKnown(page.Rows)
	a := answered{got: slices.Clone(k.keys), known: k, whole: !page.HasMore}
	if style := t.src.Definition().Paging.Style; style == rest.Keyset || style == rest.Forward {
		for i := range page.Rows {
			a.last = max(a.last, page.Rows[i].ID)
		}
	}
	k.add(t.rows)
	return a
}

// judge compares the answer with the right one. What may be on a later page is not missing.
func (a answered) judge(q knownanswer.Question[string]) knownanswer.Fault[string] {
	f := q.Judge(a.got, a.whole || a.last > 0)
	if !a.whole {
		f.Missing = slices.DeleteFunc(f.Missing, func(key string) bool { return a.known.byKey[key].ID > a.last })
	}
	return f
}
