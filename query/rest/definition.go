package rest

import (
	"cmp"
	"errors"
	"net/http"
	"net/url"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/transport"
)

// Style says how the pages of a listing follow one another.
type Style string

// The styles.
const (
	Keyset  Style = "keyset"  // cursor_start and a condition on the key, both ways; needs a Syntax
	Forward Style = "forward" // rows after an id, upwards
	After   Style = "after"   // rows after the last of the page before, named by its key, in whatever order they are
	Token   Style = "token"   // the page has a token for the next
	Offset  Style = "offset"  // a number of rows to skip
	Page    Style = "page"    // a number of a page
	Link    Style = "link"    // a header Link with rel="next", or a URL in the page
)

// Paging names the parameters that page. An empty name means that the server has
// no such parameter.
type Paging struct {
	Style Style
	Max   int    // most rows a page; 0 = 1000
	Limit string // rows a page
	Sort  string // the order: a comma list of fields, a minus for descending; with Direction one field

	Direction  string // which way the order is, where Sort does not say so
	Ascending  string // what Direction is for the least first; "" = asc
	Descending string // and for the greatest; "" = desc
	Ties       Ties   // with Direction: how rows are ordered that are alike in the field

	From  string // Forward: ids from this one up
	After string // Forward: ids above this one, where there is no From; After: the key of the last row that is had
	Until string // Forward: ids below this one; without it rows past a bound are cut off
	Token string // Token: what the page before named
	Skip  string // Offset: rows to skip

	Page     string // Page: the number of the page
	FromZero bool   // Page: whether the first is 0, not 1
}

// Ties is the order of rows that have the same value, on a server that sorts by one field.
// The empty Ties is unknown: then the server sorts only by the key.
type Ties string

// The orders of ties.
const (
	TiesAlong     Ties = "along"     // by the key, in the direction of the field
	TiesAscending Ties = "ascending" // by the key, upwards
)

// Lists says how a list of values is sent.
type Lists string

// The ways to send a list.
const (
	Comma    Lists = "comma"    // status=a,b
	Repeat   Lists = "repeat"   // status=a&status=b
	Brackets Lists = "brackets" // status[]=a&status[]=b
)

// Operators lists the operators that [Field.Params] may have, in a fixed order:
// comparisons, a list of values, prefix, suffix, substring, and null by
// true and false. Each but null must be false for null, as in SQL.
func Operators() []string {
	return []string{"eq", "neq", "gt", "gteq", "lt", "lteq", "in", "start", "end", "contains", "null"}
}

// Field is a field of the rows and what the server can do with it.
type Field struct {
	model.Field
	Params map[string]string // without a Syntax: the parameter for each operator
	Filter bool              // with a Syntax: whether the server filters by it
	Sort   bool              // whether the server sorts by it
}

// comparesInstants reports whether the server compares or sorts by instants. They must
// have no fractions of a second then: here, rows are compared by whole seconds.
func (f Field) comparesInstants() bool {
	if f.Type != model.TypeDateTime || f.Format != model.FormatRFC3339 {
		return false
	}
	compares := len(f.Params) > 0
	if _, tests := f.Params["null"]; tests {
		compares = len(f.Params) > 1
	}
	return compares || f.Sort
}

// Definition describes a listing. Only Name, Path, Fields and Paging.Style are
// required.
type Definition struct {
	Name    string // of the resource
	Path    string // below the client's base URL
	Syntax  Syntax // how the server is sent conditions; nil = by a parameter for each, see [Field.Params]
	Lists   Lists  // without a Syntax: how the values of the operator in are sent; "" = Comma
	Fields  []Field
	Select  string     // the parameter that asks for optional fields, a comma list
	Include string     // prefix of a reference's name in the parameter that asks for fields of the referred object; "" = they cannot be asked for
	Deleted url.Values // parameters that select the deleted rows in place of the others; nil = the server keeps none
	// Layout is the layout of a page. Layout.ID is the key, "id" by default: a field of type
	// int, or string if each page follows the one before ([After], [Token], [Link], [Offset],
	// [Page]).
	Layout model.Layout
	Paging Paging
	// Auth says how the server wants a token, and Header what else every request has; the
	// client sends both, see [Definition.Client].
	Auth   transport.Auth
	Header http.Header
	// Params are sent with every request. A condition that is sent by the same
	// parameter takes its place; conditions in a Syntax are joined.
	Params url.Values
}

// Counts reports whether the server counts the rows of a filter with one request: with
// [Keyset] it does, and if pages have a total.
func (d Definition) Counts() bool { return d.Paging.Style == Keyset || d.Layout.Total != "" }

// maxPage is the default of Paging.Max.
const maxPage = 1000

// withDefaults returns the definition with its defaults, or its faults.
func (d Definition) withDefaults() (Definition, error) {
	if d.Layout.ID == "" {
		d.Layout.ID = "id"
	}
	if d.Lists == "" && d.Syntax == nil {
		d.Lists = Comma
	}
	if d.Paging.Direction != "" {
		d.Paging.Ascending, d.Paging.Descending = cmp.Or(d.Paging.Ascending, "asc"), cmp.Or(d.Paging.Descending, "desc")
	}
	if d.Paging.Max == 0 {
		d.Paging.Max = maxPage
	}
	if faults := d.faults(); len(faults) > 0 {
		return d, &DefinitionError{d.Name, faults}
	}
	return d, nil
}

// DefinitionError reports a definition that describes no listing.
type DefinitionError struct {
	Name   string // the resource
	Faults []Fault
}

// Fault is one fault of a definition.
type Fault struct {
	Part string // where, as a file has it: "path", "paging.style", "fields.2.params.eq"
	Err  error
}

// Error names the resource and every fault, one a line.
func (e *DefinitionError) Error() string {
	return "resource " + e.Name + ": " + errors.Join(e.Unwrap()...).Error()
}

// Unwrap returns the faults' errors.
func (e *DefinitionError) Unwrap() []error {
	errs := make([]error, len(e.Faults))
	for i, f := range e.Faults {
		errs[i] = f.Err
	}
	return errs
}
