package doctor_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/muster-go/muster/cmd/muster/internal/doctor"
	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query/shipstream/shipstreamtest"
)

// failed returns the findings that failed.
func failed(r *doctor.Report) map[string]string {
	found := make(map[string]string)
	for _, f := range r.Findings {
		if f.State == doctor.Fail {
			found[f.Name] = f.Detail
		}
	}
	return found
}

// TestMisreadings: a server that misreads a documented operator is found out, what it
// does is named, and so is the switch with which queries do without it.
func TestMisreadings(t *testing.T) {
	for _, test := range []struct {
		name     string
		misreads shipstreamtest.Misreading
		finding  string // one that fails
		detail   string // what it says
		switches string // that turn the operator off
	}{
		{"ignores neq", shipstreamtest.IgnoresNeq, "id neq", "to ignore it", "-neq"},
		{"ignores null", shipstreamtest.IgnoresNull, "last_login_at null", "seems to ignore it", "-null"},
		{"ignores true", shipstreamtest.IgnoresTrue, "is_active eq", "seems to ignore it", "-eq"},
		{"takes nulls", shipstreamtest.TakesNulls, "last_login_at lt", "where last_login_at is null: the server seems to take nulls along", "-neq,-lt,-lteq"},
		{"lt as lteq", shipstreamtest.TakesBounds, "created_at lt", "to read it as <=", "-gt,-lt"},
		{"lteq as lt", shipstreamtest.LeavesBounds, "name lteq", "to read it as <", "-gteq,-lteq"},
		{"lteq as lt", shipstreamtest.LeavesBounds, "range of ids", "queries lose rows", "-gteq,-lteq"},
		{"start as contains", shipstreamtest.StartIsContains, "name start", "to read it as contains", "-start"},
		{"end as contains", shipstreamtest.EndIsContains, "username end", "to read it as contains", "-end"},
		{"rounds instants", shipstreamtest.RoundsInstants, "last_login_at eq", "to compare whole minutes", "-eq"},
		{"eq by bytes", shipstreamtest.FoldsNothing, "name lt", "", "-gt"}, // eq goes by the collation found, the others do not
		{"gt by bytes", shipstreamtest.OrdersByBytes, "name gt", "to compare texts by their bytes", "-gt"},
		{"the first object", shipstreamtest.TakesFirstObject, "name in", "to read the first value alone", "-array"},
		{"the first object", shipstreamtest.TakesFirstObject, "last_login_at or is null", "to read the first part alone", "-array"},
		{"one operator", shipstreamtest.TakesOneOperator, "created_at between", "to ignore the upper end", "-filter"},
		{"the last filter", shipstreamtest.TakesLastFilter, "name not in", "to read the last value alone", "-filter"},
		{"the last filter", shipstreamtest.TakesLastFilter, "two fields", "to read the last part alone", "-filter"},
		{"filters ORed", shipstreamtest.OrsFilters, "two fields", "to join the conditions by or", "-filter"},
		{"texts cut short", shipstreamtest.CutsTexts, "email eq", "to cut the text at a special character", "-eq"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			emulator := shipstreamtest.Options{Users: 70, Misreads: test.misreads}
			report := examine(t, subject{emulator: emulator, probe: true, declared: capabilities("", model.ReturnedOnRequest)})
			got, found := line(report, doctor.FiltersLine), failed(report)
			if detail, ok := found[test.finding]; !ok || !strings.Contains(detail, test.detail) {
				t.Errorf("%s: %q, want %q", test.finding, detail, test.detail)
			}
			if got.State != doctor.Fail || !strings.Contains(got.Do, "--profile="+test.switches) {
				t.Errorf("%s: %s\nto do: %s; want --profile=%s", got.State, got.Detail, got.Do, test.switches)
			}
			if n, _ := got.Facts["requests"].(int); n == 0 || n > 300 {
				t.Errorf("%d requests", n)
			}
			// What it says to do is right.
			declared := *report.Found
			again := line(examine(t, subject{emulator: emulator, probe: true, declared: declared}), doctor.FiltersLine)
			if again.State == doctor.Fail {
				t.Errorf("with %s: %s: %s", declared.Profile, again.State, again.Detail)
			}
		})
	}
}

// TestOperators: the answers of a right server are found right, and what its rows do not
// show is not called right.
func TestOperators(t *testing.T) {
	for _, test := range []struct {
		name     string
		emulator shipstreamtest.Options
		finding  string
		state    doctor.State
		detail   string
	}{
		{"texts", shipstreamtest.Options{Users: 70}, "name start", doctor.OK, "returns the right rows"},
		{"nulls", shipstreamtest.Options{Users: 70}, "last_login_at neq", doctor.OK, "returns the right rows"},
		{"ids", shipstreamtest.Options{Users: 70}, "range of ids", doctor.OK, "return the right rows"},
		{"several", shipstreamtest.Options{Users: 70}, "two fields", doctor.OK, "returns the right rows"},
		{"all operators", shipstreamtest.Options{Users: 70, Operators: shipstreamtest.AllOperators, EscapePatterns: true}, "name contains", doctor.OK, "returns the right rows"},
		{"no nulls", shipstreamtest.Options{Users: 70}, "email null", doctor.Skip, "could also find nothing"},
		{"alike", shipstreamtest.Options{Rows: []shipstreamtest.User{{ID: 1, Name: "Ada", Active: true}, {ID: 2, Name: "Bob", Active: true}}}, "is_active eq", doctor.OK, "returns the right rows"},
		{"hidden", shipstreamtest.Options{Users: 70, HideTimestamps: true}, "created_at", doctor.Skip, "the server does not return it"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			report := examine(t, subject{emulator: test.emulator, probe: true})
			if found := failed(report); len(found) > 0 || report.State == doctor.Fail {
				t.Errorf("%s: %v", report.State, found)
			}
			i := slices.IndexFunc(report.Findings, func(f doctor.Finding) bool { return f.Name == test.finding })
			if i < 0 {
				t.Fatalf("no finding about %s", test.finding)
			}
			if f := report.Findings[i]; f.State != test.state || !strings.Contains(f.Detail, test.detail) {
				t.Errorf("%s: %s, want %s: %s", f.State, f.Detail, test.state, test.detail)
			}
		})
	}
}

// TestDeclaredSwitch: a switch that the server misreads is to be removed.
func TestDeclaredSwitch(t *testing.T) {
	t.Parallel()
	report := examine(t, subject{
		emulator: shipstreamtest.Options{Users: 70, Operators: shipstreamtest.OpIn, Misreads: shipstreamtest.TakesFirstOfList}, probe: true,
		declared: capabilities("in", model.ReturnedOnRequest),
	})
	if got := line(report, doctor.FiltersLine); got.State != doctor.Fail || !strings.Contains(got.Detail, "declared but unsupported: the operator in") || report.Found.Profile.In {
		t.Errorf("%s: %s", got.State, got.Detail)
	}
}
