package rest

import (
	"maps"
	"slices"
	"strings"

	"github.com/muster-go/muster/model"
)

// field checks what a field declares of the server.
func (c *checker) field(part string, f Field) {
	if f.Sort && c.Paging.Sort == "" && c.Paging.Style != Keyset {
		c.badf(part+".sort", "the server is said to sort by %s, and paging does not name the parameter: sort", f.Name)
	}
	if f.Sort && c.Paging.Direction != "" && c.Paging.Ties == "" && f.Name != c.Layout.ID && c.Expression == nil { // a preset may have the direction: its order of ties is not known
		c.badf(part+".sort", "the server sorts by one field, %s, and it is not said how it orders rows that are alike in it: name ties in paging, %s or %s, or leave sort out", f.Name, TiesAlong, TiesAscending)
	}
	if f.Sort && f.Type == model.TypeList {
		c.badf(part+".sort", "a list has no order, and %s is one: leave sort out", f.Name)
	}
	c.spelling(part, f)
	c.absent(part, f)
	if f.Through == "" {
		c.path(part+".name", f.Name)
	}
	c.passes(part, f)
	if strings.Contains(f.As, ",") {
		c.badf(part+".as", "the server's name %q has a comma, which separates names", f.As)
	}
	if c.Syntax != nil {
		if f.As != "" {
			c.badf(part+".as", "the dialect %s calls fields what rows do: leave as out", c.Dialect())
		}
		if len(f.Params) > 0 {
			c.badf(part+".params", "parameters for %s are for the dialect %s; with %s a field says filter: true", f.Name, KeyValue, c.Dialect())
		}
		if reason := c.Syntax.Unfilterable(&f.Field); f.Filter && reason != "" {
			c.badf(part+".filter", "%s: leave filter out", reason)
		}
		return
	}
	if f.Filter {
		c.badf(part+".filter", "filter is not for the dialect %s: %s names its %s", c.Dialect(), f.Name, c.means())
	}
	if c.Expression != nil && len(f.Params) > 0 {
		c.badf(part+".params", "parameters for %s are for the dialect %s; with %s a field says which tests it has: ops", f.Name, KeyValue, c.Dialect())
		return
	}
	for _, op := range slices.Sorted(maps.Keys(f.Params)) {
		at := part + ".params." + op
		switch {
		case !slices.Contains(Operators(), op):
			c.badf(at, "field %s: there is no operator %q; there are %s", f.Name, op, strings.Join(Operators(), ", "))
			continue
		case !slices.Contains(operatorsOf(f.Field), op):
			c.badf(at, "a field of type %s such as %s has no operator %s; it has %s", f.TypeName(), f.Name, op, strings.Join(operatorsOf(f.Field), ", "))
		case f.Params[op] == "":
			c.badf(at, "the operator %s of %s names no parameter", op, f.Name)
		}
		c.claim(at, f.Params[op], use{what: op + " of " + f.Name, field: f.Name, op: op, spelled: !f.Values[op].isZero()})
	}
	c.values(part, f)
}

// values checks how parameters spell values.
func (c *checker) values(part string, f Field) {
	for _, op := range slices.Sorted(maps.Keys(f.Values)) {
		v, at := f.Values[op], part+".params."+op
		if f.Params[op] == "" {
			c.badf(at, "the operator %s of %s spells values, and names no parameter", op, f.Name)
		}
		if v.Template != "" && v.Map != nil {
			c.badf(at, "the operator %s of %s has a template and a list of values: leave one out", op, f.Name)
		} else if plain := v.Template == "" && (v.Superset || v.Refuse != nil); v.Map == nil && !plain && strings.Count(v.Template, "{}") != 1 {
			c.badf(at, "the template %q needs one place for the value; write it such as %q", v.Template, op+".{}")
		}
		if slices.Contains(v.Refuse, "") {
			c.badf(at, "the operator %s of %s refuses the empty text, which is in every value", op, f.Name)
		}
		sent := map[string]string{}
		for _, value := range slices.Sorted(maps.Keys(v.Map)) {
			if other, ok := sent[v.Map[value]]; ok {
				c.badf(at, "%q and %q are both sent as %q, so that the server cannot tell them apart: leave one out", other, value, v.Map[value])
			}
			sent[v.Map[value]] = value
		}
	}
}

