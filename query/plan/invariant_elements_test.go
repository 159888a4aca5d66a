package plan_test

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/query/plan"
)

// TestInvariantOfElements is [TestInvariant] for conditions on elements alone. Among other
// conditions they seldom decide whether a row is in the answer, so that a fault in what the
// server is asked for in their place would pass.
func TestInvariantOfElements(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		y := drawToy(rt)
		records := drawThings(rt)
		for range 20 {
			node := drawElements(rt)
			checked := &dsl.Checked{Root: node, Schema: y.Schema(), Now: time.Unix(1_700_000_000, 0).UTC(), Zone: time.UTC}
			p, err := plan.Make(y, checked, plan.Options{})
			if err != nil {
				rt.Fatalf("%s: %v", dsl.Format(node), err)
			}
			answers(rt, p, node, records, plan.DeletedNone)
		}
	})
}

// elementsOf has conditions on the elements of each list and reference. Most are true for about
// half of the elements.
func elementsOf() map[string][]string {
	return map[string][]string{
		"tags": {
			"weight > 0", "weight >= 1", "weight in (0, 1)", "weight between -1 and 1", "not weight > 0", "weight is null", "rate is null", "rate > 0",
			"name >= 'a'", "name like 'a%'", "name is null", "not (name is null)", "marks is empty", "marks is null", "marks is not empty", "true",
			"any marks (this >= 'a')", "all marks (this >= 'a')", "no marks (this < 'b')", "count(marks) > 1", "count(marks where this >= 'a') >= 1", "count(marks where this >= 'a') > 1",
		},
		"owner":  {"active is true", "active", "not active", "name >= 'a'", "name is null", "id > 0", "true"},
		"labels": {"this >= 'b'", "not this >= 'b'", "this in ('a', 'b', '')", "this like 'a%'", "this is null", "not this is null", "length(this) > 0", "true"},
	}
}

// drawElements draws a condition on elements, alone or joined to others. A random tree seldom
// has one that the server is asked about.
func drawElements(t *rapid.T) dsl.Node {
	text := drawQuantifier(t)
	switch join := rapid.SampledFrom([]string{"", "", " and ", " or ", "not", "and or"}).Draw(t, "join"); join {
	case "":
	case "and or":
		text = "(" + text + " and id > 10) or " + drawQuantifier(t)
	case "not":
		text = "not (" + text + " and " + drawQuantifier(t) + ")"
	default:
		text += join + rapid.SampledFrom([]string{drawQuantifier(t), "id > 20", "size is null"}).Draw(t, "joined")
	}
	return reread(t, text)
}

func drawQuantifier(t *rapid.T) string {
	list := rapid.SampledFrom([]string{"tags", "tags", "owner", "labels"}).Draw(t, "list")
	if rapid.IntRange(0, 9).Draw(t, "counts all") == 0 {
		return fmt.Sprintf("count(%s) %s", list, drawCompared(t))
	}
	block := drawBlock(t, list)
	form := rapid.SampledFrom([]string{"any", "any", "any", "all", "no", "not all", "count", "count"}).Draw(t, "form")
	if form == "count" {
		return fmt.Sprintf("count(%s where %s) %s", list, block, drawCompared(t))
	}
	return fmt.Sprintf("%s %s (%s)", form, list, block)
}

func drawCompared(t *rapid.T) string {
	op := rapid.SampledFrom([]string{"=", "!=", "<", "<=", ">", ">="}).Draw(t, "op")
	return fmt.Sprint(op, " ", rapid.IntRange(0, 2).Draw(t, "number"))
}

func drawBlock(t *rapid.T, list string) string {
	atom := func() string { return rapid.SampledFrom(elementsOf()[list]).Draw(t, "condition") }
	switch rapid.IntRange(0, 5).Draw(t, "block") {
	case 0:
		return atom() + " and " + atom()
	case 1:
		return atom() + " or " + atom()
	case 2:
		return "(" + atom() + " and " + atom() + ") or " + atom()
	case 3:
		return "not (" + atom() + " or " + atom() + ")"
	}
	return atom()
}
