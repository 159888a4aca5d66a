package rest_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query"
	"github.com/muster-go/muster/query/rest"
	"github.com/muster-go/muster/query/rest/orderstest"
)

// TestOrderByKey: a limit without an order has rows in that of the key where the server
// or the walk brings them so, and as they come where they do not: whatever the key is
// called, no more is asked for than the limit takes.
func TestOrderByKey(t *testing.T) {
	for _, style := range styles() {
		for _, key := range []string{"id", "number"} {
			for _, sorts := range []bool{true, false} {
				t.Run(fmt.Sprintf("%s,%s,%v", style, key, sorts), func(t *testing.T) {
					d := orders(style)
					d.Layout.ID, d.Fields[0].Name, d.Fields[0].Sort = key, key, sorts
					server, src := shop(t, orderstest.Options{Style: string(style), Orders: 500, Key: key}, d)
					for _, filter := range []string{"", "total >= 0", "status contains 'e'"} {
						newest, oldest := []int64{1001, 999, 997}, []int64{3, 5, 7}
						want, order := newest, "-"+key
						switch {
						case style == rest.Forward && (!sorts || strings.Contains(filter, "status")): // of a residual, one page may not hold enough
							want, order = oldest, key
						case !sorts:
							want, order = oldest, "none: rows come as they arrive, because neither the pages nor the server order them by "+key
						}
						plan, err := query.Prepare(src, filter, query.OrderByKey(), query.Limit(3))
						if err != nil {
							t.Fatal(err)
						}
						if !strings.Contains(plan.String(), "\norder     "+order+"\n") && !strings.Contains(plan.String(), "\norder     "+order+": ") {
							t.Errorf("%q: the order should be %s:\n%s", filter, order, plan)
						}
						before := server.Requests()
						got := idsOf(t, src, plan)
						if asked := server.Requests() - before; !slices.Equal(got, want) || asked != 1 {
							t.Errorf("%q: %v after %d requests, want %v", filter, got, asked, want)
						}
					}
				})
			}
		}
	}
}

func idsOf(t *testing.T, src *rest.Source[model.DynamicRow], plan *query.Plan) (ids []int64) {
	t.Helper()
	rows, err := query.RunPlan(t.Context(), src, plan)
	if err != nil {
		t.Fatal(err)
	}
	for row, err := range rows.All() {
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, row.ID)
	}
	return ids
}

// TestOrderTaken: an order that was asked for is never given up.
func TestOrderTaken(t *testing.T) {
	d := orders(rest.Token)
	d.Fields[0].Sort = false
	_, src := shop(t, orderstest.Options{Style: "token", Orders: 150}, d)
	for _, opts := range [][]query.Option{{query.OrderByKey(), query.OrderBy("-id")}, {query.OrderBy("-id"), query.OrderByKey()}} {
		rows, err := query.Run(t.Context(), src, "", append(opts, query.Limit(1))...)
		if err != nil {
			t.Fatal(err)
		}
		for row, err := range rows.All() {
			if err != nil || row.ID != 301 {
				t.Error(row.ID, err)
			}
		}
	}
}
