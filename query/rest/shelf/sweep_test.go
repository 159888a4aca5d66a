package shelf_test

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query"
	"github.com/muster-go/muster/query/plan"
	"github.com/muster-go/muster/query/rest/shelf/shelftest"
)

// test is a filter with one operator.
type test struct {
	kind, op string // for the table: "text", "prefix"
	filter   string
	caseless bool // with a text that has no letter
}

var letters = regexp.MustCompile("[A-Za-z]")

// tests returns a test by each operator of each field, with values of the rows.
func (w *world) tests() (all []test) {
	schema := w.listing.Schema()
	for i := range schema.Len() {
		f := schema.Field(i)
		kind := map[model.Type]string{
			model.TypeString: "text", model.TypeInt: "number", model.TypeDecimal: "number", model.TypeBool: "boolean", model.TypeDateTime: "time",
		}[f.Type]
		if kind == "" || f.Returned != model.ReturnedAlways {
			continue
		}
		name := "`" + strings.ReplaceAll(f.Name, ".", "`.`") + "`"
		caseless := false // a text that has no letters says little of how texts are compared
		add := func(op, format string, args ...any) {
			all = append(all, test{kind, op, name + fmt.Sprintf(format, args...), caseless})
		}
		if f.Nullable {
			add("null", " is null")
			add("not null", " is not null")
		}
		values := w.values(i)
		for k, v := range values {
			other := values[(k+1)%len(values)]
			caseless = f.Type == model.TypeString && !letters.MatchString(v.Str())
			add("=", " = %s", literal(v))
			add("!=", " != %s", literal(v))
			if f.Type == model.TypeBool {
				continue
			}
			add("in", " in (%s, %s)", literal(v), literal(other))
			add("not in", " not in (%s, %s)", literal(v), literal(other))
			if f.Type != model.TypeString {
				for _, op := range []string{"<", "<=", ">", ">="} {
					add(op, " %s %s", op, literal(v))
				}
				continue
			}
			runes := []rune(v.Str())
			at := len(runes) / 2
			for _, part := range []struct{ op, format, text string }{
				{"prefix", " starts with %s", string(runes[:at])},
				{"suffix", " ends with %s", string(runes[at:])},
				{"substring", " contains %s", string(runes[at/2 : at])},
			} {
				caseless = !letters.MatchString(part.text)
				add(part.op, part.format, literal(model.String(part.text)))
			}
		}
	}
	return all
}

// values returns a few values that a field has, the least and the greatest among them.
func (w *world) values(field int) []model.Value {
	var all []model.Value
	for _, row := range w.rows {
		if v := row.Value(field); !v.IsNull() && !slices.Contains(all, v) {
			all = append(all, v)
		}
	}
	if len(all) <= 4 {
		return all
	}
	return []model.Value{all[0], all[1], all[len(all)/2], all[len(all)-1]}
}

// literal writes a value in the filter language.
func literal(v model.Value) string {
	if v.Type() == model.TypeString {
		return "'" + strings.NewReplacer(`\`, `\\`, "'", "''").Replace(v.Str()) + "'"
	}
	return v.String()
}

// trees returns filters that join tests.
func trees(tests []test, n int) (all []string) {
	random := rand.New(rand.NewPCG(17, 8)) // the same filters each time
	pick := func() string { return tests[random.IntN(len(tests))].filter }
	for range n {
		all = append(all,
			pick()+" and "+pick(),
			pick()+" or "+pick(),
			"not ("+pick()+" or "+pick()+")",
			"("+pick()+" or "+pick()+") and not ("+pick()+" and "+pick()+")",
		)
	}
	return all
}

// TestSweep: a test by each operator of each field, and joins of tests, give the rows that
// are worked out here, whatever of them the server is asked.
func TestSweep(t *testing.T) {
	t.Parallel()
	for _, api := range shelftest.APIs() {
		t.Run(api.Name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, api)
			tests := w.tests()
			for i, test := range tests {
				// Of most operators one value in three is tried: 3 divides the number of
				// operators of no kind, so that each has its turn.
				if testing.Short() && i%5 > 0 {
					continue
				}
				if i%3 == 0 || test.kind == "boolean" || strings.HasSuffix(test.op, "null") {
					w.compare(t, test.filter)
				}
			}
			rounds := 6
			if testing.Short() {
				rounds = 1
			}
			for _, filter := range trees(tests, rounds) {
				w.compare(t, filter)
			}
		})
	}
}

// compare runs a filter of which something is sent.
func (w *world) compare(t *testing.T, filter string) {
	t.Helper()
	p, err := query.Prepare(w.unconnected, filter)
	if err != nil {
		t.Errorf("%s: %v", filter, err)
		return
	}
	if !strings.Contains(verdicts(p), "exact") && !strings.Contains(verdicts(p), "superset") && len(p.Scans) == 1 {
		return // the rows of the whole listing
	}
	got, want := texts(t, run(t, w.listing, filter, query.Select("*")), false, w.api.Varies...), texts(t, w.matching(t, filter), false, w.api.Varies...)
	if !slices.Equal(got, want) {
		t.Errorf("%s: %d rows, want %d\n%v", filter, len(got), len(want), p)
	}
}

// verdict is the verdict on a filter: the weakest of its parts; false if no row can satisfy
// it, so that the server is not asked.
func (w *world) verdict(t *testing.T, filter string) (plan.Verdict, bool) {
	t.Helper()
	p, err := query.Prepare(w.unconnected, filter)
	if err != nil {
		t.Fatalf("%s: %v", filter, err)
	}
	least := plan.Exact
	for _, scan := range p.Scans {
		for _, c := range scan.Conjuncts {
			least = min(least, c.Verdict)
		}
	}
	return least, p.Empty == ""
}
