package machinetest

import (
	"math/rand/v2"
	"slices"

	"pgregory.net/rapid"

	"github.com/muster-go/muster/paginate"
	"github.com/muster-go/muster/paginate/paginatetest"
)

// IDs draws a layout of 0 to 300 ascending ids: dense, sparse, in islands or by powers.
func IDs(t *rapid.T) []int64 {
	n := rapid.IntRange(0, 300).Draw(t, "n")
	style := rapid.SampledFrom([]string{"dense", "sparse", "islands", "powtop", "powlow", "small"}).Draw(t, "layout")
	seed := rapid.Uint64().Draw(t, "seed")
	switch style {
	case "small":
		return small(t)
	case "islands":
		return shortIslands(n, seed)
	}
	return paginatetest.Layouts()[style](n, seed)
}

// small draws few ids in a narrow space, which shrinks to readable cases.
func small(t *rapid.T) []int64 {
	ids := rapid.SliceOfNDistinct(rapid.Int64Range(1, 60), 0, 40, rapid.ID[int64]).Draw(t, "ids")
	slices.Sort(ids)
	return ids
}

// shortIslands are islands at the scale of the small pages of these tests.
func shortIslands(n int, seed uint64) []int64 {
	rng := rand.New(rand.NewPCG(seed, 1)) //nolint:gosec // layouts must repeat
	var ids []int64
	for id := int64(0); len(ids) < n; {
		id += 1 + rng.Int64N(5000)
		for range 1 + rng.IntN(25) {
			ids = append(ids, id)
			id++
		}
	}
	return ids[:n]
}

// Source draws a source that answers correctly, with or without cursors and short
// pages.
func Source(t *rapid.T, ids []int64) *paginatetest.Source {
	src := paginatetest.NewSource(ids...)
	src.Cursors = rapid.Bool().Draw(t, "cursors")
	if rapid.Bool().Draw(t, "short pages") {
		seed := rapid.Uint64().Draw(t, "short seed")
		rng := rand.New(rand.NewPCG(seed, 2)) //nolint:gosec // runs must repeat
		// The source calls it under its lock.
		src.Short = func(r paginate.Request) int { return rng.IntN(r.Limit + 1) }
	}
	return src
}

// Bounds draws bounds in or around ids up to top.
func Bounds(t *rapid.T, top int64) paginate.Bounds {
	if rapid.Bool().Draw(t, "unbounded") {
		return paginate.Bounds{}
	}
	lo := rapid.Int64Range(0, top+2).Draw(t, "lo")
	return paginate.Bounds{Lo: lo, Hi: rapid.Int64Range(1, top+5).Draw(t, "hi")}
}

// Last returns the last id; 0 if there is none.
func Last(ids []int64) int64 {
	if len(ids) == 0 {
		return 0
	}
	return ids[len(ids)-1]
}
