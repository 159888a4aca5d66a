package plan_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/paginate"
	"github.com/muster-go/muster/query/plan"
)

// TestWorthCounting: a run counts if the plan was chosen by a guess and its requests are
// ten times those of counting.
func TestWorthCounting(t *testing.T) {
	lost := plan.Alternative{Cost: plan.Cost{Requests: 1}, Scans: 2}
	refused := plan.Alternative{Scans: 50}
	for _, test := range []struct {
		requests int64
		known    bool
		rejected []plan.Alternative
		want     bool
	}{
		{29, false, []plan.Alternative{lost}, false},
		{30, false, []plan.Alternative{lost}, true},
		{30, false, []plan.Alternative{lost, refused}, true},
		{31, true, []plan.Alternative{lost}, false},
		{50, false, []plan.Alternative{lost, lost}, true},
		{49, false, []plan.Alternative{lost, lost}, false},
		{1000, false, []plan.Alternative{refused}, false},
		{1000, false, nil, false},
	} {
		p := &plan.Plan{Scans: make([]plan.Scan, 1), Cost: plan.Cost{Requests: test.requests, Known: test.known}, Rejected: test.rejected}
		if got := p.WorthCounting(); got != test.want {
			t.Errorf("%d requests, known %v, rejected %v: %v", test.requests, test.known, test.rejected, got)
		}
	}
}

// TestLeastTime: (requests - burst) ÷ rate.
func TestLeastTime(t *testing.T) {
	y := &toy{caps: plan.Capabilities{Count: counts(1000)}}
	for _, test := range []struct {
		rate  float64
		burst int
		want  time.Duration
	}{{2, 4, 3 * time.Second}, {0.5, 9, 2 * time.Second}, {2, 10, 0}, {2, 20, 0}, {0, 0, 0}} {
		p, err := plan.MakeCounted(t.Context(), y, checkedThings(t, ""), plan.Options{Rate: test.rate, Burst: test.burst})
		if err != nil {
			t.Fatal(err)
		}
		if p.Cost.LeastTime != test.want || p.Cost.Requests != 10 {
			t.Errorf("rate %v, burst %d: %v for %d requests, want %v", test.rate, test.burst, p.Cost.LeastTime, p.Cost.Requests, test.want)
		}
		if has := strings.Contains(p.String(), "at least "+test.want.String()+" under the rate limit"); has != (test.want > 0) {
			t.Errorf("rate %v: %v", test.rate, p)
		}
	}
}

