package judgetest_test

import (
	"testing"
	"time"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/model/modeltest"
)

// rewrittenFilters are conditions that no database computes as the language does in a zone whose
// clock changes, each with whether a condition on the column selects the same rows.
func rewrittenFilters() map[string]bool {
	return map[string]bool{
		"year(seen_at) = 2024": true, "year(created_at) != 2024": true, "not year(seen_at) > 2023": true, "not (year(seen_at) = 2024 or date(seen_at) = 2023-12-31)": true,
		"date(seen_at) = 2024-03-31": true, "date(created_at) != 2024-10-27": true, "date(seen_at) between 2024-03-30 and 2024-03-31": true,
		"date(created_at) in (2024-03-31, 2024-10-27) or size = 1": true, "year(seen_at) = 2024 and size = 1 or year(seen_at) = 2023": true,
		"2024-06-29 - seen_at > 90d": false, "seen_at + 7d < 2024-04-07": false, "created_at + 1d >= 2024-10-28T02:30:00": false, "seen_at - 1mo <= 2024-02-29": false,
		"seen_at + 1y > 2024-12-31 or size = 1": false, "date(created_at + 1d) = 2024-03-31": false,
	}
}

// judgeInBerlin calls judge with each database and the rows in it, and the zone whose clock changes.
func judgeInBerlin(t *testing.T, judge func(t *testing.T, of func(text string) (where string, residual dsl.Node))) {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	for name, open := range computing() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := open(t)
			d.create(t.Context(), t)
			rows := clockRows()
			d.load(t.Context(), t, rows)
			judge(t, func(text string) (string, dsl.Node) {
				return d.judge(t.Context(), t, checkedIn(t, zone, text), rows)
			})
		})
	}
}

// TestWhereOfRewrittenFilters: databases are asked about the column instead. The clause selects
// every row for which the filter is true, and the residual keeps these rows alone.
func TestWhereOfRewrittenFilters(t *testing.T) {
	t.Parallel()
	judgeInBerlin(t, func(t *testing.T, of func(string) (string, dsl.Node)) {
		t.Helper()
		for text, exact := range rewrittenFilters() {
			if where, residual := of(text); where == "1 = 1" || exact != (residual == nil) {
				t.Errorf("%s: the clause is %s, and %s is left; exact: %v", text, where, dsl.Format(residual), exact)
			}
		}
	})
}

// TestWhereOfNegatedShifts: what is only weaker is not asked below a negation.
func TestWhereOfNegatedShifts(t *testing.T) {
	t.Parallel()
	judgeInBerlin(t, func(t *testing.T, of func(string) (string, dsl.Node)) {
		t.Helper()
		for _, text := range []string{"not seen_at + 7d < 2024-04-07", "created_at + 1d != 2024-03-31", "not (seen_at + 7d < 2024-04-07 and size = 1)"} {
			if where, residual := of(text); where != "1 = 1" || residual == nil {
				t.Errorf("%s: the clause is %s", text, where)
			}
		}
	})
}

func checkedIn(t *testing.T, zone *time.Location, text string) dsl.Node {
	t.Helper()
	f, err := dsl.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	c, err := dsl.Check(f, modeltest.Schema(), dsl.Zone(zone))
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return c.Root
}

// clockRows returns rows with instants about the edges of days, months and years in Berlin, and
// about the changes of its clock.
func clockRows() (rows []model.Record) {
	for _, text := range []string{
		"2023-12-31T23:00:00Z", "2024-12-31T23:00:00Z", "2022-12-31T23:00:00Z", "2024-01-01T00:00:00Z", "2024-03-30T23:00:00Z", "2024-03-31T01:00:00Z", "2024-03-31T22:00:00Z", "2024-03-29T23:00:00Z",
		"2024-10-26T22:00:00Z", "2024-10-27T00:30:00Z", "2024-10-27T01:30:00Z", "2024-10-27T23:00:00Z", "2024-02-28T23:00:00Z", "2024-04-01T00:00:00Z", "2024-01-31T12:00:00Z", "1969-12-31T23:00:00Z",
	} {
		at, err := time.Parse(time.RFC3339, text)
		if err != nil {
			panic(err)
		}
		for _, off := range []time.Duration{-24 * time.Hour, -time.Second, -time.Microsecond, 0, time.Microsecond, time.Second, 30 * time.Minute} {
			rows = append(rows, clockRow(len(rows), at.Add(off)))
		}
	}
	return append(rows, clockRow(len(rows), nil))
}

// clockRow returns a row whose instants are at, which may be nil for none.
func clockRow(nr int, at any) model.Record {
	created := time.Unix(0, 0)
	if t, ok := at.(time.Time); ok {
		created = t.Truncate(time.Second)
	}
	return kept{modeltest.MustRecord(modeltest.Schema(), map[string]any{"id": int64(nr), "size": int64(nr % 3), "seen_at": at, "created_at": created})}
}
