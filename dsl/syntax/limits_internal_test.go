package syntax

import "testing"

// TestLimitOptionRanges tests the default and both ends of the range that each option
// documents. A text at the far end of most of them would take gigabytes.
func TestLimitOptionRanges(t *testing.T) {
	t.Parallel()
	parse := func(option func(int) ParseOption, of func(limits) int) func(int) int {
		return func(n int) int { return of(limitsOf([]ParseOption{option(n)})) }
	}
	for _, tc := range []struct {
		name            string
		limit           func(int) int // the limit that the option sets for a number
		byDefault, most int
	}{
		{"MaxBytes", parse(MaxBytes, func(l limits) int { return l.bytes }), 256 << 10, 64 << 20},
		{"MaxTokens", parse(MaxTokens, func(l limits) int { return l.tokens }), 40_000, 16_000_000},
		{"MaxDepth", parse(MaxDepth, func(l limits) int { return l.depth }), 200, 10_000},
		{"MaxListItems", parse(MaxListItems, func(l limits) int { return l.items }), 10_000, 1_000_000},
	} {
		for n, want := range map[int]int{
			-1: tc.byDefault, 0: tc.byDefault, 1: 1, tc.most - 1: tc.most - 1, tc.most: tc.most, tc.most + 1: tc.most, 1 << 40: tc.most,
		} {
			if got := tc.limit(n); got != want {
				t.Errorf("%s(%d) is %d, want %d", tc.name, n, got, want)
			}
		}
	}
}
