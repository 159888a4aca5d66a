package eval_test

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/dsl/dsltest"
	"github.com/muster-go/muster/model/modeltest"
)

// TestUnaryAgainstReference: functions of one argument, one inside another, agree with the plain
// evaluator at null and at extremes, also where the result is null though the argument is not.
func TestUnaryAgainstReference(t *testing.T) {
	t.Parallel()
	s := modeltest.Schema()
	texts := []any{nil, "", "  Ann ", "ANN", "\u212a", "k", "ß", "\xff"}
	values := map[string][]any{
		"size": {nil, 0, -3, int64(math.MaxInt64), int64(math.MinInt64)},
		"note": texts, "sku": texts,
		"seen_at": {nil, time.Unix(0, 0), time.Unix(-62_135_596_800, 0), time.Date(9999, 12, 31, 23, 59, 59, 999, time.UTC)},
	}
	tests := map[string]string{
		"abs(size)": "< 5", "abs(round(size))": "<= 3", "round(abs(size))": "is null", "round(size)": "in (0, -3)",
		"lower(note)": "= 'ann'", "trim(lower(note))": "= 'ann'", "length(trim(note))": "between 1 and 3", "length(upper(note))": "> 2",
		"lower(sku)": "= 'k'", "upper(trim(sku))": "starts with 'AN'", "trim(sku)": "is not null", "length(sku)": "!= 1",
		"year(seen_at)": "= 1970", "weekday(date(seen_at))": "in (4, 6)", "date(seen_at)": "< 1970-01-02", "hour(seen_at)": "is null",
	}
	for left, test := range tests {
		for _, text := range []string{left + " " + test, "not " + left + " " + test} {
			parsed, err := dsl.Parse(text)
			if err != nil {
				t.Fatalf("%s: %v", text, err)
			}
			q, err := dsl.Check(parsed, s)
			if err != nil {
				t.Fatalf("%s: %v", text, err)
			}
			p, name := mustCompile(t, q.Root), strings.TrimRight(left[strings.LastIndex(left, "(")+1:], ")")
			for _, v := range values[name] {
				r := modeltest.MustRecord(s, map[string]any{name: v})
				if got, want := p.Eval(r), dsltest.Eval(q.Root, r); got != want {
					t.Errorf("%s with %v is %v, by the reference %v", text, v, got, want)
				}
			}
		}
	}
}
