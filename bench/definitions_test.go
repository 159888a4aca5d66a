package bench

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/muster-go/muster/query"
	"github.com/muster-go/muster/query/rest"
	"github.com/muster-go/muster/query/rest/expression"
	"github.com/muster-go/muster/query/rest/yaml"
	"github.com/muster-go/muster/query/shipstream"
)

// presets are the dialects of expressions, and key-value.
func presets() []string {
	names := []string{rest.KeyValue}
	for _, d := range expression.Presets() {
		names = append(names, d.Name)
	}
	return names
}

// defined is the definition of a listing in a dialect, with the fields that the query of the
// benchmarks has.
func defined(dialect string) string {
	head, more, params := "", "", [4]string{}
	switch dialect {
	case rest.KeyValue:
		params = [4]string{", params: {eq: id, in: id}", ", params: {eq: username, in: username}", ", params: {gt: after, lt: before}", ", params: {eq: active}"}
	case "jql", "servicenow":
		more = "expression: {text: {fold: ci}, time: {format: \"2006-01-02 15:04\"}}\n"
	case "elasticsearch":
		head = "request: {method: POST, body: {size: 10}}\n"
		fallthrough
	default:
		more = "expression: {text: {fold: ci}, limits: {}}\n"
	}
	return head + `resource: users
path: /users
dialect: ` + dialect + `
layout: {rows: users, id: id, next: next}
paging: {style: token, token: page, limit: limit, max: 100}
` + more + `fields:
  - {name: id, type: int` + params[0] + `}
  - {name: username, type: string, collation: ci` + params[1] + `}
  - {name: email, type: string, collation: ci, nullable: true}
  - {name: created_at, type: datetime` + params[2] + `}
  - {name: is_active, type: bool` + params[3] + `}
  - {name: score, type: int, nullable: true}
`
}

// definedSource is a listing in a dialect, for planning alone.
func definedSource(tb testing.TB, dialect string) query.Resource {
	tb.Helper()
	d, err := yaml.Read([]byte(defined(dialect)))
	if err != nil {
		tb.Fatalf("%s: %v", dialect, err)
	}
	src, err := rest.New(nil, d)
	if err != nil {
		tb.Fatalf("%s: %v", dialect, err)
	}
	return src
}

// wideForms are filters of n tests that a planner may expand, merge or bring into another
// form.
func wideForms(n int) map[string]string {
	form := func(joint, term string, tests int) string {
		terms := make([]string, n/tests)
		for i := range terms {
			terms[i] = fmt.Sprintf(term, i)
		}
		return strings.Join(terms, joint)
	}
	pairs := form(" or ", "(score = %[1]d and username = 'u%[1]d')", 4)
	return map[string]string{
		"equalities":   form(" or ", "username = 'u%[1]d'", 1),
		"or of fields": form(" or ", "score = %[1]d or username = 'u%[1]d'", 2),
		"and of nots":  form(" and ", "score != %[1]d", 1),
		"not in":       "score not in (" + form(", ", "%[1]d", 1) + ")",
		"and of ors":   form(" and ", "(score = %[1]d or email = 'e%[1]d')", 2),
		"or of ands":   form(" or ", "(score = %[1]d and email = 'e%[1]d')", 2),
		"twice":        "(" + pairs + ") and (" + pairs + ")",
		"patterns":     form(" and ", "email like 'a%%b%[1]d_'", 1),
		"ranges":       form(" or ", "score between %[1]d00 and %[1]d50", 1),
	}
}

// TestPlanningIsLinear: a filter of twice as many tests is planned, and its request written,
// with about twice the memory, in each dialect.
func TestPlanningIsLinear(t *testing.T) {
	const most = 2.5
	few, many := wideForms(500), wideForms(1000)
	for _, dialect := range presets() {
		src := definedSource(t, dialect)
		for form := range many {
			countA, bytesA := planned(t, src, few[form])
			countB, bytesB := planned(t, src, many[form])
			if ratio := float64(countB) / float64(countA); ratio > most {
				t.Errorf("%s, %s: %.2f times the allocations, %d", dialect, form, ratio, countB)
			}
			if ratio := float64(bytesB) / float64(bytesA); ratio > most {
				t.Errorf("%s, %s: %.2f times the bytes, %d", dialect, form, ratio, bytesB)
			}
		}
	}
}

// planned returns how often, and how many bytes, planning a filter and describing its
// requests allocates.
func planned(t *testing.T, src query.Resource, filter string) (count, bytes uint64) {
	t.Helper()
	once := func() {
		p, err := query.Prepare(src, filter)
		if err != nil {
			t.Fatal(err)
		}
		_ = p.String()
	}
	var before, after runtime.MemStats
	once()
	runtime.ReadMemStats(&before)
	once()
	runtime.ReadMemStats(&after)
	return after.Mallocs - before.Mallocs, after.TotalAlloc - before.TotalAlloc
}

// presetBar is how often the time of ShipStream's plan that of a definition may take.
const presetBar = 4

// BenchmarkPlanDefined is [BenchmarkPlan] for definitions: of the query that the other
// benchmarks have, and of 1000 tests.
func BenchmarkPlanDefined(b *testing.B) {
	sources := map[string]query.Resource{"shipstream": shipstream.Users(nil, shipstream.AnyUser)}
	for _, dialect := range presets() {
		sources[dialect] = definedSource(b, dialect)
	}
	wide := wideForms(1000)["equalities"]
	for name, src := range sources {
		for size, filter := range map[string]string{"anchor": anchor, "or-1000": wide} {
			b.Run(name+"/"+size, func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					if _, err := query.Prepare(src, filter); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

// BenchmarkDefinition reads a definition of each dialect and makes its source.
func BenchmarkDefinition(b *testing.B) {
	for _, dialect := range presets() {
		b.Run(dialect, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				_ = definedSource(b, dialect)
			}
		})
	}
}

// loadBar is how long a definition may take to be read and checked.
const loadBar = 5 * time.Millisecond

// TestDefinitionSpeed holds definitions to their bars under -speed: the best of many turns.
func TestDefinitionSpeed(t *testing.T) {
	turns := 1
	if *full {
		turns = 200
	}
	best := func(once func()) (least time.Duration) {
		for range turns {
			start := time.Now()
			once()
			if took := time.Since(start); least == 0 || took < least {
				least = took
			}
		}
		return least
	}
	plan := func(src query.Resource) func() {
		return func() {
			if _, err := query.Prepare(src, anchor); err != nil {
				t.Fatal(err)
			}
		}
	}
	unit := best(plan(shipstream.Users(nil, shipstream.AnyUser)))
	for _, dialect := range presets() {
		load, ratio := best(func() { _ = definedSource(t, dialect) }), float64(best(plan(definedSource(t, dialect))))/float64(unit)
		if !*full {
			continue // it works, and a busy machine blurs the times
		}
		t.Logf("%-16s loads in %v, plans in %.2f times as long as shipstream", dialect, load, ratio)
		if load > loadBar || ratio > presetBar {
			t.Errorf("%s: want at most %v and %d times", dialect, loadBar, presetBar)
		}
	}
}