// TestSortBounds: who sorts, by the limit, the page and what the server can.
func TestSortBounds(t *testing.T) {
	for _, test := range []struct {
		name   string
		y      toy
		filter string
		o      plan.Options
		want   plan.SortPlace
		reason string
	}{
		{name: "limit of a page", y: toy{sorts: true}, o: plan.Options{Order: "name", Limit: 100}, want: plan.SortServer},
		{name: "limit beyond a page", y: toy{sorts: true}, o: plan.Options{Order: "name", Limit: 101}, want: plan.SortTopK, reason: "the first 101 rows"},
		{name: "limit of the top", y: toy{}, o: plan.Options{Order: "name", Limit: 50_000}, want: plan.SortTopK},
		{name: "limit beyond the top", y: toy{}, o: plan.Options{Order: "name", Limit: 50_001}, want: plan.SortLocal},
		{name: "a page of ids", y: toy{sorts: true}, filter: "id between 1 and 100", o: plan.Options{Order: "name"}, want: plan.SortServer},
		{name: "more ids", y: toy{sorts: true}, filter: "id between 1 and 101", o: plan.Options{Order: "name"}, want: plan.SortLocal},
		{name: "residual", y: toy{sorts: true}, filter: "name = 'a'", o: plan.Options{Order: "name", Limit: 1}, want: plan.SortTopK},
		{name: "with deleted", y: toy{sorts: true, keepDeleted: true}, o: plan.Options{Order: "name", Limit: 1, Deleted: plan.DeletedInclude}, want: plan.SortTopK},
		{name: "no sort", y: toy{}, o: plan.Options{Order: "name", Limit: 1}, want: plan.SortTopK},
		{
			name: "sorts by some", y: toy{caps: plan.Capabilities{SortsBy: func([]plan.OrderKey) bool { return true }}},
			o: plan.Options{Order: "name", Limit: 1}, want: plan.SortServer,
		},
		{
			name: "sorts by none", y: toy{sorts: true, caps: plan.Capabilities{SortsBy: func([]plan.OrderKey) bool { return false }}},
			o: plan.Options{Order: "name", Limit: 1}, want: plan.SortTopK,
		},
		{name: "token", y: toy{sorts: true, caps: plan.Capabilities{Paging: plan.PagingToken}}, o: plan.Options{Order: "name"}, want: plan.SortServer, reason: "across all its pages"},
		{name: "offset", y: toy{sorts: true, caps: plan.Capabilities{Paging: plan.PagingOffset}}, filter: "name = 'a'", o: plan.Options{Order: "name"}, want: plan.SortServer},
		{name: "link", y: toy{sorts: true, caps: plan.Capabilities{Paging: plan.PagingLink}}, o: plan.Options{Order: "-id"}, want: plan.SortServer},
		{name: "token without a sort", y: toy{caps: plan.Capabilities{Paging: plan.PagingToken}}, o: plan.Options{Order: "name"}, want: plan.SortLocal},
		{
			name: "token with deleted", y: toy{sorts: true, keepDeleted: true, caps: plan.Capabilities{Paging: plan.PagingToken}},
			o: plan.Options{Order: "name", Deleted: plan.DeletedInclude}, want: plan.SortLocal,
		},
		{
			name: "token with a union", y: toy{sorts: true, verdicts: exactly("compare"), caps: plan.Capabilities{Paging: plan.PagingToken}},
			filter: "name = 'a' or code = 'b'", o: plan.Options{Order: "name"}, want: plan.SortLocal,
		},
		{name: "forward", y: toy{caps: plan.Capabilities{Paging: plan.PagingForward}}, o: plan.Options{Order: "-id"}, want: plan.SortLocal},
		{name: "by key", y: toy{}, o: plan.Options{ByKey: true, Order: "name", Limit: 1}, want: plan.SortTopK},
	} {
		p := planned(t, &test.y, test.filter, test.o)
		if p.Sort != test.want || !strings.Contains(p.Reasons.Order, test.reason) {
			t.Errorf("%s: sorted %v: %s; want %v", test.name, p.Sort, p.Reasons.Order, test.want)
		}
		if test.name == "by key" && p.OrderText() != "name,id" {
			t.Errorf("ordered by %s", p.OrderText())
		}
	}
}

// TestLocalSortBounds: the bounds of a local sort, and how a reason prints them.
func TestLocalSortBounds(t *testing.T) {
	for _, test := range []struct {
		spills bool
		o      plan.Options
		want   string
	}{
		{true, plan.Options{}, "(above 64 MiB in a temporary file)"},
		{true, plan.Options{SortMemory: 1 << 20}, "(above 1 MiB in a temporary file)"},
		{true, plan.Options{SortMemory: 1<<20 - 1}, "(above 1023 KiB in a temporary file)"},
		{true, plan.Options{SortMemory: 1 << 10}, "(above 1 KiB in a temporary file)"},
		{true, plan.Options{SortMemory: 1<<10 - 1, MaxSortRows: 7}, "(at most 7, above 1023 bytes in a temporary file)"},
		{false, plan.Options{SortMemory: 5}, "(at most 1000000)"},
		{false, plan.Options{MaxSortRows: 8}, "(at most 8)"},
	} {
		test.o.Order = "name"
		p := planned(t, &toy{caps: plan.Capabilities{Spills: test.spills}}, "", test.o)
		if !strings.Contains(p.Reasons.Order, test.want) {
			t.Errorf("%+v: %s", test.o, p.Reasons.Order)
		}
	}
}

