package dsltest

import "strings"

// HostileText is a text that costs a careless parser much time or memory.
type HostileText struct {
	Name, Text string
	// Valid reports whether the text is a filter once all limits of [dsl.Parse] are
	// raised to the end of their ranges.
	Valid bool
}

// Hostile returns texts of about 100 KB to 1 MB that are long, deep or broken in every
// part of the language.
func Hostile() []HostileText {
	long := strings.Repeat("x", 100<<10)
	chain := func(n int, term, joint string) string { return strings.Repeat(term+joint, n-1) + term }
	return []HostileText{
		{"open parentheses", strings.Repeat("(", 300_000), false},
		{"parentheses", strings.Repeat("(", 9000) + "a" + strings.Repeat(")", 9000), true},
		{"closed parentheses", "a" + strings.Repeat(")", 300_000), false},
		{"not", strings.Repeat("not ", 20_000) + "a", false},
		{"not, fewer", strings.Repeat("not ", 9000) + "a", true},
		{"bangs", strings.Repeat("!", 300_000) + "a", false},
		{"not and parentheses", strings.Repeat("not (", 100_000), false},
		{"long string", "a = '" + long + "'", true},
		{"long string of quotes", "a = '" + strings.Repeat("''", 50<<10) + "'", true},
		{"long string of escapes", "a = '" + strings.Repeat(`\n`, 50<<10) + "'", true},
		{"long unclosed string", "a = '" + strings.Repeat("''", 50<<10), false},
		{"many strings", "a in (" + chain(50_000, "'x'", ",") + ")", true},
		{"long name", long, true},
		{"long path", chain(50_000, "a", "."), true},
		{"long number", "a = " + strings.Repeat("9", 100<<10), false},
		{"long duration", "a > now - " + strings.Repeat("9", 100<<10) + "d", false},
		{"many offsets", "a > now" + strings.Repeat(" - 1d", 20_000), true},
		{"long comment", "--" + long, true},
		{"many comments", strings.Repeat("--\n", 40_000) + "a", true},
		{"or", chain(60_000, "a = 1", " or "), true},
		{"and in parentheses", strings.Repeat("(", 9000) + "a" + strings.Repeat(" and b)", 9000), true},
		{"or in parentheses", strings.Repeat("(", 9000) + "a" + strings.Repeat(" or b)", 9000), true},
		{"alternating", strings.Repeat("(", 9000) + "a" + strings.Repeat(" or b) and (c)", 9000), true},
		{"list", "a in (" + chain(100_000, "1", ",") + ")", true},
		{"lists", chain(20_000, "a in (1,2)", " and "), true},
		{"commas", "a in (" + strings.Repeat(",", 300_000), false},
		{"quotes", strings.Repeat("'", 100<<10+1), false},
		{"back quotes", strings.Repeat("`", 100<<10), false},
		{"line feeds", strings.Repeat("\n", 100<<10) + "a = ", false},
		{"dots", strings.Repeat(".", 100<<10), false},
		{"invalid UTF-8", strings.Repeat("\xff", 100<<10), false},
		{"NUL", strings.Repeat("\x00", 100<<10), false},
		{"words", strings.Repeat("a ", 100<<10), false},
		{"combining", "a = '" + strings.Repeat("\u0301", 50<<10) + "' x", false},
	}
}
