package plan

import (
	"slices"
	"strings"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model"
)

// selectFields resolves the names of [Select]. What is named twice comes once.
func selectFields(names []string, schema *model.Schema) ([]*model.Field, error) {
	var selected []*model.Field
	for _, name := range names {
		fields, reason := fieldsNamed(strings.TrimSpace(name), schema)
		if reason != "" {
			return nil, &OptionError{"select", name, reason}
		}
		for _, f := range fields {
			if !slices.Contains(selected, f) {
				selected = append(selected, f)
			}
		}
	}
	return selected, nil
}

// fieldsNamed is what one name selects, or the reason why that is nothing: a field is
// itself, roles.* what is below roles, and * the fields that are the row's own. With a
// star come those fields alone of which it is known that a server returns them.
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
		return nil, "of none of these fields is it known that the server returns it"
	}
	return fields, ""
}

// stars are the names that select several fields.
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

// unknownField is why a name that is no field is refused, with what may have
// been meant.
func unknownField(name string, schema *model.Schema) string {
	names := make([]string, schema.Len())
	for i := range names {
		names[i] = schema.Field(i).Name
	}
	return "no such field" + meantOf(name, names)
}

// meantOf is which of the names may have been meant, or all of them.
func meantOf(name string, names []string) string {
	if meant := dsl.Suggest(name, names); meant != "" {
		return "; did you mean " + meant + "?"
	}
	return "; there are " + strings.Join(names, ", ")
}
