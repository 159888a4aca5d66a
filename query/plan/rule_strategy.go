package plan

import (
	"fmt"
	"time"

	"github.com/muster-go/muster/paginate"
)

// chooseStrategy picks how pages are fetched: by one request where that brings
// all, one after the other where more would have nothing to do, else by all
// workers at once, in the order that is wanted.
func chooseStrategy(p *planner) error {
	strategy, why := p.strategy()
	p.plan.Strategy = strategy
	p.plan.Reasons.Strategy = why
	if !p.plan.Resumable() && strategy != StrategyNone && strategy != StrategyOnePage {
		p.plan.Reasons.Resume = "rows are in order only once all have been read"
	}
	return nil
}

// fewPages is what one worker fetches before a second has found its place.
const fewPages = 2

func (p *planner) strategy() (Strategy, string) {
	page := int64(p.plan.PageSize)
	pages := p.expectedPages()
	stops := p.plan.Limit > 0 && (p.plan.Sort == SortNone || p.plan.Sort == SortByID)
	switch {
	case p.plan.Empty != "":
		return StrategyNone, p.plan.Empty
	case p.caps.Paging.follows():
		return StrategyFollowTokens, "the server pages by " + p.caps.Paging.String() + ", so that only a page says where the next begins"
	case p.plan.Sort == SortServer:
		return StrategyOnePage, "the server sorts"
	case p.mostRows() <= page:
		return StrategyOnePage, "at most " + plural(int(p.mostRows()), "row") + " can match"
	case stops && p.plan.Limit <= page && p.chosen.exact():
		return StrategyOnePage, "the limit fits a page"
	case stops && p.chosen.exact() && pages <= fewPages:
		return StrategySerial, "a limit that stops early needs no concurrency"
	case p.plan.Sort == SortByID && pages <= fewPages:
		return StrategySerial, plural(int(pages), "page") + " are expected, which one worker fetches as fast as more"
	}
	if p.caps.Paging == PagingForward {
		return StrategySerial, "the server's pages go upwards only"
	}
	if why := p.keepsUp(pages); why != "" {
		return StrategySerial, why
	}
	switch s := p.options.Strategy; {
	case s == StrategySerial:
		return s, "it was asked for"
	case p.plan.Sort == SortByID:
		return StrategyReadAhead, fmt.Sprintf("pages follow one another in the order asked for; all workers read ahead, at most %d pages each", paginate.ReadAheadPages)
	case s != StrategyNone:
		return s, "it was asked for"
	case stops && !p.chosen.exact():
		return StrategyFirstPageThenSplit, "the first page may hold as many as the limit; should it not, all workers share the rest"
	case pages > int64(max(len(p.plan.Scans), 1)):
		return StrategySplitRanges, "order does not matter, so all workers share the ids"
	}
	return StrategyFirstPageThenSplit, "about a page is expected; should more come, all workers share the rest"
}

// expectedPages is how many pages the scans are expected to be asked for.
func (p *planner) expectedPages() int64 {
	page := int64(p.plan.PageSize)
	var pages int64
	for _, s := range p.plan.Scans {
		rows := s.Expected
		if p.plan.Limit > 0 && p.chosen.exact() && !p.plan.Sort.Gathers() {
			rows = min(rows, p.plan.Limit)
		}
		pages += max((rows+page-1)/page, 1)
	}
	return pages
}

// keepsUp is why one request at a time is as fast as the rate allows; "" where it
// is not, or where nobody has measured a round trip yet.
func (p *planner) keepsUp(pages int64) string {
	pace := p.pace()
	if pace.Workers(pages) > 1 {
		return ""
	}
	return fmt.Sprintf("at %g requests a second, %v each, one after the other is as fast as the limit allows", pace.Rate, pace.RoundTrip.Round(time.Millisecond))
}

// pace is the rate limit as it was stated, or else as the source knows it, with
// the round trip that the source has measured.
func (p *planner) pace() paginate.RateLimit {
	var known paginate.RateLimit
	if p.caps.RateLimit != nil {
		known = p.caps.RateLimit()
	}
	if p.options.Rate > 0 {
		known.Rate, known.Burst = p.options.Rate, p.options.Burst
	}
	return known
}

// mostRows is the greatest bound on the rows of a scan.
func (p *planner) mostRows() (most int64) {
	for _, s := range p.plan.Scans {
		most = max(most, s.MaxRows)
	}
	return most
}
