package shelf_test

import (
	"cmp"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/muster-go/muster/query"
	"github.com/muster-go/muster/query/plan"
	"github.com/muster-go/muster/query/rest/shelf/shelftest"
)

var update = flag.Bool("update", false, "write the table into README.md")

// The marks between which README.md has the table.
const begin, end = "<!-- table: go test ./query/rest/shelf -run Table -update -->\n", "<!-- end of the table -->\n"

// TestTable holds the table of README.md to what the definitions send.
func TestTable(t *testing.T) {
	apis := shelftest.APIs()
	slices.SortFunc(apis, func(a, b shelftest.API) int { return cmp.Compare(a.Name, b.Name) })
	var table strings.Builder
	table.WriteString("\n| definition | conditions are sent as | exact | a superset, checked here | worked out here | OR | the server sorts by | whole |\n|---|---|---|---|---|---|---|---|\n")
	whole := 0
	for _, api := range apis {
		if api.Lacks == "" {
			whole++
		}
		table.WriteString(newWorld(t, api).line(t))
	}
	table.WriteString("\n")
	if whole < 20 {
		t.Errorf("%d definitions say the whole of their listing, want 20 at least", whole)
	}
	text, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok := strings.Cut(string(text), begin)
	_, after, ended := strings.Cut(rest, end)
	if !ok || !ended {
		t.Fatal("README.md has no place for the table")
	}
	want := before + begin + table.String() + end + after
	switch {
	case *update:
		if err := os.WriteFile("README.md", []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	case string(text) != want:
		t.Errorf("README.md has another table than\n%s", table.String())
	}
}

// line is the table's line of an API. An operator stands with the best verdict that a field
// of its kind has.
func (w *world) line(t *testing.T) string {
	t.Helper()
	best := map[string]plan.Verdict{}
	var names []string
	tests := w.tests()
	for _, test := range tests {
		name := test.kind + " " + test.op
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
		if v, ok := w.verdict(t, test.filter); ok && !test.caseless {
			best[name] = max(best[name], v)
		}
	}
	whole := "yes"
	if w.api.Lacks != "" {
		whole = "no: " + w.api.Lacks
	}
	return fmt.Sprintf("| `%s` | %s | %s | %s | %s | %s | %s | %s |\n", w.api.Name, w.api.Filter,
		cell(names, best, plan.Exact), cell(names, best, plan.Superset), cell(names, best, plan.Unsupported), w.or(t, tests), w.sorts(), whole)
}

// or says how an OR over several fields is sent.
func (w *world) or(t *testing.T, tests []test) string {
	t.Helper()
	var sent []string // an exact test of each field
	last := ""
	for _, test := range tests {
		field, _, _ := strings.Cut(test.filter, " ")
		if v, ok := w.verdict(t, test.filter); ok && v == plan.Exact && field != last {
			sent, last = append(sent, test.filter), field
		}
	}
	best := "worked out here"
	for i := 1; i < min(len(sent), 8); i++ {
		p, err := query.Prepare(w.unconnected, sent[i-1]+" or "+sent[i])
		switch {
		case err != nil:
			t.Fatal(err)
		case len(p.Scans) == 1 && p.Scans[0].Conjuncts[0].Verdict != plan.Unsupported:
			return "sent"
		case len(p.Scans) > 1:
			best = "a request each"
		}
	}
	return best
}

// cell lists the operators that have a verdict, by kind.
func cell(names []string, best map[string]plan.Verdict, v plan.Verdict) string {
	var kinds []string
	ops := map[string]string{}
	for _, name := range names {
		kind, op, _ := strings.Cut(name, " ")
		if best[name] != v {
			continue
		}
		if !slices.Contains(kinds, kind) {
			kinds = append(kinds, kind)
		}
		ops[kind] += " `" + op + "`"
	}
	for i, kind := range kinds {
		kinds[i] = kind + strings.Replace(ops[kind], " `<` `<=` `>` `>=`", " order", 1)
	}
	return strings.Join(kinds, "; ")
}

// sorts lists the fields that the server sorts by, in a direction at least.
func (w *world) sorts() string {
	var by []string
	schema := w.listing.Schema()
	for i := range schema.Len() {
		name := schema.Field(i).Name
		for _, key := range []string{name, "-" + name} {
			p, err := query.Prepare(w.unconnected, "", query.OrderBy(key))
			if err == nil && p.Sort == plan.SortServer && !slices.Contains(by, "`"+name+"`") {
				by = append(by, "`"+name+"`")
			}
		}
	}
	return strings.Join(by, " ")
}
