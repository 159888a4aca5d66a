package machine_test

import (
	"crypto/sha256"
	"fmt"
	"slices"
	"strconv"
	"testing"

	"pgregory.net/rapid"

	"github.com/muster-go/muster/paginate/internal/machine"
)

// TestCycle: names that are new are no cycle; a cycle of n names behind m others is found,
// and soon.
func TestCycle(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m, n := rapid.IntRange(0, 40).Draw(t, "before"), rapid.IntRange(1, 40).Draw(t, "cycle")
		var c machine.Cycle
		for i := 0; ; i++ {
			page := i
			if i >= m+n {
				page = m + (i-m)%n
			}
			switch found := c.Next(strconv.Itoa(page)); {
			case found && i < m+n:
				t.Fatalf("name %d of %d new ones is taken for a cycle", i, m+n)
			case found && n == 1 && i != m+1:
				t.Fatalf("a name that comes again at once is found after %d more", i-m-1)
			case found && n > 1 && i != foundAt(m, n):
				t.Fatalf("a cycle of %d behind %d is found at name %d, not %d", n, m, i, foundAt(m, n))
			case found:
				return
			case i > foundAt(m, n):
				t.Fatalf("a cycle of %d behind %d is not found after %d names", n, m, i)
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

// TestProgress: rows that come again are no cycle as long as new ones come among them. A
// page that comes three times in a row is one, and so are twice as many known rows as
// there are, without a new one.
func TestProgress(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var p machine.Progress
		seen := make(map[int64]bool)
		var before []int64
		repeats, stale, idle, empty := 0, 0, 0, 0
		for range rapid.IntRange(1, 40).Draw(t, "pages") {
			ids := rapid.SliceOfN(rapid.Int64Range(1, 8), 0, 3).Draw(t, "page")
			if rapid.Bool().Draw(t, "again") && before != nil {
				ids = before
			}
			fresh := 0
			for _, id := range ids {
				if !seen[id] {
					seen[id] = true
					fresh++
				}
			}
			stale, idle, empty = stale+len(ids), idle+1, empty+1
			if fresh > 0 {
				stale, idle = 0, 0
			}
			same := fresh == 0 && len(ids) > 0 && slices.Equal(ids, before)
			if len(ids) > 0 {
				empty = 0
				if repeats++; !same {
					repeats = 0
				}
				before = ids
			}
			want := repeats >= 2 || stale > 2*len(seen)
			if got := p.Page(sha256.Sum256(fmt.Append(nil, ids)), len(ids), fresh); got != same || p.Stuck() != want || p.Idle != idle || p.Empty != empty {
				t.Fatalf("page %v, %d times again, %d known rows since a new one of %d: repeats %v, %+v", ids, repeats, stale, len(seen), got, p)
			}
		}
	})
}
