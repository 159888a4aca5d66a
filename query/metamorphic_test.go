package query_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query"
	"github.com/muster-go/muster/query/plan"
	"github.com/muster-go/muster/query/shipstream"
	"github.com/muster-go/muster/query/shipstream/shipstreamtest"
	"github.com/muster-go/muster/query/shipstream/wire"
)

// TestMetamorphic runs random filters under random capabilities over random data
// and holds the plan to identities that need no judge:
//
//   - planned answer = full scan filtered locally, whichever rules are off;
//   - rows(p) ⊎ rows(not p) ⊎ rows(p is unknown) = all.
//
// The emulator reads the pushed part with code of its own, so that a wrong
// translation shows as a difference, too.
func TestMetamorphic(t *testing.T) {
	for _, collation := range []model.Collation{model.CI, model.Binary, model.Case} {
		t.Run(collation.String(), func(t *testing.T) { testMetamorphic(t, collation) })
	}
}

func testMetamorphic(t *testing.T, collation model.Collation) {
	t.Helper()
	_, src := source(t, shipstreamtest.Options{
		Users: 120, IDs: shipstreamtest.Sparse, Rows: tricky(), Collation: model.Some(collation),
		Operators: shipstreamtest.AllOperators, EscapePatterns: true,
		Faults: 0.03, FaultKinds: []shipstreamtest.FaultKind{shipstreamtest.FaultConflict, shipstreamtest.FaultBadGateway, shipstreamtest.FaultCutBody},
	}, shipstream.Capabilities{Collation: model.Some(collation), Timestamps: model.ReturnedOnRequest})
	all, err := collect(t.Context(), src, "", query.Select("created_at", "last_login_at", "login_via_badge", "roles.name", "default_warehouse.name", "default_warehouse.is_active", "merchant.code", "merchant.is_active"))
	if err != nil || len(all) < 120 {
		t.Fatalf("%d rows, %v", len(all), err)
	}
	rapid.Check(t, func(rt *rapid.T) {
		profile, err := wire.Profile{}.With(rapid.SliceOfDistinct(rapid.SampledFrom(switchNames()), rapid.ID[string]).Draw(rt, "profile")...)
		if err != nil {
			rt.Fatal(err)
		}
		varied := src.Varied(shipstream.Capabilities{Profile: profile, Collation: model.Some(collation), Timestamps: model.ReturnedOnRequest})
		filter := filterGen(3).Draw(rt, "filter")
		pageSize := rapid.SampledFrom([]int{7, 50, 1000}).Draw(rt, "page size")
		walk := rapid.SampledFrom([]plan.Strategy{plan.StrategySplitRanges, plan.StrategySerial}).Draw(rt, "walk")
		off := rapid.SliceOfDistinct(rapid.SampledFrom(plan.Rules()), rapid.ID[string]).Draw(rt, "rules off")
		planned, err := collect(t.Context(), varied, filter, query.PageSize(pageSize), query.Walk(walk), query.Without(off...))
		if err != nil {
			rt.Fatalf("%s: %v", filter, err)
		}
		truth := tally(rt, varied, filter, all)
		if got, want := sortedIDs(planned), truth[dsl.True]; !slices.Equal(got, want) {
			planned, _ := query.Prepare(varied, filter)
			rt.Fatalf("%s\nplanned:   %v\nfull scan: %v\n%v", filter, got, want, planned)
		}
		checkOrderAndLimit(t, rt, varied, filter, truth[dsl.True], pageSize)
		negated, err := collect(t.Context(), varied, "not ("+filter+")", query.PageSize(pageSize))
		if err != nil {
			rt.Fatalf("not (%s): %v", filter, err)
		}
		if got, want := sortedIDs(negated), truth[dsl.False]; !slices.Equal(got, want) {
			planned, _ := query.Prepare(varied, "not ("+filter+")")
			rt.Fatalf("not (%s)\nplanned:   %v\nfull scan: %v\n%v", filter, got, want, planned)
		}
	})
}

