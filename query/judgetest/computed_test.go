package judgetest_test

import (
	"slices"
	"testing"
	"time"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/dsl/treetest"
	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/model/modeltest"
	"github.com/muster-go/muster/query/sqlsource"
	"pgregory.net/rapid"
)

// computing returns every database, for conditions that compute.
func computing() map[string]func(*testing.T) *things {
	all := thingsIn()
	all["SQLite"] = func(t *testing.T) *things {
		t.Helper()
		const text = "TEXT COLLATE NOCASE"
		return &things{
			conn: sqlite(t).conn, flavour: sqlsource.SQLite(), layout: "2006-01-02 15:04:05.000000",
			types: map[model.Type]string{model.TypeInt: "INTEGER", model.TypeBool: "BOOLEAN", model.TypeFloat: "REAL", model.TypeDateTime: "TEXT"},
			text:  map[model.Collation]string{model.CI: text, model.Binary: text, model.Case: text},
		}
	}
	return all
}

// TestWhereOfComputedTrees: the clause of a random tree that computes selects every row for which
// the tree is true, and the residual keeps these rows alone.
func TestWhereOfComputedTrees(t *testing.T) {
	t.Parallel()
	for name, open := range computing() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := open(t)
			d.create(t.Context(), t)
			computed := 0
			rapid.Check(t, func(r *rapid.T) {
				rows := keptRows(r)
				d.load(t.Context(), r, rows)
				for range filtersPerRun {
					tree := treetest.ComputedTrees(modeltest.Schema()).Draw(r, "filter")
					_, residual := d.judge(t.Context(), r, tree, rows)
					if computes(tree) && !computes(residual) {
						computed++
					}
				}
			})
			if least := 10; !testing.Short() && computed < least { // with -short there are few rounds
				t.Errorf("SQL says all that %d filters compute: too few to tell", computed)
			}
		})
	}
}

// computes reports whether a condition is computed.
func computes(n dsl.Node) bool {
	found := false
	dsl.Walk(n, func(n dsl.Node) bool {
		switch n.(type) {
		case *dsl.Relation, *dsl.Computed:
			found = true
		}
		return true
	})
	return found
}

// computedFilters are conditions for each form that SQL has.
func computedFilters() []string {
	return []string{
		"size < secret", "code = sku", "code != sku", "active = flag", "code >= sku", "not size > secret", "created_at < seen_at", "created_at != seen_at",
		"size + secret > 0", "size - secret <= 5", "size * secret = 6", "size * size * size > 0", "size + 9223372036854775807 < 5", "not size - 9223372036854775807 < -9223372036854775807",
		"size * 2 = secret", "-1 * size > secret", "size + 1 in (2, 3)", "size - 1 between 0 and 9", "(size + secret) * 3 is null",
		"trim(code) = sku", "trim(sku) = ''", "length(code) > 2", "length(sku) = length(code)", "length(sku) is null", "length(name) = 3", "length(brand) in (0, 1, 2)",
		"substring(code, 1, 1) = 'a'", "substring(code, 2, 3) = sku", "substring(code, -1, 4) != ''", "substring(code, 0, 2) like 'a%'", "substring(code, 0, 2) = 'a'", "substring(code, 3, -1) = ''", "substring(sku, 9223372036854775807, 9223372036854775807) = ''",
		"concat(code, sku) = 'aa'", "concat(code, ' ', sku) starts with 'a'", "concat('%', sku) contains '%'", "length(concat(code, sku, code)) > 4", "concat(code, sku) is null", "trim(concat(sku, ' ')) = trim(code)",
		"coalesce(sku, code) = code", "coalesce(sku, 'none') = 'none'", "coalesce(size, secret, -1) < 0", "coalesce(flag, active) = true", "coalesce(flag, false)", "not coalesce(flag, active) is true", "coalesce(score, 0.5) > 0",
		"coalesce(seen_at, created_at) < 2024-01-01", "coalesce(seen_at, 2024-03-10) = 2024-03-10", "coalesce(seen_at, created_at) in (2024-01-31, 2024-03-10T10:00:00Z)",
		"abs(size) < 4", "abs(size) = size", "abs(score) > 1", "round(size) = size", "round(score) = score", "round(score) = 0", "round(score) in (-3.0, 1.0, 2.0, 3.0)", "round(score) > 0",
		"min(size, secret) = size", "max(size, secret) > 2", "min(code, sku) = code", "max(code, sku) = sku", "max(size, 3) = 3", "min(score, 0.1) = 0.1", "max(score, 1) = score", "min(seen_at, created_at) = created_at", "max(seen_at, created_at) is null",
		"year(created_at) = 2024", "year(seen_at) = 2024", "month(created_at) in (1, 2)", "month(seen_at) between 2 and 3", "day(created_at) = 10", "day(seen_at) > 9", "hour(created_at) < 12", "hour(seen_at) = 23",
		"weekday(created_at) in (6, 7)", "weekday(seen_at) in (6, 7)", "weekday(coalesce(seen_at, created_at)) = 7", "year(seen_at) != year(created_at)", "hour(max(seen_at, created_at)) >= 12",
		"date(created_at) = 2024-03-10", "date(created_at) = 1969-12-31", "date(seen_at) = seen_at", "date(created_at) = created_at", "date(created_at) = date(seen_at)", "date(seen_at) < created_at", "year(date(seen_at)) = 1969",
		"seen_at < created_at + 7d", "seen_at - 90min > created_at", "seen_at + 999999999h > created_at", "seen_at - 999999999w < created_at", "created_at - seen_at > 1d", "seen_at + 1s = created_at", "coalesce(seen_at, created_at) + 2w > 2024-03-10T00:00:00.0000005Z", "not seen_at + 1s < created_at + 1s",
		"lower(code) = code", "lower(name) = 'ann'", "upper(name) like 'A%'", "length(upper(brand)) = 3", "lower(name) = name", "concat(lower(name), note) = 'ab'",
	}
}

