package spill

import "github.com/muster-go/muster/model"

// Row is a pointer to a row. Where it has a method Included, as users have, what came
// with its page is kept.
type Row[T any] interface {
	*T
	AppendJSON(dst []byte) []byte
}

// Spill implements query.Spill. What rows refer to stays in memory, once each:
// there are few roles and warehouses for many users. A row that is read again
// resolves its references in all of them.
type Spill[T any, P Row[T]] struct {
	decode   func(text []byte, included *model.Included) (T, error)
	last     *model.Included
	known    map[model.Ref]bool
	objects  []model.Object
	included *model.Included // of objects; nil while they grow
}

// New returns a spill for the rows of one sort, which decode reads again.
func New[T any, P Row[T]](decode func(text []byte, included *model.Included) (T, error)) *Spill[T, P] {
	return &Spill[T, P]{decode: decode, known: make(map[model.Ref]bool)}
}

// Append implements query.Spill.
func (s *Spill[T, P]) Append(dst []byte, row *T) []byte {
	if refers, ok := any(row).(interface{ Included() *model.Included }); ok {
		s.learn(refers.Included())
	}
	return P(row).AppendJSON(dst)
}

// learn keeps what came with a page, which the rows after one another share.
func (s *Spill[T, P]) learn(inc *model.Included) {
	if inc == nil || inc == s.last {
		return
	}
	s.last = inc
	for o := range inc.Objects() {
		if ref := o.Ref(); !s.known[ref] {
			s.known[ref] = true
			s.objects, s.included = append(s.objects, o), nil
		}
	}
}

// Read implements query.Spill.
func (s *Spill[T, P]) Read(text []byte) (T, error) {
	if s.included == nil {
		s.included = model.NewIncluded(s.objects...)
	}
	return s.decode(text, s.included)
}
