package query

import "context"

// Probe plans the same query anew from counts: it asks the server how many rows
// each scan of each alternative has, one request a scan, so that the choice among
// them rests on no guess. A plan that was loaded is settled and stays as it is.
func (p *Plan) Probe(ctx context.Context, c Counter) (*Plan, error) {
	if p.question == nil {
		return p, nil
	}
	return p.question.plan(func(s Scan) (int64, error) { return c.Count(ctx, s) })
}

// probePays is how many times its own requests counting must be expected to be
// outweighed by the fetch before a run counts unasked.
const probePays = 10

// worthProbing reports whether a run should count before it fetches: there is a
// choice, it rests on guesses, and a wrong one would cost far more than asking.
func (p *Plan) worthProbing() bool {
	scans, choices := int64(len(p.Scans)), 0
	for _, a := range p.Lost {
		if a.Cost.Requests > 0 { // it can be run
			choices++
			scans += int64(a.scans)
		}
	}
	return choices > 0 && !p.Cost.Known && p.Cost.Requests >= probePays*scans
}
