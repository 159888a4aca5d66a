package querytest

import (
	"errors"
	"net/url"
	"reflect"
	"slices"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query"
	"github.com/muster-go/muster/query/plan"
)

// TestDialect holds a resource's dialect against a model of its server: rows by
// their key, integers or texts as the field is, and selects, which returns the keys of
// the rows that satisfy the parameters. Whatever the dialect is asked, alone or together with others: what is
// Exact must select the rows for which the condition is true and no others, what is
// a Superset all of them, what is Unsupported must send nothing, and whatever is
// not Exact must say why. Conditions are about every field that some row has a value
// at, whether rows would come with it or not. It returns every fault, joined; nil where
// there is none.
func TestDialect[K int64 | string](r query.Resource, rows map[K]model.Record, selects func(url.Values) ([]K, error)) error {
	t := &dialectTest[K]{judge: newJudge(r, rows), dialect: r.Dialect(), selects: selects}
	if len(rows) == 0 {
		return errors.New("there are no rows, so that nothing can be tested")
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
	var singles []condition[K]
	for _, text := range conditions(r.Schema(), t.records()) {
		ids, err := t.matching(text)
		if err != nil {
			t.faultf("%s: %w", text, err)
			continue
		}
		singles = append(singles, condition[K]{text, ids})
		t.filter(text)
	}
	if len(t.errs) == 0 {
		for _, c := range together(singles) {
			t.filter(c.text)
		}
	}
	return errors.Join(t.errs...)
}

type dialectTest[K int64 | string] struct {
	*judge[K]

	dialect plan.Dialect
	selects func(url.Values) ([]K, error)
}

// filter holds what the dialect says of a filter's conjuncts as a set.
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
		return // nobody is asked about it
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

// verdict holds a verdict to its own form.
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

// independent: a dialect that says so judges a conjunct alike in any company.
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

// rowsOf holds what the server selects to the contract of [plan.Dialect].
func (t *dialectTest[K]) rowsOf(conjuncts []dsl.Node, verdicts []plan.Pushdown, q url.Values, selected []K) {
	truths := make([]*dsl.Predicate, len(conjuncts))
	for i, n := range conjuncts {
		var err error
		if truths[i], err = dsl.Compile(n, t.resource.Schema()); err != nil {
			t.faultf("%s: %w", dsl.Format(n), err)
			return
		}
	}
	for id, row := range t.rows {
		all := true
		in := slices.Contains(selected, id)
		for i, p := range truths {
			is := p.Match(row)
			all = all && is
			if in && !is && verdicts[i].Verdict == plan.Exact {
				t.faultf("%s: exact, and yet %v selects row %#v, for which it is not true (nulls and the collation count)", dsl.Format(conjuncts[i]), q, id)
				return
			}
		}
		if all && !in {
			t.faultf("%s: %v withholds row %#v, for which it is true", dsl.Format(&dsl.And{Terms: conjuncts}), q, id)
			return
		}
	}
}
