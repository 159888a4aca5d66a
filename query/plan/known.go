package plan

import "github.com/muster-go/muster/dsl"

// known are the terms that were classified already.
type known struct {
	n     int
	first [fewKnown]*Conjunct // as many as a search is fast for
	more  map[dsl.Node]*Conjunct
}

// fewKnown is how many terms are searched rather than hashed.
const fewKnown = 8

func (k *known) len() int { return k.n }

// of returns the classified term; nil if there is none.
func (k *known) of(t dsl.Node) *Conjunct {
	for _, c := range k.first[:k.n] {
		if c.Node == t {
			return c
		}
	}
	return k.more[t]
}

func (k *known) add(c *Conjunct) {
	switch {
	case k.n < fewKnown:
		k.first[k.n] = c
		k.n++
	case k.more == nil:
		k.more = map[dsl.Node]*Conjunct{c.Node: c}
	default:
		k.more[c.Node] = c
	}
}
