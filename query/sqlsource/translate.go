package sqlsource

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model"
)

// Where writes a checked filter of any schema as the text of a WHERE clause, without the
// word, and the arguments of its marks in order. The clause selects every row for which the
// filter is true, and perhaps more: the residual is what is left to evaluate on them; nil =
// nothing. A condition that the database's SQL cannot express is in the residual. So are
// those on references, lists, JSON and decimals. If [dsl.Sargable] rewrites a computed
// condition, SQL has the rewritten one, and the residual the original unless they are equal.
//
// A field is the column of its name, and an instant is of the database's own type, unless one
// of the columns says otherwise. Where fails with a [*TableError] for a column that no field
// has or that cannot hold its field, and with [ErrNotSQL] for more arguments than
// [Flavour.MaxParams].
func Where(flavour Flavour, checked *dsl.Checked, columns ...Column) (where string, args []any, residual dsl.Node, err error) {
	t := &table{Table: Table{Name: checked.Schema.Name()}, flavour: flavour, schema: checked.Schema}
	t.flavour.MaxParams = cmp.Or(max(flavour.MaxParams, 0), leastMaxParams)
	if t.Columns, err = columnsOf(flavour, checked.Schema, columns); err != nil {
		return "", nil, nil, &TableError{t.Name, err}
	}
	terms := []dsl.Node{checked.Root}
	switch n := checked.Root.(type) {
	case nil:
		terms = nil
	case *dsl.And:
		terms = n.Terms
	}
	var said, left []dsl.Node
	for _, term := range terms {
		relaxed, reason := t.relax(term)
		if relaxed != nil {
			said = append(said, relaxed)
		}
		if relaxed == nil || reason != "" {
			left = append(left, term)
		}
	}
	var clause dsl.Node = &dsl.Const{Value: true}
	if len(said) > 0 {
		clause = dsl.All(said...)
	}
	where, args, err = t.express(clause)
	if n := len(args); err == nil && n > t.flavour.MaxParams {
		err = fmt.Errorf("%w: it binds %d arguments, and %s takes %d", ErrNotSQL, n, flavour.Name, t.flavour.MaxParams)
	}
	if err != nil {
		return "", nil, nil, err
	}
	if len(left) > 0 {
		residual = dsl.All(left...)
	}
	return where, args, residual, nil
}

// columnsOf returns the columns of a schema: those that are described, and for the other
// fields that a column can hold those of their names.
func columnsOf(flavour Flavour, schema *model.Schema, described []Column) (columns []Column, err error) {
	errs := flavour.faults()
	for _, c := range described {
		f, ok := schema.Lookup(c.Name)
		if !ok {
			errs = append(errs, fmt.Errorf("there is no field %q", c.Name))
			continue
		}
		c.Field, c.Column = *f, cmp.Or(c.Column, c.Name)
		if why := c.timeFault(flavour); why != "" {
			errs = append(errs, fmt.Errorf("field %s: %s", c.Name, why))
		}
		if c.Through != "" || !heldByColumn(c.Type) {
			errs = append(errs, fmt.Errorf("field %s: no column is compared as a %v is", c.Name, c.Type))
		}
		columns = append(columns, c)
	}
	for i := range schema.Len() {
		c := Column{Field: *schema.Field(i), Column: schema.Field(i).Name}
		known := slices.ContainsFunc(described, func(d Column) bool { return d.Name == c.Name })
		if !known && c.Through == "" && c.timeFault(flavour) == "" && heldByColumn(c.Type) {
			columns = append(columns, c)
		}
	}
	return columns, errors.Join(errs...)
}

// heldByColumn reports whether a column can hold values of a type as conditions need it.
func heldByColumn(t model.Type) bool {
	return t == model.TypeInt || t == model.TypeFloat || t == model.TypeString || t == model.TypeBool || t == model.TypeDateTime
}
