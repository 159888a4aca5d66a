package rest

import (
	"bytes"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/muster-go/muster/model"
)

// absent is a member that a row may lack, and what it means then.
type absent struct {
	path  string
	value jsontext.Value
}

// absents returns what rows may lack.
func (d Definition) absents() (list []absent) {
	for _, f := range d.Fields {
		if f.Absent != "" {
			list = append(list, absent{f.Name, jsontext.Value(f.Absent)})
		}
	}
	return list
}

// fill returns a row with a value for each member that it lacks and that means one.
func fill(row jsontext.Value, list []absent) (jsontext.Value, error) {
	if row.Kind() != jsontext.KindBeginObject {
		return row, nil // the decoder says that it wants an object
	}
	paths := make([]string, len(list))
	for i, a := range list {
		paths[i] = a.path
	}
	there, err := locate(row, paths...)
	if err != nil {
		return nil, err
	}
	var missing []absent
	for i, a := range list {
		if there[i].Value == nil {
			missing = append(missing, a)
		}
	}
	if len(missing) == 0 {
		return row, nil
	}
	return appendFilled(make([]byte, 0, len(row)+64), row, missing)
}

// appendFilled appends an object with members that it lacks, some of them in objects of it.
func appendFilled(dst []byte, object jsontext.Value, missing []absent) ([]byte, error) {
	json := jsontext.NewDecoder(bytes.NewBuffer(object))
	if _, err := json.ReadToken(); err != nil {
		return nil, err
	}
	dst = append(dst, '{')
	for json.PeekKind() != jsontext.KindEndObject {
		t, err := json.ReadToken()
		if err != nil {
			return nil, err
		}
		name := t.String()
		value, err := json.ReadValue()
		if err != nil {
			return nil, err
		}
		dst = appendName(dst, name)
		inside, others := leadInto(missing, name)
		switch kind := value.Kind(); {
		case len(inside) == 0 || kind != jsontext.KindBeginObject && kind != jsontext.KindNull:
			dst, missing = append(dst, value...), others // the decoder does not look into a scalar
			continue
		case kind == jsontext.KindNull:
			value = jsontext.Value("{}")
		}
		if dst, err = appendFilled(dst, value, inside); err != nil {
			return nil, err
		}
		missing = others
	}
	for len(missing) > 0 {
		head, _, leads := strings.Cut(missing[0].path, ".")
		dst = appendName(dst, head)
		if !leads {
			dst, missing = append(dst, missing[0].value...), missing[1:]
			continue
		}
		inside, others := leadInto(missing, head)
		var err error
		if dst, err = appendFilled(dst, jsontext.Value("{}"), inside); err != nil {
			return nil, err
		}
		missing = others
	}
	return append(dst, '}'), nil
}

// leadInto returns the members inside the one of a name, by the rest of their paths, and
// the others.
func leadInto(list []absent, name string) (inside, others []absent) {
	for _, a := range list {
		if rest, ok := strings.CutPrefix(a.path, name+"."); ok {
			inside = append(inside, absent{rest, a.value})
			continue
		}
		others = append(others, a)
	}
	return inside, others
}

// appendName appends the name of a member.
func appendName(dst []byte, name string) []byte {
	if dst[len(dst)-1] != '{' {
		dst = append(dst, ',')
	}
	dst, _ = jsontext.AppendQuote(dst, name) // of JSON, or of a definition: it is UTF-8
	return append(dst, ':')
}

// absent checks what a missing member means.
func (c *checker) absent(part string, f Field) {
	if f.Absent == "" {
		return
	}
	part += ".absent"
	switch {
	case f.Name == c.Layout.ID || c.Definition.made(f.Name):
		c.badf(part, "every row has %s: leave absent out", f.Name)
	case f.Through != "" || slices.Contains([]model.Type{model.TypeRef, model.TypeRefs, model.TypeJSON, model.TypeList}, f.Type):
		c.badf(part, "a missing %s means null: absent is for fields of the types int, decimal, float, string, bool and datetime", f.Name)
	case f.Returned != model.ReturnedAlways:
		c.badf(part, "rows may lack %s because it was not asked for: absent is for a field that is answered always", f.Name)
	case !f.holds(f.Absent):
		c.badf(part, "the value %.100s is not one of %s, a field of type %v", f.Absent, f.Name, f.Type)
	}
}

// holds reports whether JSON is a value of the field, and not null.
func (f Field) holds(value string) bool {
	if !jsontext.Value(value).IsValid() {
		return false
	}
	field := f.Field
	field.Name, field.Nullable = "value", false
	if field.Spelling != nil {
		spelling := *field.Spelling
		field.Spelling, spelling.Nulls = &spelling, nil
	}
	schema, err := model.NewSchema("values", model.Field{Name: "id", Type: model.TypeInt}, field)
	if err != nil {
		return true // which is another fault
	}
	decoder, err := model.NewDynamicDecoder(schema, model.Layout{ID: "id"})
	if err != nil {
		return true
	}
	_, err = decoder.Decode([]byte(`[{"id":1,"value":` + value + `}]`))
	return err == nil
}
