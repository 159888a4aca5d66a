package yaml

import (
	"fmt"
	"math"
	"strconv"

	"go.yaml.in/yaml/v4"

	"github.com/muster-go/muster/query/rest"
)

// Limits on a tree, which aliases could make endless.
const (
	maxNodes = 20_000
	maxDepth = 100
)

// request reads {method: POST, body: …, follow: GET}.
func (r *reader) request(to *rest.Definition) func(*yaml.Node) {
	return func(n *yaml.Node) {
		r.members(n, "a request", "request.", map[string]func(*yaml.Node){"method": r.text(&to.Method), "follow": r.text(&to.Follow), "body": r.template(&to.Body)})
	}
}

// selection reads the name of a parameter, or {param: NAME, replaces: true}.
func (r *reader) selection(to *rest.Definition) func(*yaml.Node) {
	return func(n *yaml.Node) {
		if n.Kind != yaml.MappingNode {
			r.text(&to.Select)(n)
			return
		}
		r.members(n, "select", "select.", map[string]func(*yaml.Node){"param": r.text(&to.Select), "replaces": r.flag(&to.Replaces)})
	}
}

// columns reads a list of names, or the path of the member that has them.
func (r *reader) columns(to *rest.Shape) func(*yaml.Node) {
	return func(n *yaml.Node) {
		if n.Kind == yaml.SequenceNode {
			if r.texts(&to.Columns)(n); len(n.Content) == 0 {
				r.failf(n, "rows have columns, and this list has none")
			}
			return
		}
		r.text(&to.ColumnsAt)(n)
	}
}

// order reads {ascending: TEMPLATE, descending: TEMPLATE, join: TEXT, behind: TEMPLATE}.
func (r *reader) order(to *rest.Order) func(*yaml.Node) {
	return func(n *yaml.Node) {
		r.members(n, "an order", "paging.order.", map[string]func(*yaml.Node){
			"ascending": r.template(&to.Ascending), "descending": r.template(&to.Descending), "join": r.text(&to.Join),
			"behind": r.text(&to.Behind),
		})
	}
}

// param reads the parameter of an operator: its name, {name: NAME, value: TEMPLATE},
// {name: NAME, values: {VALUE: SENT}} or {name: NAME, verdict: superset, refuse: [TEXT]}.
func (r *reader) param(f *rest.Field, op string, n *yaml.Node) {
	var name string
	if n.Kind != yaml.MappingNode {
		r.text(&name)(n)
		f.Params[op] = name
		return
	}
	var v rest.Value
	before := len(r.errs)
	r.members(n, "a parameter", "", map[string]func(*yaml.Node){
		"name": r.text(&name), "value": r.text(&v.Template), "verdict": r.switched(&v.Superset, "exact", "superset"), "refuse": r.texts(&v.Refuse),
		"values": r.valuesSent(&v.Map),
	})
	if len(r.errs) == before && (name == "" || v.Template == "" && v.Map == nil && !v.Superset && v.Refuse == nil) {
		r.failf(n, "a parameter is a name, {name: NAME, value: \"TEMPLATE {}\"}, {name: NAME, values: {VALUE: SENT}} or {name: NAME, verdict: superset}")
	}
	if f.Values == nil {
		f.Values = map[string]rest.Value{}
	}
	f.Params[op], f.Values[op] = name, v
}

// valuesSent sets what is sent for each value.
func (r *reader) valuesSent(to *map[string]string) func(*yaml.Node) { //nolint:gocritic // it sets the map
	return func(n *yaml.Node) {
		*to = map[string]string{}
		r.mapping(n, "the list of values", func(key, value *yaml.Node) {
			var sent string
			r.text(&sent)(value)
			(*to)[key.Value] = sent
		})
	}
}

// tree returns a node as JSON has it.
func (r *reader) tree(n *yaml.Node) any {
	t := treeReader{reader: r}
	return t.read(n, 0)
}

// treeReader reads one tree.
type treeReader struct {
	*reader
	nodes int
}

// read returns the value of a node.
func (t *treeReader) read(n *yaml.Node, depth int) any {
	if t.nodes++; t.nodes > maxNodes || depth > maxDepth {
		if t.nodes <= maxNodes+1 {
			t.failf(n, "the tree is too large: it may have %d values, %d deep", maxNodes, maxDepth)
		}
		t.nodes = maxNodes + 1
		return nil
	}
	switch n.Kind {
	case yaml.SequenceNode:
		list := make([]any, 0, len(n.Content))
		for _, child := range n.Content {
			list = append(list, t.read(child, depth+1))
		}
		return list
	case yaml.MappingNode:
		object := map[string]any{}
		t.mapping(n, "the object", func(key, value *yaml.Node) { object[key.Value] = t.read(value, depth+1) })
		return object
	case yaml.ScalarNode, yaml.DocumentNode, yaml.AliasNode, yaml.StreamNode:
	}
	value, err := scalar(n)
	if text, ok := value.(string); ok {
		err = rest.CheckText(text, true)
	}
	if err != nil {
		t.failf(n, "%v", err)
	}
	return value
}

// scalar returns the value of a scalar as JSON has it. A date is a text.
func scalar(n *yaml.Node) (any, error) {
	switch n.Tag {
	case "!!null":
		return nil, nil //nolint:nilnil // a value of JSON
	case "!!bool":
		var b bool
		err := n.Decode(&b)
		return b, err
	case "!!int":
		var i int64
		if n.Decode(&i) != nil {
			return nil, fmt.Errorf("the number %.60s does not fit 64 bits; a text is quoted", n.Value)
		}
		return i, nil
	case "!!float":
		f, err := strconv.ParseFloat(n.Value, 64)
		if err != nil || math.IsInf(f, 0) || math.IsNaN(f) {
			return nil, fmt.Errorf("JSON has no number %.60s; a text is quoted", n.Value)
		}
		return f, nil
	}
	return n.Value, nil
}
