package doctor

import (
	"errors"
	"net/http"
	"strconv"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/model/display"
	"github.com/muster-go/muster/query/knownanswer"
	"github.com/muster-go/muster/transport"
)

// known gathers rows whose values are known, each once.
type known struct {
	keys    []string
	records []model.Record
	byKey   map[string]*model.DynamicRow
}

func newKnown(rows []model.DynamicRow) *known {
	k := &known{byKey: make(map[string]*model.DynamicRow)}
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

// of returns the rows for questions about them.
func (k *known) of(schema *model.Schema) knownanswer.Rows[string] {
	return knownanswer.New(schema, k.keys, k.records)
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

// shown returns a value for people.
func shown(v model.Value) string {
	if v.IsNull() {
		return "null"
	}
	if v.Type() == model.TypeString {
		return strconv.Quote(display.Cut(v.String(), 60))
	}
	return display.Cut(v.String(), 60)
}
