package query_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/muster-go/muster/query"
	"github.com/muster-go/muster/query/shipstream"
)

// TestLimitFilter: each limit of a filter's text refuses what is beyond it and nothing
// else, and its error tells a writer of filters what to change, without names of Go.
func TestLimitFilter(t *testing.T) {
	t.Parallel()
	users := shipstream.Users(nil, shipstream.AnyUser)
	for name, test := range map[string]struct {
		limits        query.FilterLimits
		fits, refused string
		want          string
	}{
		"bytes":  {query.FilterLimits{Bytes: 6}, "id = 1", "id = 12", "the filter is too long: the limit is 6 bytes"},
		"tokens": {query.FilterLimits{Tokens: 3}, "id = 1", "id = 1 or id = 2", "too many parts: the limit is 3"},
		"depth":  {query.FilterLimits{Depth: 1}, "(id = 1)", "((id = 1))", "nest too deeply: the limit is 1 levels"},
		"list":   {query.FilterLimits{ListItems: 2}, "id in (1, 2)", "id in (1, 2, 3)", "list is too long: the limit is 2 values"},
		"regexp": {query.FilterLimits{Regexp: 100}, "name ~ 'a'", "name ~ 'a{200}'", "regular expressions are too large"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if _, err := query.Prepare(users, test.fits, query.LimitFilter(test.limits)); err != nil {
				t.Error(err)
			}
			_, err := query.Prepare(users, test.refused, query.LimitFilter(test.limits))
			if !errors.Is(err, query.ErrLimit) || !strings.Contains(err.Error(), test.want) || !strings.Contains(err.Error(), "hint: ") {
				t.Errorf("got %v, want %s", err, test.want)
			}
			if text := fmt.Sprint(err); strings.Contains(text, "Max") || strings.Contains(text, "dsl.") {
				t.Errorf("it names Go: %s", text)
			}
			if _, err := query.Prepare(users, test.refused, query.LimitFilter(query.FilterLimits{})); err != nil {
				t.Errorf("by default: %v", err)
			}
		})
	}
}

// Filters of strangers have less room than those of a program.
func ExampleLimitFilter() {
	users := shipstream.Users(nil, shipstream.AnyUser)
	_, err := query.Prepare(users, "id in (1, 2, 3)", query.LimitFilter(query.FilterLimits{ListItems: 2}))
	fmt.Println(err)
	fmt.Println(errors.Is(err, query.ErrLimit))
	// Output:
	// syntax error at line 1, column 14: the `in` list is too long: the limit is 2 values
	//   id in (1, 2, 3)
	//                ^
	//   hint: leave out duplicates, ask for a range, or ask several times
	// true
}
