package gostruct

import (
	"sync"
	"unsafe" //nolint:depguard // the package's comment says why
)

// Cursors are where a record is in its lists inside lists. They hold numbers alone: a row may be
// on the stack, where nothing of the heap may point.
type Cursors struct{ at []cursor }

// cursor is an element of the list around a list, and how many elements the list has in those
// before it. An evaluation reads the elements almost in their order, so that the next one
// is seldom far.
type cursor struct{ outer, start int }

// cursors keeps cursors that no record uses.
type cursors struct {
	n    int // of one record
	pool sync.Pool
}

// NewCursors returns cursors for a record of the plan, nil if it has no list inside another.
// They are given back by [Plan.Release].
func (p *Plan) NewCursors() *Cursors {
	if p.cursors.n == 0 { // inlined
		return nil
	}
	return p.cursors.get()
}

func (p *cursors) get() *Cursors {
	if c, ok := p.pool.Get().(*Cursors); ok {
		clear(c.at)
		return c
	}
	return &Cursors{make([]cursor, p.n)}
}

// Release takes back cursors, which may be nil.
func (p *Plan) Release(c *Cursors) {
	if c != nil {
		p.cursors.pool.Put(c)
	}
}

// length returns how many elements a list has in the row, in all lists around it together.
func (r *Record) length(l *list) int {
	if l.outer == nil {
		_, n := l.in(r.Row)
		return n
	}
	total := 0
	for i := 0; ; i++ {
		outer := r.element(l.outer, i)
		if outer == nil {
			return total
		}
		_, n := l.in(outer)
		total += n
	}
}

// element returns the address of element i of a list, of all that the row has; nil if there is
// none.
func (r *Record) element(l *list, i int) unsafe.Pointer {
	if l.outer == nil {
		first, n := l.in(r.Row)
		if uint(i) >= uint(n) {
			return nil
		}
		return unsafe.Add(first, uintptr(i)*l.stride)
	}
	if i < 0 {
		return nil
	}
	var none cursor // slow: a record without cursors starts at the first element
	c := &none
	if r.Cursors != nil {
		c = &r.Cursors.at[l.cursor]
	}
	for i < c.start {
		c.outer--
		_, n := l.in(r.element(l.outer, c.outer))
		c.start -= n
	}
	for {
		outer := r.element(l.outer, c.outer)
		if outer == nil {
			return nil // behind the last
		}
		first, n := l.in(outer)
		if i < c.start+n {
			return unsafe.Add(first, uintptr(i-c.start)*l.stride)
		}
		c.outer++
		c.start += n
	}
}
