package shelftest

import (
	"cmp"
	"encoding/json"
	"fmt"
	"math/big"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query/rest/expression/expressiontest"
)

// column is a field as the server's language calls it.
type column struct {
	name string     // in filters and orders
	kind model.Type // of its values
	path string     // where rows have it; "" = name
	// layout is that of instants, as package time has it; "" = RFC 3339.
	layout string
}

// columns are the fields that a server compares.
type columns []column

// textColumns are columns of texts.
func textColumns(names ...string) columns {
	cols := make(columns, len(names))
	for i, name := range names {
		cols[i] = column{name: name, kind: model.TypeString}
	}
	return cols
}

// find returns the column of a name.
func (c columns) find(name string) (column, error) {
	i := slices.IndexFunc(c, func(col column) bool { return col.name == name })
	if i < 0 {
		return column{}, refuse("there is no field %q", name)
	}
	return c[i], nil
}

// types are the names and types of a language's fields.
func (c columns) types() map[string]model.Type {
	types := make(map[string]model.Type, len(c))
	for _, col := range c {
		types[col.name] = col.kind
	}
	return types
}

// language returns the evaluator of a language with these fields.
func (c columns) language(name string, o expressiontest.Options) *expressiontest.Evaluator {
	o.Fields = c.types()
	e, err := expressiontest.Language(name, o)
	if err != nil {
		panic(err) // the name is a constant of this package
	}
	return e
}

// matching returns the rows that a filter selects.
func (c columns) matching(rows []object, e *expressiontest.Evaluator, filter string) ([]object, error) {
	f, err := e.Parse(filter)
	if err != nil {
		return nil, refuse("%v", err)
	}
	return keep(rows, func(row object) bool { return f.Match(c.row(row)) }), nil
}

// keep returns the rows for which a test holds, a new list.
func keep(rows []object, holds func(object) bool) []object {
	return slices.DeleteFunc(slices.Clone(rows), func(row object) bool { return !holds(row) })
}

// row is a row as a language sees it.
func (c columns) row(row object) expressiontest.Row {
	out := expressiontest.Row{}
	for _, col := range c {
		if v := col.value(row); !v.IsNull() {
			out[col.name] = v
		}
	}
	return out
}

// value is what a row has in the column.
func (c column) value(row object) model.Value {
	switch v := at(row, cmp.Or(c.path, c.name)).(type) {
	case nil:
		return model.Null()
	case bool:
		return model.Bool(v)
	case int:
		return model.Int(int64(v))
	case json.Number:
		return c.text(v.String())
	case string:
		return c.text(v)
	default:
		panic(fmt.Sprintf("the column %s has a value of type %T", c.name, v))
	}
}

// text reads a value that rows have as text.
func (c column) text(s string) model.Value {
	switch c.kind { //nolint:exhaustive // all else is text
	case model.TypeInt:
		n, err := strconv.ParseInt(s, 10, 64)
		if err != nil {
			panic(err) // this package wrote it
		}
		return model.Int(n)
	case model.TypeBool:
		return model.Bool(s == "true")
	case model.TypeDecimal:
		d, err := model.ParseDecimal(s)
		if err != nil {
			panic(err)
		}
		return d
	case model.TypeDateTime:
		t, err := time.Parse(cmp.Or(c.layout, time.RFC3339Nano), s)
		if err != nil {
			panic(err)
		}
		return model.DateTime(t)
	}
	return model.String(s)
}

// at returns what is at a path of a row.
func at(row object, path string) any {
	if v, ok := row[path]; ok {
		return v
	}
	outer, inner, leads := strings.Cut(path, ".")
	if in, ok := row[outer].(object); ok && leads {
		return at(in, inner)
	}
	return nil
}

// is reports whether a member is true.
func is(row object, name string) bool {
	v, _ := row[name].(bool)
	return v
}

// order is one key of an order.
type order struct {
	column

	descending bool
	nullsLast  bool // in both directions; otherwise null is the least
}

// sorted returns the rows in an order, a new list. Rows that are alike stay as they are.
func sorted(rows []object, keys ...order) []object {
	out := slices.Clone(rows)
	slices.SortStableFunc(out, func(a, b object) int {
		for _, key := range keys {
			if n := key.compare(key.value(a), key.value(b)); n != 0 {
				return n
			}
		}
		return 0
	})
	return out
}

func (o order) compare(a, b model.Value) (n int) {
	switch {
	case a.IsNull() || b.IsNull():
		if n = cmp.Compare(boolInt(!a.IsNull()), boolInt(!b.IsNull())); o.nullsLast {
			return -n
		}
	case o.kind == model.TypeInt:
		n = cmp.Compare(a.Int(), b.Int())
	case o.kind == model.TypeDecimal:
		x, _ := new(big.Rat).SetString(a.String()) // it was read before
		y, _ := new(big.Rat).SetString(b.String())
		n = x.Cmp(y)
	case o.kind == model.TypeDateTime:
		n = a.Time().Compare(b.Time())
	case o.kind == model.TypeBool:
		n = cmp.Compare(boolInt(a.Bool()), boolInt(b.Bool()))
	default:
		n = cmp.Compare(a.Str(), b.Str())
	}
	if o.descending {
		return -n
	}
	return n
}

func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
}
