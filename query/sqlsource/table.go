package sqlsource

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/muster-go/muster/model"
)

// Column is a field and the column that holds it. A field may be an integer, a float, a
// boolean, a string or an instant. A float needs a column of double precision: a database
// compares a narrower one with constants as what it holds, but shows it with fewer digits.
type Column struct {
	model.Field
	Column string   // its name in the table; "" = the field's name
	Time   TimeForm // how a field of instants is stored; "" = TimeNative
}

// Table describes a table or a view. Name and Columns are required.
type Table struct {
	Name    string   // the resource's name
	From    string   // the table's name, after its schema and a dot if need be; "" = Name
	Key     string   // the field that orders pages: an integer of 1 or more, unique and never null; "" = "id"
	Columns []Column // the fields; the key is one of them
	Workers int      // the most statements at once; 0 = 1, which is right for a *sql.Tx and for SQLite in memory
}

// TableError reports that a table cannot be a source as it is described.
type TableError struct {
	Name string // the resource's name
	Err  error  // every fault, joined
}

// Error returns the table's name and its faults.
func (e *TableError) Error() string { return fmt.Sprintf("table %q: %v", e.Name, e.Err) }

// Unwrap returns the faults.
func (e *TableError) Unwrap() error { return e.Err }

// withDefaults returns the table with its defaults, or a [*TableError].
func (t Table) withDefaults(flavour Flavour) (Table, error) {
	t.From, t.Key, t.Workers = cmp.Or(t.From, t.Name), cmp.Or(t.Key, "id"), max(t.Workers, 1)
	t.Columns = slices.Clone(t.Columns)
	errs := flavour.faults()
	if t.Name == "" {
		errs = append(errs, errors.New("it has no name"))
	}
	if slices.Contains(strings.Split(t.From, "."), "") {
		errs = append(errs, fmt.Errorf("%q names no table", t.From))
	}
	key := slices.IndexFunc(t.Columns, func(c Column) bool { return c.Name == t.Key })
	if key < 0 || t.Columns[key].Type != model.TypeInt || t.Columns[key].Nullable || t.Columns[key].Returned != model.ReturnedAlways {
		errs = append(errs, fmt.Errorf("the key %q must be a field of type int that is never null and always returned", t.Key))
	}
	for i := range t.Columns {
		c := &t.Columns[i]
		c.Column = cmp.Or(c.Column, c.Name)
		if c.Type == model.TypeRef || c.Type == model.TypeRefs || c.Through != "" {
			errs = append(errs, fmt.Errorf("field %s: a column holds no reference", c.Name))
		}
		if c.Type == model.TypeList {
			errs = append(errs, fmt.Errorf("field %s: a column's list is text: declare it a string", c.Name))
		}
		if c.Type == model.TypeJSON {
			errs = append(errs, fmt.Errorf("field %s: a column's JSON is text: declare it a string", c.Name))
		}
		if c.Type == model.TypeDecimal {
			errs = append(errs, fmt.Errorf("field %s: databases and their drivers make floats of decimals: declare a column of the smallest unit, such as cents, an int, or a column of text a string", c.Name))
		}
		if c.Format != model.FormatRFC3339 {
			errs = append(errs, fmt.Errorf("field %s: how its column holds instants is for Column.Time to say, not Field.Format", c.Name))
		}
		if why := c.timeFault(flavour); why != "" {
			errs = append(errs, fmt.Errorf("field %s: %s", c.Name, why))
		}
	}
	if len(errs) > 0 {
		return t, &TableError{t.Name, errors.Join(errs...)}
	}
	return t, nil
}
