package querytest

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query"
)

// judge knows the rows, and so the right answer to every filter. It gathers faults.
type judge struct {
	resource query.Resource
	rows     map[int64]model.Record
	ids      []int64 // ascending
	errs     []error
}

func newJudge(r query.Resource, rows map[int64]model.Record) *judge {
	return &judge{resource: r, rows: rows, ids: slices.Sorted(maps.Keys(rows))}
}

// maxFaults is how many faults are told before the rest is left out: one broken
// promise shows in many conditions.
const maxFaults = 20

func (j *judge) faultf(format string, args ...any) {
	switch len(j.errs) {
	case maxFaults:
		j.errs = append(j.errs, errors.New("and more"))
	case maxFaults + 1:
	default:
		j.errs = append(j.errs, fmt.Errorf(format, args...))
	}
}

// records is the rows, in order of their ids.
func (j *judge) records() []model.Record {
	records := make([]model.Record, len(j.ids))
	for i, id := range j.ids {
		records[i] = j.rows[id]
	}
	return records
}

// key holds what a resource says of its key.
func (j *judge) key() {
	id := j.resource.Dialect().ID()
	if f, ok := j.resource.Schema().Lookup(id); !ok || f.Type != model.TypeInt || f.Nullable {
		j.faultf("the dialect's key %q is no field of type int that is never null", id)
	}
}

// matching is the ids of the rows for which a filter is true, ascending.
func (j *judge) matching(filter string) ([]int64, error) {
	checked, err := query.Check(j.resource, filter)
	if err != nil {
		return nil, err
	}
	predicate, err := dsl.Compile(checked.Root, j.resource.Schema())
	if err != nil {
		return nil, err
	}
	var ids []int64
	for _, id := range j.ids {
		if predicate.Match(j.rows[id]) {
			ids = append(ids, id)
		}
	}
	return ids, nil
}
