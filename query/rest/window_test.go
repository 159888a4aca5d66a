package rest_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/muster-go/muster/query"
	"github.com/muster-go/muster/query/rest"
)

// TestWindow: a listing that is longer than the server gives is an error: at once if the total
// says so and no limit is set, and behind the window otherwise. One inside it is whole.
func TestWindow(t *testing.T) {
	const window = 25
	number := func(q url.Values, name string) int { n, _ := strconv.Atoi(q.Get(name)); return n }
	for _, style := range []rest.Style{rest.Offset, rest.Page} {
		for _, total := range []int{0, 7, 24, 25, 26, 400} {
			for _, pageSize := range []int{10, 7, 5} {
				d := things(style, func(d *rest.Definition) {
					d.Paging.Window, d.Layout.Total = window, "total"
					d.Fields[0].Params = map[string]string{"gteq": "min"}
				})
				src, _ := served(t, d, func(q url.Values) (int, any) {
					limit := number(q, "limit")
					at := number(q, "skip")
					if style == rest.Page {
						at = (number(q, "page") - 1) * limit
					}
					if at+limit > window {
						return http.StatusBadRequest, map[string]any{"detail": "the window is too large"}
					}
					return http.StatusOK, map[string]any{"items": from(at+1, max(0, min(limit, total-at))), "total": total}
				})
				for _, limit := range []int{0, window, 1000} { // the last is beyond all rows
					var opts []query.Option
					if limit > 0 {
						opts = append(opts, query.Limit(int64(limit)))
					}
					rows, err := query.Run(t.Context(), src, "", append(opts, query.PageSize(pageSize))...)
					if err != nil {
						t.Fatal(err)
					}
					n := 0
					for _, failed := range rows.All() {
						if err = failed; err == nil {
							n++
						}
					}
					want, fails, says := min(total, window), total > window && limit != window, "there may be more"
					if total > window && limit == 0 {
						want, says = 0, fmt.Sprintf("there are %d", total)
					}
					wrong := (*rest.WindowError)(nil)
					if errors.As(err, &wrong) != fails || n != want || !fails && err != nil {
						t.Errorf("%s, %d rows by %d, limit %d: got %d, %v", style, total, pageSize, limit, n, err)
					}
					if fails && !strings.Contains(err.Error(), "the first 25 rows of things (paging.window), and "+says+": ask for fewer rows by a narrower filter") {
						t.Errorf("got %v", err)
					}
				}
			}
		}
	}
}
