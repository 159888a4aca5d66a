package dsltest

import (
	"fmt"
	"time"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/model/modeltest"
)

// Tree generates a tree over s that [dsl.Check] accepts, with every predicate that the
// types of its fields take, with conditions on elements, with negations and with constants. A
// tree has few fields, so that its conditions can be merged. Constants are plain ones and dates;
// there are no parameters. A schema without a field to compare makes trees of constants.
func Tree(c modeltest.Choices, s *model.Schema) dsl.Node {
	return newGenerator(c, s, false, nil).node(c.N(4))
}

// ComputedTree generates a tree as [Tree] does, with conditions that compute besides: fields
// against fields, durations, arithmetic and functions.
func ComputedTree(c modeltest.Choices, s *model.Schema) dsl.Node {
	return newGenerator(c, s, true, nil).node(c.N(4))
}

// CallingTree generates a tree as [ComputedTree] does, which calls some functions besides, such as
// [Functions] and [FailingFunctions]. A check refuses a tree that calls a deterministic function
// that fails for constants.
func CallingTree(c modeltest.Choices, s *model.Schema, functions []dsl.Function) dsl.Node {
	return newGenerator(c, s, true, functions).node(c.N(4))
}

// CheckedTree generates a tree as [Tree] does, checked against s at a fixed time. An error
// is a fault of this package.
func CheckedTree(c modeltest.Choices, s *model.Schema) (dsl.Node, error) {
	n := Tree(c, s)
	checked, err := dsl.Check(dsl.Where(n), s, dsl.Now(time.Unix(1_700_000_000, 0)))
	if err != nil {
		return nil, fmt.Errorf("dsltest: %s: %w", dsl.Format(n), err)
	}
	return checked.Root, nil
}

// generator makes nodes about a few fields.
type generator struct {
	modeltest.Choices

	schema *model.Schema
	fields []*model.Field
	all    []*model.Field // those of operands; none for trees without

	functions []dsl.Function // of an environment
}

func (g generator) node(depth int) dsl.Node {
	if depth > 0 {
		switch g.N(4) {
		case 1:
			return flat(g.terms(depth), true)
		case 2:
			return flat(g.terms(depth), false)
		case 3:
			return &dsl.Not{X: g.node(depth - 1)}
		}
	}
	f := modeltest.Pick(g.Choices, g.fields...)
	if f == nil || g.N(12) == 11 {
		return &dsl.Const{Value: g.Bool()}
	}
	if len(g.all) > 0 && g.N(2) == 1 {
		return g.computed()
	}
	return g.predicate(f)
}

func (g generator) terms(depth int) []dsl.Node {
	terms := make([]dsl.Node, 2+g.N(4))
	for i := range terms {
		terms[i] = g.node(depth - 1)
	}
	return terms
}

// flat keeps the shape of a tree: no And inside an And.
func flat(terms []dsl.Node, and bool) dsl.Node {
	var out []dsl.Node
	for _, t := range terms {
		if a, ok := t.(*dsl.And); ok && and {
			out = append(out, a.Terms...)
		} else if o, ok := t.(*dsl.Or); ok && !and {
			out = append(out, o.Terms...)
		} else {
			out = append(out, t)
		}
	}
	if and {
		return &dsl.And{Terms: out}
	}
	return &dsl.Or{Terms: out}
}