// TestSortHint: a sort by a field that is never returned needs a page that holds the
// answer.
func TestSortHint(t *testing.T) {
	for limit, want := range map[int64]string{
		0: "add a limit of at most 100", 101: "add a limit of at most 100", 100: "with one request", 99: "with one request",
	} {
		_, err := plan.Make(&toy{sorts: true}, checkedThings(t, "name = 'a'"), plan.Options{Order: "secret", Limit: limit})
		refused, ok := errors.AsType[*plan.Error](err)
		if !ok || !strings.Contains(refused.Hint, want) {
			t.Errorf("limit %d: %v", limit, err)
		}
	}
	for _, order := range []string{"owner", "tags", "owner.name", "nme"} {
		if _, err := plan.Make(&toy{}, checkedThings(t, ""), plan.Options{Order: order}); !errors.Is(err, plan.ErrOption) {
			t.Errorf("%s: %v", order, err)
		}
	}
}

// TestStrategyBounds: how pages are fetched, by the pages that are expected.
func TestStrategyBounds(t *testing.T) {
	rate := func(r paginate.RateLimit) plan.Capabilities {
		return plan.Capabilities{Count: counts(1000), RateLimit: func() paginate.RateLimit { return r }}
	}
	counted := func(n int64) plan.Capabilities { return plan.Capabilities{Count: counts(n)} }
	slow := paginate.RateLimit{Rate: 100, Burst: 1, RoundTrip: 250 * time.Millisecond}
	for _, test := range []struct {
		filter string
		caps   plan.Capabilities
		o      plan.Options
		want   plan.Strategy
	}{
		{"id between 1 and 100", counted(1000), plan.Options{}, plan.StrategyOnePage},
		{"id between 1 and 101", counted(1000), plan.Options{}, plan.StrategySplitRanges},
		{"", counted(1000), plan.Options{Limit: 100}, plan.StrategyOnePage},
		{"", counted(1000), plan.Options{Limit: 101}, plan.StrategySerial},
		{"", counted(1000), plan.Options{Limit: 200}, plan.StrategySerial},
		{"", counted(1000), plan.Options{Limit: 201}, plan.StrategySplitRanges},
		{"name = 'a'", counted(1000), plan.Options{Limit: 100}, plan.StrategyFirstPageThenSplit},
		{"", counted(200), plan.Options{Order: "id"}, plan.StrategySerial},
		{"", counted(201), plan.Options{Order: "id"}, plan.StrategyReadAhead},
		{"", counted(100), plan.Options{}, plan.StrategyFirstPageThenSplit},
		{"", counted(101), plan.Options{}, plan.StrategySplitRanges},
		{"", counted(0), plan.Options{}, plan.StrategyFirstPageThenSplit},
		{"", counted(1000), plan.Options{Strategy: plan.StrategySerial}, plan.StrategySerial},
		{"", counted(50), plan.Options{Strategy: plan.StrategySplitRanges}, plan.StrategySplitRanges},
		{"", rate(slow), plan.Options{}, plan.StrategySplitRanges},
		{"", rate(slow), plan.Options{Rate: 2, Burst: 1}, plan.StrategySerial},
		{"", rate(paginate.RateLimit{Rate: 2, Burst: 1, RoundTrip: 250 * time.Millisecond}), plan.Options{}, plan.StrategySerial},
		{"", rate(paginate.RateLimit{Rate: 2, Burst: 1, RoundTrip: 250 * time.Millisecond}), plan.Options{Rate: 100, Burst: 9}, plan.StrategySplitRanges},
	} {
		p, err := plan.MakeCounted(t.Context(), &toy{caps: test.caps}, checkedThings(t, test.filter), test.o)
		if err != nil {
			t.Fatal(err)
		}
		if p.Strategy != test.want {
			t.Errorf("%q of %d rows by %+v: %v: %s; want %v", test.filter, p.Cost.Rows, test.o, p.Strategy, p.Reasons.Strategy, test.want)
		}
	}
}

// TestPageSizeBounds: a page may be as large as the server allows.
func TestPageSizeBounds(t *testing.T) {
	for size, want := range map[int]int{0: 100, 1: 1, 100: 100, 101: 0, -1: 0} {
		p, err := plan.Make(&toy{}, checkedThings(t, ""), plan.Options{PageSize: size})
		if got := err == nil; got != (want > 0) || got && p.PageSize != want {
			t.Errorf("%d: %v, %v", size, p, err)
		}
	}
}

