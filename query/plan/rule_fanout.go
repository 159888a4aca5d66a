package plan

import (
	"slices"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model"
)

// TextFolder is a [Dialect] of a server that may ignore more differences between texts
// than the collation of a field does. Values that are one to the server are asked for once.
type TextFolder interface {
	// SameText reports whether texts are equal to the server.
	SameText(f *model.Field, a, b string) bool
}

// fannedOut returns the alternative that asks for each value of a list by itself, for a
// server that has no test of a list; nil for none. No row is in two branches, because no
// two values are equal and a row has one.
func (p *planner) fannedOut(terms []dsl.Node, single *alternative) *alternative {
	if p.off(ruleFanOut) {
		return nil
	}
	for c := range single.local() {
		in, ok := c.Node.(*dsl.In)
		if !ok || !in.Path.Direct() || c.Verdict != Unsupported || len(in.Values) > maxParts {
			continue
		}
		groups := p.sameToServer(distinct(in), in.Path.Field)
		if len(groups) < 2 || !p.pushes(listed(in, groups[0])) || p.pushes(listed(in, slices.Concat(groups[:2]...))) {
			continue
		}
		at := slices.Index(terms, c.Node)
		if at < 0 {
			continue
		}
		requests := plural(len(groups), "request")
		a := &alternative{name: func() string { return requests + " for a value of " + in.Path.Name + " each" }}
		a.why = "each value of " + in.Path.Name + " is asked for by itself: " + c.Reason
		for _, values := range groups {
			b := &branch{terms: slices.Clone(terms)}
			b.terms[at] = listed(in, values)
			a.branches = append(a.branches, b)
		}
		return a
	}
	return nil
}

// pushes reports whether the server can be asked for a condition, by itself.
func (p *planner) pushes(n dsl.Node) bool {
	return p.dialect.Classify([]dsl.Node{n})[0].Verdict != Unsupported
}

// sameToServer groups the values that are one to the server.
func (p *planner) sameToServer(values []*dsl.Literal, f *model.Field) (groups [][]*dsl.Literal) {
	folder, folds := p.dialect.(TextFolder)
	for _, v := range values {
		i := -1
		if folds && f.Type == model.TypeString {
			i = slices.IndexFunc(groups, func(g []*dsl.Literal) bool { return folder.SameText(f, g[0].Value.Str(), v.Value.Str()) })
		}
		if i < 0 {
			groups = append(groups, []*dsl.Literal{v})
			continue
		}
		groups[i] = append(groups[i], v)
	}
	return groups
}

// listed is the condition that a field has one of the values.
func listed(in *dsl.In, values []*dsl.Literal) dsl.Node {
	if len(values) == 1 {
		return &dsl.Compare{Path: in.Path, Op: dsl.Eq, Value: values[0], Range: in.Range}
	}
	return &dsl.In{Path: in.Path, Values: values, Range: in.Range}
}
