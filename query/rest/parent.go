package rest

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/paginate"
	"github.com/muster-go/muster/query/plan"
	"github.com/muster-go/muster/query/rest/expression"
	"github.com/muster-go/muster/transport"
)

// Parent says that a listing, such as /groups/{group}/members, is read for each row of
// another one, its parent. Rows get two fields besides: the parent's value, and the key that
// identifies a row among those of all parents. The fields may be declared, and are added
// otherwise. One client reads both listings.
type Parent struct {
	Definition Definition // of the parent's listing, which has no parent itself
	Field      string     // of the parent's rows: what fills the variable; "" = their key
	Variable   string     // of the path of the child's listing; "" = its last one
	As         string     // the field of the child's rows that has the parent's value; "" = Variable
	// Key is the field that identifies a row, "key" by default: the text PARENT/KEY, of the
	// parent's value, escaped as in a path, and Layout.ID. Layout.ID itself says that no two
	// parents have rows with the same one.
	Key string
	// SkipGone says that a parent whose listing is answered 404 or 410 has no rows.
	// Otherwise that is a [*ParentError].
	SkipGone bool
}

// ParentError reports that the rows of one parent could not be read.
type ParentError struct {
	Resource string // the parent's
	Field    string // of its rows
	Value    string // of the parent
	Gone     bool   // the server says that the parent has no such listing
	Err      error
}

// Error names the parent and, of one that is gone, what to do.
func (e *ParentError) Error() string {
	text := fmt.Sprintf("the rows of %s with %s = %.100s: %v", e.Resource, e.Field, e.Value, e.Err)
	if e.Gone {
		text += "; if it was deleted meanwhile, or has no such listing, declare parent.gone: skip"
	}
	return text
}

// Unwrap returns what went wrong.
func (e *ParentError) Unwrap() error { return e.Err }

// Key returns the field that identifies a row: Layout.ID, or that of [Parent.Key].
func (d Definition) Key() string {
	if d.Parent != nil {
		return d.Parent.Key
	}
	return cmp.Or(d.Layout.ID, "id")
}

// made reports whether a field is not of the server's rows but of their parent.
func (d Definition) made(field string) bool {
	return d.Parent != nil && (field == d.Parent.As || field == d.Parent.Key && field != d.Layout.ID)
}

// withParent fills in the defaults of the parent, and the fields that rows get of it.
func (d Definition) withParent() Definition {
	p := *d.Parent
	if filled, err := p.Definition.withDefaults(); err == nil {
		p.Definition = filled
	}
	if names := d.pathVariables(); p.Variable == "" && len(names) > 0 {
		p.Variable = names[len(names)-1]
	}
	p.Field = cmp.Or(p.Field, p.Definition.Layout.ID, "id")
	p.As, p.Key = cmp.Or(p.As, p.Variable), cmp.Or(p.Key, "key")
	d.Parent, d.Fields = &p, slices.Clone(d.Fields)
	value, _ := p.Definition.fieldNamed(p.Field)
	for _, made := range []model.Field{
		{Name: p.As, Type: value.Type, Doc: p.Field + " of " + p.Definition.Name},
		{Name: p.Key, Type: model.TypeString, Collation: model.CI, Doc: p.As + "/" + d.Layout.ID},
	} {
		if _, declared := d.fieldNamed(made.Name); declared || made.Name == "" || made.Type == model.TypeNull {
			continue
		}
		made.Returned = model.ReturnedAlways
		if made.Type == model.TypeString {
			made.Collation = model.Binary
		}
		d.Fields = append(d.Fields, Field{Field: made})
	}
	for i, f := range d.Fields {
		if d.Expression != nil && d.made(f.Name) { // the dialect has operators for all others
			d.Fields[i].Ops = map[expression.Op]expression.Operator{}
		}
	}
	return d
}

// fieldNamed returns the field of a name.
func (d Definition) fieldNamed(name string) (Field, bool) {
	i := slices.IndexFunc(d.Fields, func(f Field) bool { return f.Name == name })
	if i < 0 {
		return Field{}, false
	}
	return d.Fields[i], true
}

// parent checks what is said of the parent.
func (c *checker) parent() {
	if c.Parent == nil {
		return
	}
	p := *c.Parent
	if p.Definition.Parent != nil {
		c.badf("parent.definition", "%s has a parent itself, and listings are read for the rows of one parent: fill the variable of its path by --set", p.Definition.Name)
		return
	}
	for _, f := range p.Definition.faults() {
		c.found = append(c.found, Fault{"parent.definition." + f.Part, f.Err})
	}
	if c.Paging.Style == Keyset || c.Paging.Style == Forward {
		c.badf("paging.style", "the rows of each parent are read page by page: not by %s, but by %s, %s, %s, %s or %s", c.Paging.Style, After, Token, Link, Offset, Page)
	}
	if names := c.pathVariables(); !slices.Contains(names, p.Variable) {
		c.badf("parent", "the path %q has no variable %s that a parent could fill", c.Path, cmp.Or(p.Variable, "{name}"))
	}
	switch value, ok := p.Definition.fieldNamed(p.Field); {
	case !ok:
		c.badf("parent.field", "the rows of %s have no field %q", p.Definition.Name, p.Field)
	case value.Type != model.TypeInt && value.Type != model.TypeString || value.Nullable || value.Through != "" || value.Returned == model.ReturnedNo:
		c.badf("parent.field", "%s of %s must be a field of type int or string that is answered and never null, for it fills a path", p.Field, p.Definition.Name)
	default:
		c.madeField("parent.as", p.As, value.Type)
	}
	if p.Key != c.Layout.ID {
		c.madeField("parent.key", p.Key, model.TypeString)
	}
	if p.As == c.Layout.ID || p.As == p.Key {
		c.badf("parent.as", "%s is the key of rows; name the field that has the parent's value otherwise: as", p.As)
	}
	if same := p.Definition; same.OAuth != nil && !reflect.DeepEqual(same.OAuth, c.OAuth) || same.Auth != (transport.Auth{}) && same.Auth != c.Auth {
		c.badf("parent.definition.auth", "one client reads %s and %s, so that both have the auth of the latter: say the same, or leave it out of the former", same.Name, c.Name)
	}
	for name, values := range p.Definition.Header {
		if !slices.Equal(values, c.Header[name]) {
			c.badf("parent.definition.headers."+name, "one client reads %s and %s, so that both have the headers of the latter: say the same, or leave it out of the former", p.Definition.Name, c.Name)
		}
	}
}

