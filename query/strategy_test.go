package query_test

import (
	"strings"
	"testing"
	"time"

	"github.com/muster-go/muster/paginate"
	"github.com/muster-go/muster/query"
	"github.com/muster-go/muster/query/plan"
	"github.com/muster-go/muster/query/shipstream"
	"github.com/muster-go/muster/query/shipstream/shipstreamtest"
)

// paced is a source with given limits.
type paced struct {
	*shipstream.UserSource
	pace paginate.RateLimit
}

func (p paced) Capabilities() plan.Capabilities {
	c := p.UserSource.Capabilities()
	c.RateLimit = func() paginate.RateLimit { return p.pace }
	return c
}

// TestStrategyByRate: if serial requests keep up with the rate, the plan is serial; if the
// burst allows more, all workers share the ids.
func TestStrategyByRate(t *testing.T) {
	for _, tt := range []struct {
		pace   paginate.RateLimit
		filter string
		opts   []query.Option
		want   plan.Strategy
		why    string
	}{
		{paginate.RateLimit{Rate: 2, Burst: 1, RoundTrip: 250 * time.Millisecond}, "is_active", nil, plan.StrategySerial, "at 2 requests a second, 250ms each"},
		{paginate.RateLimit{Rate: 2, Burst: 1, RoundTrip: 250 * time.Millisecond}, "is_active", []query.Option{query.OrderBy("id")}, plan.StrategySerial, "at 2 requests a second"},
		{paginate.RateLimit{Rate: 10, Burst: 1, RoundTrip: 250 * time.Millisecond}, "is_active", nil, plan.StrategySplitRanges, "share the ids"},
		{paginate.RateLimit{Rate: 2, Burst: 60, RoundTrip: 250 * time.Millisecond}, "is_active", nil, plan.StrategySplitRanges, "share the ids"},
		{paginate.RateLimit{Rate: 2, Burst: 1}, "is_active", nil, plan.StrategySplitRanges, "share the ids"},
		{paginate.RateLimit{RoundTrip: time.Second}, "is_active", nil, plan.StrategySplitRanges, "share the ids"},
		{paginate.RateLimit{}, "is_active", []query.Option{query.OrderBy("id")}, plan.StrategyReadAhead, "read ahead"},
		{paginate.RateLimit{}, "id between 1 and 1500", []query.Option{query.OrderBy("id")}, plan.StrategySerial, "2 pages are expected"},
		{paginate.RateLimit{}, "is_active", []query.Option{query.OrderBy("id"), query.Limit(1500)}, plan.StrategySerial, "stops early"},
		{paginate.RateLimit{}, "is_active", []query.Option{query.Limit(9000)}, plan.StrategySplitRanges, "share the ids"},
		{paginate.RateLimit{}, "roles.name = 'x'", []query.Option{query.Limit(10)}, plan.StrategyFirstPageThenSplit, "the first page may reach"},
	} {
		src := paced{shipstream.Users(nil, shipstream.AnyUser), tt.pace}
		planned, err := query.Prepare(src, tt.filter, tt.opts...)
		if err != nil {
			t.Fatal(err)
		}
		if planned.Strategy != tt.want || !strings.Contains(planned.Reasons.Strategy, tt.why) {
			t.Errorf("%+v %s: %v: %s; want %v: …%s…", tt.pace, tt.filter, planned.Strategy, planned.Reasons.Strategy, tt.want, tt.why)
		}
	}
}

// TestLimitRequestsNothingMore: no request begins after the rows read satisfy the limit,
// with and without a residual.
func TestLimitRequestsNothingMore(t *testing.T) {
	for _, tt := range []struct {
		filter   string
		opts     []query.Option
		requests int
	}{
		{"", []query.Option{query.Limit(100)}, 1},
		{"", []query.Option{query.Limit(250)}, 3},
		{"", []query.Option{query.Limit(150), query.OrderBy("-id")}, 2},
		{"name contains 'a'", []query.Option{query.Limit(5)}, 1},
		{"name contains 'a'", []query.Option{query.Limit(5), query.OrderBy("id")}, 1},
		{"name contains 'a'", []query.Option{query.Limit(5), query.WithDeleted(query.DeletedInclude)}, 1},
	} {
		server, src := source(t, shipstreamtest.Options{Users: 3000, Deleted: 500}, shipstream.Capabilities{})
		users, err := collect(t.Context(), src, tt.filter, append(tt.opts, query.PageSize(100))...)
		if err != nil || len(users) == 0 {
			t.Fatal(len(users), err)
		}
		if n := len(server.Requests()); n != tt.requests {
			t.Errorf("%q %d rows: %d requests, want %d", tt.filter, len(users), n, tt.requests)
		}
	}
}
