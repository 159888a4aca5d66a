package rest_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/muster-go/muster/query"
	"github.com/muster-go/muster/query/rest"
	"github.com/muster-go/muster/query/rest/orderstest"
	"github.com/muster-go/muster/transport"
)

// TestRefused: the error of a 400 names the parts of the query that rest on the definition
// alone.
func TestRefused(t *testing.T) {
	d := orders(rest.Token)
	d.Fields[1].Params = map[string]string{"eq": "state"} // the server calls it status
	d.Fields[6].Sort = true                               // which the server cannot
	_, src := shop(t, orderstest.Options{Style: "token"}, d)
	for _, c := range []struct {
		filter, sort string
		says         []string
	}{
		{"status = 'open' and total > 450 and note contains 'x'", "", []string{"`status = 'open'`|the parameter state", "`total > 450`|the parameter min_total"}},
		{"note starts with 'g'", "-paid_at", []string{"`note starts with 'g'`|the parameter note_prefix", "the order by -paid_at,-id|the parameter order"}},
	} {
		rows, err := query.Run(t.Context(), src, c.filter, query.OrderBy(c.sort))
		if err != nil {
			t.Fatal(err)
		}
		for row, err := range rows.All() {
			if err == nil {
				t.Fatalf("%s: row %v", c.filter, row.Key())
			}
		}
		err = rows.Err()
		var refused *rest.RejectedError
		if !errors.As(err, &refused) || !errors.Is(err, transport.ErrBadRequest) || len(refused.Assumptions) != len(c.says) {
			t.Fatalf("%s: %v", c.filter, err)
		}
		for i, want := range c.says {
			part, by, _ := strings.Cut(want, "|")
			if d := refused.Assumptions[i]; d.Part != part || !strings.HasPrefix(d.Declare, by+", which") || !strings.Contains(err.Error(), "\n"+part+" rests on what the server was said to do: "+by) {
				t.Errorf("%s: %+v, want %s", c.filter, d, want)
			}
		}
	}
}
