package querytest

import (
	"errors"
	"net/url"
	"reflect"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query"
	"github.com/muster-go/muster/query/knownanswer"
	"github.com/muster-go/muster/query/plan"
)

// TestDialect tests a resource's dialect against a model of its server: rows by their key,
// which is an integer or a text as the field is, and selects, which returns the keys of
// the rows that satisfy the parameters. It tests each condition alone and with others. An
// Exact verdict must select the rows for which the condition is true and no others, and a
// Superset all of them. An Unsupported verdict must send nothing, and every verdict that is
// not Exact must have a reason. Conditions are about every field that some row has a value
// at, whether the server returns the field or not. It returns every fault, joined; nil if
// there is none.
func TestDialect[K int64 | string](r query.Resource, rows map[K]model.Record, selects func(url.Values) ([]K, error)) error {
	t := &dialectTest[K]{judge: newJudge(r, rows), dialect: r.Dialect(), selects: selects}
	if len(rows) == 0 {
		return errors.New("there are no rows, so nothing can be tested")
	}
	if t.key(); len(t.errs) > 0 {
		return errors.Join(t.errs...)
	}
	if n := t.dialect.MaxPageSize(); n < 1 {
		t.faultf("its largest page has %d rows", n)
	}
	if q := t.dialect.Project(nil); len(q) > 0 {
		t.faultf("for no fields at all it asks for %v", q)
	}
	var singles []knownanswer.Question[K]
	for _, text := range t.known.Conditions() {
		q, err := t.ask(text)
		if err != nil {
			t.faultf("%s: %w", text, err)
			continue
		}
		singles = append(singles, q)
		t.filter(text)
	}
	if len(t.errs) == 0 {
		for _, q := range knownanswer.Join(singles) {
			t.filter(q.Text)
		}
	}
	return errors.Join(t.errs...)
}

type dialectTest[K int64 | string] struct {
	*judge[K]

	dialect plan.Dialect
	selects func(url.Values) ([]K, error)
}

// filter tests the verdicts on a filter's conjuncts as a set.
func (t *dialectTest[K]) filter(text string) {
	checked, err := query.Check(t.resource, text)
	if err != nil {
		t.faultf("%s: %w", text, err)
		return
	}
	conjuncts := []dsl.Node{dsl.Simplify(checked.Root)}
	switch n := conjuncts[0].(type) {
	case *dsl.And:
		conjuncts = n.Terms
	case *dsl.Const:
		return // no dialect is asked about it
	}
	verdicts := t.dialect.Classify(conjuncts)
	if len(verdicts) != len(conjuncts) {
		t.faultf("%s: %d verdicts on %d conjuncts", text, len(verdicts), len(conjuncts))
		return
	}
	if again := t.dialect.Classify(conjuncts); !reflect.DeepEqual(again, verdicts) {
		t.faultf("%s: asked twice, it answers %+v and then %+v", text, verdicts, again)
	}
	q := url.Values{}
	never := false
	for i, v := range verdicts {
		t.verdict(conjuncts[i], v)
		for _, param := range v.Params {
			q.Add(param.Name, param.Value)
		}
		never = never || v.Unsatisfiable
	}
	t.independent(conjuncts, verdicts)
	selected := []K{}
	if !never {
		if selected, err = t.selects(q); err != nil {
			t.faultf("%s: the server refuses %v: %w", text, q, err)
			return
		}
	}
	t.rowsOf(conjuncts, verdicts, q, selected)
}

// verdict tests the form of a verdict.
func (t *dialectTest[K]) verdict(n dsl.Node, v plan.Pushdown) {
	switch {
	case v.Verdict == plan.Unsupported && len(v.Params) > 0:
		t.faultf("%s: unsupported, and yet it sends %q", dsl.Format(n), v.Params)
	case v.Verdict != plan.Unsupported && len(v.Params) == 0 && !v.Unsatisfiable:
		t.faultf("%s: %v, and yet it sends nothing", dsl.Format(n), v.Verdict)
	case v.Verdict != plan.Exact && v.Reason == "":
		t.faultf("%s: %v without a reason", dsl.Format(n), v.Verdict)
	}
}

// independent tests that a dialect that calls itself independent gives a conjunct the same
// verdict alone as among others.
func (t *dialectTest[K]) independent(conjuncts []dsl.Node, verdicts []plan.Pushdown) {
	if !t.dialect.Independent() {
		return
	}
	for i, n := range conjuncts {
		if alone := t.dialect.Classify([]dsl.Node{n})[0]; !reflect.DeepEqual(alone, verdicts[i]) {
			t.faultf("%s: it calls itself independent, and answers %+v alone and %+v among others", dsl.Format(n), alone, verdicts[i])
		}
	}
}

// rowsOf tests what the server selects against the contract of [plan.Dialect].
func (t *dialectTest[K]) rowsOf(conjuncts []dsl.Node, verdicts []plan.Pushdown, q url.Values, selected []K) {
	all, err := t.known.Ask(&dsl.And{Terms: conjuncts})
	if err != nil {
		t.faultf("%s: %w", dsl.Format(&dsl.And{Terms: conjuncts}), err)
		return
	}
	for i, n := range conjuncts {
		if verdicts[i].Verdict != plan.Exact {
			continue
		}
		one, err := t.known.Ask(n)
		if err != nil {
			t.faultf("%s: %w", dsl.Format(n), err)
			return
		}
		if wrong := one.Judge(selected, true).Wrong; len(wrong) > 0 {
			t.faultf("%s: exact, and yet %v selects row %#v, for which it is not true (nulls and the collation count)", one.Text, q, wrong[0])
			return
		}
	}
	if missing := all.Judge(selected, true).Missing; len(missing) > 0 {
		t.faultf("%s: %v withholds row %#v, for which it is true", all.Text, q, missing[0])
	}
}
