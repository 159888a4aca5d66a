package check

import "testing"

// TestMaxRegexpRange tests the default and both ends of the range that the option documents.
func TestMaxRegexpRange(t *testing.T) {
	t.Parallel()
	for n, want := range map[int]int{
		-1: 10_000, 0: 10_000, 1: 1, 9_999_999: 9_999_999, 10_000_000: 10_000_000, 10_000_001: 10_000_000, 1 << 40: 10_000_000,
	} {
		var o options
		if MaxRegexp(n).applyCheck(&o); o.regexp != want {
			t.Errorf("MaxRegexp(%d) is %d, want %d", n, o.regexp, want)
		}
	}
}
