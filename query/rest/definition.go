package rest

import (
	"cmp"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query/rest/expression"
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
	Ties       Ties   // of a server that sorts by one field, as each with Direction does: how rows are ordered that are alike in the field

	Order Order // how Sort spells its keys
	Nulls Nulls // where the server's order has nulls; "" = NullsLeast

	From  string // Forward: ids from this one up
	After string // Forward: ids above this one, where there is no From; After: the key of the last row that is had
	Until string // Forward: ids below this one; without it rows past a bound are cut off
	Token string // Token: what the page before named
	Skip  string // Offset: rows to skip

	Origin int // Offset: what Skip is for the first row, 0 or 1

	Alone  bool // Token: the token is the only parameter of a further request
	Rebase bool // Link: of a link only the path and the query count, below the base URL

	Page     string // Page: the number of the page
	FromZero bool   // Page: whether the first is 0, not 1

	Window int // Offset and Page: how many rows of a listing the server gives at the most; 0 = all

	EmptyLast bool // pages that follow one another: a page without rows is the last, whatever it names as the next
	IdlePages int  // and how many in a row may bring no new row before a run fails; 0 = [paginate.MaxIdlePages]
}

// Ties is the order of rows that have the same value, on a server that sorts by one field.
// The empty Ties is unknown: then the server sorts only by the key.
type Ties string

// The orders of ties.
const (
	TiesAlong     Ties = "along"     // by the key, in the direction of the field
	TiesAscending Ties = "ascending" // by the key, upwards
)

// Order spells the keys of a sort in Paging.Sort. A template is text or a tree of JSON
// with the place {f}, which is the server's name of the field: "{f}:desc". The zero Order is
// a comma list of names, with a minus before those that are descending, unless the
// definition's preset has another: "{f} desc" with odata, and so on.
type Order struct {
	Ascending  any    // the least first; nil = "{f}"
	Descending any    // the greatest first; nil = "-{f}"
	Join       string // what stands between keys; "" = a comma. Trees are elements of a list
	// Behind writes the order into the expression's own parameter, which Sort then is: the keys
	// stand at its place {} behind the conditions, as in " ORDER BY {}". Pages that go by
	// position are always ordered then, by the key unless a query has another order.
	Behind string
}

// Nulls says where a server's order has the rows that have no value. Here null is the
// least value, so that another server sorts no field that may be null.
type Nulls string

// The places of nulls.
const (
	NullsLeast    Nulls = "least"    // before the values, and after them descending
	NullsGreatest Nulls = "greatest" // after the values, and before them descending, as in PostgreSQL
	NullsFirst    Nulls = "first"    // before the values in both directions
	NullsLast     Nulls = "last"     // after the values in both directions
	NullsUnknown  Nulls = "unknown"
)

// fit reports whether nulls are where an order here has them.
func (n Nulls) fit(descending bool) bool {
	return n == "" || n == NullsLeast || n == NullsFirst && !descending || n == NullsLast && descending
}

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
	// As is what the server calls the field where it is asked to sort by it, to return it, or
	// for it in an expression; "" = Name. Rows are read by Name.
	As string
	// Absent is what it means that a row lacks the member, as JSON: `""`, `0`, `false`; "" = null.
	// Rows get the value, and the server must compare and sort by it as well.
	Absent string
	Params map[string]string // without a Syntax or an Expression: the parameter for each operator
	Values map[string]Value  // how the parameter of an operator spells a value; none = as it is
	Filter bool              // with a Syntax: whether the server filters by it
	Sort   bool              // whether the server sorts by it

	// Ops are, with an Expression, the tests that the server has for the field; nil = those
	// of the dialect. A zero operator stands for the dialect's own.
	Ops map[expression.Op]expression.Operator
	// Fold is, with an Expression, how the server compares the field's text; "" = as the
	// dialect says.
	Fold expression.Fold
}

