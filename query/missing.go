package query

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query/plan"
)

// MissingFieldError reports rows that lack a requested field which the residual or a
// local sort reads. To read the field as null would change the answer.
type MissingFieldError struct {
	Field string
	ID    int64  // first row of a page on which no row has the field
	Key   string // its key if keys are strings; "" otherwise
}

// Error returns one line.
func (e *MissingFieldError) Error() string {
	id := strconv.FormatInt(e.ID, 10)
	if e.Key != "" {
		id = fmt.Sprintf("%.100q", e.Key)
	}
	return fmt.Sprintf("rows lack %s although it was requested, so a condition or sort on it cannot be evaluated (first at id %s): "+
		"declare that the server never returns it", e.Field, id)
}

// Is reports whether target is [ErrMissingField].
func (e *MissingFieldError) Is(target error) bool { return target == ErrMissingField }

// readLocally returns the fields that are requested because the residual or the sort
// reads them.
func readLocally(p *Plan, scan plan.Scan) []*model.Field {
	var fields []*model.Field
	if scan.Residual != nil {
		fields = slices.DeleteFunc(dsl.Fields(scan.Residual), func(f *model.Field) bool { return f.Returned == model.ReturnedAlways })
	}
	if p.Sort.Gathers() {
		fields = append(fields, sortKeys(p.Order)...)
	}
	return fields
}

// sortKeys returns the fields of an order that a row has only if they were requested.
func sortKeys(order []plan.OrderKey) []*model.Field {
	var fields []*model.Field
	for _, k := range order {
		if k.Field.Returned != model.ReturnedAlways {
			fields = append(fields, k.Field)
		}
	}
	return fields
}

// checkPresence checks that the rows of a batch have the fields. A field is missing if it
// applies to some row and no row has it.
func checkPresence[T any](batch []T, fields []*model.Field, src Source[T]) error {
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
