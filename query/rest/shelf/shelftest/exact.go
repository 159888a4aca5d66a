package shelftest

import (
	"fmt"
	"slices"
	"strings"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query/rest/expression/expressiontest"
)

// exactly returns the test of a filter of which some columns are compared exactly, where the
// evaluator ignores case: texts there are written in characters that have no case.
func exactly(f expressiontest.Filter, exact columns) func(expressiontest.Row) bool {
	f.Root = encoded(f.Root, exact)
	return func(row expressiontest.Row) bool {
		for _, col := range exact {
			if v, ok := row[col.name]; ok {
				row[col.name] = model.String(caseless(v.Str()))
			}
		}
		return f.Match(row)
	}
}

// encoded copies a tree, in which the texts of some columns are caseless.
func encoded(n *expressiontest.Node, exact columns) *expressiontest.Node {
	out := *n
	out.Terms = make([]*expressiontest.Node, len(n.Terms))
	for i, term := range n.Terms {
		out.Terms[i] = encoded(term, exact)
	}
	if _, err := exact.find(n.Field); err == nil {
		out.Values = slices.Clone(n.Values)
		for i, v := range out.Values {
			if v.Type() == model.TypeString {
				out.Values[i] = model.String(caseless(v.Str()))
			}
		}
	}
	return &out
}

// caseless writes a text such that equality, prefixes, suffixes and substrings stay, and
// letters that differ in case alone have nothing in common.
func caseless(s string) string {
	var b strings.Builder
	for _, c := range s {
		fmt.Fprintf(&b, "<%d>", c)
	}
	return b.String()
}
