package query

// pushDown asks the dialect what the server can do about each term of the
// branch, as a set. Exactly those that are not exact stay to be evaluated.
func (p *planner) pushDown(b *branch) {
	if b.empty != "" || len(b.terms) == 0 {
		return
	}
	if p.settings.without[rulePush] {
		for _, term := range b.terms {
			b.conjuncts = append(b.conjuncts, Conjunct{term, Pushdown{Reason: "pushdown is switched off"}})
		}
		b.terms = nil
		return
	}
	for i, push := range p.dialect.Classify(b.terms) {
		if push.Never {
			b.empty = "no row satisfies " + quote(b.terms[i])
			return
		}
		b.conjuncts = append(b.conjuncts, Conjunct{b.terms[i], push})
	}
	b.terms = nil
}
