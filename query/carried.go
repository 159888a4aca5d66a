package query

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query/plan"
)

// MissingFieldError says that rows came without a field that was asked for and
// that is read here, by the residual or by a local sort. To read it as null would
// give another answer.
type MissingFieldError struct {
	Field string
	ID    int64  // the first such row of a page of which no row has the field
	Key   string // the same where rows are told apart by a text; "" otherwise
}

// Error returns one line.
func (e *MissingFieldError) Error() string {
	id := strconv.FormatInt(e.ID, 10)
	if e.Key != "" {
		id = fmt.Sprintf("%.100q", e.Key)
	}
	return fmt.Sprintf("rows come without %s, which was asked for, so that what reads it cannot be evaluated (first at id %s): "+
		"declare that the server never returns it", e.Field, id)
}

// Is reports whether target is [ErrMissingField].
func (e *MissingFieldError) Is(target error) bool { return target == ErrMissingField }

// neededHere is the fields that rows of the scan are asked for because the engine
// reads them.
func neededHere(p *Plan, scan plan.Scan) []*model.Field {
	var fields []*model.Field
	if scan.Residual != nil {
		fields = slices.DeleteFunc(dsl.Fields(scan.Residual), func(f *model.Field) bool { return f.Returned == model.ReturnedAlways })
	}
	if p.Sort.Gathers() {
		fields = append(fields, sortKeys(p.Order)...)
	}
	return fields
}

// sortKeys is the fields of an order that a row has only if they were asked for.
func sortKeys(order []plan.OrderKey) []*model.Field {
	var fields []*model.Field
	for _, k := range order {
		if k.Field.Returned != model.ReturnedAlways {
			fields = append(fields, k.Field)
		}
	}
	return fields
}

// carried checks that the rows of a batch came with the fields: each of them is
// missing if it is in none of the rows that could have it.
func carried[T any](batch []T, fields []*model.Field, src Source[T]) error {
	for _, f := range fields {
		missing := -1
		for i := range batch {
			row, ok := src.Record(&batch[i]).(model.PresenceRecord)
			if !ok {
				return nil
			}
			c := row.Presence(f.Index())
			if c == model.Present {
				missing = -1
				break
			}
			if c == model.Missing && missing < 0 {
				missing = i
			}
		}
		if missing >= 0 {
			row := &batch[missing]
			return &MissingFieldError{f.Name, src.ID(row), keyText(src, row)}
		}
	}
	return nil
}
