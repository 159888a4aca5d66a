package define

import (
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/muster-go/muster/query/rest"
	"github.com/muster-go/muster/query/rest/expression"
)

// guessDialect names the filter language that the members of a page are a sign of. That
// the server filters by it is not tried: the draft leaves it to the reader.
func guessDialect(g *guess) error {
	for _, l := range leavesOf(g.base.page, g.Layout.Rows) {
		name := dialectOf(l.path, g.Layout.Rows)
		if name == "" {
			continue
		}
		g.unknownf("dialect", "the member %s is a sign of the filter language of dialect: %s; have it tried by muster doctor", shown(l.path), name)
		return nil
	}
	return nil
}

// dialectOf returns the dialect that a member of a page is a sign of; "" = none.
func dialectOf(member, rows string) string {
	switch {
	case strings.HasPrefix(member, "@odata."):
		return "odata"
	case member == "totalResults" && rows == "Resources":
		return "scim"
	}
	return ""
}

// filterParameter returns the parameter that takes all conditions as one expression, and its
// dialect: $filter is that of OData, and filter of SCIM if pages are those of SCIM.
func (d *document) filterParameter(params []*openapi3.Parameter, leaves []docLeaf) (name string, language expression.Dialect) {
	language, _ = expression.Preset("odata")
	if slices.ContainsFunc(leaves, func(l docLeaf) bool { return dialectOf(l.path, d.Layout.Rows) == "scim" }) {
		language, _ = expression.Preset("scim")
	}
	if slices.ContainsFunc(params, func(p *openapi3.Parameter) bool { return p.Name == language.To.Param }) {
		return language.To.Param, language
	}
	return "", language
}

// dialect declares the filter language of the parameter that takes an expression. If other
// parameters are conditions, or only a member of the response is a sign of a language, it is
// left to the reader.
func (d *document) dialect(parameter string, language expression.Dialect, leaves []docLeaf) {
	conditions := slices.ContainsFunc(d.Fields, func(f rest.Field) bool { return len(f.Params) > 0 })
	switch {
	case parameter != "" && conditions:
		d.unknownf("dialect", "the parameter %s is a sign of the filter language of dialect: %s, in place of the params; have it tried by muster doctor", parameter, language.Name)
		return
	case parameter != "":
		d.Expression = &language
		d.becausef("dialect", "the parameter %s takes its filters; have it tried by muster doctor", parameter)
		d.named(language)
		return
	}
	for _, l := range leaves {
		if name := dialectOf(l.path, d.Layout.Rows); name != "" {
			d.unknownf("dialect", "the member %s is a sign of the filter language of dialect: %s; have it tried by muster doctor", shown(l.path), name)
			return
		}
	}
}

// named gives fields the names that they have in expressions: OData has a slash between the
// names of a path. Its annotations, and names that an expression cannot have, have no tests.
func (d *document) named(language expression.Dialect) {
	for i := range d.Fields {
		f := &d.Fields[i]
		if language.Name == "odata" && strings.Contains(f.Name, ".") && !strings.Contains(f.Name, "@") {
			f.As = strings.ReplaceAll(f.Name, ".", "/")
		}
		if strings.Contains(f.Name, "@") || expression.CheckName(language, f.ServerName()) != nil {
			f.As, f.Ops = "", map[expression.Op]expression.Operator{}
		}
	}
}