// computedRows are rows of values on which functions differ.
func computedRows() []model.Record {
	texts := []any{nil, "", " ", "a", "A", "aa", " a ", "a  ", "\ta", "á", "a\u0301", "ß", "\U0001F600a", "ab\U0001F600", "İ", "K", "%a_", "ann", "ANN"}
	whole := []any{nil, int64(0), int64(1), int64(-1), int64(2), int64(3), int64(-3), int64(4), int64(6), int64(3037000500), int64(-3037000500), int64(1 << 62), int64(-1 << 62), int64(1<<63 - 1), int64(-1 << 63), int64(-1<<63 + 1)}
	floats := []any{nil, 0.0, 0.1, 0.49999999999999994, 0.5, -0.5, 1.5, 2.5, -2.5, 3.5, 4503599627370495.5, 4503599627370497.0, 9007199254740993.0, 1e300, -1e300, 1e-300}
	times := []string{
		"1970-01-01T00:00:00Z", "1969-12-31T23:59:59.5Z", "1969-12-31T23:59:59Z", "1000-01-01T00:00:00Z", "9999-12-31T23:59:59.999999Z", "2024-03-10T00:00:00Z", "2024-03-10T00:00:00.000001Z",
		"2024-02-29T23:59:59.999999Z", "2024-12-31T23:59:59.999Z", "2024-01-31T00:00:00Z", "2023-12-31T22:30:00Z", "2024-03-09T23:59:59Z", "2024-03-16T12:00:00.25Z",
	}
	var rows []model.Record
	for i := range 6 * len(texts) {
		pick := func(values []any, n int) any { return values[n%len(values)] }
		at := func(n int) time.Time {
			t, err := time.Parse(time.RFC3339Nano, times[n%len(times)])
			if err != nil {
				panic(err)
			}
			return t
		}
		row := map[string]any{
			"id": int64(i), "code": pick(texts[1:], i), "sku": pick(texts, i/3+i), "name": pick(texts[1:], i+2), "note": pick(texts, 5*i), "brand": pick(texts, i+3),
			"size": pick(whole, i), "secret": pick(whole, 3*i+i/16), "score": pick(floats, i), "active": i%2 == 0, "flag": pick([]any{nil, true, false}, i),
			"created_at": at(i).Truncate(time.Second), "seen_at": at(i + i/13),
		}
		if i%7 == 0 {
			row["seen_at"] = nil
		}
		rows = append(rows, kept{modeltest.MustRecord(modeltest.Schema(), row)})
	}
	return rows
}

// TestWhereOfComputedFilters: each form that SQL has selects the rows for which the filter is true,
// and its negation those for which it is false. What a database does not compute as the language
// does is left.
func TestWhereOfComputedFilters(t *testing.T) {
	t.Parallel()
	ci := []string{"lower(name) = 'ann'", "upper(name) like 'A%'", "lower(name) = name", "concat(lower(name), note) = 'ab'"}
	left := map[string][]string{
		"SQLite":     append([]string{"not seen_at + 1s < created_at + 1s", "lower(code) = code"}, ci...),
		"MariaDB":    {"lower(code) = code"},
		"PostgreSQL": append([]string{"lower(code) = code"}, ci...),
	}
	for name, open := range computing() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := open(t)
			d.create(t.Context(), t)
			rows := computedRows()
			d.load(t.Context(), t, rows)
			for _, text := range computedFilters() {
				for _, negated := range []string{text, "not (" + text + ")"} {
					_, residual := d.judge(t.Context(), t, checkedThings(t, negated).Root, rows)
					if got, want := residual != nil, slices.Contains(left[name], text); got != want {
						t.Errorf("%s is left: %v, want %v", negated, got, want)
					}
				}
			}
		})
	}
}
