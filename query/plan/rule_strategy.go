package plan

import (
	"fmt"
	"time"

	"github.com/muster-go/muster/paginate"
)

// chooseStrategy decides how pages are fetched: by one request if one page holds the
// answer, serially if more workers would be idle, else by all workers.
func chooseStrategy(p *planner) {
	strategy, why := p.strategy()
	p.plan.Strategy = strategy
	p.plan.Reasons.Strategy = why
	if !p.plan.Resumable() && strategy != StrategyNone && strategy != StrategyOnePage {
		p.plan.Reasons.Resume = "rows are in order only after all of them were read"
	}
}

// fewPages is how many pages one worker fetches before a second has found its range.
const fewPages = 2

func (p *planner) strategy() (Strategy, string) {
	page := int64(p.plan.PageSize)
	pages := p.expectedPages()
	stops := p.plan.Limit > 0 && (p.plan.Sort == SortNone || p.plan.Sort == SortByID)
	switch {
	case p.plan.Empty != "":
		return StrategyNone, p.plan.Empty
	case p.caps.Paging.follows():
		return StrategyFollowTokens, "the server pages by " + p.caps.Paging.String()
	case p.plan.Sort == SortServer:
		return StrategyOnePage, "the server sorts"
	case p.mostRows() <= page:
		return StrategyOnePage, "at most " + plural(int(p.mostRows()), "row") + " can match"
	case stops && p.plan.Limit <= page && p.chosen.exact():
		return StrategyOnePage, "the limit fits a page"
	case stops && p.chosen.exact() && pages <= fewPages:
		return StrategySerial, "a limit that stops early needs no concurrency"
	case p.plan.Sort == SortByID && pages <= fewPages:
		return StrategySerial, plural(int(pages), "page") + " are expected, and one worker is as fast as several"
	}
	if p.caps.Paging == PagingForward {
		return StrategySerial, "the server pages in ascending order only"
	}
	if why := p.keepsUp(pages); why != "" {
		return StrategySerial, why
	}
	switch s := p.options.Strategy; {
	case s == StrategySerial:
		return s, "set by the caller"
	case p.plan.Sort == SortByID:
		return StrategyReadAhead, fmt.Sprintf("pages come in the requested order; all workers read ahead, at most %d pages each", paginate.ReadAheadPages)
	case s != StrategyNone:
		return s, "set by the caller"
	case stops && !p.chosen.exact():
		return StrategyFirstPageThenSplit, "the first page may reach the limit; if not, all workers share the rest"
	case pages > int64(max(len(p.plan.Scans), 1)):
		return StrategySplitRanges, "order does not matter, so all workers share the ids"
	}
	return StrategyFirstPageThenSplit, "about one page is expected; if more come, all workers share the rest"
}

// expectedPages returns how many pages the scans are expected to request.
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

// keepsUp explains why serial requests are as fast as the rate allows; "" if they are
// not, or if no round trip has been measured yet.
func (p *planner) keepsUp(pages int64) string {
	pace := p.pace()
	if pace.Workers(pages) > 1 {
		return ""
	}
	return fmt.Sprintf("at %g requests a second, %v each, serial requests are as fast as the limit allows", pace.Rate, pace.RoundTrip.Round(time.Millisecond))
}

// pace returns the rate limit of the options, or else the source's, with the round trip
// that the source has measured.
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

// mostRows returns the greatest bound on the rows of a scan.
func (p *planner) mostRows() (most int64) {
	for _, s := range p.plan.Scans {
		most = max(most, s.MaxRows)
	}
	return most
}
