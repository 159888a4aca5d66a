package plan_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/muster-go/muster/query/plan"
)

// edited loads the JSON of a plan after a change to one of its members.
func edited(t *testing.T, y *toy, p *plan.Plan, edit func(doc map[string]any)) (*plan.Plan, error) {
	t.Helper()
	text, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	var doc map[string]any
	if err := json.Unmarshal(text, &doc); err != nil {
		t.Fatal(err)
	}
	edit(doc)
	if text, err = json.Marshal(doc); err != nil {
		t.Fatal(err)
	}
	return plan.Load(y, text)
}

// member returns the first object of a document's list.
func member(t *testing.T, doc map[string]any, list string) map[string]any {
	t.Helper()
	objects, ok := doc[list].([]any)
	if !ok || len(objects) == 0 {
		t.Fatalf("no list %s: %v", list, doc)
	}
	first, ok := objects[0].(map[string]any)
	if !ok {
		t.Fatalf("%s has no object: %v", list, objects)
	}
	return first
}

// TestLoadRejects: a plan that no planner writes is an error; its neighbours are none.
func TestLoadRejects(t *testing.T) {
	y := &toy{verdicts: exactly("compare")}
	p := planned(t, y, "name = 'a' and size > 1", plan.Options{})
	for _, test := range []struct {
		member string
		value  any
		want   string // "" = no error
	}{
		{"version", 2, "version 2, expected 1"},
		{"resource", "carts", "made for carts, not for things"},
		{"page_size", 0, "out of range"},
		{"page_size", 1, ""},
		{"limit", -1, "out of range"},
		{"limit", 1, ""},
		{"max_sort_rows", -1, "out of range"},
		{"max_sort_rows", 1, ""},
		{"sort_memory", -1, "out of range"},
		{"sort_memory", 1, ""},
		{"sort", "by id", "does not fit its sort"},
		{"sort", "server", "does not fit its sort"},
		{"sort", "magic", "magic"},
		{"strategy", "magic", "magic"},
		{"order", []string{"nme"}, "nme"},
		{"select", []string{"nme", "name"}, `no field "nme"`},
		{"hidden", []string{"flag"}, ""},
		{"filter", "name =", "syntax error"},
		{"filter", "nme = 'a'", "nme"},
	} {
		_, err := edited(t, y, p, func(doc map[string]any) { doc[test.member] = test.value })
		switch {
		case test.want == "" && err != nil, test.want != "" && (!errors.Is(err, plan.ErrStored) || !strings.Contains(err.Error(), test.want)):
			t.Errorf("%s: %v: %v, want %q", test.member, test.value, err, test.want)
		}
	}
	for _, test := range []struct {
		sort, order string
		limit       int
		ok          bool
	}{
		{"by id", "-id", 0, true},
		{"by id", "name", 0, false},
		{"local", "name", 0, true},
		{"server", "name", 0, true},
		{"local top k", "name", 0, false},
		{"local top k", "name", 3, true},
		{"none", "name", 0, true},
	} {
		_, err := edited(t, y, p, func(doc map[string]any) {
			doc["sort"], doc["order"], doc["limit"] = test.sort, test.order, test.limit // a string, as earlier builds wrote it
		})
		if (err == nil) != test.ok {
			t.Errorf("%+v: %v", test, err)
		}
	}
}

