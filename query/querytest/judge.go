package querytest

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query"
	"github.com/muster-go/muster/query/knownanswer"
	"github.com/muster-go/muster/query/plan"
)

// judge knows the rows, and so the right answer to every filter. It gathers faults. Keys of
// type K identify rows.
type judge[K int64 | string] struct {
	resource query.Resource
	rows     map[K]model.Record
	ids      []K // ascending
	known    knownanswer.Rows[K]
	errs     []error
}

func newJudge[K int64 | string](r query.Resource, rows map[K]model.Record) *judge[K] {
	j := &judge[K]{resource: r}
	j.learn(rows)
	return j
}

// learn sets the rows.
func (j *judge[K]) learn(rows map[K]model.Record) {
	j.rows, j.ids = rows, slices.Sorted(maps.Keys(rows))
	j.known = knownanswer.New(j.resource.Schema(), j.ids, j.records())
}

// maxFaults is how many faults are reported: one violation shows in many conditions.
const maxFaults = 20

func (j *judge[K]) faultf(format string, args ...any) {
	switch len(j.errs) {
	case maxFaults:
		j.errs = append(j.errs, errors.New("and more"))
	case maxFaults + 1:
	default:
		j.errs = append(j.errs, fmt.Errorf(format, args...))
	}
}

// records returns the rows, in order of their ids.
func (j *judge[K]) records() []model.Record {
	records := make([]model.Record, len(j.ids))
	for i, id := range j.ids {
		records[i] = j.rows[id]
	}
	return records
}

// key checks what a resource declares of its key.
func (j *judge[K]) key() {
	d := j.resource.Dialect()
	f, ok := j.resource.Schema().Lookup(d.ID())
	switch paging := j.resource.Capabilities().Paging; {
	case !ok || f.Type != model.TypeInt && f.Type != model.TypeString || f.Nullable || f.Through != "":
		j.faultf("the dialect's key %q is not a field of type int or string of the row's own that is never null", d.ID())
	case f.Type != typeOf[K]():
		j.faultf("the dialect's key %q is a field of type %v, and the rows are given by keys of type %v", d.ID(), f.Type, typeOf[K]())
	case f.Type == model.TypeString && (paging == plan.PagingKeyset || paging == plan.PagingForward):
		j.faultf("the dialect's key %q is of type string, and pages go by it (%v), for which it must be an integer", d.ID(), paging)
	}
}

// typeOf returns the type of a field of such keys.
func typeOf[K int64 | string]() model.Type {
	var id K
	if _, ok := any(id).(string); ok {
		return model.TypeString
	}
	return model.TypeInt
}

// ask returns a filter as a question about the rows.
func (j *judge[K]) ask(filter string) (knownanswer.Question[K], error) {
	checked, err := query.Check(j.resource, filter)
	if err != nil {
		return knownanswer.Question[K]{}, err
	}
	q, err := j.known.Ask(checked.Root)
	q.Text = filter
	return q, err
}
