package rest

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/muster-go/muster/model"
)

// checker gathers the faults of a definition.
type checker struct {
	Definition
	found []Fault
	taken map[string]use // the parameters of a request
}

// use is what a parameter of a request is for.
type use struct {
	what  string
	field string // of a field's parameter
	op    string
}

func (c *checker) badf(part, format string, args ...any) {
	c.found = append(c.found, Fault{part, fmt.Errorf(format, args...)})
}

// faults returns every fault of a definition whose defaults are filled in.
func (d Definition) faults() []Fault {
	c := &checker{Definition: d, taken: map[string]use{}}
	if d.Name == "" {
		c.badf("resource", "it has no name")
	}
	if !strings.HasPrefix(d.Path, "/") {
		c.badf("path", "its path %q does not begin with /", d.Path)
	}
	if strings.ContainsAny(d.Path, "?#") {
		c.badf("path", "its path %q holds more than a path: what every request has is for params", d.Path)
	}
	c.paging()
	c.sorting()
	c.lists()
	c.layout()
	c.client()
	c.key()
	c.parameters()
	for i, f := range d.Fields {
		c.field("fields."+strconv.Itoa(i), f)
	}
	return c.found
}

// paging checks that the style has the parameters that it needs, and no others.
func (c *checker) paging() {
	p := c.Paging
	if p.Max < 1 {
		c.badf("paging.max", "a page of %d rows", p.Max)
	}
	uses := map[Style][]string{
		Keyset: nil, Forward: {"from", "after", "until"}, After: {"after"}, Token: {"token"}, Offset: {"skip"}, Page: {"page"}, Link: nil,
	}
	known, ok := uses[p.Style]
	if !ok {
		c.badf("paging.style", "there is no paging style %q; there are %s, %s, %s, %s, %s, %s and %s", p.Style, Keyset, Forward, After, Token, Offset, Page, Link)
		return
	}
	of := map[string]string{"from": p.From, "after": p.After, "until": p.Until, "token": p.Token, "skip": p.Skip, "page": p.Page}
	for _, name := range slices.Sorted(maps.Keys(of)) {
		if of[name] != "" && !slices.Contains(known, name) {
			c.badf("paging."+name, "paging by %s has no use for %s", p.Style, name)
		}
	}
	needs := func(name, value string) {
		if value == "" {
			c.badf("paging", "paging by %s needs the parameter %s", p.Style, name)
		}
	}
	switch p.Style {
	case Keyset:
		if c.Syntax == nil {
			c.badf("paging.style", "paging by keyset is not for the dialect %s; forward is", KeyValue)
		}
	case Forward:
		needs("from or after", p.From+p.After)
	case After:
		needs("after", p.After)
	case Token:
		needs("token", p.Token)
		if c.Layout.Next == "" {
			c.badf("layout", "paging by token needs the member of a page that holds the token: next")
		}
	case Offset:
		needs("skip", p.Skip)
		needs("limit", p.Limit)
	case Page:
		needs("page", p.Page)
	case Link:
	}
}

// sorting checks the direction of a sort.
func (c *checker) sorting() {
	p := c.Paging
	if p.Direction == "" {
		for _, m := range []struct{ name, value string }{{"ascending", p.Ascending}, {"descending", p.Descending}, {"ties", string(p.Ties)}} {
			if m.value != "" {
				c.badf("paging."+m.name, "without the parameter of a sort's direction there is no use for %s", m.name)
			}
		}
		return
	}
	if p.Sort == "" || p.Style == Keyset {
		c.badf("paging.direction", "a direction is that of a sort by a parameter, and paging has none that is used: sort")
	}
	if p.Ascending == p.Descending {
		c.badf("paging.direction", "%s=%s would be both directions", p.Direction, p.Ascending)
	}
	if p.Ties != "" && p.Ties != TiesAlong && p.Ties != TiesAscending {
		c.badf("paging.ties", "there is no order of ties %q; there are %s and %s", p.Ties, TiesAlong, TiesAscending)
	}
}

