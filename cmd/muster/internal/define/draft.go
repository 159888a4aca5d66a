package define

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/muster-go/muster/model/display"
	"github.com/muster-go/muster/query/rest"
	definition "github.com/muster-go/muster/query/rest/yaml"
)

// Draft is a definition in the making, with the reason for each of its parts.
type Draft struct {
	rest.Definition

	head  []string
	notes map[string]string // by part: "paging.style", "fields.0.type"
	open  []openQuestion
}

// openQuestion is a part that could not be told, and what to look at.
type openQuestion struct{ part, text string }

// maxNote is the most bytes of a comment.
const maxNote = 300

// becausef gives the reason for a part. Parts have the names of [rest.Fault].
func (d *Draft) becausef(part, format string, args ...any) {
	if d.notes == nil {
		d.notes = map[string]string{}
	}
	if text := fmt.Sprintf(format, args...); text != "" {
		d.notes[part] = display.Bounded(text, maxNote)
	}
}

// unknownf says what could not be told about a part, and what to look at.
func (d *Draft) unknownf(part, format string, args ...any) {
	d.open = append(d.open, openQuestion{part, display.Bounded(fmt.Sprintf(format, args...), maxNote)})
}

// headf adds a line above the definition.
func (d *Draft) headf(format string, args ...any) {
	d.head = append(d.head, display.Bounded(fmt.Sprintf(format, args...), maxNote))
}

// Open returns what could not be told, a line each.
func (d *Draft) Open() []string {
	lines := make([]string, 0, len(d.open))
	for _, q := range d.open {
		lines = append(lines, q.part+": "+q.text)
	}
	return lines
}

// YAML writes the definition with its reasons as comments. It fails if the definition has
// faults.
func (d *Draft) YAML() ([]byte, error) {
	written, err := definition.Write(d.Definition)
	if err != nil {
		return nil, err
	}
	var doc yaml.Node
	if err := yaml.Unmarshal(written, &doc); err != nil {
		return nil, err
	}
	root := doc.Content[0]
	dropDefaults(root)
	for part, note := range d.notes {
		comment(root, part, note)
	}
	for _, q := range d.open {
		d.ask(root, q)
	}
	var b bytes.Buffer
	for _, line := range d.head {
		b.WriteString("# " + line + "\n")
	}
	e := yaml.NewEncoder(&b)
	e.SetIndent(2)
	if err := e.Encode(root); err != nil {
		return nil, err
	}
	return b.Bytes(), e.Close()
}

// dropDefaults removes members that say what is so without them.
func dropDefaults(root *yaml.Node) {
	_, fields := lookUp(root, "fields")
	for _, f := range fields.Content {
		for i := 0; i+1 < len(f.Content); i += 2 {
			if f.Content[i].Value == "returned" && f.Content[i+1].Value == "always" {
				f.Content = append(f.Content[:i], f.Content[i+2:]...)
				break
			}
		}
	}
}

// lookUp returns the key and the value of a part; nil if it is not there. The key of an
// item of a list is the item.
func lookUp(n *yaml.Node, part string) (key, value *yaml.Node) {
	value = n
	for part != "" {
		var name string
		name, part, _ = strings.Cut(part, ".")
		key, n, value = nil, value, nil
		for i, child := range n.Content {
			switch {
			case n.Kind == yaml.SequenceNode && strconv.Itoa(i) == name:
				key, value = child, child
			case n.Kind == yaml.MappingNode && i%2 == 0 && child.Value == name:
				key, value = child, n.Content[i+1]
			}
		}
		if value == nil {
			return nil, nil
		}
	}
	return key, value
}

// comment puts a text at the line of a part. A part of several lines has it above.
func comment(root *yaml.Node, part, text string) {
	key, value := lookUp(root, part)
	switch {
	case value == nil:
	case value.Kind == yaml.ScalarNode:
		value.LineComment = "# " + text
	default:
		key.HeadComment = "# " + text
	}
}

// ask writes an open question as a comment above the first member of its part's parent.
func (d *Draft) ask(root *yaml.Node, q openQuestion) {
	parent, name := "", q.part
	if i := strings.LastIndexByte(q.part, '.'); i >= 0 {
		parent, name = q.part[:i], q.part[i+1:]
	}
	_, at := lookUp(root, parent)
	if at == nil || len(at.Content) == 0 {
		at, name = root, q.part
	}
	line := "# " + name + "? " + q.text
	if first := at.Content[0]; first.HeadComment == "" {
		first.HeadComment = line
	} else {
		first.HeadComment += "\n" + line
	}
}