// TestCompareStrategy: a stored plan fetches in a way that the planner could choose for its
// query; which one it is depends on counts and on the pace.
func TestCompareStrategy(t *testing.T) {
	const none, one, serial, split, first, ahead, follow = plan.StrategyNone, plan.StrategyOnePage, plan.StrategySerial,
		plan.StrategySplitRanges, plan.StrategyFirstPageThenSplit, plan.StrategyReadAhead, plan.StrategyFollowTokens
	for _, test := range []struct {
		filter, order string
		paging        plan.Paging
		may           []plan.Strategy
	}{
		{"", "", plan.PagingKeyset, []plan.Strategy{one, serial, split, first}},
		{"", "-id", plan.PagingKeyset, []plan.Strategy{one, serial, ahead}},
		{"", "", plan.PagingForward, []plan.Strategy{one, serial}},
		{"", "id", plan.PagingForward, []plan.Strategy{one, serial}},
		{"", "", plan.PagingToken, []plan.Strategy{follow}},
		{"", "", plan.PagingOffset, []plan.Strategy{follow}},
		{"id > 3 and id < 2", "", plan.PagingKeyset, []plan.Strategy{none}},
	} {
		y := &toy{caps: plan.Capabilities{Paging: test.paging}}
		o := plan.Options{Order: test.order}
		p := planned(t, y, test.filter, o)
		for s := none; s <= follow; s++ {
			stored, err := edited(t, y, p, func(doc map[string]any) { doc["strategy"] = s.String() })
			if err != nil {
				t.Fatal(err)
			}
			differences := plan.Compare(y, p, stored, o)
			if may := slices.Contains(test.may, s); may != (len(differences) == 0) {
				t.Errorf("%q by %q, %v, fetched as %v: %v", test.filter, test.order, test.paging, s, differences)
			}
		}
	}
}

// TestLoadKeepsFirstError: of several faults a plan reports the first.
func TestLoadKeepsFirstError(t *testing.T) {
	y := &toy{}
	_, err := edited(t, y, planned(t, y, "", plan.Options{}), func(doc map[string]any) {
		doc["select"], doc["hidden"] = []string{"first", "second"}, []string{"third"}
	})
	if err == nil || !strings.Contains(err.Error(), `"first"`) {
		t.Error(err)
	}
}

// TestLoadOlder: checkpoints of earlier builds have an order as one string, and
// parameters without names.
func TestLoadOlder(t *testing.T) {
	y := &toy{verdicts: exactly("compare")}
	p := planned(t, y, "name = 'a'", plan.Options{Order: "-name,id"})
	again, err := edited(t, y, p, func(doc map[string]any) {
		doc["order"] = "-name,id"
		scan := member(t, doc, "scans")
		delete(scan, "query")
		conjunct := member(t, scan, "conjuncts")
		delete(conjunct, "param_names")
		conjunct["params"] = []string{"name:a", "status=open", "filter=x", "a{gteq:1}=", ""}
	})
	if err != nil {
		t.Fatal(err)
	}
	want := []plan.Param{{Name: "filter", Value: "name:a"}, {Name: "status", Value: "open"}, {Name: "filter", Value: "filter=x"}, {Name: "filter", Value: "a{gteq:1}="}, {Name: "filter"}}
	if got := again.Scans[0].Conjuncts[0].Params; !slices.Equal(got, want) {
		t.Errorf("read %v, want %v", got, want)
	}
	if again.OrderText() != "-name,id" || again.Scans[0].Query == nil {
		t.Errorf("ordered by %q, parameters %v", again.OrderText(), again.Scans[0].Query)
	}
	named, err := edited(t, y, p, func(doc map[string]any) {
		conjunct := member(t, member(t, doc, "scans"), "conjuncts")
		conjunct["params"], conjunct["param_names"] = []string{"a=b", "x=1", "y"}, []string{"filter", "x"}
	})
	if err != nil {
		t.Fatal(err)
	}
	want = []plan.Param{{Name: "filter", Value: "a=b"}, {Name: "x", Value: "1"}, {Name: "filter", Value: "y"}}
	if got := named.Scans[0].Conjuncts[0].Params; !slices.Equal(got, want) {
		t.Errorf("read %v, want %v", got, want)
	}
}

// TestLoadZone: a zone that this machine does not know has the offset of the plan's time.
func TestLoadZone(t *testing.T) {
	y := &toy{}
	p := planned(t, y, "", plan.Options{})
	for zone, want := range map[string]string{"UTC": "UTC +0", "Europe/Berlin": "Europe/Berlin +1", "Moon/Apollo": "Moon/Apollo +2", "Local": "Local +2"} {
		again, err := edited(t, y, p, func(doc map[string]any) { doc["zone"], doc["now"] = zone, "2024-01-01T00:00:00+02:00" })
		if err != nil {
			t.Fatal(err)
		}
		_, offset := again.Now.In(again.Zone).Zone()
		if got := again.Zone.String() + " +" + string(rune('0'+offset/3600)); got != want {
			t.Errorf("%s: %s", zone, got)
		}
	}
}

