package check

import (
	"github.com/muster-go/muster/dsl/ast"
	"github.com/muster-go/muster/model"
)

// slab gives out values that are allocated some at a time. Nodes of one tree are kept and
// dropped together, so that a slab keeps nothing alive for long. The zero slab is empty.
type slab[T any] struct {
	free []T
	size int // of the last allocation
}

// The sizes of the first allocation, as most filters are short, and of the largest.
const (
	fewest = 8
	most   = 64
)

func (s *slab[T]) add(v T) *T {
	p := &s.take(1)[0]
	*p = v
	return p
}

// take gives out n values in a row.
func (s *slab[T]) take(n int) []T {
	if len(s.free) < n {
		s.size = min(max(fewest, 2*s.size), most)
		s.free = make([]T, max(s.size, n))
	}
	out := s.free[:n:n]
	s.free = s.free[n:]
	return out
}

// valueLiteral is [ast.ValueLiteral] in the checker's memory.
func (c *checker) valueLiteral(v model.Value, at ast.Span) *ast.Literal {
	return c.literals.add(ast.LiteralOf(v, at))
}
