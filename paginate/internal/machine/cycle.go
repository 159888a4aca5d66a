package machine

import "crypto/sha256"

// Hash stands for the name of a page or for its rows. It is a SHA-256, so that no two of
// them share one by chance or by a server's design.
type Hash = [sha256.Size]byte

// Cycle finds a cycle among the names of pages by Brent's algorithm (R. P. Brent, "An
// improved Monte Carlo factorization algorithm", BIT 20, 1980): it compares each name with
// one anchor, which moves to the current name after 1, 3, 7, 15 … further names. So it
// keeps two hashes however many and however long the names are. It finds a cycle of n
// names that starts at name m within about 2·max(m, n) + n names. The zero value has seen
// none. It is not safe for concurrent use.
type Cycle struct {
	before, anchor Hash
	steps, reach   int // names since the anchor was set, and until it moves
}

// Next takes a name, and reports whether it came before.
func (c *Cycle) Next(name string) bool {
	h := sha256.Sum256([]byte(name))
	if h == c.before || h == c.anchor {
		return true
	}
	if c.steps++; c.steps >= c.reach {
		c.anchor, c.steps, c.reach = h, 0, 2*c.reach+1
	}
	c.before = h
	return false
}

// Progress notices a listing that brings no new rows: a server that ignores the name of a
// page gives its first page for ever, one that clamps an offset gives its last, and one
// that can be polled gives empty pages. The zero value has seen no page. It is not safe
// for concurrent use.
//
// A page without a new row may be correct: if rows were inserted before it, the rows
// already read moved into it, and a filter may leave a page empty. Each insertion does so
// about once, and rarely are two pages in a row exactly the page before.
type Progress struct {
	Known int // rows so far; an earlier run's are set before the first page
	Idle  int // pages in a row without a new row, up to the last
	Empty int // pages in a row without any row, up to the last

	before Hash // of the last page with rows
	again  int  // pages in a row that repeat the page before them
	stale  int  // rows of the idle pages
}

// Page takes a page: the hash of its rows, their number, and how many are new. It reports
// whether it repeats the page before it.
func (p *Progress) Page(rows Hash, n, fresh int) (repeats bool) {
	p.Known += fresh
	p.stale += n
	p.Idle, p.Empty = p.Idle+1, p.Empty+1
	if fresh > 0 {
		p.Idle, p.stale = 0, 0
	}
	if n == 0 {
		return false
	}
	p.Empty = 0
	repeats = fresh == 0 && rows == p.before
	if p.again++; !repeats {
		p.again = 0
	}
	p.before = rows
	return repeats
}

// Stuck reports whether the rows that came before come again and again: the same page
// three times in a row, or twice as many rows as are known without a new one.
func (p *Progress) Stuck() bool { return p.again > 1 || p.stale > 2*p.Known }