// TestSwitchedOff: a condition whose rule is switched off is evaluated locally, for that
// reason; one that no row satisfies still empties the answer.
func TestSwitchedOff(t *testing.T) {
	y := &toy{verdicts: exactly("compare", "in", "match", "array", "not compare", "not in"), nothing: "code in ('never', 'ever')"}
	y.verdicts["between"] = plan.Superset
	for rule, filters := range map[string][]string{
		"arrays":     {"name = 'a' or name starts with 'b'"},
		"lists":      {"name in ('a', 'b')"},
		"patterns":   {"name starts with 'b'"},
		"negations":  {"name != 'a'", "name not in ('a', 'b')"},
		"relaxation": {"size between 1 and 5"},
		"pushdown":   {"name = 'a'"},
	} {
		for _, filter := range filters {
			on := planned(t, y, filter, plan.Options{}).Scans[0].Conjuncts[0]
			off := planned(t, y, filter, plan.Options{Without: []string{rule}}).Scans[0].Conjuncts[0]
			if on.Verdict == plan.Unsupported || off.Verdict != plan.Unsupported || !strings.Contains(off.Reason, "switched off") {
				t.Errorf("%s: %+v, without %s %+v", filter, on.Pushdown, rule, off.Pushdown)
			}
			for _, other := range []string{"arrays", "lists", "patterns", "negations", "relaxation"} {
				if c := planned(t, y, filter, plan.Options{Without: []string{other}}).Scans[0].Conjuncts[0]; other != rule && c.Verdict != on.Verdict {
					t.Errorf("%s without %s: %+v", filter, other, c.Pushdown)
				}
			}
		}
	}
	if p := planned(t, y, y.nothing, plan.Options{Without: []string{"lists"}}); p.Empty == "" {
		t.Errorf("not empty:\n%v", p)
	}
	all := planned(t, y, "", plan.Options{Without: []string{"projection"}})
	if got := all.Scans[0].Query.Get("fields"); got != "flag,created_at,visits,answers,samples,owner,owner.id,owner.name,owner.active,tags,tags.id,tags.name,tags.rate,tags.weight,tags.marks" {
		t.Errorf("without projection, %s", got)
	}
	if _, ok := planned(t, y, "", plan.Options{}).Scans[0].Query["fields"]; ok {
		t.Error("fields are requested that nobody reads")
	}
}

// TestHidden: a field that only the residual reads is hidden, unless the selection shows
// it or a field of the same reference.
func TestHidden(t *testing.T) {
	for _, test := range []struct {
		filter string
		fields string
		want   string
	}{
		{"owner.name = 'a'", "", "owner.name"},
		{"owner.name = 'a'", "owner.name", ""},
		{"owner.name = 'a'", "owner", ""},
		{"owner.name = 'a'", "owner.id", ""},
		{"owner is null", "owner.id", ""},
		{"owner is null", "tags.id", "owner"},
		{"flag", "name", "flag"},
	} {
		p := planned(t, &toy{}, test.filter, plan.Options{Select: strings.FieldsFunc(test.fields, func(r rune) bool { return r == ',' })})
		var hidden []string
		for _, f := range p.Hidden {
			hidden = append(hidden, f.Name)
		}
		if got := strings.Join(hidden, ","); got != test.want {
			t.Errorf("%s selecting %q hides %q, want %q", test.filter, test.fields, got, test.want)
		}
	}
}

// TestWarnings: a plan repeats some of the filter's warnings, and warns of what rows may
// be missed or lack.
func TestWarnings(t *testing.T) {
	c := checkedThings(t, "name = 'a'")
	for n, want := range map[int]string{20: "", 21: "and 1 more warnings about the filter", 27: "and 7 more warnings about the filter"} {
		c.Warnings = make([]dsl.Warning, n)
		p, err := plan.Make(&toy{}, c, plan.Options{})
		if err != nil {
			t.Fatal(err)
		}
		last := p.Warnings[len(p.Warnings)-1]
		if want != "" && (last != want || len(p.Warnings) != 21) || want == "" && len(p.Warnings) != 20 {
			t.Errorf("%d warnings: %d, the last is %q", n, len(p.Warnings), last)
		}
	}
	offset := &toy{caps: plan.Capabilities{Paging: plan.PagingOffset}}
	if p := planned(t, offset, "", plan.Options{}); len(p.Warnings) != 1 || !strings.Contains(p.Warnings[0], "row offsets") {
		t.Errorf("warned of %v", p.Warnings)
	}
	for _, none := range []string{"false", "id > 5 and id < 3"} {
		c := checkedThings(t, none)
		c.Warnings = nil
		if p, err := plan.Make(offset, c, plan.Options{}); err != nil || len(p.Warnings) != 0 {
			t.Errorf("%s: %v, %v", none, p, err)
		}
	}
	p := planned(t, &toy{}, "seen_at > 2024-01-01 and (seen_at < 2025-01-01 or name = 'a')", plan.Options{})
	if len(p.Warnings) != 1 || !strings.HasPrefix(p.Warnings[0], "seen_at is needed to evaluate") {
		t.Errorf("warned of %v", p.Warnings)
	}
}