// lists checks how lists are sent.
func (c *checker) lists() {
	switch {
	case c.Syntax != nil && c.Lists != "":
		c.badf("lists", "lists are for the dialect %s; %s has its own", KeyValue, c.Dialect())
	case c.Syntax == nil && c.Lists != Comma && c.Lists != Repeat && c.Lists != Brackets:
		c.badf("lists", "lists are not sent as %q; there are %s, %s and %s", c.Lists, Comma, Repeat, Brackets)
	}
}

// layout checks that no member of a page has two meanings.
func (c *checker) layout() {
	l := c.Layout
	members := []struct{ name, path string }{
		{"rows", l.Rows},
		{"has_more", l.HasMore},
		{"next", l.Next},
		{"previous", l.Previous},
		{"total", l.Total},
		{"included", l.Included},
		{"meta", l.Meta},
	}
	for i, m := range members {
		if m.path != "" && l.Rows == "" {
			c.badf("layout."+m.name, "a page has no member %q where it is the list of rows: name the rows, too", m.path)
		}
		for j, other := range members {
			switch {
			case m.path == "" || other.path == "":
			case m.path == other.path && i > j:
				c.badf("layout."+m.name, "the member %q is both %s and %s", m.path, other.name, m.name)
			case strings.HasPrefix(m.path, other.path+"."):
				c.badf("layout."+m.name, "the path %q leads into %q, which is %s and is not looked into", m.path, other.path, other.name)
			}
		}
	}
}

// key checks that rows have a key.
func (c *checker) key() {
	id := c.Layout.ID
	switch i := slices.IndexFunc(c.Fields, func(f Field) bool { return f.Name == id }); {
	case len(c.Fields) == 0:
		c.badf("fields", "it has no fields: name the ones that rows have, the key %s among them", id)
	case i < 0:
		c.badf("layout.id", "no field is called %q, as the key of a row is", id)
	default:
		c.keyField(c.Fields[i])
	}
}

// keyField checks that a field can be the key. Paging by the key adds one to a key and
// halves ranges of keys, which only numbers allow.
func (c *checker) keyField(key Field) {
	style := c.Paging.Style
	byKey := style == Keyset || style == Forward
	switch {
	case key.Type != model.TypeInt && key.Type != model.TypeString || key.Nullable || key.Through != "":
		c.badf("layout.id", "the key %q must be a field of type int or string that is never null", key.Name)
	case key.Type == model.TypeString && byKey:
		c.badf("layout.id", "the key %q is a string, and paging by %s compares ids as numbers; it must be of type int, or pages go by %s, %s, %s, %s or %s",
			key.Name, style, After, Token, Link, Offset, Page)
	}
}

// parameters claims the parameters that belong to no field, each for one use.
func (c *checker) parameters() {
	p := c.Paging
	for _, own := range []struct{ part, name string }{
		{"paging.limit", p.Limit},
		{"paging.sort", p.Sort},
		{"paging.direction", p.Direction},
		{"paging.from", p.From},
		{"paging.after", p.After},
		{"paging.until", p.Until},
		{"paging.token", p.Token},
		{"paging.skip", p.Skip},
		{"paging.page", p.Page},
		{"select", c.Select},
		{"auth.query", c.Auth.Query},
	} {
		c.claim(own.part, own.name, use{what: own.part})
	}
	if p.Style == Keyset { // which page by what the API calls them
		c.claim("paging.style", "cursor_start", use{what: "paging by keyset"})
		c.claim("paging.style", "count", use{what: "paging by keyset"})
	}
	for name := range c.Params {
		if by, ok := c.taken[name]; ok {
			c.badf("params", "the parameter %q is that of %s, and cannot be sent with every request", name, by.what)
		}
	}
}

// claim takes a parameter for a use. Only an equality and a list of values of the same
// field can share one: a list of one value is that equality.
func (c *checker) claim(part, name string, by use) {
	if name == "" {
		return
	}
	other, ok := c.taken[name]
	switch shared := []string{"eq", "in"}; {
	case !ok:
		c.taken[name] = by
	case by.field == "" || by.field != other.field || !slices.Contains(shared, by.op) || !slices.Contains(shared, other.op):
		c.badf(part, "the parameter %q is that of %s too: one request could not say both", name, other.what)
	}
}

