package plan

// placeLimit decides where the limit applies. The server may apply it only if every
// conjunct is exact, because rows that the residual drops must not count.
func placeLimit(p *planner) {
	switch {
	case p.plan.Limit == 0:
	case p.off(ruleLimit):
		p.plan.AllRows = true
		p.plan.Reasons.Limit = "applied to all rows: the rule is switched off"
	case p.plan.Sort.Gathers():
		p.plan.Reasons.Limit = "applied after the sort, which reads every row"
	case p.chosen.exact():
		p.plan.Reasons.Limit = "the server's rows are the answer, so the fetch requests no more than the limit"
	default:
		p.plan.Reasons.Limit = "applied after the residual; the fetch stops when it is reached"
	}
}
