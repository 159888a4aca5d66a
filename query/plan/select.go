package plan

import (
	"slices"
	"strings"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model"
)

// selectFields resolves [Options.Select] and drops duplicates.
func selectFields(names []string, schema *model.Schema) ([]*model.Field, error) {
	var selected []*model.Field
	for _, name := range names {
		fields, reason := fieldsNamed(strings.TrimSpace(name), schema)
		if reason != "" {
			return nil, &OptionError{Option: "select", Value: name, Reason: reason}
		}
		for _, f := range fields {
			if !slices.Contains(selected, f) {
				selected = append(selected, f)
			}
		}
	}
	return selected, nil
}

// fieldsNamed returns the fields that one name selects, or the reason why there are
// none. A field's name selects the field, roles.* the fields below roles, and * the
// row's own fields. A star selects only fields that a server is known to return.
func fieldsNamed(name string, schema *model.Schema) (fields []*model.Field, reason string) {
	above, starred := strings.CutSuffix(name, "*")
	if f, ok := schema.Lookup(name); ok {
		return []*model.Field{f}, ""
	} else if !starred {
		return nil, unknownField(name, schema)
	}
	if !slices.Contains(stars(schema), name) {
		return nil, "no such fields" + meantOf(name, stars(schema))
	}
	for i := range schema.Len() {
		f := schema.Field(i)
		is := f.Through == ""
		if above != "" {
			is = strings.HasPrefix(f.Name, above)
		}
		if is && (f.Returned == model.ReturnedAlways || f.Returned == model.ReturnedOnRequest) {
			fields = append(fields, f)
		}
	}
	if len(fields) == 0 {
		return nil, "the server is not known to return any of these fields"
	}
	return fields, ""
}

// stars returns the names that select several fields.
func stars(schema *model.Schema) []string {
	names := []string{"*"}
	for i := range schema.Len() {
		name := schema.Field(i).Name
		if dot := strings.LastIndexByte(name, '.'); dot > 0 && !slices.Contains(names, name[:dot]+".*") {
			names = append(names, name[:dot]+".*")
		}
	}
	return names
}

// unknownField is the reason of an unknown field, with a suggestion.
func unknownField(name string, schema *model.Schema) string {
	names := make([]string, schema.Len())
	for i := range names {
		names[i] = schema.Field(i).Name
	}
	return "no such field" + meantOf(name, names)
}

// meantOf suggests a similar name, or else lists all names.
func meantOf(name string, names []string) string {
	if meant := dsl.Suggest(name, names); meant != "" {
		return "; did you mean " + meant + "?"
	}
	return "; valid names are " + strings.Join(names, ", ")
}

// names returns the fields' names, never nil.
func names(fields []*model.Field) []string {
	out := make([]string, len(fields))
	for i, f := range fields {
		out[i] = f.Name
	}
	return out
}
