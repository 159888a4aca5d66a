package modeltest

// Choices makes the decisions of a generator: it returns a number from 0 to n-1, for an n of at
// least 1. Every source of numbers is one: the bytes of a fuzz target ([Bytes]), the IntN of a
// math/rand/v2.Rand, or a draw of a property-testing library. A nil Choices always takes the
// first choice, which is the simplest one. A Choices is as safe for concurrent use as its source.
type Choices func(n int) int

// Bytes makes choices from data, for fuzz targets: it reads one byte for a choice among up to 256,
// more for a choice among more. Once all are read it takes the first choice. So generators end, and
// data that is cut short makes a simpler value. It is not safe for concurrent use.
func Bytes(data []byte) Choices {
	return func(n int) int {
		if n <= 1 {
			return 0
		}
		var k uint64
		for rest := uint64(n - 1); rest > 0 && len(data) > 0; rest >>= 8 {
			k = k<<8 | uint64(data[0])
			data = data[1:]
		}
		return int(k % uint64(n)) //nolint:gosec // less than n
	}
}

// N returns a number from 0 to n-1, and 0 if n is less than 1. A number that the source makes
// outside of that range is brought into it.
func (c Choices) N(n int) int {
	if c == nil || n <= 1 {
		return 0
	}
	k := c(n) % n
	if k < 0 {
		k += n
	}
	return k
}

// Bool returns false or true.
func (c Choices) Bool() bool { return c.N(2) == 1 }

// Pick returns one of the items: the zero value if there is none.
func Pick[T any](c Choices, items ...T) T {
	if len(items) == 0 {
		var none T
		return none
	}
	return items[c.N(len(items))]
}
