package plan

import (
	"cmp"
	"slices"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model"
)

// fitRequest removes parameters from a branch until its request fits. The removed
// conditions are evaluated locally; of a long `not in`, only the tail is.
//
// It removes the longest first, and conditions on fields that rows may not carry last.
// Before it removes one of those, it tries to split a list of values and returns the
// branches of the parts. It returns nil if the branch stays one.
func (p *planner) fitRequest(b *branch) []*branch {
	if p.fits(b.conjuncts) { // nearly every branch
		return nil
	}
	type removal struct{ at, size, needed int }
	order := make([]removal, len(b.conjuncts))
	total := 0
	for i, c := range b.conjuncts {
		order[i] = removal{at: i, size: p.size(c.Pushdown)}
		if needsServer(c.Node) {
			order[i].needed = 1
		}
		total += order[i].size
	}
	slices.SortStableFunc(order, func(a, b removal) int { return cmp.Or(cmp.Compare(a.needed, b.needed), cmp.Compare(b.size, a.size)) })
	b.conjuncts = slices.Clone(b.conjuncts) // other alternatives may hold them
	for _, r := range order {
		if total <= p.room.Size {
			break
		}
		if r.needed > 0 {
			if parts := p.splitLists(b); parts != nil {
				return parts
			}
		}
		c := &b.conjuncts[r.at]
		total -= r.size
		if head, tail, ok := p.splitNotIn(*c, p.room.Size-total); ok {
			*c = head
			b.conjuncts = append(b.conjuncts, tail)
		} else {
			c.Pushdown = Pushdown{Reason: p.room.Reason}
		}
	}
	return nil
}

// fits reports whether the parameters fit one request.
func (p *planner) fits(conjuncts []Conjunct) bool {
	total := 0
	for _, c := range conjuncts {
		for _, param := range c.Params {
			total += len("&=") + 3*(len(param.Name)+len(param.Value)) // if all of it were escaped
		}
	}
	if p.escaped && total <= p.room.Size { // nearly every branch, without a look at its bytes
		return true
	}
	total = 0
	for _, c := range conjuncts {
		total += p.size(c.Pushdown)
	}
	return total <= p.room.Size
}

// splitLists splits the branch by its longest pushed list of values, then by the next,
// until each part fits; nil if they cannot fit or become too many.
func (p *planner) splitLists(b *branch) []*branch {
	if p.off(ruleChunks) {
		return nil
	}
	parts := make([]*branch, 0, 2)
	for open := []*branch{b}; len(open) > 0; {
		part := open[0]
		open = open[1:]
		if p.fits(part.conjuncts) {
			parts = append(parts, part)
			continue
		}
		at := p.longestList(part.conjuncts)
		if at < 0 {
			return nil
		}
		open = append(open, p.splitValues(part, at, p.room.Size/4)...)
		if len(parts)+len(open) > maxParts {
			return nil
		}
	}
	return parts
}

// longestList returns the index of the longest conjunct that can be split by a list of
// values; -1 for none.
func (p *planner) longestList(conjuncts []Conjunct) int {
	at, longest := -1, 0
	for i, c := range conjuncts {
		in := listOf(c.Node)
		if n := p.size(c.Pushdown); in != nil && c.Verdict == Exact && len(in.Values) >= leastChunked && n > longest {
			at, longest = i, n
		}
	}
	return at
}

// maxParts is the most branches that lists of values are split into if rows may not
// carry the field.
const maxParts = 256

// splitValues splits a branch by the list of one of its conjuncts, into at least two
// parts whose lists take about size each.
func (p *planner) splitValues(b *branch, at, size int) []*branch {
	whole := b.conjuncts[at]
	n := len(listOf(whole.Node).Values)
	chunk := min(max(1, fitting(n, p.size(whole.Pushdown), size)), (n+1)/2)
	lists := pieces(whole.Node, chunk)
	parts := make([]*branch, 0, len(lists))
	for _, terms := range lists {
		part := *b
		part.conjuncts = slices.Delete(slices.Clone(b.conjuncts), at, at+1)
		for i, push := range p.dialect.Classify(terms) {
			part.conjuncts = append(part.conjuncts, Conjunct{terms[i], push})
		}
		parts = append(parts, &part)
	}
	return parts
}

// listOf returns the list of values by which a condition can be split; nil for none. It
// is the list of an `in`, with or without `or is null`, or of a `not in`. A `not in` over
// strings has none, because their order depends on the server's collation. Nor has one of
// a path where a row may have several values: such a row would be in several parts.
func listOf(n dsl.Node) *dsl.In {
	switch n := n.(type) {
	case *dsl.In:
		if n.Path.Direct() {
			return n
		}
	case *dsl.Not:
		if in, ok := n.X.(*dsl.In); ok && in.Path.Direct() && in.Path.Field.Type != model.TypeString {
			return in
		}
	case *dsl.Or:
		if len(n.Terms) != 2 || onlyField(n) == nil {
			return nil
		}
		for i, t := range n.Terms {
			if is, ok := n.Terms[1-i].(*dsl.Is); ok && is.What == dsl.IsNull {
				if in, ok := t.(*dsl.In); ok && in.Path.Direct() {
					return in
				}
			}
		}
	}
	return nil
}

