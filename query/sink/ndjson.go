package sink

import "io"

// NDJSON is the format of one JSON object a line. It is named for how rows are
// encoded, so that two encodings of the same rows are two formats; "" is the only one.
func NDJSON[T any](rows string, encode Encode[T]) Format[T] {
	return ndjson[T]{named("ndjson", rows), encode}
}

// NewNDJSON returns a writer of newline-delimited JSON to w.
func NewNDJSON[T any](w io.Writer, encode Encode[T]) *Stream[T] {
	return NewStream(w, NDJSON("", encode))
}

type ndjson[T any] struct {
	name   string
	encode Encode[T]
}

func (f ndjson[T]) Name() string                  { return f.name }
func (f ndjson[T]) Begin(dst []byte) []byte       { return dst }
func (f ndjson[T]) End(dst []byte, _ bool) []byte { return dst }
func (f ndjson[T]) Append(dst []byte, row *T, _ bool) ([]byte, error) {
	dst, err := f.encode(dst, row)
	return append(dst, '\n'), err
}
