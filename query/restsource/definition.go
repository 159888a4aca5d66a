package restsource

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/muster-go/muster/dsl/wire"
	"github.com/muster-go/muster/model"
)

// Dialect is how a server is told conditions.
type Dialect string

// The dialects.
const (
	API      Dialect = "api"       // filter=key{op:value}; see package wire
	KeyValue Dialect = "key-value" // a parameter for each field and operator
)

// Style is how the pages of a listing follow one another.
type Style string

// The styles.
const (
	Keyset  Style = "keyset"  // cursor_start and a filter on the id, both ways; for API alone
	Forward Style = "forward" // rows after an id, upwards
	Token   Style = "token"   // the page has a token for the next
	Offset  Style = "offset"  // a number of rows to skip
	Link    Style = "link"    // a header Link with rel="next", or a URL in the page
)

// Paging names the parameters that page. An empty name means that the server has
// no such parameter.
type Paging struct {
	Style Style
	Max   int    // most rows a page; 0 = 1000
	Limit string // rows a page
	Sort  string // the order: a comma list of fields, a minus for descending

	From  string // Forward: ids from this one up
	After string // Forward: ids above this one, where there is no From
	Until string // Forward: ids below this one; without it rows past a bound are cut off
	Token string // Token: what the page before named
	Skip  string // Offset: rows to skip
}

// Operators lists the operators that [Field.Params] may have, in a fixed order:
// comparisons, a comma-separated list, prefix, suffix, substring, and null by
// true and false. Each must be false for null, as in SQL, but for null itself.
func Operators() []string {
	return []string{"eq", "neq", "gt", "gteq", "lt", "lteq", "in", "start", "end", "contains", "null"}
}

// Field is a field of the rows and what the server can do with it.
type Field struct {
	model.Field
	// Params are the parameters of the [KeyValue] dialect by operator; with
	// [API], any entry, or none and Filter, lets conditions on the field be sent.
	Params map[string]string
	Filter bool // API: whether the server filters by it
	Sort   bool // whether the server sorts by it
}

// Definition describes a listing. Only Name, Path, Fields and Paging.Style are
// required.
type Definition struct {
	Name    string // of the resource
	Path    string // below the client's base URL
	Dialect Dialect
	Profile wire.Profile // API: the operators beyond the documented ones; Fields is filled in
	Fields  []Field
	Select  string       // the parameter that asks for optional fields, a comma list
	Include string       // what comes before a reference's name in the parameter that asks for fields of what it refers to; "" = none is asked for
	Deleted url.Values   // what selects the deleted rows in place of the others; nil = none are kept
	Layout  model.Layout // of a page; Layout.ID is the key, "id" by default
	Paging  Paging
	Params  url.Values // sent with every request
}

// Counts reports whether the server says, with one request, how many rows a filter
// has: of the styles, [Keyset] does.
func (d Definition) Counts() bool { return d.Paging.Style == Keyset }

// maxPage is the default of Paging.Max.
const maxPage = 1000

// settled returns the definition with its defaults, or why it cannot be one.
func (d Definition) settled() (Definition, error) {
	if d.Layout.ID == "" {
		d.Layout.ID = "id"
	}
	if d.Dialect == "" {
		d.Dialect = API
	}
	if d.Paging.Max == 0 {
		d.Paging.Max = maxPage
	}
	faults := d.Paging.check(d.Dialect)
	bad := func(part, format string, args ...any) {
		faults = append(faults, Fault{part, fmt.Errorf(format, args...)})
	}
	if d.Name == "" {
		bad("resource", "it has no name")
	}
	if !strings.HasPrefix(d.Path, "/") {
		bad("path", "its path %q does not begin with /", d.Path)
	}
	if d.Dialect != API && d.Dialect != KeyValue {
		bad("dialect", "there is no dialect %q; there are %s and %s", d.Dialect, API, KeyValue)
	}
	if d.Paging.Max < 1 {
		bad("paging.max", "a page of %d rows", d.Paging.Max)
	}
	if i := slices.IndexFunc(d.Fields, func(f Field) bool { return f.Name == d.Layout.ID }); i < 0 || d.Fields[i].Type != model.TypeInt || d.Fields[i].Nullable {
		bad("layout.id", "the key %q must be a field of type int that is never null", d.Layout.ID)
	}
	for _, f := range d.Fields {
		for op := range f.Params {
			if !slices.Contains(Operators(), op) {
				bad("fields", "field %s: there is no operator %q; there are %s", f.Name, op, strings.Join(Operators(), ", "))
			}
		}
	}
	if len(faults) > 0 {
		return d, &DefinitionError{d.Name, faults}
	}
	return d, nil
}

func (p Paging) check(d Dialect) (faults []Fault) {
	bad := func(part, format string, args ...any) {
		faults = append(faults, Fault{part, fmt.Errorf(format, args...)})
	}
	needs := func(name, value string) {
		if value == "" {
			bad("paging", "paging by %s needs the parameter %s", p.Style, name)
		}
	}
	switch p.Style {
	case Keyset:
		if d != API {
			bad("paging.style", "paging by keyset is for the dialect api; forward is for others")
		}
	case Forward:
		needs("from or after", p.From+p.After)
	case Token:
		needs("token", p.Token)
	case Offset:
		needs("skip", p.Skip)
		needs("limit", p.Limit)
	case Link:
	default:
		bad("paging.style", "there is no paging style %q; there are %s, %s, %s, %s and %s", p.Style, Keyset, Forward, Token, Offset, Link)
	}
	return faults
}

// DefinitionError is a definition that describes no listing.
type DefinitionError struct {
	Name   string // the resource
	Faults []Fault
}

// Fault is one thing that is wrong with a definition.
type Fault struct {
	Part string // where, as a file has it: "path", "paging.style", "fields"
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
