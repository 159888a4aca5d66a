package dsl_test

import (
	"testing"
	"time"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model/modeltest"
)

// TestDecisionsOnRecords continues TestDecisions: it evaluates filters for one record.
func TestDecisionsOnRecords(t *testing.T) {
	t.Parallel()
	newYork, err := time.LoadLocation("America/New_York")
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2024, 3, 31, 12, 0, 0, 0, time.UTC)
	record := modeltest.MustRecord(modeltest.Schema(), map[string]any{
		"id": 1, "name": "José", "code": "José", "brand": "José", "created_at": time.Date(2024, 1, 2, 4, 30, 0, 0, time.UTC),
		"tags": []modeltest.Object{{"name": "red", "weight": 1}, {"name": "blue", "weight": 9}},
	})
	none := []any{[]int64{}}
	for _, tc := range []struct {
		decision string
		text     string
		args     []any
		want     dsl.Tri
	}{
		{"three-valued logic: null compares to unknown", "size = 5", nil, dsl.Unknown},
		{"three-valued logic: not of unknown is unknown", "not size = 5", nil, dsl.Unknown},
		{"three-valued logic: false outdoes unknown in and", "size = 5 and id = 2", nil, dsl.False},
		{"three-valued logic: true outdoes unknown in or", "size = 5 or id = 1", nil, dsl.True},
		{"three-valued logic: in and like of null", "size in (1) or note like '%'", nil, dsl.Unknown},
		{"is null is never unknown", "size is not null", nil, dsl.False},
		{"a reference path holds when any reference matches", "tags.name = 'blue'", nil, dsl.True},
		{"a reference path holds of no reference", "tags.name = 'green'", nil, dsl.False},
		{"over a null reference a predicate is false", "owner.name = 'x'", nil, dsl.False},
		{"over a null reference its negation is true", "owner.name != 'x'", nil, dsl.True},
		{"each predicate quantifies for itself", "tags.name = 'red' and tags.weight > 5", nil, dsl.True},
		{"under not the operator is never flipped: one is above", "tags.weight > 5", nil, dsl.True},
		{"under not the operator is never flipped: so this is false", "not tags.weight > 5", nil, dsl.False},
		{"under not the operator is never flipped: and this true", "tags.weight <= 5", nil, dsl.True},
		{"ci ignores case and accents", "name = 'JOSE'", nil, dsl.True},
		{"ci ignores spaces at the end", "name = 'jose  '", nil, dsl.True},
		{"starts with does not ignore them", "name starts with 'jose  '", nil, dsl.False},
		{"binary ignores nothing", "code = 'JOSÉ' or code = 'Jose' or code = 'José '", nil, dsl.False},
		{"case ignores case", "brand = 'JOSÉ'", nil, dsl.True},
		{"case ignores nothing else", "brand = 'Jose' or brand = 'José '", nil, dsl.False},
		{"case is simple folding", "brand = 'jo\u017fé'", nil, dsl.True},
		{"like follows the collation", "name like 'jos_' and code not like 'jos_'", nil, dsl.True},
		{"like follows the collation: case", "brand like 'jOs_' and brand not like '%e'", nil, dsl.True},
		{"matches ignores case under case", "brand ~ 'jo[\u017f]É$'", nil, dsl.True},
		{"matches ignores case under ci", "name ~ '^jos' and code !~ '^jos'", nil, dsl.True},
		{"like escapes are of a backslash: any run", "name like 'J%'", nil, dsl.True},
		{"like escapes are of a backslash: a percent sign", `name like 'J\%'`, nil, dsl.False},
		{"like escapes are of a backslash: an underscore", `name like 'Jos\_'`, nil, dsl.False},
		{"folding keeps unknown: x = 1 or x != 1", "size = 1 or size != 1", nil, dsl.Unknown},
		{"folding keeps unknown: x = 1 and x = 2", "size = 1 and size = 2", nil, dsl.Unknown},
		{"a reversed between is unknown for null", "size between 2 and 1", nil, dsl.Unknown},
		{"a reversed between is else false", "id between 2 and 1", nil, dsl.False},
		{"a slice expands in a list", "id in ($1)", []any{[]int{1, 2}}, dsl.True},
		{"an empty slice is false", "size in ($1)", none, dsl.False},
		{"not in an empty slice is true", "size not in ($1)", none, dsl.True},
		{"string escapes: the quote doubled", "name != '''' and name != 'O''Neil'", nil, dsl.True},
		{"string escapes: by code", `name = "\u004aos\u00e9"`, nil, dsl.True},
		{"a bare date is in the query's zone", "created_at >= 2024-01-02", nil, dsl.False},
		{"on is a day of the query's zone", "created_at on 2024-01-01", nil, dsl.True},
		{"a zone that is written counts", "created_at = 2024-01-01T23:30:00-05:00", nil, dsl.True},
		{"no zone is the query's zone", "created_at = 2024-01-01T23:30:00", nil, dsl.True},
	} {
		t.Run(tc.decision, func(t *testing.T) {
			t.Parallel()
			c := checkText(t, tc.text, dsl.Args(tc.args...), dsl.Now(now), dsl.Zone(newYork))
			for form, n := range map[string]dsl.Node{"as checked": c.Root, "folded": dsl.Fold(c.Root), "normal form": dsl.NNF(c.Root)} {
				p, err := dsl.Compile(n, modeltest.Schema())
				if err != nil {
					t.Fatal(err)
				}
				if got := p.Eval(record); got != tc.want || p.Match(record) != (tc.want == dsl.True) {
					t.Errorf("%s, %s, is %s, want %s", tc.text, form, got, tc.want)
				}
			}
		})
	}
}
