package knownanswer

import (
	"slices"
	"strings"
	"time"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model"
)

// The texts of misreadings: the first two are of every condition, the others of those on
// what may be null, on texts and on instants.
const (
	Ignore      = "ignore it"
	FindNothing = "find nothing"
	TakeNulls   = "take nulls along"
	FoldCase    = "ignore letter case alone"
	FoldAll     = "ignore letter case, accents or spaces at the end"
	ByBytes     = "compare texts by their bytes"
	ByMinutes   = "compare whole minutes"
	ByDays      = "compare whole days"
)

// Misreadings returns what servers are known to take a condition for in place of what it
// says. The Text of each question completes "the server seems to", as in "ignore it", and
// its rows are those that such a server would return. A misreading with the same rows as
// the condition cannot be told from it by these rows. The condition must be about a field,
// have been checked, and be in negation normal form.
func (r Rows[K]) Misreadings(n dsl.Node) ([]Question[K], error) {
	readings := append(misread(n), reading{Ignore, always(true)}, reading{FindNothing, always(false)})
	out := make([]Question[K], 0, len(readings)+1)
	for _, reading := range readings {
		if dsl.Equal(reading.node, n) {
			continue
		}
		q, err := r.Ask(reading.node)
		if err != nil {
			return nil, err
		}
		q.Text = reading.words
		out = append(out, q)
	}
	if f := dsl.Fields(n)[0]; f.Type == model.TypeString && len(dsl.Literals(n)) > 0 {
		for _, c := range mistaken(f.Collation) {
			q, err := r.under(c).askAgain(n)
			if err != nil {
				return nil, err
			}
			q.Text = map[model.Collation]string{model.Case: FoldCase, model.CI: FoldAll, model.Binary: ByBytes}[c]
			out = append(out, q)
		}
	}
	return out, nil
}

// mistaken returns the collations that servers have in place of c.
func mistaken(c model.Collation) []model.Collation {
	switch c {
	case model.Binary:
		return []model.Collation{model.Case, model.CI}
	case model.Case:
		return []model.Collation{model.CI, model.Binary}
	case model.CI:
	}
	return []model.Collation{model.Case, model.Binary}
}

// under returns the rows with their texts under another collation.
func (r Rows[K]) under(c model.Collation) Rows[K] {
	r.schema = r.schema.With(func(f *model.Field) {
		if f.Element() == model.TypeString {
			f.Collation = c
		}
	})
	return r
}

// askAgain is Ask for a condition that was checked against another schema.
func (r Rows[K]) askAgain(n dsl.Node) (Question[K], error) {
	parsed, err := dsl.Parse(dsl.Format(n))
	if err != nil {
		return Question[K]{}, err
	}
	checked, err := dsl.Check(parsed, r.schema)
	if err != nil {
		return Question[K]{}, err
	}
	return r.Ask(checked.Root)
}

// reading is what a server may take a condition for.
type reading struct {
	words string // what the server seems to do then
	node  dsl.Node
}

func always(value bool) dsl.Node { return &dsl.Const{Value: value} }