// pieces splits a condition with a list of values into conjunctions of at most size
// values each. A row that satisfies the condition satisfies exactly one of them. A
// `not in` is split by ranges, each with its own part of the values.
func pieces(n dsl.Node, size int) [][]dsl.Node {
	in := listOf(n)
	_, negated := n.(*dsl.Not)
	chunks := slices.Collect(slices.Chunk(distinct(in), size))
	var out [][]dsl.Node
	for k, values := range chunks {
		some := dsl.Node(&dsl.In{Path: in.Path, Values: values, Range: in.Range})
		if !negated {
			out = append(out, []dsl.Node{some})
			continue
		}
		piece := []dsl.Node{&dsl.Not{X: some, Range: n.Span()}}
		if k > 0 {
			piece = append(piece, &dsl.Compare{Path: in.Path, Op: dsl.Ge, Value: values[0], Range: in.Range})
		}
		if k+1 < len(chunks) {
			piece = append(piece, &dsl.Compare{Path: in.Path, Op: dsl.Lt, Value: chunks[k+1][0], Range: in.Range})
		}
		out = append(out, piece)
	}
	if _, or := n.(*dsl.Or); or {
		out = append(out, []dsl.Node{&dsl.Is{Path: in.Path, What: dsl.IsNull, Range: n.Span()}})
	}
	return out
}

// size returns how much of a request the parameters take.
func (p *planner) size(push Pushdown) int {
	if !p.escaped {
		return push.Size
	}
	n := 0
	for _, param := range push.Params {
		n += len("&=") + escapedLen(param.Name) + escapedLen(param.Value)
	}
	return n
}

// escapedLen returns the length of url.QueryEscape(s).
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

// splitNotIn splits `x not in (…)` into a head that fits the room and the tail.
func (p *planner) splitNotIn(c Conjunct, room int) (head, tail Conjunct, ok bool) {
	not, ok := c.Node.(*dsl.Not)
	if !ok || c.Verdict != Exact {
		return head, tail, false
	}
	in, ok := not.X.(*dsl.In)
	if !ok {
		return head, tail, false
	}
	k := fitting(len(in.Values), p.size(c.Pushdown), room)
	if k == 0 {
		return head, tail, false
	}
	part := func(values []*dsl.Literal) dsl.Node {
		return &dsl.Not{X: &dsl.In{Path: in.Path, Values: values, Range: in.Range}, Range: not.Range}
	}
	first := part(in.Values[:k])
	push := p.dialect.Classify([]dsl.Node{first})[0]
	if push.Verdict != Exact || p.size(push) > room {
		return head, tail, false
	}
	return Conjunct{first, push}, Conjunct{part(in.Values[k:]), Pushdown{Reason: p.room.Reason}}, true
}

// fitting returns how many of n values fit the room if all of them take size. It leaves
// a tenth free, because values differ in length.
func fitting(n, size, room int) int {
	if size == 0 {
		return 0
	}
	return int(int64(n) * int64(max(room, 0)) / int64(size) * 9 / 10)
}

// leastChunked is the length of the shortest list to split. A shorter one fits a request
// unless its texts are very long.
const leastChunked = 20

// chunked returns the alternative that sends the longest `in` in several requests, each
// with a part of the values; nil for none. The parts are disjoint, because no two values
// are equal and a row has one.
func (p *planner) chunked(terms []dsl.Node) *alternative {
	if p.off(ruleChunks) {
		return nil
	}
	var in *dsl.In
	at := 0
	for i, term := range terms {
		if t, ok := term.(*dsl.In); ok && t.Path.Direct() && len(t.Values) >= leastChunked && (in == nil || len(t.Values) > len(in.Values)) {
			in, at = t, i
		}
	}
	if in == nil {
		return nil
	}
	push := p.dialect.Classify([]dsl.Node{in})[0]
	size, half := p.size(push), p.room.Size/2
	if push.Verdict != Exact || size <= half {
		return nil
	}
	chunk := fitting(len(in.Values), size, half)
	if chunk == 0 {
		return nil
	}
	a := &alternative{}
	for values := range slices.Chunk(distinct(in), chunk) {
		b := &branch{terms: slices.Clone(terms)}
		b.terms[at] = &dsl.In{Path: in.Path, Values: values, Range: in.Range}
		a.branches = append(a.branches, b)
	}
	parts := plural(len(a.branches), "part")
	a.name = func() string { return parts + " of the values of " + in.Path.Name }
	a.why = "the values of " + in.Path.Name + " are sent in " + parts + ": with all of them " + p.room.Reason
	return a
}

// distinct returns the list's values in order and drops those that are equal under the
// field's collation, so that no row satisfies two parts.
func distinct(in *dsl.In) []*dsl.Literal {
	compare := func(a, b *dsl.Literal) int { return dsl.CompareValues(in.Path.Field, a.Value, b.Value) }
	values := slices.Clone(in.Values)
	slices.SortStableFunc(values, compare)
	return slices.CompactFunc(values, func(a, b *dsl.Literal) bool { return compare(a, b) == 0 })
}
