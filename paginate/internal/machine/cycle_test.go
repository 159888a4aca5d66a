package machine_test

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/muster-go/muster/paginate/internal/machine"
)

// TestCycleOfDistinctPages: pages that are new are no cycle; a cycle of n pages that
// starts behind m others is found, and soon.
func TestCycleOfDistinctPages(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m, n := rapid.IntRange(0, 40).Draw(t, "before"), rapid.IntRange(1, 40).Draw(t, "cycle")
		size := rapid.IntRange(1, 3).Draw(t, "page size")
		var d machine.CycleDetector
		for i := 0; ; i++ {
			page := i
			if i >= m+n {
				page = m + (i-m)%n
			}
			ids := make([]int64, size)
			for k := range ids {
				ids[k] = int64(page*size + k)
			}
			switch found := d.Distinct(ids); {
			case found && i < m+n:
				t.Fatalf("page %d of %d new ones is taken for a cycle", i, m+n)
			case found && n == 1 && i != m+1:
				t.Fatalf("a page that comes again at once is found after %d more", i-m-1)
			case found && n > 1 && i != foundAt(m, n):
				t.Fatalf("a cycle of %d behind %d is found at page %d, not %d", n, m, i, foundAt(m, n))
			case found:
				return
			case i > foundAt(m, n):
				t.Fatalf("a cycle of %d behind %d is not found after %d pages", n, m, i)
			}
		}
	})
}

// foundAt returns the page at which Brent's algorithm finds a cycle of n pages behind m
// others: n pages after the first anchor in the cycle that stays for as long. The anchors
// are the pages 1, 2, 5, 12 … 2^k-k, counted from 1, and each stays for 2^k-1 pages.
func foundAt(m, n int) int {
	for k := 1; ; k++ {
		if anchor := 1<<k - k; anchor > m && 1<<k-1 >= n {
			return anchor + n - 1
		}
	}
}

// TestCycleOfOverlappingPages: rows that come again are no cycle as long as new ones come
// among them. A page that comes three times in a row is one, and so are twice as many
// known rows as there are, without a new one.
func TestCycleOfOverlappingPages(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var d machine.CycleDetector
		seen := make(map[int64]bool)
		var before []int64
		repeats, stale := 0, 0
		for range rapid.IntRange(1, 40).Draw(t, "pages") {
			ids := rapid.SliceOfN(rapid.Int64Range(1, 8), 1, 3).Draw(t, "page")
			if rapid.Bool().Draw(t, "again") && before != nil {
				ids = before
			}
			known, fresh := len(seen), 0
			for _, id := range ids {
				if !seen[id] {
					seen[id] = true
					fresh++
				}
			}
			if repeats++; !slices.Equal(ids, before) {
				repeats = 0
			}
			if stale += len(ids); fresh > 0 {
				stale = 0
			}
			before = ids
			want := repeats >= 2 || stale > 2*known
			if got := d.Overlapping(ids, fresh, known); got != want {
				t.Fatalf("page %v, %d times again, %d known rows since a new one of %d: %v", ids, repeats, stale, known, got)
			} else if got {
				return
			}
		}
	})
}
