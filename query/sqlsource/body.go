package sqlsource

import (
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/muster-go/muster/model"
)

// ErrValue reports that a table holds a value that its description excludes: a null in a
// column that is never null, or a value of another type.
var ErrValue = errors.New("it holds what its description does not allow")

// body builds the JSON of a page from rows of a table. A [model.DynamicRow] is its JSON
// and the places of the values in it.
type body struct {
	columns []*Column
	cells   []any // the targets of a scan, by column
	json    []byte
}

func newBody(columns []*Column) *body {
	b := &body{columns: columns, cells: make([]any, len(columns)), json: []byte{'['}}
	for i, c := range columns {
		switch c.Type {
		case model.TypeInt:
			b.cells[i] = new(sql.NullInt64)
		case model.TypeBool:
			b.cells[i] = new(sql.NullBool)
		case model.TypeString:
			b.cells[i] = new(sql.NullString)
		case model.TypeFloat:
			b.cells[i] = new(sql.NullFloat64)
		case model.TypeDateTime, model.TypeNull, model.TypeRef, model.TypeRefs, model.TypeJSON, model.TypeDecimal, model.TypeList:
			b.cells[i] = new(any)
		}
	}
	return b
}

// row appends the current row.
func (b *body) row(rows *sql.Rows) error {
	if err := rows.Scan(b.cells...); err != nil {
		return fmt.Errorf("%w: %w", ErrValue, err)
	}
	open := byte('{')
	if len(b.json) > 1 {
		b.json = append(b.json, ',')
	}
	for i, c := range b.columns {
		var err error
		if b.json, err = jsontext.AppendQuote(append(b.json, open), c.Name); err != nil {
			return err
		}
		open = ','
		if b.json, err = c.appendCell(append(b.json, ':'), b.cells[i]); err != nil {
			return fmt.Errorf("%w: column %s: %w", ErrValue, c.Column, err)
		}
	}
	b.json = append(b.json, '}')
	return nil
}

func (c *Column) appendCell(dst []byte, cell any) ([]byte, error) {
	switch cell := cell.(type) {
	case *sql.NullInt64:
		if cell.Valid {
			return strconv.AppendInt(dst, cell.Int64, 10), nil
		}
	case *sql.NullBool:
		if cell.Valid {
			return strconv.AppendBool(dst, cell.Bool), nil
		}
	case *sql.NullFloat64:
		if cell.Valid {
			v := model.Float(cell.Float64)
			if v.IsNull() {
				return dst, fmt.Errorf("%w: %g", model.ErrFloat, cell.Float64)
			}
			return v.AppendJSON(dst), nil
		}
	case *sql.NullString:
		if cell.Valid {
			return jsontext.AppendQuote(dst, cell.String)
		}
	case *any:
		if *cell != nil {
			t, err := c.Time.read(*cell)
			return t.UTC().AppendFormat(dst, `"`+time.RFC3339Nano+`"`), err
		}
	}
	return append(dst, "null"...), nil
}

// end returns the whole page.
func (b *body) end() []byte { return append(b.json, ']') }
