package paginate_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"testing"

	"github.com/muster-go/muster/paginate"
)

// numbers serves 0 to n-1 in pages whose token is the number of the first.
func numbers(n int) paginate.Fetch[int] {
	return func(_ context.Context, r paginate.Request) (*paginate.Page[int], error) {
		first, _ := strconv.Atoi(r.Token) // "" is 0
		p := &paginate.Page[int]{Count: -1}
		for i := first; i < min(first+r.Limit, n); i++ {
			p.Rows = append(p.Rows, i)
		}
		if next := first + len(p.Rows); next < n {
			p.NextToken = strconv.Itoa(next)
		}
		return p, nil
	}
}

func TestFollow(t *testing.T) {
	for _, test := range []struct {
		rows, page int
		limit      int64
		want       int
	}{{0, 5, 0, 0}, {4, 5, 0, 4}, {5, 5, 0, 5}, {23, 5, 0, 23}, {23, 5, 7, 7}, {23, 5, 10, 10}, {3, 5, 10, 3}} {
		var got []int
		for rows, err := range paginate.Follow(t.Context(), numbers(test.rows), test.page, test.limit) {
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, rows...)
		}
		if want := slices.Collect(slices.Values(make([]int, test.want))); len(got) != len(want) || !slices.IsSorted(got) {
			t.Errorf("%+v: %v", test, got)
		}
	}
}

// TestFollowLoop: a source that names a page twice ends the run.
func TestFollowLoop(t *testing.T) {
	loop := func(context.Context, paginate.Request) (*paginate.Page[int], error) {
		return &paginate.Page[int]{Rows: []int{1}, NextToken: "again"}, nil
	}
	pages := 0
	for _, err := range paginate.Follow(t.Context(), loop, 1, 0) {
		var repeated *paginate.RepeatedTokenError
		if err != nil && (!errors.As(err, &repeated) || !errors.Is(err, paginate.ErrProtocol) || repeated.Token != "again") {
			t.Error(err)
		}
		if pages++; pages > 3 {
			t.Fatal("it goes on")
		}
	}
	if pages != 3 { // two pages, and the error
		t.Errorf("%d pages", pages)
	}
}

func ExampleFollow() {
	for rows, err := range paginate.Follow(context.Background(), numbers(7), 3, 0) {
		fmt.Println(rows, err)
	}
	// Output:
	// [0 1 2] <nil>
	// [3 4 5] <nil>
	// [6] <nil>
}