// TestLoadCost: the least time of a plan survives its JSON.
func TestLoadCost(t *testing.T) {
	y := &toy{}
	p := planned(t, y, "", plan.Options{Rate: 2, Burst: 4})
	again, err := edited(t, y, p, func(map[string]any) {})
	if err != nil || again.Cost != p.Cost || p.Cost.LeastTime != 498*time.Second {
		t.Errorf("%v: %+v, was %+v", err, again, p.Cost)
	}
}

// TestAnalysisText: the text of an analysis compares the expected cost with the actual.
func TestAnalysisText(t *testing.T) {
	p := planned(t, &toy{}, "", plan.Options{})
	scan := plan.ActualScan{Fetched: 3, Requests: 1, Retries: 2}
	for _, test := range []struct {
		actual plan.Actual
		want   string
	}{
		{
			plan.Actual{Rows: 2, Fetched: 3, Requests: 1, Retries: 2, Elapsed: 1500 * time.Microsecond, Scans: []plan.ActualScan{scan}},
			"took      1 request for 3 rows (2 in the answer) in 2ms; retries: 2\n",
		},
		{
			plan.Actual{Requests: 4, Counts: 1, Scans: []plan.ActualScan{scan, scan}},
			"took      4 requests for 0 rows (0 in the answer) in 0s; retries: 0\n" +
				"          1 of the requests counted rows, to choose among plans\n" +
				"scan 1    1 request for 3 rows; retries: 2\nscan 2    1 request for 3 rows; retries: 2\n",
		},
	} {
		var b bytes.Buffer
		if err := (plan.Analysis{Plan: p, Actual: test.actual}).Explain(&b); err != nil {
			t.Fatal(err)
		}
		text, ok := strings.CutPrefix(b.String(), p.String()+"expected  1000 requests for 100000 rows (an estimate: see --probe)\n")
		if !ok || text != test.want {
			t.Errorf("got\n%s\nwant\n%s", b.String(), test.want)
		}
		for room := range 2 {
			if err := (plan.Analysis{Plan: p, Actual: test.actual}).Explain(&fullWriter{room: room}); !errors.Is(err, io.ErrShortWrite) {
				t.Errorf("a writer that fails after %d writes: %v", room, err)
			}
		}
	}
}

// fullWriter fails after some writes.
type fullWriter struct{ room int }

func (w *fullWriter) Write(p []byte) (int, error) {
	if w.room--; w.room < 0 {
		return 0, io.ErrShortWrite
	}
	return len(p), nil
}

// TestErrorsMatch: an error matches its own sentinel and no other.
func TestErrorsMatch(t *testing.T) {
	sentinels := []error{plan.ErrUnanswerable, plan.ErrOption, plan.ErrStored, plan.ErrUncounted}
	for i, err := range []error{&plan.Error{}, &plan.OptionError{}, &plan.StoredError{}} {
		for k, sentinel := range sentinels {
			if errors.Is(err, sentinel) != (i == k) {
				t.Errorf("%T matches %v: %v", err, sentinel, i != k)
			}
		}
	}
}

// TestResumable: which sorts and strategies can resume.
func TestResumable(t *testing.T) {
	for _, test := range []struct {
		sort     plan.SortPlace
		strategy plan.Strategy
		want     bool
	}{
		{plan.SortNone, plan.StrategySplitRanges, true},
		{plan.SortByID, plan.StrategyReadAhead, true},
		{plan.SortServer, plan.StrategyOnePage, false},
		{plan.SortServer, plan.StrategyFollowTokens, true},
		{plan.SortLocal, plan.StrategyFollowTokens, false},
		{plan.SortTopK, plan.StrategySplitRanges, false},
	} {
		if got := (&plan.Plan{Sort: test.sort, Strategy: test.strategy}).Resumable(); got != test.want {
			t.Errorf("%v, %v: %v", test.sort, test.strategy, got)
		}
	}
}
