package wire

// DecodeOption is a limit of [Decode]. As in package dsl, every one takes 0 or
// less as its default, and brings a larger number than its range allows down to
// the end of the range.
type DecodeOption interface{ limit(*limits) }

type limits struct{ bytes, params, items int }

type optionFunc func(*limits)

func (f optionFunc) limit(l *limits) { f(l) }

// The defaults and the ends of the ranges of the limits.
const (
	defaultBytes  = 256 << 10
	maxBytes      = 64 << 20
	defaultParams = 10_000
	maxParams     = 1_000_000
	defaultItems  = 20_000
	maxItems      = 16_000_000
)

// MaxBytes bounds the length of all parameters together, from 1 to 64 MiB;
// default 256 KiB, the same as the language's, where no server takes a request
// line of more than a few.
func MaxBytes(n int) DecodeOption {
	return optionFunc(func(l *limits) { l.bytes = bounded(n, defaultBytes, maxBytes) })
}

// MaxParams bounds the number of parameters, from 1 to 1 000 000; default
// 10 000, so that a `not in` of the language's longest list can be read back.
func MaxParams(n int) DecodeOption {
	return optionFunc(func(l *limits) { l.params = bounded(n, defaultParams, maxParams) })
}

// MaxItems bounds the operators and list items in all parameters together, from
// 1 to 16 000 000; default 20 000, which is more than the default MaxBytes can
// hold of any but the shortest, and holds the tree to a few megabytes.
func MaxItems(n int) DecodeOption {
	return optionFunc(func(l *limits) { l.items = bounded(n, defaultItems, maxItems) })
}

func limitsOf(opts []DecodeOption) limits {
	l := limits{bytes: defaultBytes, params: defaultParams, items: defaultItems}
	for _, o := range opts {
		if o != nil {
			o.limit(&l)
		}
	}
	return l
}

func bounded(n, byDefault, most int) int {
	if n <= 0 {
		return byDefault
	}
	return min(n, most)
}
