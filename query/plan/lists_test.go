package plan_test

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query/plan"
)

// numbers is a list of n numbers.
func numbers(n int) string {
	values := make([]string, n)
	for i := range values {
		values[i] = strconv.Itoa(i)
	}
	return strings.Join(values, ", ")
}

// letters is a list of n strings.
func letters(n int) string {
	values := make([]string, n)
	for i := range values {
		values[i] = fmt.Sprintf("'v%d'", i)
	}
	return strings.Join(values, ", ")
}

// roomy is a toy whose request holds a number of values.
func roomy(size int, kinds ...string) *toy {
	return &toy{
		verdicts: exactly(append(kinds, "in", "not in", "compare", "not compare", "is", "not is", "between")...),
		caps:     plan.Capabilities{Room: plan.Room{Size: size, Reason: "the form is full"}},
	}
}

// shape describes each scan of a plan: the sizes of its pushed conditions, and of its
// residual behind a slash.
func shape(p *plan.Plan) string {
	scans := make([]string, len(p.Scans))
	for i, s := range p.Scans {
		var pushed, left []string
		for _, c := range s.Conjuncts {
			if size := strconv.Itoa(sizeOf(c.Node)); c.Verdict == plan.Exact {
				pushed = append(pushed, size)
			} else {
				left = append(left, size)
			}
		}
		scans[i] = strings.Join(pushed, "+")
		if len(left) > 0 {
			scans[i] += "/" + strings.Join(left, "+")
		}
	}
	return strings.Join(scans, " ")
}

// TestFitRequest: what a request does not hold is evaluated locally, the longest
// condition first, and of a `not in` only the tail.
func TestFitRequest(t *testing.T) {
	for _, test := range []struct {
		filter string
		room   int
		want   string
	}{
		{"size = 1 and code in (" + letters(5) + ")", 6, "1+5"},
		{"size = 1 and code in (" + letters(5) + ")", 5, "1/5"},
		{"size = 1 and code in (" + letters(5) + ") and name in (" + letters(8) + ")", 13, "1+5/8"},
		{"size = 1 and code in (" + letters(5) + ") and name in (" + letters(8) + ")", 6, "1+5/8"},
		{"size = 1 and code in (" + letters(5) + ") and name in (" + letters(8) + ")", 5, "1/5+8"},
		{"size = 1 and code in (" + letters(5) + ") and name in (" + letters(8) + ")", 0, "/1+5+8"},
		{"size not in (" + numbers(40) + ")", 40, "40"},
		{"size not in (" + numbers(40) + ")", 39, "35/5"},
		{"size not in (" + numbers(40) + ")", 20, "18/22"},
		{"size not in (" + numbers(40) + ") and code = 'a'", 21, "18+1/22"},
		{"size not in (" + numbers(40) + ") and code not in (" + letters(12) + ")", 30, "16+12/24"},
		{"size not in (" + numbers(40) + ") and code not in (" + letters(12) + ")", 12, "12/40"},
	} {
		y := roomy(test.room)
		if test.room == 0 {
			y.caps.Room.Reason = "nothing fits"
		}
		p := planned(t, y, test.filter, plan.Options{Without: []string{"chunks"}})
		if got := shape(p); got != test.want {
			t.Errorf("%.40s… in %d: %s, want %s", test.filter, test.room, got, test.want)
		}
		for _, c := range p.Scans[0].Conjuncts {
			if c.Verdict == plan.Unsupported && c.Reason != y.caps.Room.Reason {
				t.Errorf("%.40s… in %d: %s", test.filter, test.room, c.Reason)
			}
		}
	}
}