// misread returns the readings that depend on the kind of condition.
func misread(n dsl.Node) []reading {
	var out []reading
	switch n := n.(type) {
	case *dsl.Not:
		out = append(out, reading{"ignore the negation", n.X})
		if compare, ok := n.X.(*dsl.Compare); !ok || compare.Op != dsl.Eq {
			for _, inner := range misread(n.X) {
				if inner.words != TakeNulls { // its opposite leaves nulls out, as it should
					out = append(out, reading{inner.words, &dsl.Not{X: inner.node}})
				}
			}
			return append(out, withNulls(n)...)
		}
	case *dsl.Compare:
		for op := dsl.Eq; op <= dsl.Ge; op++ {
			if op != n.Op && n.Value.Value.Type() != model.TypeBool {
				out = append(out, reading{"read it as " + op.String(), &dsl.Compare{Path: n.Path, Op: op, Value: n.Value}})
			}
		}
		if n.Value.Value.Type() == model.TypeString && n.Op == dsl.Eq {
			out = append(out, matching(n.Path, n.Value, dsl.StartsWith, dsl.EndsWith, dsl.Contains)...)
		}
	case *dsl.In:
		first, last := &dsl.In{Path: n.Path, Values: n.Values[:1]}, &dsl.In{Path: n.Path, Values: n.Values[len(n.Values)-1:]}
		out = append(out, reading{"read the first value alone", first}, reading{"read the last value alone", last})
	case *dsl.Between:
		lo, hi := &dsl.Compare{Path: n.Path, Op: dsl.Ge, Value: n.Lo}, &dsl.Compare{Path: n.Path, Op: dsl.Le, Value: n.Hi}
		inside := &dsl.And{Terms: []dsl.Node{
			&dsl.Compare{Path: n.Path, Op: dsl.Gt, Value: n.Lo}, &dsl.Compare{Path: n.Path, Op: dsl.Lt, Value: n.Hi},
		}}
		out = append(out, reading{"ignore the upper end", lo}, reading{"ignore the lower end", hi}, reading{"leave out the ends", inside})
	case *dsl.Match:
		out = append(out, matching(n.Path, n.Pattern, slices.DeleteFunc([]dsl.MatchOp{dsl.StartsWith, dsl.EndsWith, dsl.Contains}, func(op dsl.MatchOp) bool { return op == n.Op })...)...)
		if n.Op == dsl.Matches {
			return out
		}
		out = append(out, wild(n)...)
	case *dsl.And:
		return parts(n.Terms, "join the conditions by or", &dsl.Or{Terms: n.Terms})
	case *dsl.Or:
		return parts(n.Terms, "join the conditions by and", &dsl.And{Terms: n.Terms})
	case *dsl.Is, *dsl.Truth, *dsl.Const, *dsl.On, *dsl.Relation, *dsl.Computed, *dsl.Quantifier, *dsl.Count:
		return []reading{{"read it as its opposite", &dsl.Not{X: n}}}
	}
	return slices.Concat(onValues(n), out, onTexts(n))
}

// parts returns the readings of several conditions as one of them, or joined otherwise.
func parts(terms []dsl.Node, joins string, other dsl.Node) []reading {
	return []reading{{"read the first part alone", terms[0]}, {"read the last part alone", terms[len(terms)-1]}, {joins, other}}
}

func matching(path *dsl.Path, text *dsl.Literal, ops ...dsl.MatchOp) []reading {
	out := make([]reading, len(ops))
	for i, op := range ops {
		out[i] = reading{"read it as " + op.String(), &dsl.Match{Path: path, Op: op, Pattern: text}}
	}
	return out
}

