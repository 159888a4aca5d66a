package eval

import (
	"fmt"
	"strings"
	"testing"

	"github.com/muster-go/muster/dsl/ast"
	"github.com/muster-go/muster/model"
)

// TestPatternSteps holds the time of a pattern by a count: two steps a character of the text
// at most, and where a segment has an underscore ⌈segment/64⌉.
func TestPatternSteps(t *testing.T) {
	t.Parallel()
	const size = 20_000
	for _, unit := range []string{"a", "ab", "é", "渡", "🙂", "aA"} {
		text := strings.Repeat(unit, size)
		characters := size * len([]rune(unit))
		for _, length := range []int{1, 3, 63, 64, 65, 2000} {
			body := strings.Repeat(unit, length)
			cells := length * len([]rune(unit))
			words := (cells + 2 + 63) / 64
			for pattern, most := range map[string]int{
				"%" + body + "!%":                       2 * characters,
				"%" + body + "%" + body + "!%":          2 * characters,
				"%" + unit + "%" + body + "x%" + unit:   2 * characters,
				"%" + body + "_!%":                      words * characters,
				"%_" + body + "!%":                      words * characters,
				"%" + body + "%_" + body + "!%" + unit:  (words + 1) * characters,
				"%" + strings.Repeat("_", cells) + "!%": words * characters,
			} {
				for _, c := range []model.Collation{model.CI, model.Binary, model.Case} {
					ok, steps := newPattern(c, ast.Like, pattern).steps(text)
					if ok || steps > most {
						t.Errorf("%v, %d of %q, like %.20q…: %v in %d steps, at most %d", c, characters, unit, pattern, ok, steps, most)
					}
				}
			}
		}
	}
}

// TestPatternAllocations: a pattern as people write them allocates nothing.
func TestPatternAllocations(t *testing.T) {
	for _, c := range []model.Collation{model.CI, model.Binary, model.Case} {
		for _, pattern := range []string{"%lead%", "le_d%", "%l_ad%", "%a%b_%", "%" + strings.Repeat("_", 250) + "%"} {
			p := newPattern(c, ast.Like, pattern)
			if n := testing.AllocsPerRun(100, func() { p.match("Team lead of the élite, Würzburg") }); n != 0 {
				t.Errorf("%v %s: %v allocations", c, pattern, n)
			}
		}
	}
}

// TestSegmentMemory: a segment of many different characters keeps memory linear in them.
func TestSegmentMemory(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	for r := rune(0x4e00); r < 0x9000; r++ {
		fmt.Fprintf(&b, "%c_", r)
	}
	p := newPattern(model.Binary, ast.Contains, b.String())
	like := newPattern(model.Binary, ast.Like, "%"+b.String()+"%")
	words := 0
	for _, own := range like.segments[0].own {
		words += len(own)
	}
	if cells := len(like.segments[0].codes); words > cells || !p.match("x"+b.String()) || !like.match("x"+b.String()+"y") {
		t.Errorf("%d words for %d characters", words, cells)
	}
}