// TestSplitNotInHead: the head of a `not in` is sent only if the server answers it exactly
// and it fits.
func TestSplitNotInHead(t *testing.T) {
	weighs := func(size int) func(dsl.Node) int {
		return func(n dsl.Node) int {
			if sizeOf(n) == 40 {
				return 40
			}
			return size
		}
	}
	for _, test := range []struct {
		name   string
		cannot string
		size   func(dsl.Node) int
		want   string
	}{
		{name: "exact", want: "18/22"},
		{name: "not exact", cannot: "size not in (" + numbers(18) + ")", want: "/40"},
		{name: "as large as the room", size: weighs(20), want: "18/22"},
		{name: "larger", size: weighs(21), want: "/40"},
	} {
		y := roomy(20)
		y.cannot, y.size = test.cannot, test.size
		if got := shape(planned(t, y, "size not in ("+numbers(40)+")", plan.Options{Without: []string{"chunks"}})); got != test.want {
			t.Errorf("%s: %s, want %s", test.name, got, test.want)
		}
	}
}

// TestSplitLists: if rows never carry a field, a long list of its values is split over
// several requests: by the longest list first, into parts of a quarter of the room.
func TestSplitLists(t *testing.T) {
	for _, test := range []struct {
		filter string
		room   int
		want   string // "" = refused
	}{
		{"secret in (" + numbers(40) + ")", 40, "40"},
		{"secret in (" + numbers(40) + ")", 39, "8 8 8 8 8"},
		{"secret in (" + numbers(40) + ")", 4, strings.TrimSpace(strings.Repeat("1 ", 40))},
		{"secret in (" + numbers(20) + ")", 19, "3 3 3 3 3 3 2"},
		{"secret in (" + numbers(19) + ")", 18, ""},
		{"secret in (" + numbers(255) + ") or secret is null", 4, strings.TrimSpace(strings.Repeat("1 ", 256))},
		{"secret in (" + numbers(256) + ") or secret is null", 4, ""},
		{"secret in (" + numbers(40) + ") or secret is null", 39, "8 8 8 8 8 1"},
		{"secret is null or secret in (" + numbers(40) + ")", 39, "8 8 8 8 8 1"},
		{"secret not in (" + numbers(40) + ")", 39, "8+1 8+1+1 8+1+1 8+1+1 8+1"},
		{"(secret in (" + numbers(40) + ") or secret is null) and size = 7", 39, "8/1 8/1 8/1 8/1 8/1 1/1"},
		{"seen_at > 2024-01-01 and secret in (" + numbers(40) + ") and code in (" + letters(30) + ")", 45, "1+40/30"},
		{"secret in (" + numbers(30) + ") and secret not in (" + numbers(5) + ")", 24, "5 5 5 5 5"},
		{"secret in (" + numbers(40) + ") or secret is null or secret between 900 and 950", 39, ""},
	} {
		p, err := plan.Make(roomy(test.room, "array"), checkedThings(t, test.filter), plan.Options{})
		if test.want == "" {
			if !errors.Is(err, plan.ErrUnanswerable) {
				t.Errorf("%.30s… in %d: %s, %v", test.filter, test.room, shape(p), err)
			}
			continue
		}
		if err != nil {
			t.Errorf("%.30s… in %d: %v", test.filter, test.room, err)
			continue
		}
		if got := shape(p); got != test.want {
			t.Errorf("%.30s… in %d: %s, want %s", test.filter, test.room, got, test.want)
		}
		if parts := p.Reasons.Parts != ""; parts != (len(p.Scans) > 1) {
			t.Errorf("%.30s… in %d: %d scans because %q", test.filter, test.room, len(p.Scans), p.Reasons.Parts)
		}
	}
}

// secrets is a schema whose field "secret" is never returned.
func secrets(secret model.Field) *model.Schema {
	secret.Name, secret.Returned = "secret", model.ReturnedNo
	schema, err := model.NewSchema("secrets", model.Field{Name: "id", Type: model.TypeInt, Returned: model.ReturnedAlways}, secret)
	if err != nil {
		panic(err)
	}
	return schema
}

