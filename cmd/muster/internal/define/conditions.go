package define

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query/rest"
)

// affix is what stands before or behind a field's name in a parameter, as [plain] has it,
// and the operator that it means.
type affix struct{ before, behind, op string }

// affixes are tried in turn. after and before are taken for strict: a server that is not
// then gives a row too many, which the doctor sees, where the opposite would lose one.
func affixes() []affix {
	return []affix{
		{"", "", "eq"},
		{"", "gte", "gteq"},
		{"", "ge", "gteq"},
		{"", "gt", "gt"},
		{"", "lte", "lteq"},
		{"", "le", "lteq"},
		{"", "lt", "lt"},
		{"", "ne", "neq"},
		{"", "neq", "neq"},
		{"", "not", "neq"},
		{"not", "", "neq"},
		{"", "in", "in"},
		{"", "after", "gt"},
		{"", "before", "lt"},
		{"", "since", "gteq"},
		{"", "until", "lteq"},
		{"", "from", "gteq"},
		{"", "to", "lteq"},
		{"min", "", "gteq"},
		{"", "min", "gteq"},
		{"max", "", "lteq"},
		{"", "max", "lteq"},
		{"from", "", "gteq"},
		{"to", "", "lteq"},
		{"", "startswith", "start"},
		{"", "prefix", "start"},
		{"", "endswith", "end"},
		{"", "suffix", "end"},
		{"", "contains", "contains"},
		{"", "like", "contains"},
		{"", "isnull", "null"},
	}
}

// timeEndings are what the names of instants end with and parameters leave out:
// created_after is of created_at.
func timeEndings() []string { return []string{"", "at", "on", "date", "time"} }

// conditions gives the parameters that mean a condition on a field to that field.
func (d *document) conditions(params []*openapi3.Parameter) {
	var others []string
	lists := map[rest.Lists]bool{}
	for _, p := range params {
		i, op, ok := d.conditionOf(p)
		switch {
		case ok:
			f := &d.Fields[i]
			if f.Params == nil {
				f.Params = map[string]string{}
			}
			f.Params[op] = p.Name
			if isList(p) {
				f.Params[op] = strings.TrimSuffix(p.Name, "[]")
				lists[listsOf(p)] = true
			}
			part := fmt.Sprintf("fields.%d.params", i)
			reason := fmt.Sprintf("%s as %s: %s", shown(p.Name), op, reasonOf(p))
			if had := d.notes[part]; had != "" {
				reason = had + "; " + reason
			}
			d.becausef(part, "%s", reason)
		case p.Required:
			d.unknownf("params", "the server wants the parameter %s: give its value below params", shown(p.Name))
		default:
			others = append(others, shown(p.Name))
		}
	}
	if how := slices.Sorted(maps.Keys(lists)); len(how) > 0 {
		d.Lists = how[0]
		d.becausef("lists", "as the parameters of lists say")
		if len(how) > 1 {
			d.unknownf("lists", "some parameters take lists as %s, and a definition has one way", how[1])
		}
	}
	if len(others) > 0 {
		const most = 20
		if len(others) > most {
			others = append(others[:most], "…")
		}
		d.unknownf("params", "parameters that are no condition on a field by their names, or a second one like another: %s", strings.Join(others, ", "))
	}
}

// conditionOf returns the field that a parameter is a condition on, and the operator.
func (d *document) conditionOf(p *openapi3.Parameter) (field int, op string, ok bool) {
	if rest.CheckText(p.Name, false) != nil {
		return 0, "", false
	}
	name := bare(p.Name)
	for _, a := range affixes() {
		stem, is := strings.CutPrefix(name, a.before)
		if stem, is = cutSuffix(stem, a.behind, is); !is {
			continue
		}
		for i, f := range d.Fields {
			ending := slices.ContainsFunc(timeEndings(), func(e string) bool {
				return bare(f.Name) == stem+e && (e == "" || f.Type == model.TypeDateTime && a.op != "eq")
			})
			if ending && stem != "" {
				return i, d.operator(f, a.op, p), d.allows(f, d.operator(f, a.op, p))
			}
		}
	}
	return 0, "", false
}

func cutSuffix(text, suffix string, before bool) (string, bool) {
	stem, ok := strings.CutSuffix(text, suffix)
	return stem, ok && before
}

// bare is a name without what joins its words: "createdatgte" for "created_at[gte]".
func bare(name string) string {
	return strings.NewReplacer(".", "", "[", "", "]", "").Replace(plain(name))
}

// operator is the operator of a parameter whose name means op: a list of values is in, and
// a description may say that a bound is meant too.
func (*document) operator(f rest.Field, op string, p *openapi3.Parameter) string {
	words := strings.ToLower(p.Description)
	inclusive := strings.Contains(words, "inclusive") || strings.Contains(words, "or equal") || strings.Contains(words, "on or ") || strings.Contains(words, "at or ")
	switch {
	case op == "eq" && isList(p) && f.Type != model.TypeBool:
		return "in"
	case op == "gt" && inclusive:
		return "gteq"
	case op == "lt" && inclusive:
		return "lteq"
	}
	return op
}

// allows reports whether a field can have the operator, and has none for it yet.
func (*document) allows(f rest.Field, op string) bool {
	of := map[model.Type][]string{
		model.TypeString:   rest.Operators(),
		model.TypeInt:      {"eq", "neq", "gt", "gteq", "lt", "lteq", "in", "null"},
		model.TypeDecimal:  {"eq", "neq", "gt", "gteq", "lt", "lteq", "in", "null"},
		model.TypeDateTime: {"eq", "neq", "gt", "gteq", "lt", "lteq", "in", "null"},
		model.TypeBool:     {"eq", "neq"},
	}
	return slices.Contains(of[f.Type], op) && f.Params[op] == ""
}

func isList(p *openapi3.Parameter) bool {
	return p.Schema != nil && p.Schema.Value != nil && p.Schema.Value.Type.Is("array")
}

// listsOf is how a parameter takes several values. By default each is a parameter.
func listsOf(p *openapi3.Parameter) rest.Lists {
	switch {
	case strings.HasSuffix(p.Name, "[]"):
		return rest.Brackets
	case p.Explode != nil && !*p.Explode:
		return rest.Comma
	}
	return rest.Repeat
}
