package answer

import (
	"maps"
	"slices"
	"strings"

	"github.com/muster-go/muster/dsl"
)

// Params returns the parameters that a filter uses. A shell sets them once for many
// filters, while the library refuses one that a filter leaves unused. A numbered
// parameter needs all numbered ones.
func Params(params map[string]string, filter string) map[string]string {
	tree, err := dsl.Parse(filter)
	if err != nil || len(params) == 0 {
		return nil // planning reports what is wrong
	}
	marks := marksOf(tree.Root)
	numbered := strings.Contains(strings.Join(marks, ""), "$")
	some := maps.Clone(params)
	maps.DeleteFunc(some, func(name, _ string) bool {
		if strings.Trim(name, "0123456789") == "" {
			return !numbered
		}
		return !slices.Contains(marks, ":"+name)
	})
	return some
}

// marksOf returns the parameters of a filter as it writes them.
func marksOf(root dsl.Node) (marks []string) {
	for _, l := range dsl.Literals(root) {
		if l.Kind == dsl.LitParam {
			marks = append(marks, l.Text)
		}
	}
	return marks
}