// TestSplitEveryBranch: each branch of an alternative is split.
func TestSplitEveryBranch(t *testing.T) {
	p := planned(t, roomy(39), "secret in ("+numbers(40)+") and size in ("+numbers(60)+")", plan.Options{})
	if got := shape(p); got != "8/60 8/60 8/60 8/60 8/60" {
		t.Errorf("%s", got)
	}
	// Four parts of the values of size, each in five parts of those of secret.
	if len(p.Rejected) != 1 || p.Rejected[0].Scans != 20 {
		t.Errorf("rejected %v", p.Rejected)
	}
}

// TestNotSplit: no list is split if a part would have other rows.
func TestNotSplit(t *testing.T) {
	text := roomy(39)
	text.schema = secrets(model.Field{Type: model.TypeString, Collation: model.CI})
	if p, err := plan.Make(text, checkedBy(t, text.schema, "secret not in ("+letters(40)+")"), plan.Options{}); !errors.Is(err, plan.ErrUnanswerable) {
		t.Errorf("the order of texts was used:\n%v", p) // it depends on the server's collation
	}
	across := roomy(39, "or")
	if p, err := plan.Make(across, checkedThings(t, "secret in ("+numbers(40)+") or name = 'a'"), plan.Options{}); !errors.Is(err, plan.ErrUnanswerable) {
		t.Errorf("an OR across fields was split:\n%v", p)
	}
}

// TestSplitsInTwo: a list that would fit whole is split in halves, because the other
// conditions take the room.
func TestSplitsInTwo(t *testing.T) {
	filter := "secret in (" + numbers(30) + ")"
	for range 3 {
		filter += " and secret not in (" + numbers(19) + ")"
	}
	for _, room := range []int{80, 3*19 + 15} {
		p := planned(t, roomy(room), filter, plan.Options{Without: []string{"fold"}})
		if got := shape(p); got != "19+19+19+15 19+19+19+15" {
			t.Errorf("in %d: %s", room, got)
		}
	}
}

// TestChunks: a long `in` is sent in parts of half the room, if they are exact.
func TestChunks(t *testing.T) {
	for _, test := range []struct {
		filter string
		room   int
		want   string // of the alternative; "" = there is none
	}{
		{"size in (" + numbers(40) + ")", 80, ""},
		{"size in (" + numbers(40) + ")", 79, "2 parts of the values of size"},
		{"size in (" + numbers(40) + ")", 30, "4 parts of the values of size"},
		{"size in (" + numbers(40) + ")", 2, ""},
		{"size in (" + numbers(20) + ")", 30, "2 parts of the values of size"},
		{"size in (" + numbers(19) + ")", 30, ""},
		{"size in (" + numbers(30) + ") and code in (" + letters(40) + ")", 40, "3 parts of the values of code"},
		{"code in (" + letters(40) + ") and size in (" + numbers(30) + ")", 40, "3 parts of the values of code"},
		{"size in (" + numbers(30) + ") and code in (" + letters(30) + ")", 40, "2 parts of the values of size"},
	} {
		y := roomy(test.room)
		p := planned(t, y, test.filter, plan.Options{})
		var names []string
		for _, a := range p.Rejected {
			names = append(names, a.Name)
		}
		got := strings.Join(names, "; ")
		if got == "one scan" { // the parts were chosen
			_, got, _ = strings.Cut(p.Reasons.Parts, "the values of ")
			name, rest, _ := strings.Cut(got, " are sent in ")
			n, _, _ := strings.Cut(rest, ":")
			got = n + " of the values of " + name
		}
		if got != test.want {
			t.Errorf("%.30s… in %d: %q, want %q", test.filter, test.room, got, test.want)
		}
	}
	unsure := roomy(30)
	unsure.verdicts["in"] = plan.Superset
	if p := planned(t, unsure, "size in ("+numbers(40)+")", plan.Options{}); len(p.Rejected) > 0 {
		t.Errorf("parts that are not exact were considered:\n%v", p)
	}
}