// madeField checks a field that rows get of their parent.
func (c *checker) madeField(part, name string, t model.Type) {
	f, _ := c.fieldNamed(name)
	switch {
	case strings.Contains(name, "."):
		c.badf(part, "%q is a member of the row itself, and has no dot", name)
	case f.Type != t || f.Nullable || f.Through != "" || f.Returned != model.ReturnedAlways || t == model.TypeString && f.Collation != model.Binary || f.Spelling != nil:
		c.badf(part, "the field %s is made of the parent's: of type %v, answered always, never null and, if it is a string, of the collation binary", name, t)
	case len(f.Params) > 0 || len(f.Ops) > 0 || f.Filter || f.Sort || f.As != "":
		c.badf(part, "the server does not know the field %s, which is made of the parent's: leave params, ops, filter, sort and as out", name)
	}
}

// added is what the rows of one parent get.
type added struct {
	as, key string // the fields; no key if rows have one
	value   jsontext.Value
	prefix  string // of the key
}

// members returns the members of the row with a key of its own.
func (a *added) members(own string) []member {
	out := []member{{a.as, a.value}}
	if a.key != "" {
		key, _ := jsontext.AppendQuote(nil, a.prefix+"/"+own) // of texts of JSON: it is UTF-8
		out = append(out, member{a.key, key})
	}
	return out
}

// of returns the listing of one parent. It fails if the value cannot stand in a path.
func (l *listing) of(value string) (*listing, error) {
	p := l.Definition.Parent
	if !isKeySegment(value) {
		reason := fmt.Sprintf("cannot be %.100q, the %s of a row of %s: a segment of a path is not empty, . or .., also between slashes, and has no control character", value, p.Field, p.Definition.Name)
		return nil, &VariableError{Path: l.Path, Name: p.Variable, Parent: p.Definition.Name, Reason: reason}
	}
	child := *l
	child.Path = strings.ReplaceAll(l.Path, "{"+p.Variable+"}", escapeSegment(value))
	child.Definition.Parent = nil
	child.parent = &added{as: p.As, prefix: url.PathEscape(value), value: jsontext.Value(value)}
	if f, _ := l.fieldNamed(p.As); f.Type == model.TypeString {
		child.parent.value, _ = jsontext.AppendQuote(nil, value)
	}
	if p.Key != l.Layout.ID {
		child.parent.key = p.Key
	}
	return &child, nil
}

// variableParam is the parameter of a plan that has the parents' values.
func (p Parent) variableParam() string { return "{" + p.Variable + "}" }

// parents returns the values of parents that a scan names, if it does, and the scan of one
// parent's rows.
func (l *listing) parents(scan plan.Scan) (values []string, named bool, own plan.Scan) {
	if l.Definition.Parent == nil {
		return nil, false, scan
	}
	name := l.Definition.Parent.variableParam()
	if values, named = scan.Query[name]; !named {
		return nil, false, scan
	}
	q := url.Values{}
	for param, v := range scan.Query {
		if param != name {
			q[param] = v
		}
	}
	scan.Query = q
	scan.Conjuncts = slices.DeleteFunc(slices.Clone(scan.Conjuncts), func(c plan.Conjunct) bool { return len(c.Params) > 0 && c.Params[0].Name == name })
	return values, true, scan
}

// describeParents says for which parents a request is sent.
func (l *listing) describeParents(scan plan.Scan, r paginate.Request) string {
	p := l.Definition.Parent
	values, named, own := l.parents(scan)
	child := *l
	child.Definition.Parent = nil
	switch {
	case len(values) == 1:
		if one, err := l.of(values[0]); err == nil {
			child = *one
		}
		return child.Describe(own, r)
	case named:
		return child.Describe(own, r) + ", for " + p.As + " " + strings.Join(values, ", ")
	}
	rows, _, err := newListing(nil, p.Definition)
	if err != nil {
		return child.Describe(own, r) // its faults are found before
	}
	return child.Describe(own, r) + ", for each row of " + rows.Describe(plan.Scan{}, paginate.Request{Limit: p.Definition.Paging.Max})
}

// isGone reports whether an answer says that what was asked for does not exist.
func isGone(err error) bool {
	answer, ok := errors.AsType[*transport.APIError](err)
	return ok && (answer.Status == http.StatusNotFound || answer.Status == http.StatusGone)
}