// spelling checks what the server cannot be asked of values that it writes otherwise.
func (c *checker) spelling(part string, f Field) {
	if f.Spelling == nil {
		return
	}
	for _, layout := range f.Spelling.Layouts {
		if err := model.CheckTimeLayout(layout); err != nil {
			c.badf(part+".format.layouts", "field %s: %v", f.Name, err)
		}
	}
	if !f.hasNulls() {
		return
	}
	if !f.Nullable {
		c.badf(part+".nulls", "field %s: values mean null, and it is not nullable", f.Name)
	}
	if f.Sort {
		c.badf(part+".sort", "the server sorts %s with the values that mean null among the others: leave sort out", f.Name)
	}
	if f.Params["null"] != "" {
		c.badf(part+".params.null", "the server does not know that some values of %s mean null: leave the operator null out", f.Name)
	}
	if f.Filter {
		c.badf(part+".filter", "the server does not know that some values of %s mean null: leave filter out", f.Name)
	}
}

// passes checks the references that the path of a field passes through. What is inline is read
// where it stands. What is referred to has members, and none of them is a reference: who asks
// for its objects would get none.
func (c *checker) passes(part string, f Field) {
	if f.Inline && (f.Type != model.TypeRef && f.Type != model.TypeRefs || f.Through != "") {
		c.badf(part+".inline", "only a reference of the row itself is inline, and %s is not one: leave inline out", f.Name)
	}
	if c.isInline(f.Through) {
		return
	}
	if (f.Type == model.TypeRef || f.Type == model.TypeRefs) && f.Through != "" && c.through(f.Through) == "" { // one further in has the same cause
		c.badf(part+".type", "%[1]s is a reference in an object that %[2]s refers to, and rows do not have its objects: where those of %[2]s stand in the row, %[2]s is inline; else leave %[1]s out, or give it the type %[3]v", f.Name, f.Through, model.TypeJSON)
	}
	if inner, ok := strings.CutPrefix(f.Name, f.Through+"."); ok && strings.Contains(inner, ".") {
		c.badf(part+".name", "the path %q goes further than a member of what %s refers to", f.Name, f.Through)
	}
}

// isInline reports whether a path through the reference called name begins with an inline one.
func (c *checker) isInline(name string) bool {
	for n := len(c.Fields); n > 0 && name != ""; n-- { // no path is longer
		for _, f := range c.Fields {
			if f.Name == name && f.Inline {
				return true
			}
		}
		name = c.through(name)
	}
	return false
}

// through returns the reference that the path of the field called name passes through.
func (c *checker) through(name string) string {
	for _, f := range c.Fields {
		if f.Name == name {
			return f.Through
		}
	}
	return ""
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
		case model.TypeNull, model.TypeInt, model.TypeDecimal, model.TypeFloat, model.TypeString, model.TypeBool, model.TypeDateTime, model.TypeList: // beside it there may be a name with a dot
		}
	}
}

// operatorsOf returns the operators that parameters can have for a field.
func operatorsOf(f model.Field) []string {
	if f.Type == model.TypeList {
		operators := []string{"eq", "neq", "in", "null"}
		if f.Of == model.TypeDateTime || f.Of == model.TypeFloat { // servers count instants in steps of their own, and round floats
			return operators[3:]
		}
		if f.Of == model.TypeString {
			operators = append(operators, "start", "end", "contains")
		}
		return operators
	}
	switch f.Type {
	case model.TypeString:
		return Operators()
	case model.TypeInt, model.TypeDecimal, model.TypeDateTime:
		return []string{"eq", "neq", "gt", "gteq", "lt", "lteq", "in", "null"}
	case model.TypeBool, model.TypeRef, model.TypeRefs:
		return []string{"eq", "neq", "in", "null"}
	case model.TypeJSON, model.TypeFloat: // no server says how it rounds a float that it compares
		return []string{"null"}
	case model.TypeNull, model.TypeList:
	}
	return nil
}