// checkOrderAndLimit compares an ordered and a limited run of the same filter with the
// answer: the limit takes that many of its rows, and an order by id takes the first of
// them.
func checkOrderAndLimit(t *testing.T, rt *rapid.T, src *shipstream.UserSource, filter string, answer []int64, pageSize int) {
	t.Helper()
	limit := rapid.Int64Range(1, 40).Draw(rt, "limit")
	order := rapid.SampledFrom([]string{"", "id", "-id", "username", "-last_login_at,name"}).Draw(rt, "order")
	users, err := collect(t.Context(), src, filter, query.OrderBy(order), query.Limit(limit), query.PageSize(pageSize))
	if err != nil {
		rt.Fatalf("%s by %q, %d rows: %v", filter, order, limit, err)
	}
	got := orderedIDs(users)
	if want := min(int(limit), len(answer)); len(got) != want {
		rt.Fatalf("%s by %q: %d rows, want %d", filter, order, len(got), want)
	}
	want := slices.Clone(answer)
	switch order {
	case "-id":
		slices.Reverse(want)
		fallthrough
	case "id":
		if !slices.Equal(got, want[:len(got)]) {
			rt.Fatalf("%s by %s: %v, want the first of %v", filter, order, got, want)
		}
	}
	for i, id := range got {
		if _, ok := slices.BinarySearch(answer, id); !ok || slices.Contains(got[:i], id) {
			rt.Fatalf("%s by %q: row %d is not of the answer or came twice: %v", filter, order, id, got)
		}
	}
}

// tally groups all rows by the truth value of the filter, compiled as written.
func tally(rt fataler, src query.Resource, filter string, all []shipstream.User) map[dsl.Tri][]int64 {
	checked, err := query.Check(src, filter)
	if err != nil {
		rt.Fatalf("%s: %v", filter, err)
	}
	predicate, err := dsl.Compile(checked.Root, src.Schema())
	if err != nil {
		rt.Fatal(err)
	}
	out := map[dsl.Tri][]int64{}
	for i := range all {
		tri := predicate.Eval(&all[i])
		out[tri] = append(out[tri], all[i].ID)
	}
	for _, ids := range out {
		slices.Sort(ids)
	}
	return out
}

// fataler is a test or a property of rapid.
type fataler interface {
	Fatal(args ...any)
	Fatalf(format string, args ...any)
}

// matching returns the ids of the rows for which the filter is true.
func matching(t fataler, src query.Resource, filter string, all []shipstream.User) []int64 {
	return tally(t, src, filter, all)[dsl.True]
}

func switchNames() []string {
	var names []string
	for _, s := range (wire.Profile{}).Switches() {
		if s.Name != "regex" { // it declares the server's dialect to be the meaning
			names = append(names, s.Name)
		}
	}
	return names
}

// tricky are names that collations, patterns and JSON treat differently.
func tricky() []shipstreamtest.User {
	names := []string{
		"", " ", "a", "A", "a ", "á", "ä", "ß", "s", "ss", "a\t", "a%b", "a_b", `a\b`, `a"b`, "a'b", "Ø", "O", "e\u0301", "é",
		"🙂", "🙃", "Box of", "box OF", "100%", "ab", "aba", "abba",
		" a", "  ", "k", "\u212a", "ı", "İ",
	}
	var users []shipstreamtest.User
	for i, name := range names {
		users = append(users, shipstreamtest.User{ID: int64(7 + 13*i), Name: name, Username: fmt.Sprint("t", i), Active: i%2 == 0})
	}
	return users
}

// filterGen draws filters over every kind of field and predicate.
func filterGen(depth int) *rapid.Generator[string] {
	return rapid.Custom(func(t *rapid.T) string {
		kind := 0
		if depth > 0 {
			kind = rapid.IntRange(0, 4).Draw(t, "kind")
		}
		switch kind {
		case 1:
			return "not (" + filterGen(depth-1).Draw(t, "x") + ")"
		case 2:
			return "(" + strings.Join(rapid.SliceOfN(filterGen(depth-1), 2, 3).Draw(t, "and"), " and ") + ")"
		case 3:
			return "(" + strings.Join(rapid.SliceOfN(filterGen(depth-1), 2, 3).Draw(t, "or"), " or ") + ")"
		}
		return rapid.OneOf(textPredicate(), timePredicate(), idPredicate(), boolPredicate(), referencePredicate(), computedPredicate()).Draw(t, "predicate")
	})
}

