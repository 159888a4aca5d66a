package query

import (
	"cmp"
	"slices"

	"github.com/muster-go/muster/dsl"
)

// maxQueryBytes bounds the filter parameters of a request, escaped. Servers cut
// the request line at 8 KiB (nginx's large_client_header_buffers, Apache's
// LimitRequestLine); the rest is for the path, the fields and the paging.
const maxQueryBytes = 7 << 10

const reasonLength = "the request line would be longer than the 8 KiB that servers take"

// fitRequest takes parameters out of a branch until its request line is one that
// servers take, the longest first. What is taken out is evaluated locally; of a
// long `not in`, only the tail.
func (p *planner) fitRequest(b *branch) {
	if p.surelyFit(b.conjuncts) { // nearly every branch
		return
	}
	total := 0
	for _, c := range b.conjuncts {
		total += p.paramBytes(c.Params)
	}
	if total <= maxQueryBytes {
		return
	}
	b.conjuncts = slices.Clone(b.conjuncts) // other alternatives may hold them
	order := make([]int, len(b.conjuncts))
	sizes := make([]int, len(b.conjuncts))
	for i, c := range b.conjuncts {
		order[i], sizes[i] = i, p.paramBytes(c.Params)
	}
	slices.SortStableFunc(order, func(i, j int) int { return cmp.Compare(sizes[j], sizes[i]) })
	for _, i := range order {
		c := &b.conjuncts[i]
		total -= sizes[i]
		if head, tail, ok := p.splitNotIn(*c, maxQueryBytes-total); ok {
			*c = head
			b.conjuncts = append(b.conjuncts, tail)
			return
		}
		c.Pushdown = Pushdown{Reason: reasonLength}
		if total <= maxQueryBytes {
			return
		}
	}
}

// surelyFit reports whether the parameters fit even if every byte has to be
// escaped, as three. Names of a dialect's own can be of any length.
func (p *planner) surelyFit(conjuncts []Conjunct) bool {
	if _, spells := p.dialect.(Speller); spells {
		return false
	}
	n := 0
	for _, c := range conjuncts {
		for _, param := range c.Params {
			n += len("&filter=") + 3*len(param)
		}
	}
	return n <= maxQueryBytes
}

func (p *planner) paramBytes(params []string) int {
	n := 0
	for _, param := range params {
		name, value := spell(p.dialect, param)
		n += len("&=") + escapedLen(name) + escapedLen(value)
	}
	return n
}

// escapedLen is the length of url.QueryEscape(s).
func escapedLen(s string) int {
	n := len(s)
	for i := range len(s) {
		c := s[i]
		plain := 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' ||
			c == '-' || c == '_' || c == '.' || c == '~' || c == ' ' // a space becomes one +
		if !plain {
			n += 2
		}
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
	k := fitting(len(in.Values), p.paramBytes(c.Params), room)
	if k == 0 || k == len(in.Values) {
		return head, tail, false
	}
	part := func(values []*dsl.Literal) dsl.Node {
		return &dsl.Not{X: &dsl.In{Path: in.Path, Values: values, Range: in.Range}, Range: not.Range}
	}
	first := part(in.Values[:k])
	push := p.dialect.Classify([]dsl.Node{first})[0]
	if push.Verdict != Exact || push.Never || p.paramBytes(push.Params) > room {
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

// leastChunked is the shortest list that is worth a look: a shorter one fits a
// request, but for texts so long that the column of a user cannot hold them.
const leastChunked = 20

// chunked returns the alternative that asks for the longest `in` by several
// requests, each with a part of the values: disjoint, since no two values are
// equal.
func (p *planner) chunked(terms []dsl.Node) []*alternative {
	if p.settings.without[ruleChunks] {
		return nil
	}
	var longest *dsl.In
	at := 0
	for i, term := range terms {
		if in, ok := term.(*dsl.In); ok && len(in.Values) >= leastChunked && (longest == nil || len(in.Values) > len(longest.Values)) {
			longest, at = in, i
		}
	}
	if longest == nil {
		return nil
	}
	in := longest
	push := p.dialect.Classify([]dsl.Node{in})[0]
	size := p.paramBytes(push.Params)
	chunk := fitting(len(in.Values), size, maxQueryBytes/2)
	if push.Verdict != Exact || size <= maxQueryBytes/2 || chunk == 0 {
		return nil
	}
	a := &alternative{}
	for values := range slices.Chunk(distinct(in), chunk) {
		b := &branch{terms: slices.Clone(terms)}
		b.terms[at] = &dsl.In{Path: in.Path, Values: values, Range: in.Range}
		a.branches = append(a.branches, b)
	}
	a.name = func() string { return plural(len(a.branches), "part") + " of the values of " + in.Path.Name }
	return []*alternative{a}
}

// distinct is the list's values in order, without those that are equal under the
// field's collation, so that no row satisfies two parts.
func distinct(in *dsl.In) []*dsl.Literal {
	compare := func(a, b *dsl.Literal) int { return compareValues(a.Value, b.Value, in.Path.Field.Collation) }
	values := slices.Clone(in.Values)
	slices.SortStableFunc(values, compare)
	return slices.CompactFunc(values, func(a, b *dsl.Literal) bool { return compare(a, b) == 0 })
}
