package sink

// NDJSON returns the format of one JSON object a line. rows names the encoding of rows if
// there are several, because an export is not resumed in another; "" = there is one.
func NDJSON[T any](rows string, encode Encode[T]) Format[T] {
	return ndjson[T]{named("ndjson", rows), encode}
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