// wild returns the reading of a text that has wildcards as a pattern.
func wild(n *dsl.Match) []reading {
	text := n.Pattern.Value.Str()
	pattern := map[dsl.MatchOp]string{dsl.StartsWith: text + "%", dsl.EndsWith: "%" + text, dsl.Contains: "%" + text + "%"}[n.Op]
	if pattern == "" || !strings.ContainsAny(text, `%_\`) {
		return nil
	}
	return []reading{{"read wildcards in the text", &dsl.Match{Path: n.Path, Op: dsl.Like, Pattern: literalOf(model.String(pattern))}}}
}

func literalOf(v model.Value) *dsl.Literal { return &dsl.Literal{Kind: dsl.LitValue, Value: v} }

// onValues returns the readings of a condition on a value of a field as one on other
// values: on null as well, or on whole minutes and days.
func onValues(n dsl.Node) []reading {
	out := withNulls(n)
	if dsl.Fields(n)[0].Element() == model.TypeDateTime {
		out = append(out, reading{ByMinutes, rounded(n, time.Minute)}, reading{ByDays, rounded(n, 24*time.Hour)})
	}
	return out
}

// withNulls returns the reading of a condition as one that null satisfies, too.
func withNulls(n dsl.Node) []reading {
	f := dsl.Fields(n)[0]
	if !f.Nullable {
		return nil
	}
	null := &dsl.Is{Path: &dsl.Path{Name: f.Name, Field: f}, What: dsl.IsNull}
	return []reading{{TakeNulls, &dsl.Or{Terms: []dsl.Node{n, null}}}}
}

// onTexts returns the readings of a condition on a text as one on a part of it.
func onTexts(n dsl.Node) (out []reading) {
	if dsl.Fields(n)[0].Element() == model.TypeString {
		out = append(out, reading{"cut the text at a special character", respelled(n, cut)}, reading{"drop special characters", respelled(n, dropped)})
	}
	return out
}

// cut returns a text up to its first special character.
func cut(s string) string {
	if i := strings.IndexAny(s, special); i > 0 {
		return s[:i]
	}
	return s
}

// dropped returns a text without its special characters.
func dropped(s string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune(special, r) {
			return -1
		}
		return r
	}, s)
}

// rounded returns the condition of a server that compares instants by a unit of time.
func rounded(n dsl.Node, unit time.Duration) dsl.Node {
	switch n := n.(type) {
	case *dsl.Not:
		return &dsl.Not{X: rounded(n.X, unit)}
	case *dsl.Between:
		return within(n.Path, n.Lo.Value.Time().Truncate(unit), n.Hi.Value.Time().Truncate(unit).Add(unit))
	case *dsl.In:
		each := make([]dsl.Node, len(n.Values))
		for i, v := range n.Values {
			each[i] = rounded(&dsl.Compare{Path: n.Path, Op: dsl.Eq, Value: v}, unit)
		}
		return &dsl.Or{Terms: each}
	case *dsl.Compare:
		from := n.Value.Value.Time().Truncate(unit)
		until := from.Add(unit)
		at := func(op dsl.CompareOp, t time.Time) dsl.Node {
			return &dsl.Compare{Path: n.Path, Op: op, Value: literalOf(model.DateTime(t))}
		}
		switch n.Op {
		case dsl.Eq:
			return within(n.Path, from, until)
		case dsl.Lt:
			return at(dsl.Lt, from)
		case dsl.Le:
			return at(dsl.Lt, until)
		case dsl.Gt:
			return at(dsl.Ge, until)
		case dsl.Ge:
			return at(dsl.Ge, from)
		}
	}
	return n
}

// within is the condition that an instant is in [from, until).
func within(path *dsl.Path, from, until time.Time) dsl.Node {
	return &dsl.And{Terms: []dsl.Node{
		&dsl.Compare{Path: path, Op: dsl.Ge, Value: literalOf(model.DateTime(from))},
		&dsl.Compare{Path: path, Op: dsl.Lt, Value: literalOf(model.DateTime(until))},
	}}
}

// respelled returns the condition with other texts.
func respelled(n dsl.Node, spell func(string) string) dsl.Node {
	text := func(l *dsl.Literal) *dsl.Literal { return literalOf(model.String(spell(l.Value.Str()))) }
	switch n := n.(type) {
	case *dsl.Not:
		return &dsl.Not{X: respelled(n.X, spell)}
	case *dsl.Compare:
		return &dsl.Compare{Path: n.Path, Op: n.Op, Value: text(n.Value)}
	case *dsl.Between:
		return &dsl.Between{Path: n.Path, Lo: text(n.Lo), Hi: text(n.Hi)}
	case *dsl.Match:
		return &dsl.Match{Path: n.Path, Op: n.Op, Pattern: text(n.Pattern)}
	case *dsl.In:
		values := make([]*dsl.Literal, len(n.Values))
		for i, v := range n.Values {
			values[i] = text(v)
		}
		return &dsl.In{Path: n.Path, Values: values}
	}
	return n
}
