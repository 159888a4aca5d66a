package query

import (
	"net/url"
	"slices"

	"github.com/muster-go/muster/dsl"
)

// maxQueryBytes bounds the filter parameters of a request, escaped. Servers cut
// the request line at 8 KiB (nginx's large_client_header_buffers, Apache's
// LimitRequestLine); the rest is for the path, the fields and the paging.
const maxQueryBytes = 7 << 10

const reasonLength = "the request line would be longer than the 8 KiB that servers take"

// fitRequest takes parameters out of a branch until its request line is one that
// servers take. What is taken out is evaluated locally; of a long `not in`, only
// the tail.
func (p *planner) fitRequest(b *branch) {
	for b.empty == "" && b.queryBytes() > maxQueryBytes {
		longest := 0
		for i := range b.conjuncts {
			if paramBytes(b.conjuncts[i].Params) > paramBytes(b.conjuncts[longest].Params) {
				longest = i
			}
		}
		c := &b.conjuncts[longest]
		room := maxQueryBytes - (b.queryBytes() - paramBytes(c.Params))
		head, tail, ok := p.splitNotIn(*c, room)
		if !ok {
			c.Pushdown = Pushdown{Reason: reasonLength}
			continue
		}
		*c = head
		b.conjuncts = append(b.conjuncts, tail)
	}
}

func (b *branch) queryBytes() int {
	n := 0
	for _, c := range b.conjuncts {
		n += paramBytes(c.Params)
	}
	return n
}

func paramBytes(params []string) int {
	n := 0
	for _, param := range params {
		n += len("&filter=") + len(url.QueryEscape(param))
	}
	return n
}

// splitNotIn parts `x not in (…)` into one that fits the room and the rest.
func (p *planner) splitNotIn(c Conjunct, room int) (head, tail Conjunct, ok bool) {
	not, ok := c.Node.(*dsl.Not)
	if !ok || c.Verdict != Exact {
		return head, tail, false
	}
	in, ok := not.X.(*dsl.In)
	if !ok {
		return head, tail, false
	}
	k := fitting(len(in.Values), paramBytes(c.Params), room)
	if k == 0 || k == len(in.Values) {
		return head, tail, false
	}
	part := func(values []*dsl.Literal) dsl.Node {
		return &dsl.Not{X: &dsl.In{Path: in.Path, Values: values, Range: in.Range}, Range: not.Range}
	}
	first := part(in.Values[:k])
	push := p.dialect.Classify([]dsl.Node{first})[0]
	if push.Verdict != Exact || push.Never || paramBytes(push.Params) > room {
		return head, tail, false
	}
	return Conjunct{first, push}, Conjunct{part(in.Values[k:]), Pushdown{Reason: reasonLength}}, true
}

// fitting is how many of n values fit the room, when all take bytes; a tenth is
// kept back, since values differ in length.
func fitting(n, bytes, room int) int {
	if room <= 0 || bytes == 0 {
		return 0
	}
	return min(n, n*room/bytes*9/10)
}

// chunked returns the alternatives that ask for a long `in` by several requests,
// each with a part of the values: disjoint, since no two values are equal.
func (p *planner) chunked(terms []dsl.Node) []*alternative {
	if p.settings.without[ruleChunks] {
		return nil
	}
	var out []*alternative
	for i, term := range terms {
		in, ok := term.(*dsl.In)
		if !ok {
			continue
		}
		push := p.dialect.Classify([]dsl.Node{in})[0]
		size := paramBytes(push.Params)
		if push.Verdict != Exact || size <= maxQueryBytes/2 {
			continue
		}
		chunk := fitting(len(in.Values), size, maxQueryBytes/2)
		if chunk == 0 {
			continue
		}
		a := &alternative{}
		for values := range slices.Chunk(distinct(in), chunk) {
			b := &branch{terms: slices.Clone(terms)}
			b.terms[i] = &dsl.In{Path: in.Path, Values: values, Range: in.Range}
			a.branches = append(a.branches, b)
		}
		a.name = plural(len(a.branches), "part") + " of the values of " + in.Path.Name
		out = append(out, a)
	}
	return out
}

// distinct is the list's values in order, without those that are equal under the
// field's collation, so that no row satisfies two parts.
func distinct(in *dsl.In) []*dsl.Literal {
	compare := func(a, b *dsl.Literal) int { return compareValues(a.Value, b.Value, in.Path.Field.Collation) }
	values := slices.Clone(in.Values)
	slices.SortStableFunc(values, compare)
	return slices.CompactFunc(values, func(a, b *dsl.Literal) bool { return compare(a, b) == 0 })
}
