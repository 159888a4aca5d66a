package paginatetest

import (
	"math"
	"math/rand/v2"
)

// Layout makes n ascending positive ids; the same seed gives the same ids.
type Layout func(n int, seed uint64) []int64

// Layouts returns every layout by name, in a new map.
func Layouts() map[string]Layout {
	return map[string]Layout{
		"dense": Dense, "sparse": Sparse, "lumpy": Lumpy, "islands": Islands,
		"clusters": TwoClusters, "powtop": PowTop, "powlow": PowLow,
	}
}

// Dense is 1, 2, 3 …: a table from which nothing was deleted.
func Dense(n int, _ uint64) []int64 {
	return grow(n, func(int) int64 { return 1 })
}

// Sparse has steps of 1 to 127: an even layout of one id in 64.
func Sparse(n int, seed uint64) []int64 {
	rng := source(seed)
	return grow(n, func(int) int64 { return 1 + rng.Int64N(127) })
}

// Lumpy has stretches of a few hundred to 20 000 rows, each of its own density
// from 1 down to 1/64: a table that was filled and purged in bursts.
func Lumpy(n int, seed uint64) []int64 {
	rng := source(seed)
	left, step := 0, int64(1)
	return grow(n, func(int) int64 {
		if left == 0 {
			left = 200 + rng.IntN(20_000)
			step = 1 << rng.IntN(7)
		}
		left--
		return 1 + rng.Int64N(2*step-1)
	})
}

// Islands has dense runs of 1 to 5 000 rows, and holes of up to a million ids between
// them.
func Islands(n int, seed uint64) []int64 {
	rng := source(seed)
	left := 0
	return grow(n, func(int) int64 {
		if left == 0 {
			left = 1 + rng.IntN(5_000)
			return 1 + rng.Int64N(1_000_000)
		}
		left--
		return 1
	})
}

// TwoClusters is two dense halves, and a hole a hundred times their width between them:
// new ids once started in another range.
func TwoClusters(n int, _ uint64) []int64 {
	return grow(n, func(i int) int64 {
		if i == n/2 {
			return int64(n)*100 + 1
		}
		return 1
	})
}

// PowTop is dense at the top and ever sparser downwards, by a power of two.
func PowTop(n int, seed uint64) []int64 {
	low := PowLow(n, seed)
	out := make([]int64, len(low))
	for i, id := range low {
		out[len(out)-1-i] = low[len(low)-1] + 1 - id
	}
	return out
}

// PowLow is dense at the bottom and ever sparser upwards, by a power of two.
func PowLow(n int, seed uint64) []int64 {
	rng := source(seed)
	return grow(n, func(i int) int64 {
		return 1 + rng.Int64N(1+int64(math.Pow(float64(i)*32/float64(n), 2)))
	})
}

// grow makes n ids, each step above the one before it.
func grow(n int, step func(i int) int64) []int64 {
	ids := make([]int64, n)
	var id int64
	for i := range ids {
		id += step(i)
		ids[i] = id
	}
	return ids
}

// source returns a generator that gives the same numbers for the same seed.
func source(seed uint64) *rand.Rand {
	return rand.New(rand.NewPCG(seed, 0x9e3779b97f4a7c15)) //nolint:gosec // layouts must repeat
}