// TestUnions: an OR that the server cannot answer is split if it has two to six parts,
// and the first three such ORs are tried.
func TestUnions(t *testing.T) {
	y := func() *toy {
		return &toy{verdicts: exactly("compare", "not compare", "is", "not is", "between", "in", "not in")}
	}
	for _, test := range []struct {
		filter string
		want   string // what was considered
	}{
		{"name = 'a'", ""},
		{"name = 'a' or name = 'b'", ""},
		{"flag and (name = 'a' or code = 'b') and size > 1", "one scan"},
		{"name contains 'a' and (name = 'b' or code = 'b')", "one scan"},
		{"name = 'a' or code = 'b'", "one scan"},
		{"name = 'a' or code = 'b' or note = 'c' or sku = 'd' or size = 1 or price = 2", "6 disjoint branches"},
		{"name = 'a' or code = 'b' or note = 'c' or sku = 'd' or size = 1 or price = 2 or id = 5", ""},
		{"(name = 'a' or code = 'b') and (name > 'c' or size = 1) and (name < 'd' or price = 1)", "2 disjoint branches, 2 disjoint branches, one scan"},
		{"(name > 'a' or code > 'b') and (note > 'c' or size > 1) and (sku > 'd' or price > 1) and (code < 'x' or size < 9)", "2 disjoint branches, 2 disjoint branches, one scan"},
		{
			"(name = 'a' or code = 'b' or note = 'c' or sku = 'd' or size = 1 or price = 2 or flag) and (name > 'c' or size = 3)",
			"one scan",
		},
	} {
		p := planned(t, y(), test.filter, plan.Options{Without: []string{"arrays"}})
		var names []string
		for _, a := range p.Rejected {
			name, _, _ := strings.Cut(a.Name, " of ")
			names = append(names, name)
		}
		if len(p.Scans) > 1 && test.want == "6 disjoint branches" {
			names = []string{fmt.Sprintf("%d disjoint branches", len(p.Scans))}
		}
		if got := strings.Join(sorted(names), ", "); got != test.want {
			t.Errorf("%s\nconsidered %q, want %q:\n%v", test.filter, got, test.want, p)
		}
	}
}

func sorted(names []string) []string {
	var first, last []string
	for _, name := range names {
		if name == "one scan" {
			last = append(last, name)
		} else {
			first = append(first, name)
		}
	}
	return append(first, last...)
}

// TestUnionOrder: conditions on references come last, so that other branches need not
// exclude them; every other branch excludes those before it.
func TestUnionOrder(t *testing.T) {
	y := &toy{verdicts: exactly("compare", "not compare", "is", "not is", "array")}
	y.fields = map[string]bool{"name": true, "code": true, "tags.id": true, "owner": true, "tags": true}
	for filter, want := range map[string]string{
		"tags.id = 1 or name = 'a'":                 "name = 'a' | tags.id = 1 & name != 'a'",
		"owner is null or name = 'a'":               "name = 'a' | owner is null & name != 'a'",
		"code = 'b' or name = 'a'":                  "code = 'b' | name = 'a' & code != 'b'",
		"code = 'b' or name = 'a' or owner is null": "code = 'b' | name = 'a' & code != 'b' | owner is null & code != 'b' & name != 'a'",
	} {
		p := planned(t, y, filter, plan.Options{})
		scans := make([]string, len(p.Scans))
		for i, s := range p.Scans {
			var terms []string
			for _, c := range s.Conjuncts {
				terms = append(terms, dsl.Format(c.Node))
			}
			scans[i] = strings.Join(terms, " & ")
		}
		if got := strings.Join(scans, " | "); got != want {
			t.Errorf("%s\nis %s\nwant %s", filter, got, want)
		}
	}
}