func textPredicate() *rapid.Generator[string] {
	texts := []string{"a", "A", "á", "", " ", "a ", "s", "ß", "ab", "a%b", "a_b", `a\b`, "a%", "%b", "%a%", "_", "100%", "🙂", "box", "e\u0301", "b", "%", "aba"}
	return rapid.Custom(func(t *rapid.T) string {
		field := rapid.SampledFrom([]string{"name", "email", "username"}).Draw(t, "field")
		quote := func() string {
			return "'" + strings.NewReplacer(`\`, `\\`, `'`, `''`).Replace(rapid.SampledFrom(texts).Draw(t, "text")) + "'"
		}
		op := rapid.SampledFrom([]string{"=", "!=", "<", "<=", ">", ">=", "like", "not like", "starts with", "ends with", "contains", "in", "not in", "between", "is null", "is not null", "matches"}).Draw(t, "op")
		switch op {
		case "in", "not in":
			return fmt.Sprintf("%s %s (%s, %s)", field, op, quote(), quote())
		case "between":
			return fmt.Sprintf("%s between %s and %s", field, quote(), quote())
		case "is null", "is not null":
			return field + " " + op
		case "matches":
			return field + ` matches '^[a-c]'`
		}
		return fmt.Sprintf("%s %s %s", field, op, quote())
	})
}

func timePredicate() *rapid.Generator[string] {
	dates := []string{"2023-01-01", "2024-06-15T12:00:00Z", "2020-02-29", "2025-01-01T00:00:00.5Z", "2024-06-15T12:00:00.25Z", "2024-06-15T11:59:59.999999999Z", "2023-01-01T23:59:58.5Z"}
	return rapid.Custom(func(t *rapid.T) string {
		field := rapid.SampledFrom([]string{"created_at", "last_login_at"}).Draw(t, "field")
		date := func() string { return rapid.SampledFrom(dates).Draw(t, "date") }
		switch op := rapid.SampledFrom([]string{"=", "!=", "<", "<=", ">", ">=", "on", "between", "is null", "is not null", "in"}).Draw(t, "op"); op {
		case "on":
			return field + " on 2023-01-01"
		case "between":
			return fmt.Sprintf("%s between %s and %s", field, date(), date())
		case "is null", "is not null":
			return field + " " + op
		case "in":
			return fmt.Sprintf("%s in (%s, %s)", field, date(), date())
		default:
			return field + " " + op + " " + date()
		}
	})
}

func idPredicate() *rapid.Generator[string] {
	return rapid.Custom(func(t *rapid.T) string {
		id := func() int { return rapid.IntRange(-5, 6500).Draw(t, "id") }
		switch op := rapid.SampledFrom([]string{"=", "!=", "<", ">", "<=", ">=", "between", "in", "not in"}).Draw(t, "op"); op {
		case "between":
			return fmt.Sprintf("id between %d and %d", id(), id())
		case "in", "not in":
			return fmt.Sprintf("id %s (%d, %d, 20, 33)", op, id(), id())
		default:
			return fmt.Sprintf("id %s %d", op, id())
		}
	})
}

func boolPredicate() *rapid.Generator[string] {
	return rapid.SampledFrom([]string{
		"is_active", "is_active = false", "is_active != true", "is_active is true", "is_active is not false",
		"is_active in (true, false)", "login_via_badge", "login_via_badge is null", "login_via_badge is not true", "true", "false",
	})
}

func referencePredicate() *rapid.Generator[string] {
	return rapid.SampledFrom([]string{
		"roles.name like 'a%'", "roles.name != 'x'", "roles.id > 2", "roles.id between 2 and 3", "roles.name is null",
		"default_warehouse is null", "default_warehouse.name > 'e'", "default_warehouse.is_active", "merchant.code starts with 'a'",
		"merchant is not null", "merchant.is_active is not true",
	})
}
