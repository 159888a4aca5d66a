package main

import (
	"maps"
	"slices"
	"strings"

	"github.com/muster-go/muster/dsl"
)

// needed are those of the parameters that a filter uses: each of many filters uses
// its own, while a single one that leaves a value unused has a mistake in it. A
// numbered one needs all of them.
func needed(params map[string]string, filter string) map[string]string {
	tree, err := dsl.Parse(filter)
	if err != nil || len(params) == 0 {
		return nil // what is wrong is said when it is planned
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

// marksOf are the parameters of a filter as it writes them.
func marksOf(root dsl.Node) (marks []string) {
	for _, l := range dsl.Literals(root) {
		if l.Kind == dsl.LitParam {
			marks = append(marks, l.Text)
		}
	}
	return marks
}
