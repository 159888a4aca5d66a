package query

// chooseStrategy picks how pages are fetched. Ranges only pay where order does
// not matter and more than a page may come.
func chooseStrategy(p *planner) error {
	strategy, why := p.strategy()
	p.plan.Strategy = strategy
	p.plan.Reasons.Strategy = why
	return nil
}

func (p *planner) strategy() (Strategy, string) {
	page := int64(p.plan.PageSize)
	switch {
	case p.plan.Empty != "":
		return StrategyNone, p.plan.Empty
	case p.plan.Sort == SortServer:
		return StrategyOnePage, "the server sorts"
	case p.mostRows() <= page:
		return StrategyOnePage, "at most " + plural(int(p.mostRows()), "row") + " can match"
	case p.plan.Limit > 0 && p.plan.Limit <= page && p.chosen.exact() && p.plan.Sort != SortTopK:
		return StrategyOnePage, "the limit fits a page"
	case p.plan.Sort == SortByID:
		return StrategySerial, "pages follow one another in the order asked for"
	case p.plan.Limit > 0 && p.plan.Sort == SortNone:
		return StrategySerial, "a limit that stops early needs no concurrency"
	}
	if s := p.settings.strategy; s != StrategyNone {
		return s, "it was asked for"
	}
	for _, s := range p.plan.Scans {
		if s.Expected > page {
			return StrategyGaps, "order does not matter, so all workers share the ids"
		}
	}
	return StrategyPeek, "about a page is expected; should more come, all workers share the rest"
}

// mostRows is the greatest bound on the rows of a scan.
func (p *planner) mostRows() (most int64) {
	for _, s := range p.plan.Scans {
		most = max(most, s.MaxRows)
	}
	return most
}