// Value spells the value of a parameter, by one of Template and Map or as it is.
type Value struct {
	// Template has the value in its one place {}, such as "gte.{}". A condition is not sent if
	// its value has what the template sets around it, such as a quote or a wildcard. A
	// list that is sent as one text ([Comma]) fills the place as a whole: "in.({})" sends in.(a,b).
	Template string
	// Map has what is sent for each value, such as {"open": "true"}. A condition with a value
	// that it lacks is not sent.
	Map map[string]string
	// Refuse lists texts that no value may have, such as a wildcard of the server's patterns. A
	// condition with one is not sent.
	Refuse []string
	// Superset says that the parameter may select more rows than the operator does, such as a
	// server's substring that ignores case. What it selects is checked here.
	Superset bool
}

// isZero reports whether a parameter takes any value as it is, and means it.
func (v Value) isZero() bool {
	return v.Template == "" && v.Map == nil && len(v.Refuse) == 0 && !v.Superset
}

// spell returns what is sent for a value; false if nothing can be.
func (v Value) spell(value string) (string, bool) {
	sent, ok := v.inner(value)
	return v.around(sent), ok
}

// inner returns what stands in the template for a value; false if it cannot be sent.
func (v Value) inner(value string) (string, bool) {
	if slices.ContainsFunc(v.Refuse, func(text string) bool { return strings.Contains(value, text) }) {
		return "", false
	}
	if v.Map != nil {
		sent, ok := v.Map[value]
		return sent, ok
	}
	return value, v.Template == "" || !v.closes(value)
}

// around puts the template around what stands in it.
func (v Value) around(sent string) string {
	if v.Template == "" || v.Map != nil {
		return sent
	}
	return strings.Replace(v.Template, "{}", sent, 1)
}

