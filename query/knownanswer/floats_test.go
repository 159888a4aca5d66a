package knownanswer_test

import (
	"math"
	"strings"
	"testing"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/model/modeltest"
	"github.com/muster-go/muster/query/knownanswer"
)

// TestFloatConditions: conditions on floats are filters, whatever floats the rows have, and ask
// for floats that differ in the last bit.
func TestFloatConditions(t *testing.T) {
	t.Parallel()
	schema := modeltest.Schema()
	score, _ := schema.Lookup("score")
	floats := []float64{1e300, 0.1, math.SmallestNonzeroFloat64, 1 << 53, 1<<53 + 2, math.Nextafter(1<<63, 0), 1 << 63, -1e-7, 12.5, -3}
	var keys []int64
	var records []model.Record
	for i, f := range floats {
		keys, records = append(keys, int64(i)), append(records, modeltest.MustRecord(schema, map[string]any{"id": i, "score": f}))
	}
	for start := range floats { // so that each of them is chosen
		rows := knownanswer.New(schema, append(keys[start:], keys[:start]...), append(records[start:len(records):len(records)], records[:start]...))
		apart, asked := false, 0
		for _, c := range rows.On(score) {
			filter, err := dsl.Parse(c.Text)
			if err != nil {
				t.Fatal(err)
			}
			checked, err := dsl.Check(filter, schema)
			if err != nil {
				t.Fatal(err)
			}
			asked++
			q, err := rows.Ask(checked.Root)
			if err != nil {
				t.Fatal(err)
			}
			apart = apart || c.Operator == "=" && len(q.Yes) == 0
		}
		if asked < 20 || !apart {
			t.Errorf("%d conditions, one beside all floats: %v", asked, apart)
		}
	}
	lone := knownanswer.New(schema, keys[:1], records[:1])
	for _, c := range lone.Conditions() {
		if strings.Contains(c, "`score`") && !strings.Contains(c, "null") {
			t.Errorf("%s: 1e300 is asked for, which servers may not read", c)
		}
	}
}
