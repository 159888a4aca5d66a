package check

import (
	"cmp"
	"regexp"
	resyntax "regexp/syntax"
	"strings"

	"github.com/muster-go/muster/model"
)

// The default and the end of the range of [MaxRegexp].
const (
	defaultRegexp = 10_000
	maxRegexp     = 10_000_000
)

// MaxRegexp bounds the size of all compiled regular expressions of a filter, in instructions
// of RE2, from 1 to 10 000 000; default 10 000, which compile in some milliseconds. The
// limits of the text do not bound them: a dozen characters can mean thousands of instructions
// (`a{1000}`).
func MaxRegexp(n int) Option {
	return option(func(o *options) { o.regexp = min(cmp.Or(max(n, 0), defaultRegexp), maxRegexp) })
}

// classCost is the charge for a Unicode class before it is parsed: its name means hundreds of
// ranges.
const classCost = 300

// textCost is the minimum cost of a pattern, known before it is parsed: it bounds parsing too.
func textCost(text string) int {
	return len(text) + classCost*(strings.Count(text, `\p`)+strings.Count(text, `\P`))
}

// programCost estimates the instructions of an expression without expanding its repetitions.
// It stops counting beyond limit.
func programCost(re *resyntax.Regexp, limit int) int {
	if re.Op == resyntax.OpRepeat {
		times := re.Max
		if times < 0 { // no end: one more, and a loop
			times = re.Min + 1
		}
		return min(limit+1, times*programCost(re.Sub[0], limit))
	}
	cost := 2 + len(re.Rune)/2 // one or two instructions beside the parts, and a class's ranges
	if re.Op == resyntax.OpLiteral {
		cost = len(re.Rune)
	}
	for _, sub := range re.Sub {
		if cost += programCost(sub, limit); cost > limit {
			return limit + 1
		}
	}
	return min(cost, limit+1)
}

// CompileRegexp compiles a pattern of `matches`. Under ci and case it ignores case as RE2 does,
// which is simple case folding. Under ci it does not ignore accents: RE2 has no collations.
func CompileRegexp(c model.Collation, text string) (*regexp.Regexp, error) {
	if c != model.Binary {
		text = "(?i)" + text
	}
	return regexp.Compile(text)
}
