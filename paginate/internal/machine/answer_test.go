package machine_test

import (
	"slices"
	"testing"

	"github.com/muster-go/muster/paginate/idset"
	"github.com/muster-go/muster/paginate/internal/machine"
)

// top is the largest id of the small world in which every answer is tried.
const top = 6

// mirror turns the small world upside down.
func mirror(id int64) int64 { return top + 1 - id }

func mirrored(ids []int64) []int64 {
	out := make([]int64, len(ids))
	for i, id := range ids {
		out[i] = mirror(id)
	}
	return out
}

// allAnswers calls try with every answer of at most three rows.
func allAnswers(try func(a machine.Answer)) {
	pages := [][]int64{nil}
	for a := int64(0); a <= top+1; a++ {
		pages = append(pages, []int64{a})
		for b := int64(0); b <= top+1; b++ {
			pages = append(pages, []int64{a, b})
			for c := int64(0); c <= top+1; c++ {
				pages = append(pages, []int64{a, b, c})
			}
		}
	}
	for _, ids := range pages {
		for next := int64(0); next <= top+2; next++ {
			for _, more := range []bool{false, true} {
				try(machine.Answer{IDs: ids, HasMore: more, Next: next, Count: -1})
			}
		}
	}
}

// judge says by the text of the rules what an ascending answer covers: up to the returned
// id, which is not included, unless it breaks a rule.
func judge(asked idset.Range, limit int, a machine.Answer) (until int64, rule machine.Rule) {
	past := asked.Lo // the next id that may follow
	switch {
	case len(a.IDs) > limit:
		return 0, machine.RuleSize
	case len(a.IDs) > 0:
		for i, id := range a.IDs {
			if !asked.Contains(id) {
				return 0, machine.RuleRange
			}
			if i > 0 && id <= a.IDs[i-1] {
				return 0, machine.RuleOrder
			}
			past = id + 1
		}
	}
	given := a.Next > 0
	forward := given && a.Next >= past && (len(a.IDs) > 0 || a.Next > asked.Lo)
	switch inside := forward && a.Next < asked.Hi; {
	case !a.HasMore && inside:
		return 0, machine.RuleHasMore // a cursor to a page that is said not to exist
	case !a.HasMore:
		return asked.Hi, 0
	case !given && len(a.IDs) == 0:
		return 0, machine.RuleProgress
	case given && !forward:
		return 0, machine.RuleCursor
	case given && !inside, !given && past == asked.Hi:
		return 0, machine.RuleHasMore // nothing can follow
	case given:
		return a.Next, 0
	}
	return past, 0
}

// complete gives an answer to the only lease of a serial machine over the bounds, and
// returns what it covered.
func complete(t *testing.T, bounds idset.Range, order machine.Order, limit int, a machine.Answer) (covered idset.Range, v *machine.Violation) {
	t.Helper()
	m := machine.New(machine.Options{Bounds: bounds, Order: order, PageSize: limit})
	lease, ok := m.Next(1)
	if !ok || lease.Request.IDs != bounds || lease.Request.Descending != (order == machine.Descending) {
		t.Fatalf("asked %+v of %v", lease, bounds)
	}
	segments, v := m.Complete(lease.ID, a)
	if left := m.Unread(nil); v != nil && !slices.Equal(left, []idset.Range{bounds}) {
		t.Fatalf("%+v of %v was refused, and %v is unread", a, bounds, left)
	}
	if v != nil {
		return idset.Range{}, v
	}
	var all []idset.Range
	for _, s := range segments {
		all = append(all, s.IDs)
	}
	set := idset.Of(all...)
	if rest := idset.Of(bounds).Subtract(set); len(set) != 1 || !slices.Equal(rest, idset.Of(m.Unread(nil)...)) {
		t.Fatalf("%+v of %v covered %v, and %v is unread", a, bounds, set, m.Unread(nil))
	}
	return set[0], nil
}

// TestEveryAnswer: every answer in a small world is judged as the rules say, and its
// mirror image to a descending request in the same way.
func TestEveryAnswer(t *testing.T) {
	for _, bounds := range []idset.Range{{Lo: 1, Hi: top + 1}, {Lo: 2, Hi: top}, {Lo: 3, Hi: 6}} {
		const limit = 2
		allAnswers(func(a machine.Answer) {
			until, rule := judge(bounds, limit, a)
			covered, v := complete(t, bounds, machine.Ascending, limit, a)
			if (v != nil) != (rule != 0) || v != nil && v.Rule != rule || v == nil && covered != (idset.Range{Lo: bounds.Lo, Hi: until}) {
				t.Fatalf("%+v of %v covers %v, %+v; want up to %d, rule %d", a, bounds, covered, v, until, rule)
			}
			if v != nil {
				checkViolation(t, a, *v)
			}
			down := a
			down.IDs = mirrored(a.IDs)
			if a.Next > 0 {
				down.Next = mirror(a.Next)
			}
			if (a.Next > 0) != (down.Next > 0) {
				return // a cursor of 0 is none
			}
			upside := idset.Range{Lo: mirror(bounds.Hi - 1), Hi: mirror(bounds.Lo) + 1}
			covered, v = complete(t, upside, machine.Descending, limit, down)
			if (v != nil) != (rule != 0) || v != nil && v.Rule != rule || v == nil && covered != (idset.Range{Lo: mirror(until - 1), Hi: upside.Hi}) {
				t.Fatalf("descending: %+v of %v covers %v, %+v; want down to %d, rule %d", down, upside, covered, v, mirror(until-1), rule)
			}
			if v != nil {
				checkViolation(t, down, *v)
			}
		})
	}
}

// checkViolation: a violation names what is wrong with the answer.
func checkViolation(t *testing.T, a machine.Answer, v machine.Violation) {
	t.Helper()
	last := int64(0)
	if n := len(a.IDs); n > 0 {
		last = a.IDs[n-1]
	}
	ok := false
	switch v.Rule {
	case machine.RuleSize:
		ok = v.Rows == len(a.IDs)
	case machine.RuleRange:
		ok = slices.Contains(a.IDs, v.ID)
	case machine.RuleOrder:
		i := slices.Index(a.IDs, v.Prev)
		ok = i >= 0 && slices.Contains(a.IDs[i+1:], v.ID)
	case machine.RuleProgress:
		ok = v == machine.Violation{Rule: machine.RuleProgress}
	case machine.RuleCursor:
		ok = v.Next == a.Next && (v.Last == last || last == 0 && v.Last == a.Next)
		if last == 0 {
			ok = v.Next == a.Next && v.Last != 0
		}
	case machine.RuleHasMore:
		ok = v.Next == a.Next && v.Last == last && v.HasMore == a.HasMore
	}
	if !ok {
		t.Fatalf("%+v is refused with %+v", a, v)
	}
}

// TestCursorOfAnEmptyPage: the violation names where a page without rows began.
func TestCursorOfAnEmptyPage(t *testing.T) {
	for _, tt := range []struct {
		order machine.Order
		next  int64
		last  int64
	}{{machine.Ascending, 3, 3}, {machine.Ascending, 2, 3}, {machine.Descending, 8, 8}, {machine.Descending, 9, 8}} {
		_, v := complete(t, idset.Range{Lo: 3, Hi: 9}, tt.order, 2, machine.Answer{HasMore: true, Next: tt.next})
		if v == nil || v.Rule != machine.RuleCursor || v.Last != tt.last || v.Next != tt.next {
			t.Errorf("%v, cursor %d: %+v, want the last id %d", tt.order, tt.next, v, tt.last)
		}
	}
}
