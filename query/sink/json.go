package sink

// JSON returns the format of one JSON array, with a row a line. The text is valid JSON only
// when it is finished. [NDJSON] describes rows.
func JSON[T any](rows string, encode Encode[T]) Format[T] {
	return jsonArray[T]{named("json", rows), encode}
}

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