// TestExpansionBounds: an expansion has at most 64 branches and looks at a bounded
// number of conditions.
func TestExpansionBounds(t *testing.T) {
	y := &toy{verdicts: exactly("compare", "not compare", "is", "not is", "match", "not match", "in", "not in", "between", "array")}
	either := func(n int) string {
		terms := make([]string, n)
		for i := range terms {
			terms[i] = fmt.Sprintf("(secret = %d or name contains 'x%dx')", i, i)
		}
		return strings.Join(terms, " and ")
	}
	several := func(n int) string {
		terms := make([]string, n)
		for i := range terms {
			terms[i] = fmt.Sprintf("(secret < %d or name contains 'x%dx')", i, i)
		}
		return strings.Join(terms, " and ")
	}
	among := func(n int) string {
		terms := []string{several(2)}
		for i := range n {
			terms = append(terms, fmt.Sprintf("note contains 'x%dx'", i))
		}
		return strings.Join(terms, " and ")
	}
	for _, test := range []struct {
		name, filter string
		scans        int // 0 = refused
	}{
		{"exclusive ORs", either(2), 3},
		{"as much work as allowed", either(18), 19},
		{"more work", either(19), 0},
		{"ORs", several(2), 4},
		{"as many branches as allowed", several(6), 64},
		{"more branches", several(7), 0},
		{"as many terms as allowed", among(124), 4},
		{"more terms", among(125), 0},
	} {
		p, err := plan.Make(y, checkedThings(t, test.filter), plan.Options{})
		switch {
		case test.scans == 0 && !errors.Is(err, plan.ErrUnanswerable):
			t.Errorf("%s: %d scans, %v", test.name, len(p.Scans), err)
		case test.scans > 0 && (err != nil || len(p.Scans) != test.scans):
			t.Errorf("%s: %.80v, want %d scans", test.name, err, test.scans)
			if err == nil {
				t.Errorf("%d scans", len(p.Scans))
			}
		}
	}
}

// TestExpandedParts: an OR of more than 64 parts is not expanded, although contradictions
// would leave fewer branches.
func TestExpandedParts(t *testing.T) {
	y := &toy{verdicts: exactly("compare", "not compare"), schema: secrets(model.Field{Type: model.TypeInt})}
	either := func(n int) string {
		terms := make([]string, n)
		for i := range terms {
			terms[i] = fmt.Sprintf("secret = %d", i)
		}
		return strings.Join(terms, " or ")
	}
	unfolded := plan.Options{Without: []string{"fold"}}
	if p := planned(t, y, either(64), unfolded); len(p.Scans) != 64 {
		t.Errorf("%d scans, want 64", len(p.Scans))
	}
	if p, err := plan.Make(y, checkedBy(t, y.schema, "secret < 10 and ("+either(65)+")"), unfolded); !errors.Is(err, plan.ErrUnanswerable) {
		t.Errorf("%d scans, %v", len(p.Scans), err)
	}
}

// TestRefusals: an error names each condition and each field that cannot be evaluated,
// and no others.
func TestRefusals(t *testing.T) {
	y := &toy{verdicts: exactly("compare")}
	for filter, want := range map[string][]string{
		"secret > 1":                             nil,
		"name = 'a' and secret > 1":              nil,
		"secret in (1, 2)":                       {"secret in (1, 2)"},
		"name contains 'a' and secret in (1, 2)": {"secret in (1, 2)"},
		"secret in (1, 2) and name = 'a' and secret between 1 and 5": {"secret in (1, 2)"},
		"secret = 1 and (secret in (3, 4) or name contains 'a')":     {"secret in (3, 4) or name contains 'a'"},
		"name contains 'a' or name contains 'b' or secret in (1, 2)": {"name contains 'a' or name contains 'b' or secret in (1, 2)"},
	} {
		_, err := plan.Make(y, checkedThings(t, filter), plan.Options{Without: []string{"fold", "fan-out"}})
		if (err == nil) != (want == nil) {
			t.Errorf("%s: %v", filter, err)
			continue
		}
		if err == nil {
			continue
		}
		for _, part := range want {
			if !strings.Contains(err.Error(), part+": the server cannot, and secret is never returned") {
				t.Errorf("%s: %v does not name %s", filter, err, part)
			}
		}
	}
}
