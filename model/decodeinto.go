package model

// Into decodes the rows of a page into the array of rows as far as it has room. What the
// array holds makes no difference, and is overwritten. Nobody may use the array for anything
// else while the page is in use. Rows of another type than the page's have no effect.
func Into[T any](rows []T) DecodeOption { return into[T]{rows} }

type into[T any] struct{ rows []T }

func (i into[T]) apply(d *Decoder) { d.room = i.rows }

// roomForRows returns an empty slice with room for the rows of the body, as far as its
// length tells how many there are.
func roomForRows[T any](d *Decoder) []T {
	if room, ok := d.room.([]T); ok && cap(room) > 0 {
		return room[:0]
	}
	return make([]T, 0, min(pageRows, 1+len(d.body)/rowBytes))
}
