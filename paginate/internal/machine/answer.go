package machine

import "github.com/muster-go/muster/paginate/idset"

// Request asks for one page, in order of id.
type Request struct {
	IDs        idset.Range // with explicit ends; not empty
	Descending bool        // from the high end downwards
	Limit      int         // rows at most, 1 or more
	Count      bool        // ask for the count of the scan's rows too
}

// Answer is the part of a page that a [Machine] needs.
type Answer struct {
	IDs     []int64 // of the rows, in the order received; the machine does not keep it
	HasMore bool    // whether rows of the request's ids follow
	Next    int64   // the id of the next row; 0 = not given
	Count   int64   // -1 = not known
}

// Rule is a rule of paging.
type Rule uint8

// The rules that an answer can break.
const (
	RuleSize     Rule = iota + 1 // at most as many rows as asked for
	RuleRange                    // no id outside the request
	RuleOrder                    // ids in the order asked for, none twice
	RuleProgress                 // rows or a cursor, if more follows
	RuleCursor                   // a cursor past the last row
	RuleHasMore                  // has_more agrees with the cursor and the request
)

// Violation is what is wrong with an answer. Fields that the rule does not concern are
// zero.
type Violation struct {
	Rule     Rule
	Rows     int   // in the answer
	ID, Prev int64 // the id at fault, and the one before it
	Last     int64 // the last id of the page; 0 = no rows
	Next     int64 // the cursor given; 0 = none
	HasMore  bool
}

// validateAnswer returns the ids that an answer covers: those of its rows, and those
// that it shows to have none. It returns a violation if the answer breaks a rule.
//
// The cursor is trusted over the last row: it is the id of the next row, so no row
// lies between the two. The ids are strictly monotonous and inside the request, and
// the cursor lies beyond them, so every page shortens what is unread. A source
// therefore cannot make a run loop.
func validateAnswer(r Request, a Answer) (idset.Range, *Violation) {
	if len(a.IDs) > r.Limit {
		return idset.Range{}, &Violation{Rule: RuleSize, Rows: len(a.IDs)}
	}
	if v := checkIDs(r, a.IDs); v != nil {
		return idset.Range{}, v
	}
	if r.Descending {
		// The mirror image of the ascending case, whose near end is inclusive.
		next, v := advance(a, -r.IDs.Hi+1, -r.IDs.Lo+1, -1)
		return idset.Range{Lo: -next + 1, Hi: r.IDs.Hi}, v
	}
	next, v := advance(a, r.IDs.Lo, r.IDs.Hi, 1)
	return idset.Range{Lo: r.IDs.Lo, Hi: next}, v
}

// checkIDs returns a violation unless the ids lie in the request, strictly in order.
func checkIDs(r Request, ids []int64) *Violation {
	for i, id := range ids {
		if id < r.IDs.Lo || id >= r.IDs.Hi {
			return &Violation{Rule: RuleRange, ID: id}
		}
		if i > 0 && (id == ids[i-1] || (id < ids[i-1]) != r.Descending) {
			return &Violation{Rule: RuleOrder, ID: id, Prev: ids[i-1]}
		}
	}
	return nil
}

// advance returns where the next page starts, within (from, until]. It multiplies ids
// by sign, so that both directions are one: from is the near end, and until lies past
// the far end.
func advance(a Answer, from, until, sign int64) (int64, *Violation) {
	var last int64 // as received
	past := from   // past the last row
	if n := len(a.IDs); n > 0 {
		last = a.IDs[n-1]
		past = sign*last + 1
	}
	next := sign * a.Next
	inside := next >= past && next < until // a cursor of 0 never is
	switch {
	case !a.HasMore && inside && next > from:
		return 0, &Violation{Rule: RuleHasMore, Last: last, Next: a.Next}
	case !a.HasMore:
		return until, nil
	case a.Next == 0 && last == 0:
		return 0, &Violation{Rule: RuleProgress}
	case a.Next != 0 && (next < past || next == from):
		if last == 0 {
			last = sign * from
		}
		return 0, &Violation{Rule: RuleCursor, Last: last, Next: a.Next}
	case a.Next != 0 && !inside, past >= until:
		return 0, &Violation{Rule: RuleHasMore, Last: last, Next: a.Next, HasMore: true}
	case a.Next != 0:
		return next, nil
	}
	return past, nil
}