// TestTimes: an explanation tells what times mean, if the filter has times.
func TestTimes(t *testing.T) {
	for filter, want := range map[string]string{
		"created_at > now - 1d":            "now is 2023-11-14T22:13:20Z; times without a zone are read in UTC",
		"created_at > 2024-01-01":          "times without a zone are read in UTC",
		"seen_at is null":                  "",
		"name = 'a'":                       "",
		"name = 'a' or created_at < today": "now is 2023-11-14T22:13:20Z; times without a zone are read in UTC",
	} {
		p := planned(t, &toy{}, filter, plan.Options{})
		rows := rowsOf(p.String())
		i := slices.IndexFunc(rows, func(r textRow) bool { return r.label == "time" })
		if i < 0 && want != "" || i >= 0 && rows[i].lines[0] != want {
			t.Errorf("%s: %v", filter, p)
		}
	}
	// A filter that was built may have had a relative time.
	c := checkedThings(t, "created_at > 2024-01-01")
	c.Source = ""
	if p, err := plan.Make(&toy{}, c, plan.Options{}); err != nil || !strings.Contains(p.String(), "now is 2023-11-14") {
		t.Errorf("%v, %v", p, err)
	}
}

// TestLongLines: an explanation cuts lines of more than 400 bytes, between characters,
// and states how much is missing.
func TestLongLines(t *testing.T) {
	for n := 360; n < 400; n++ {
		for _, tail := range []string{"", "€€€", "ééééé"} {
			whole := fmt.Sprintf("things where name = '%s'", strings.Repeat("x", n)+tail)
			p := planned(t, &toy{}, fmt.Sprintf("name = '%s'", strings.Repeat("x", n)+tail), plan.Options{})
			line, _, _ := strings.Cut(strings.TrimPrefix(p.String(), "query     "), "\n")
			shown, more, cut := strings.Cut(line, "… (")
			switch {
			case len(whole) <= 400:
				if line != whole {
					t.Errorf("%d bytes are shown as %q", len(whole), line)
				}
			case !cut, !strings.HasPrefix(whole, shown), !utf8.ValidString(shown), len(shown) > 400, len(shown) < 398,
				more != fmt.Sprintf("%d more bytes)", len(whole)-len(shown)):
				t.Errorf("%d bytes are shown as %q", len(whole), line)
			}
		}
	}
}

// TestEstimates: the rows of a scan are known if its ids bound them to a page or to fewer
// than the guess.
func TestEstimates(t *testing.T) {
	y := &toy{verdicts: exactly("compare")}
	for _, test := range []struct {
		filter string
		rows   int64
		known  bool
	}{
		{"id between 1 and 100000", 100_000, true},
		{"id between 1 and 100001", 100_000, false},
		{"id between 1 and 100 and name = 'a'", 100, true},
		{"id between 1 and 101 and name = 'a'", 10, false},
		{"id between 1 and 9 and size = 1", 9, true},
		{"size = 1", 100, false},
		{"size > 1", 33_334, false},
		{"flag = true", 50_000, false},
		{"name = 'a' and code = 'b'", 1, false},
	} {
		p := planned(t, y, test.filter, plan.Options{})
		if p.Cost.Rows != test.rows || p.Cost.Known != test.known {
			t.Errorf("%s: %+v, want %d rows, known %v", test.filter, p.Cost, test.rows, test.known)
		}
	}
}
