package yaml

import (
	"fmt"
	"strings"
	"time"

	"github.com/go-json-experiment/json/jsontext"
	"go.yaml.in/yaml/v4"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query/rest"
)

// spelling returns the spelling of a field, which it makes if need be.
func spelling(f *rest.Field) *model.Spelling {
	if f.Spelling == nil {
		f.Spelling = new(model.Spelling)
	}
	return f.Spelling
}

// textFormat is the format of numbers and booleans that stand in strings.
const textFormat = "text"

// checkFormat checks that the format at a node is one of the field's type.
func (r *reader) checkFormat(n *yaml.Node, f rest.Field) {
	scalar := f.Type == model.TypeInt || f.Type == model.TypeDecimal || f.Type == model.TypeFloat || f.Type == model.TypeBool
	switch {
	case n == nil || f.Type == model.TypeNull:
	case n.Value == textFormat && !scalar:
		r.failf(n, "a field of type %v has no format text: numbers and booleans in strings have it", f.Type)
	case n.Value != textFormat && f.Element() != model.TypeDateTime:
		r.failf(n, "a field of type %s has no format: instants, of type %v, have one, and numbers and booleans in strings are text", f.TypeName(), model.TypeDateTime)
	}
}

// layouts reads {layouts: […], zone: ZONE}.
func (r *reader) layouts(n *yaml.Node, part string, to *model.Spelling) {
	before := len(r.errs)
	r.members(n, "a format", part, map[string]func(*yaml.Node){
		"layouts": r.texts(&to.Layouts),
		"zone": func(n *yaml.Node) {
			zone, err := zoneOf(n.Value)
			if err != nil {
				r.failf(n, "%v", err)
			}
			to.Zone = zone
		},
	})
	if len(to.Layouts) == 0 && len(r.errs) == before {
		r.failf(n, "a format is a name, or {layouts: [LAYOUT, …], zone: ZONE}")
	}
}

// zoneOf returns the zone of a name, such as Europe/Berlin, or of an offset, such as
// +02:00. The zone of this machine would make a definition mean something else elsewhere.
func zoneOf(name string) (*time.Location, error) {
	if t, err := time.Parse("-07:00", name); err == nil {
		_, offset := t.Zone()
		return time.FixedZone(name, offset), nil
	}
	zone, err := time.LoadLocation(name)
	if err != nil || name == "" || name == "Local" {
		return nil, fmt.Errorf("there is no zone %q; zones are such as UTC, Europe/Berlin or +02:00", name)
	}
	return zone, nil
}

// nulls reads a list of values that mean null.
func (r *reader) nulls(n *yaml.Node, to *model.Spelling) {
	if n.Kind != yaml.SequenceNode {
		r.failf(n, "a list of values is wanted here")
		return
	}
	for _, v := range n.Content {
		if null := r.scalar(v); null != "" {
			to.Nulls = append(to.Nulls, null)
		}
	}
}

// scalar returns a value but null as JSON has it; "" if the node has none.
func (r *reader) scalar(n *yaml.Node) string {
	switch {
	case n.Kind != yaml.ScalarNode:
		r.failf(n, "a text, a number, true or false is wanted here")
		return ""
	case n.Tag == "!!null":
		r.failf(n, "null means null in any case; a text is quoted")
		return ""
	case n.Tag == "!!bool":
		return strings.ToLower(n.Value)
	case jsontext.Value(n.Value).IsValid() && (n.Tag == "!!int" || n.Tag == "!!float"):
		return n.Value
	}
	text, _ := jsontext.AppendQuote(nil, n.Value) // it is UTF-8
	return string(text)
}

// absent sets what a missing member means.
func (r *reader) absent(to *string) func(*yaml.Node) {
	return func(n *yaml.Node) { *to = r.scalar(n) }
}

// nodeOf returns the node of a scalar of JSON; nil for none.
func nodeOf(value string) *yaml.Node {
	if value == "" {
		return nil
	}
	node := &yaml.Node{Kind: yaml.ScalarNode, Value: value}
	if text, err := jsontext.AppendUnquote(nil, value); err == nil {
		node.Value, node.Tag, node.Style = string(text), "!!str", yaml.DoubleQuotedStyle
	}
	return node
}

// spell writes a spelling into a field.
func (f *field) spell(s model.Spelling) {
	if len(s.Layouts) > 0 {
		format := struct {
			Layouts []string `yaml:"layouts,flow"`
			Zone    string   `yaml:"zone,omitempty"`
		}{Layouts: s.Layouts}
		if s.Zone != nil {
			format.Zone = s.Zone.String()
		}
		f.Format = format
	}
	if s.Text {
		f.Format = textFormat
	}
	for _, null := range s.Nulls {
		f.Nulls = append(f.Nulls, nodeOf(null))
	}
}
