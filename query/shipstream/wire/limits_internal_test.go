package wire

import "testing"

// TestLimitRanges holds both ends of every range to the numbers that the options
// state, with the default below them.
func TestLimitRanges(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name            string
		option          func(int) DecodeOption
		of              func(limits) int
		byDefault, most int
	}{
		{"MaxBytes", MaxBytes, func(l limits) int { return l.bytes }, 256 << 10, 64 << 20},
		{"MaxParams", MaxParams, func(l limits) int { return l.params }, 10_000, 1_000_000},
		{"MaxItems", MaxItems, func(l limits) int { return l.items }, 20_000, 16_000_000},
	} {
		if got := tc.of(limitsOf([]DecodeOption{nil})); got != tc.byDefault {
			t.Errorf("%s is %d by default, want %d", tc.name, got, tc.byDefault)
		}
		for n, want := range map[int]int{
			-1: tc.byDefault, 0: tc.byDefault, 1: 1, tc.most - 1: tc.most - 1, tc.most: tc.most, tc.most + 1: tc.most, 1 << 40: tc.most,
		} {
			if got := tc.of(limitsOf([]DecodeOption{tc.option(n)})); got != want {
				t.Errorf("%s(%d) is %d, want %d", tc.name, n, got, want)
			}
		}
	}
}
