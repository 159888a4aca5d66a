package doctor

import (
	"slices"
	"strings"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/query"
	"github.com/muster-go/muster/query/rest"
	"github.com/muster-go/muster/query/shipstream"
	"github.com/muster-go/muster/query/shipstream/wire"
)

// everything is what turns off every condition.
const everything = "filter"

// blame returns the parts of the API's filter syntax that the findings prove wrong, and those
// that they prove right. A part is a switch of the profile or a name of [wire.Documented]. If
// the server misreads several conditions together, the wrong part is everything.
func blame(s rest.Syntax, findings []Finding) (wrong, right []string) {
	var failed [][]string
	for _, f := range findings {
		if f.plan == nil {
			continue
		}
		switch used := uses(s, f.plan); {
		case f.State == Fail:
			failed = append(failed, used)
		case f.State == OK && len(used) == 1:
			right = append(right, used...)
		}
	}
	slices.SortStableFunc(failed, func(a, b []string) int { return len(a) - len(b) })
	for _, used := range failed {
		if slices.ContainsFunc(used, func(name string) bool { return slices.Contains(wrong, name) }) {
			continue // that explains it
		}
		// An operator that is right by itself is wrong only among others.
		suspects := slices.DeleteFunc(slices.Clone(used), func(name string) bool { return len(used) > 1 && slices.Contains(right, name) })
		if len(suspects) == 0 {
			suspects = []string{everything}
		}
		wrong = append(wrong, suspects...)
	}
	return wrong, right
}

// uses returns what a plan's conditions are written with. Several parameters can only be
// turned off with all others.
func uses(s rest.Syntax, p *query.Plan) []string {
	var used []string
	if strings.Contains(params(p), "&") {
		used = append(used, everything)
	}
	for _, c := range p.Scans[0].Conjuncts {
		for _, name := range wire.Documented() {
			without, err := s.Switch("-" + name)
			if err != nil || name == everything {
				continue
			}
			if said := without.Classify([]dsl.Node{c.Node})[0]; !slices.Equal(said.Params, c.Params) {
				used = append(used, name)
			}
		}
		for _, assumed := range s.Assumptions(c.Node) {
			used = append(used, strings.TrimPrefix(assumed, "profile switch "))
		}
	}
	slices.Sort(used)
	return slices.Compact(used)
}

// corrected returns the profile without what is wrong.
func corrected(p wire.Profile, wrong []string) wire.Profile {
	names := slices.DeleteFunc(p.Names(), func(name string) bool { return slices.Contains(wrong, name) })
	for _, name := range wrong {
		if slices.Contains(wire.Documented(), name) {
			names = append(names, "-"+name)
		}
	}
	out, _ := wire.Profile{Fields: p.Fields}.With(names...) // they are the profile's own
	return out
}

// advise says how queries do without what is wrong.
func advise(d rest.Definition, findings []Finding, foreign bool) string {
	profile, ok := shipstream.ProfileOf(d.Syntax)
	if !ok {
		return remedies(d, findings)
	}
	wrong, _ := blame(d.Syntax, findings)
	names := strings.Join(corrected(profile, wrong).Names(), ",")
	if foreign {
		return "correct the definition: profile: [" + names + "], so that these conditions are evaluated locally"
	}
	return "set --profile=" + names + ", so that these conditions are evaluated locally"
}
