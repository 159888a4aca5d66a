package query_test

import (
	"errors"
	"testing"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query"
	"github.com/muster-go/muster/query/shipstream"
	"github.com/muster-go/muster/query/shipstream/shipstreamtest"
)

// TestVerifyPushdown: a row that the server should not have returned ends the run, whatever
// way the rows come, if it is among the first. What cannot be evaluated is not held
// against the server.
func TestVerifyPushdown(t *testing.T) {
	t.Parallel()
	known := shipstream.Capabilities{Timestamps: model.ReturnedOnRequest}
	for _, test := range []struct {
		name      string
		misreads  shipstreamtest.Misreading
		caps      shipstream.Capabilities
		filter    string
		opts      []query.Option
		condition string // of the error; "" = none
	}{
		{"right", 0, known, "name != 'x' and last_login_at < 2025-01-01 and id > 20", nil, ""},
		{"right, with a residual", 0, known, "name != 'x' and name contains 'a'", nil, ""},
		{"neq", shipstreamtest.IgnoresNeq, known, "id != 7", nil, "id != 7"},
		{"hidden field", shipstreamtest.TakesNulls, known, "last_login_at < 2025-01-01", nil, "last_login_at < 2025-01-01T00:00:00Z"},
		{"selected field", shipstreamtest.TakesNulls, known, "last_login_at < 2025-01-01", []query.Option{query.Select("last_login_at")}, "last_login_at < 2025-01-01T00:00:00Z"},
		{"unknown field", shipstreamtest.TakesNulls, shipstream.Capabilities{}, "last_login_at < 2025-01-01", nil, ""},
		{"field that never comes", shipstreamtest.TakesNulls, shipstream.Capabilities{Timestamps: model.ReturnedNo}, "last_login_at < 2025-01-01", nil, ""},
		{"pages of the server's order", shipstreamtest.IgnoresNeq, known, "id != 7", []query.Option{query.OrderBy("username"), query.Limit(100)}, "id != 7"},
		{"local order", shipstreamtest.IgnoresNeq, known, "id != 7", []query.Option{query.OrderBy("name")}, "id != 7"},
		{"in order", shipstreamtest.IgnoresNeq, known, "id != 7", []query.Option{query.OrderBy("id"), query.PageSize(10)}, "id != 7"},
		{"with a residual", shipstreamtest.IgnoresNeq, known, "id != 7 and roles.name = 'Pickers'", nil, "id != 7"},
		{"two scans", shipstreamtest.IgnoresNeq, known, "id != 7", []query.Option{query.WithDeleted(query.DeletedInclude)}, "id != 7"},
		{"after the first", shipstreamtest.IgnoresNeq, known, "id != 70", []query.Option{query.OrderBy("id"), query.PageSize(10), query.VerifyPushdown(50)}, ""},
		{"a missing row", shipstreamtest.LeavesBounds, known, "created_at <= 2025-01-01", nil, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			_, users := source(t, shipstreamtest.Options{Users: 200, Misreads: test.misreads}, test.caps)
			opts := append([]query.Option{query.VerifyPushdown(1000)}, test.opts...)
			rows, err := collect(t.Context(), users, test.filter, opts...)
			wrong := (*query.PushdownError)(nil)
			if found := errors.As(err, &wrong) && errors.Is(err, query.ErrPushdown); !found {
				if test.condition != "" || err != nil {
					t.Fatalf("got %v, want %q", err, test.condition)
				}
			} else if wrong.Condition != test.condition {
				t.Errorf("got %v, want %q", err, test.condition)
			}
			for _, u := range rows {
				if u.LastLoginAt.IsSet() && test.name == "right" {
					t.Fatalf("user %d shows a field that was only verified", u.ID)
				}
			}
		})
	}
}

// TestVerifyPushdownText: the error names the row, the condition, what was sent and what
// the row has, and a negative number is refused.
func TestVerifyPushdownText(t *testing.T) {
	t.Parallel()
	_, users := source(t, shipstreamtest.Options{Rows: []shipstreamtest.User{{ID: 7, Name: "Ada"}}, Misreads: shipstreamtest.IgnoresNeq}, shipstream.Capabilities{})
	_, err := collect(t.Context(), users, "name != 'ada'", query.VerifyPushdown(1))
	const want = `row 7 does not satisfy name != 'ada', and the server returned it for filter=name{neq:"ada"}: name is Ada; declare that the server cannot answer the condition, so that it is evaluated locally`
	wrong := (*query.PushdownError)(nil)
	if !errors.As(err, &wrong) || wrong.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
	if _, err := query.Prepare(users, "", query.VerifyPushdown(-1)); !errors.Is(err, query.ErrOption) {
		t.Errorf("a negative number: %v", err)
	}
}
