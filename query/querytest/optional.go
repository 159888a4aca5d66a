package querytest

import (
	"bytes"
	"cmp"
	"errors"
	"slices"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query"
)

// countEach is that every so manieth answer is counted, too.
const countEach = 8

// count: what a source's Count says of an exact plan is how many rows there are.
func (s *suite[T, K]) count(c condition[K], plan *query.Plan) {
	count := s.src.Capabilities().Count
	if s.answers++; count == nil || !plan.Exact() || s.answers%countEach != 1 {
		return
	}
	n := int64(0)
	for _, scan := range plan.Scans {
		rows, err := count(s.ctx, scan)
		if errors.Is(err, query.ErrUncounted) {
			return
		}
		if err != nil {
			s.faultf("count: %s: %w", c.text, err)
			return
		}
		n += rows
	}
	if n != int64(len(c.ids)) {
		s.faultf("count: %s: Count says %d, and the same server's answer has %d rows", c.text, n, len(c.ids))
	}
}

// deleted: rows are either deleted or not.
func (s *suite[T, K]) deleted() {
	if _, ok := s.src.Dialect().Deleted(); !ok {
		return
	}
	deleted, _, err := s.run("", query.WithDeleted(query.DeletedOnly))
	if err != nil {
		s.faultf("deleted: %w", err)
		return
	}
	for _, id := range deleted {
		if _, live := s.rows[id]; live {
			s.faultf("deleted: row %#v comes among the deleted rows and among the others", id)
			return
		}
	}
	both, _, err := s.run("", query.WithDeleted(query.DeletedInclude))
	if err != nil {
		s.faultf("deleted: %w", err)
		return
	}
	want := slices.Sorted(slices.Values(slices.Concat(deleted, s.ids)))
	if slices.Sort(both); !slices.Equal(both, want) {
		s.faultf("deleted: deleted and other rows together are %s", difference(both, want))
	}
}

// hiddenRows is how many rows each field is taken out of.
const hiddenRows = 20

// hides: Hide takes out the field that it is told, with its reference, and nothing
// else. A source whose Hide takes nothing out leaves more in a row than was selected.
func (s *suite[T, K]) hides() {
	for _, hidden := range s.fields() {
		if hidden.Returned != model.ReturnedOnRequest {
			continue
		}
		ids, rows, err := s.run("", s.everything(), query.Limit(hiddenRows))
		if err != nil {
			s.faultf("hiding %s: %w", hidden.Name, err)
			continue
		}
		for i := range rows {
			s.src.Hide(&rows[i], []*model.Field{hidden})
			switch f := s.changed(s.src.Record(&rows[i]), s.rows[ids[i]], hidden); {
			case f == nil:
				continue
			case under(f) == under(hidden):
				s.faultf("hiding: %s was taken out of row %#v, and %s is still there", hidden.Name, ids[i], f.Name)
			default:
				s.faultf("hiding: with %s taken out of row %#v, %s is %v, and was %v", hidden.Name, ids[i], f.Name, has(s.src.Record(&rows[i]), f), has(s.rows[ids[i]], f))
			}
			break
		}
	}
}

// changed is a field that is not as it was, or one that was to be hidden and is
// there; nil where all is well.
func (s *suite[T, K]) changed(is, was model.Record, hidden *model.Field) *model.Field {
	for _, f := range s.fields() {
		want := has(was, f)
		if hidden != nil && under(f) == under(hidden) {
			if want = nil; f.Through == "" && f.Type != model.TypeRefs {
				want = []model.Value{model.Null()}
			}
		}
		if !slices.Equal(has(is, f), want) {
			return f
		}
	}
	return nil
}

// under is what a field is taken out with: itself, or the reference that it passes
// through.
func under(f *model.Field) string { return cmp.Or(f.Through, f.Name) }

// spills: a spill reads what it wrote.
func (s *suite[T, K]) spills() {
	if !s.src.Capabilities().Spills {
		return
	}
	spill, before := s.src.NewSpill(), []byte("a row before")
	written := make([][]byte, len(s.all))
	for i := range s.all {
		var ok bool
		if written[i], ok = bytes.CutPrefix(spill.Append(slices.Clip(before), &s.all[i]), before); !ok {
			s.faultf("spilling: Append changes what was there before the row")
			return
		}
	}
	read := make([]T, len(s.all))
	for i, data := range written {
		var err error
		if read[i], err = spill.Read(data); err != nil {
			s.faultf("spilling: row %#v cannot be read again: %w", s.id(&s.all[i]), err)
			return
		}
		clear(data) // a row must not keep it
	}
	for i := range read {
		id := s.id(&s.all[i])
		if f := s.changed(s.src.Record(&read[i]), s.rows[id], nil); f != nil || s.id(&read[i]) != id {
			name := s.src.Dialect().ID()
			if f != nil {
				name = f.Name
			}
			s.faultf("spilling: row %#v is read again with another %s (rows must not keep the bytes that they are read from)", id, name)
			return
		}
	}
}
