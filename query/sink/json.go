package sink

import "io"

// JSON is the format of one JSON array, a row a line, named as by [NDJSON].
func JSON[T any](rows string, encode Encode[T]) Format[T] {
	return jsonArray[T]{named("json", rows), encode}
}

// NewJSON returns a writer of a JSON array to w. The array is valid JSON only
// once Close has returned nil.
func NewJSON[T any](w io.Writer, encode Encode[T]) *Stream[T] { return NewStream(w, JSON("", encode)) }

type jsonArray[T any] struct {
	name   string
	encode Encode[T]
}

func (f jsonArray[T]) Name() string            { return f.name }
func (f jsonArray[T]) Begin(dst []byte) []byte { return append(dst, '[') }

func (f jsonArray[T]) Append(dst []byte, row *T, first bool) ([]byte, error) {
	if !first {
		dst = append(dst, ',')
	}
	return f.encode(append(dst, '\n'), row)
}

func (f jsonArray[T]) End(dst []byte, empty bool) []byte {
	if !empty {
		dst = append(dst, '\n')
	}
	return append(dst, "]\n"...)
}
