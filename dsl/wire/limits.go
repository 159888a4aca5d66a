package wire

// DecodeOption is a limit of [Decode].
type DecodeOption interface{ limit(*limits) }

type limits struct{ bytes, params, items int }

type optionFunc func(*limits)

func (f optionFunc) limit(l *limits) { f(l) }

// MaxBytes limits the length of all parameters together to n bytes. Range: 1
// and up; default 256 KiB, the same as the language's, where no server takes a
// request line of more than a few.
func MaxBytes(n int) DecodeOption { return optionFunc(func(l *limits) { l.bytes = n }) }

// MaxParams limits the number of parameters to n. Range: 0 and up; default
// 10 000, so that a `not in` of the language's longest list can be read back.
func MaxParams(n int) DecodeOption { return optionFunc(func(l *limits) { l.params = n }) }

// MaxItems limits the operators and list items in all parameters together to n.
// Range: 1 and up; default 20 000, which is more than the default MaxBytes can
// hold of any but the shortest.
func MaxItems(n int) DecodeOption { return optionFunc(func(l *limits) { l.items = n }) }

func limitsOf(opts []DecodeOption) limits {
	l := limits{bytes: 256 << 10, params: 10000, items: 20000}
	for _, o := range opts {
		o.limit(&l)
	}
	return l
}
