package querytest

import (
	"bytes"
	"errors"
	"slices"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query"
	"github.com/muster-go/muster/query/knownanswer"
)

// countEach says that one answer in so many is counted, too.
const countEach = 8

// count tests that Count returns the number of rows of an exact plan.
func (s *suite[T, K]) count(q knownanswer.Question[K], plan *query.Plan) {
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
			s.faultf("count: %s: %w", q.Text, err)
			return
		}
		n += rows
	}
	if n != int64(len(q.Yes)) {
		s.faultf("count: %s: Count says %d, and the same server's answer has %d rows", q.Text, n, len(q.Yes))
	}
}

// deleted tests that each row is either deleted or not.
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

// hiddenRows is how many rows each field is hidden from.
const hiddenRows = 20

// hides tests that Hide removes the field that it is given, with its reference, and nothing
// else.
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
				s.faultf("hiding: with %s taken out of row %#v, %s is %v, and was %v", hidden.Name, ids[i], f.Name, knownanswer.Of(s.src.Record(&rows[i]), f), knownanswer.Of(s.rows[ids[i]], f))
			}
			break
		}
	}
}

// changed returns a field that is not as it was, or one that should be hidden and is not;
// nil if all is well.
func (s *suite[T, K]) changed(is, was model.Record, hidden *model.Field) *model.Field {
	for _, f := range s.fields() {
		want := knownanswer.Of(was, f)
		if hidden != nil && under(f) == under(hidden) {
			if want = nil; f.Through == "" && f.Type != model.TypeRefs {
				want = []model.Value{model.Null()}
			}
		}
		if !slices.Equal(knownanswer.Of(is, f), want) {
			return f
		}
	}
	return nil
}

// under names what is hidden with a field: the field, or the reference that its path goes
// through.
func under(f *model.Field) string { return f.Outermost().Name }

// spills tests that a spill reads what it wrote.
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
