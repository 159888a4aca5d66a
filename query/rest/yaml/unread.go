package yaml

import (
	"cmp"
	"errors"
	"maps"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/muster-go/muster/query/rest/expression"
)

// unread returns the parts that have a fault so far: members of the definition, such as
// "paging", fields, such as "fields.2", and what an expression says, such as
// "expression.ops.eq".
func (r *reader) unread(root *yaml.Node) map[string]bool {
	all := partsOf(root, "")
	for _, p := range slices.Clone(all) {
		if p.name == expressionPart {
			for _, member := range partsOf(p.value, expressionPart+".") {
				all = append(append(all, member), partsOf(member.value, member.name+".")...)
			}
		}
	}
	for name, n := range r.parts {
		if index, ok := strings.CutPrefix(name, "fields."); ok && !strings.Contains(index, ".") {
			all = append(all, part{name: name, at: n})
		}
	}
	compare := func(p part, line, column int) int { return cmp.Or(p.at.Line-line, p.at.Column-column) }
	slices.SortFunc(all, func(a, b part) int {
		return cmp.Or(compare(a, b.at.Line, b.at.Column), strings.Compare(a.name, b.name))
	})
	out := map[string]bool{}
	for _, err := range r.errs {
		fault, ok := errors.AsType[*Error](err)
		if !ok {
			continue
		}
		i, found := slices.BinarySearchFunc(all, fault, func(p part, f *Error) int { return compare(p, f.Line, f.Column) })
		if !found {
			i-- // it begins before the fault
		}
		if i < 0 {
			out[""] = true
			continue
		}
		out[r.meantBy(all[i].name)] = true
	}
	return out
}

// meantBy returns the part that a part is meant to be: a member of the expression may be
// misspelled, or the expression not be read at all.
func (r *reader) meantBy(part string) string {
	rest, ok := strings.CutPrefix(part, expressionPart+".")
	member, _, _ := strings.Cut(rest, ".")
	switch whole := expressionPart + "." + member; {
	case !ok || r.parts[whole] != nil:
		return part
	case r.unknown[whole] != "":
		return r.unknown[whole]
	case r.described:
		return whole // it is like no member
	}
	return expressionPart
}

// expressionPart is the member with the dialect of expressions.
const expressionPart = "expression"

// part is a part of a definition.
type part struct {
	name      string
	at, value *yaml.Node // where it begins, and what it says
}

// partsOf returns the members of a mapping; nil if it is none.
func partsOf(n *yaml.Node, prefix string) (all []part) {
	for i := 0; n.Kind == yaml.MappingNode && i+1 < len(n.Content); i += 2 {
		all = append(all, part{prefix + n.Content[i].Value, n.Content[i], n.Content[i+1]})
	}
	return all
}

// follows reports whether a fault of a part may be due to what was not read: of the same
// member or field, of the dialect, which says what fields may have, or of the fields, which
// have the key.
func follows(part string, unread map[string]bool) bool {
	top, rest, _ := strings.Cut(part, ".")
	index, _, _ := strings.Cut(rest, ".")
	fields := slices.ContainsFunc(slices.Collect(maps.Keys(unread)), func(p string) bool { return strings.HasPrefix(p, "fields") })
	for p := range unread {
		if said, ok := strings.CutPrefix(p, expressionPart+"."); ok && followsFrom(part, said) {
			return true
		}
	}
	switch {
	case unread[""], unread[top], unread[top+"."+index]:
		return true
	case unread["dialect"], unread["expression"], unread["profile"]:
		return top == "fields" || top == "lists" || top == "expression" || top == "paging"
	case unread["request"], unread["paging"], unread["layout"]:
		return top == "request" || top == "paging" || top == "layout"
	}
	return fields && (top == "layout" || part == "fields")
}

// followsFrom reports whether a fault of a part may be due to what an expression says and
// was not read, such as "ops.eq".
func followsFrom(part, unread string) bool {
	if own := expressionPart + "." + unread; part == own || strings.HasPrefix(part, own+".") {
		return true
	}
	top, rest, _ := strings.Cut(part, ".")
	of, _, _ := strings.Cut(rest, ".")
	within := func(members ...string) bool { return top == expressionPart && slices.Contains(members, of) }
	_, test, inOps := strings.Cut(rest, ".ops.")
	inOps = inOps && top == "fields"
	switch member, inner, _ := strings.Cut(unread, "."); member {
	case "ops":
		return inOps && (inner == test || expression.Op(inner).Check() != nil)
	case "text": // the collations of fields
		return top == "fields" || top == "parent"
	case "to":
		return within("to") || top == "paging" || top == "request" || top == "fields"
	case "shape":
		return inOps || within("ops", "group", "limits")
	case "quote":
		return top == "fields" || within("ops", "base")
	case "and", "or", "group": // how conditions are joined, and whether they are text
		return top == "fields" || top == "paging" || top == expressionPart
	}
	return false // nothing else rests on it
}