// field checks what a field declares of the server.
func (c *checker) field(part string, f Field) {
	if f.Sort && c.Paging.Sort == "" && c.Paging.Style != Keyset {
		c.badf(part+".sort", "the server is said to sort by %s, and paging does not name the parameter: sort", f.Name)
	}
	if f.Sort && c.Paging.Direction != "" && c.Paging.Ties == "" && f.Name != c.Layout.ID {
		c.badf(part+".sort", "the server sorts by one field, %s, and it is not said how it orders rows that are alike in it: name ties in paging, %s or %s, or leave sort out", f.Name, TiesAlong, TiesAscending)
	}
	if f.Sort && (f.Format == model.FormatUnixMilli || f.Format == model.FormatRFC3339Nano) {
		unit := map[model.TimeFormat]string{model.FormatUnixMilli: "millisecond", model.FormatRFC3339Nano: "fraction of a second"}[f.Format]
		c.badf(part+".sort", "a server sorts %s by the "+unit+", and rows are in order of seconds here, within which the key decides: leave sort out", f.Name)
	}
	if f.Through == "" {
		c.path(part+".name", f.Name)
	}
	if inner, ok := strings.CutPrefix(f.Name, f.Through+"."); ok && strings.Contains(inner, ".") {
		c.badf(part+".name", "the path %q goes further than a member of what %s refers to", f.Name, f.Through)
	}
	if c.Syntax != nil {
		if len(f.Params) > 0 {
			c.badf(part+".params", "parameters for %s are for the dialect %s; with %s a field says filter: true", f.Name, KeyValue, c.Dialect())
		}
		if reason := c.Syntax.Unfilterable(&f.Field); f.Filter && reason != "" {
			c.badf(part+".filter", "%s: leave filter out", reason)
		}
		return
	}
	if f.Filter {
		c.badf(part+".filter", "filter is not for the dialect %s: %s names its params", KeyValue, f.Name)
	}
	for _, op := range slices.Sorted(maps.Keys(f.Params)) {
		at := part + ".params." + op
		switch {
		case !slices.Contains(Operators(), op):
			c.badf(at, "field %s: there is no operator %q; there are %s", f.Name, op, strings.Join(Operators(), ", "))
			continue
		case !slices.Contains(operatorsOf(f.Type), op):
			c.badf(at, "a field of type %s such as %s has no operator %s; it has %s", f.Type, f.Name, op, strings.Join(operatorsOf(f.Type), ", "))
		case f.Params[op] == "":
			c.badf(at, "the operator %s of %s names no parameter", op, f.Name)
		}
		c.claim(at, f.Params[op], use{what: op + " of " + f.Name, field: f.Name, op: op})
	}
}

// path checks the name of a field of the row, which may be a path into its objects.
func (c *checker) path(part, name string) {
	if strings.Contains("."+name+".", "..") && name != "" {
		c.badf(part, "the path %q has a part without a name", name)
	}
	for _, f := range c.Fields {
		if f.Through != "" || !strings.HasPrefix(name, f.Name+".") {
			continue
		}
		switch f.Type {
		case model.TypeJSON:
			c.badf(part, "the path %q leads into %s, which is a field itself, of type json, and is not looked into", name, f.Name)
		case model.TypeRef, model.TypeRefs:
			c.badf(part, "the path %q leads into the reference %s: what it refers to is read with through: %s", name, f.Name, f.Name)
		case model.TypeNull, model.TypeInt, model.TypeDecimal, model.TypeString, model.TypeBool, model.TypeDateTime: // beside it there may be a name with a dot
		}
	}
}

// operatorsOf returns the operators that the language has for fields of a type.
func operatorsOf(t model.Type) []string {
	switch t {
	case model.TypeString:
		return Operators()
	case model.TypeInt, model.TypeDecimal, model.TypeDateTime:
		return []string{"eq", "neq", "gt", "gteq", "lt", "lteq", "in", "null"}
	case model.TypeBool, model.TypeRef, model.TypeRefs:
		return []string{"eq", "neq", "in", "null"}
	case model.TypeJSON:
		return []string{"null"}
	case model.TypeNull:
	}
	return nil
}
