package shelftest

import (
	"regexp"
	"slices"
	"strings"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query/rest/expression/expressiontest"
)

// lacks refuses a filter that has what a server's dialect of a language does not have.
func lacks(n *expressiontest.Node, ops ...expressiontest.Op) error {
	if slices.Contains(ops, n.Op) {
		return refuse("there is no operator %q", n.Op)
	}
	for _, term := range n.Terms {
		if err := lacks(term, ops...); err != nil {
			return err
		}
	}
	return nil
}

// only refuses tests of a field by other operators than these.
func only(n *expressiontest.Node, field string, ops ...expressiontest.Op) error {
	if n.Field == field && !slices.Contains(ops, n.Op) {
		return refuse("%s is not compared by %q", field, n.Op)
	}
	for _, term := range n.Terms {
		if err := only(term, field, ops...); err != nil {
			return err
		}
	}
	return nil
}

// lucenePrefixes reads a query of Lucene's, in which term* is a prefix. The evaluator has no
// wildcards: it reads a term that no field has, and the tree then has the prefix.
func lucenePrefixes(lang *expressiontest.Evaluator, q string) (expressiontest.Filter, error) {
	const mark = "prefix0123"
	f, err := lang.Parse(prefixTerm.ReplaceAllString(q, ":${1}"+mark))
	if err == nil {
		mend(f.Root, mark)
	}
	return f, err
}

// prefixTerm is a term with an asterisk at its end.
var prefixTerm = regexp.MustCompile(`:([^\s"\\()\[\]{}*?:]+)\*`)

// mend makes prefixes of equalities with a marked value.
func mend(n *expressiontest.Node, mark string) {
	for _, term := range n.Terms {
		mend(term, mark)
	}
	if n.Op != expressiontest.Equal || n.Values[0].Type() != model.TypeString {
		return
	}
	if prefix, ok := strings.CutSuffix(n.Values[0].Str(), mark); ok {
		n.Op, n.Values = expressiontest.StartsWith, []model.Value{model.String(prefix)}
	}
}
