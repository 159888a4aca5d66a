package plan

import (
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/muster-go/muster/dsl"
)

// Difference is one property in which two queries or plans differ.
type Difference struct {
	Name   string // filter, server, select, format …
	Stored string // the stored value
	Asked  string // the current value
}

// Compare returns how a stored plan differs from those that the planner makes of the query
// of asked; none if it is one of them. It makes the alternative that the stored plan says
// it is, because counts may have chosen another one then. o are the options of asked. It
// sends no request.
func Compare(r Resource, asked, stored *Plan, o Options) []Difference {
	if is, want := stored.Identity(), asked.Identity(); !maps.Equal(is, want) {
		return Differences(is, want)
	}
	o.PageSize = stored.PageSize
	checked := &dsl.Checked{Source: asked.Source, Root: asked.Filter, Now: asked.Now, Zone: asked.Zone}
	made, err := planLike(r, checked, o, nil, stored)
	if err != nil {
		return []Difference{{"plan", "made by another version", err.Error()}}
	}
	if is, want := stored.conditions(), made.conditions(); is != want {
		return []Difference{{"plan", is, want}}
	}
	if is, want := len(stored.Scans), len(made.Scans); is != want { // no scan and one of all rows have the same conditions
		return []Difference{{"scans", strconv.Itoa(is), strconv.Itoa(want)}}
	}
	properties := map[string][2]string{
		"way to sort": {stored.Sort.String(), made.Sort.String()},
		"hidden":      {strings.Join(names(stored.Hidden), ","), strings.Join(names(made.Hidden), ",")},
		"answer":      {stored.Empty, made.Empty},
	}
	if !made.mayFetch(stored.Strategy, r.Capabilities().Paging) {
		properties["way to fetch"] = [2]string{stored.Strategy.String(), made.Strategy.String()}
	}
	for i, s := range stored.Scans {
		properties[fmt.Sprintf("request %d", i+1)] = [2]string{s.asks(), made.Scans[i].asks()}
	}
	is, want := make(map[string]string), make(map[string]string)
	for name, both := range properties {
		is[name], want[name] = both[0], both[1]
	}
	return Differences(is, want)
}

// Differences returns the properties that differ, sorted by name.
func Differences(stored, asked map[string]string) []Difference {
	all := maps.Clone(stored)
	maps.Copy(all, asked)
	var out []Difference
	for _, name := range slices.Sorted(maps.Keys(all)) {
		if stored[name] != asked[name] {
			out = append(out, Difference{name, stored[name], asked[name]})
		}
	}
	return out
}

// mayFetch reports whether a strategy fetches the rows of a plan in its order. Several do:
// which is the fastest depends on counts and on the source's pace, and both change.
func (p *Plan) mayFetch(s Strategy, paging Paging) bool {
	switch {
	case s == p.Strategy:
		return true
	case p.Strategy == StrategyNone || p.Strategy == StrategyFollowTokens || p.Sort == SortServer:
		return false
	case s == StrategyOnePage || s == StrategySerial:
		return true
	case p.Sort == SortByID:
		return s == StrategyReadAhead && paging == PagingKeyset
	}
	return paging == PagingKeyset && (s == StrategySplitRanges || s == StrategyFirstPageThenSplit)
}

// conditions are the terms of each scan, for comparison.
func (p *Plan) conditions() string {
	scans := make([]string, len(p.Scans))
	for i, s := range p.Scans {
		scans[i] = termsOf(s.Conjuncts)
		if s.Deleted {
			scans[i] += " of deleted rows"
		}
	}
	return strings.Join(scans, "; ")
}

func termsOf(conjuncts []Conjunct) string {
	terms := make([]string, len(conjuncts))
	for i, c := range conjuncts {
		terms[i] = dsl.Format(c.Node)
	}
	return strings.Join(terms, " and ")
}

// asks is what the scan requests and evaluates, for comparison.
func (s Scan) asks() string {
	query := make(url.Values, len(s.Query))
	for name, values := range s.Query {
		query[name] = slices.Sorted(slices.Values(values))
	}
	parts := []string{query.Encode()}
	if s.IDs.Lo > 0 || s.IDs.Hi > 0 {
		parts = append(parts, fmt.Sprintf("ids from %d to below %d", s.IDs.Lo, s.IDs.Hi))
	}
	if s.Residual != nil {
		parts = append(parts, "then "+dsl.Format(s.Residual))
	}
	if s.Sort != "" {
		parts = append(parts, "by "+s.Sort)
	}
	return strings.Join(parts, ", ")
}

// is reports whether the alternative has the branches of the plan's scans.
func (a *alternative) is(p *Plan) bool {
	var scans []string // a branch may be two scans, of which one is of deleted rows
	for _, s := range p.Scans {
		if text := termsOf(s.Conjuncts); len(scans) == 0 || !s.Deleted || scans[len(scans)-1] != text {
			scans = append(scans, text)
		}
	}
	branches := make([]string, len(a.branches))
	for i, b := range a.branches {
		branches[i] = termsOf(b.conjuncts)
	}
	return slices.Equal(scans, branches)
}