// closes reports whether a value has what the template sets around it: what stands behind
// the place unless it is a word, and a quote or wildcard before it.
func (v Value) closes(value string) bool {
	const quotes, wildcards = "'\"`", "*%?"
	before, after, _ := strings.Cut(v.Template, "{}")
	open, _ := utf8.DecodeLastRuneInString(before)
	end, _ := utf8.DecodeRuneInString(after)
	switch {
	case before != "" && strings.ContainsRune(quotes+wildcards, open) && strings.ContainsRune(value, open):
		return true
	case after == "" || unicode.IsLetter(end) || unicode.IsDigit(end):
		return false
	}
	return strings.ContainsRune(value, end) || strings.ContainsRune(quotes, end) && strings.Contains(value, `\`)
}

// ServerName returns what requests call the field: As, or else Name.
func (f Field) ServerName() string { return cmp.Or(f.As, f.Name) }

// comparesInstants reports whether the server compares or sorts by instants in RFC 3339.
// They must have no fractions of a second then: the server is asked for whole seconds.
func (f Field) comparesInstants() bool {
	if f.Type != model.TypeDateTime || f.Format != model.FormatRFC3339 || f.hasLayouts() {
		return false
	}
	compares := len(f.Params) > 0
	if _, tests := f.Params["null"]; tests {
		compares = len(f.Params) > 1
	}
	return compares || f.Sort
}

// hasLayouts reports whether instants have layouts of their own.
func (f Field) hasLayouts() bool { return f.Spelling != nil && len(f.Spelling.Layouts) > 0 }

// hasNulls reports whether values other than null mean null.
func (f Field) hasNulls() bool { return f.Spelling != nil && len(f.Spelling.Nulls) > 0 }

// Definition describes a listing. Only Name, Path, Fields and Paging.Style are
// required.
type Definition struct {
	Name string // of the resource
	Path string // below the client's base URL, not escaped but for /, ?, #, \, braces and % within a segment, %2F; it may have variables such as {owner}, see [Definition.Set]
	// Parent is the listing for each of whose rows this one is read; nil = it is read once.
	Parent *Parent
	// Method is GET or POST; "" = GET. With POST, parameters whose names begin with a slash
	// are JSON pointers (RFC 6901) into the body.
	Method string
	// Follow is how a [Link] of a listing by POST is asked for: by GET, or by POST with the body.
	Follow string
	// Body is the body of every POST, a tree of map[string]any, []any, string, bool, nil and
	// numbers, into which parameters are put; nil = none but these. It is never changed.
	Body   any
	Syntax Syntax // how the server is sent conditions; nil = by a parameter for each, see [Field.Params]
	// Expression is how the server is sent all conditions as one expression; nil = it is not.
	Expression *expression.Dialect
	Lists      Lists // without a Syntax or an Expression: how the values of the operator in are sent; "" = Comma
	Fields     []Field
	Select     string // the parameter that asks for optional fields, a comma list
	// Replaces says that Select replaces the fields that rows have by default. Then every
	// request names the key, what is answered always, and what the query needs besides.
	Replaces bool
	Include  string     // prefix of a reference's name in the parameter that asks for fields of the referred object; "" = they cannot be asked for
	Deleted  url.Values // parameters that select the deleted rows in place of the others; nil = the server keeps none
	// Layout is the layout of a page. Layout.ID is the key, "id" by default: a field of type
	// int, or string if each page follows the one before ([After], [Token], [Link], [Offset],
	// [Page]).
	Layout model.Layout
	Shape  Shape // how pages have rows that are not a list of objects
	Answer Answer
	Paging Paging
	// Auth says how the server wants a token, and Header what else every request has; the
	// client sends both, see [Definition.Client].
	Auth   transport.Auth
	Header http.Header
	OAuth  *OAuth // where the token comes from; nil = not from OAuth 2.0
	Limits Limits // what the server grants
	// Params are sent with every request. A condition that is sent by the same
	// parameter takes its place; conditions in a Syntax are joined. Those of Paging.Sort and
	// Paging.Direction are the order of requests without one, and with [Forward] that of
	// Paging.After or Paging.From is where a listing begins.
	Params url.Values
}

// Answer says what an answer tells besides its layout, and how strictly it is read.
type Answer struct {
	NextHeader  string // the header that names the next page, in place of Layout.Next
	TotalHeader string // the header that has the total, in place of Layout.Total; of Content-Range what follows the slash
	// NextOnLast says that the last page names a next one too, as the endCursor of a GraphQL
	// connection does, so that the flag alone says whether pages follow.
	NextOnLast bool
	// RowsAbsent says that a page without the member Layout.Rows has no rows. Otherwise it
	// is an error, unless the total is 0 or an earlier page of the run had the member.
	RowsAbsent bool
	// Retry lists texts of failures that pass, such as "ratelimited". An answer with status
	// 200 whose error has one of them, in any case, is asked for again.
	Retry []string
	// RefuseBrokenText makes text that is not UTF-8 an error. Otherwise the page is asked
	// for again, and what is still broken then becomes U+FFFD, except in a key and a token.
	RefuseBrokenText bool
	// LastMember takes the last of members that have one name in an object. Otherwise they
	// are an error.
	LastMember bool
}

// Counts reports whether the server counts the rows of a filter with one request: with
// [Keyset] it does, and if pages have a total. It counts no rows of several parents.
func (d Definition) Counts() bool {
	return d.Parent == nil && (d.Paging.Style == Keyset || d.totalPlace() != "")
}

// nextPlace names the place where a page names the next one, "" if none is declared.
func (d Definition) nextPlace() string { return place(d.Layout.Next, d.Answer.NextHeader) }

// totalPlace names the place of the total, "" if none is declared.
func (d Definition) totalPlace() string { return place(d.Layout.Total, d.Answer.TotalHeader) }

func place(path, header string) string {
	if header != "" {
		return "the header " + header
	}
	if path != "" {
		return "the member " + path
	}
	return ""
}

// serverName returns what requests call a field of the rows.
func (d Definition) serverName(field string) string {
	for _, f := range d.Fields {
		if f.Name == field {
			return f.ServerName()
		}
	}
	return field
}

// flag returns the member that says whether another page follows, and what it says then;
// "" if none is declared.
func (d Definition) flag() (name string, follows bool) {
	if d.Layout.Done != "" {
		return d.Layout.Done, false
	}
	return d.Layout.HasMore, true
}

// maxPage is the default of Paging.Max.
const maxPage = 1000

// withDefaults returns the definition with its defaults, or its faults.
func (d Definition) withDefaults() (Definition, error) {
	if d.Layout.ID == "" {
		d.Layout.ID = "id"
	}
	if d.Parent != nil {
		d = d.withParent()
	}
	if d.Lists == "" && d.Syntax == nil && d.Expression == nil {
		d.Lists = Comma
	}
	d = d.withPresetOrder()
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
