package syntax

import (
	"fmt"
	"unicode/utf8"

	"github.com/muster-go/muster/dsl/ast"
	"github.com/muster-go/muster/dsl/internal/token"
	"github.com/muster-go/muster/model/display"
)

// This file guesses what was meant by text that the lexer cannot read.

// unexpected reports the character at pos, which starts no token.
func (s *scanner) unexpected() token.Kind {
	r, size := utf8.DecodeRuneInString(s.src[s.pos:])
	if r == utf8.RuneError && size == 1 {
		return s.invalidUTF8(s.pos)
	}
	at := ast.Span{Start: s.pos, End: s.pos + size}
	hint := characterHint(r)
	return s.fail(at, "unexpected "+characterName(r), hint)
}

// characterName returns a character in a printable form.
func characterName(r rune) string {
	if text, _ := display.Rune(r, utf8.RuneLen(r)); r == '\t' || text != string(r) || display.RuneWidth(r) == 0 || r == '\u00a0' {
		return fmt.Sprintf("character U+%04X", r)
	}
	return "'" + string(r) + "'"
}

// characterHint guesses what was meant by a character that the language does not have.
func characterHint(r rune) string {
	switch r {
	case '&':
		return "did you mean `&&`?"
	case '|':
		return "did you mean `||`?"
	case '#':
		return "comments start with `--`"
	case '[', ']', '{', '}':
		return "write lists and groups in parentheses: `in (1, 2)`"
	case ';':
		return "a filter is one expression: join conditions with `and`"
	case '?':
		return "parameters are `$1`, `$2` … or `:name`"
	case '%', '^':
		return "the operators of arithmetic are + - * and /; put a pattern in quotes: `like '%x%'`"
	case '‘', '’', '“', '”', '„', '«', '»':
		return "use straight quotes: 'text'"
	case '−', '–', '—':
		return "use an ordinary minus sign: -"
	case '≠':
		return "did you mean `!=`?"
	case '≤':
		return "did you mean `<=`?"
	case '≥':
		return "did you mean `>=`?"
	case '\u00a0', '\u2002', '\u2003', '\u2009', '\u202f', '\u3000', '\v', '\f':
		return "use an ordinary space"
	case '，':
		return "did you mean `,`?"
	case '（', '）':
		return "use ordinary parentheses"
	}
	if r >= utf8.RuneSelf {
		return "a text needs quotes: 'text'; a field name with such characters needs back quotes: `name`"
	}
	return ""
}

// unitHint guesses what was meant by digits and an unknown unit.
func unitHint(digits, unit string) string {
	const units = "the units are s, min, h, d, w, mo and y"
	switch unit {
	case "m":
		return "`" + digits + "min` is minutes and `" + digits + "mo` months"
	case "sec", "secs", "second", "seconds":
		return "did you mean `" + digits + "s`?"
	case "mins", "minute", "minutes":
		return "did you mean `" + digits + "min`?"
	case "hr", "hrs", "hour", "hours":
		return "did you mean `" + digits + "h`?"
	case "day", "days":
		return "did you mean `" + digits + "d`?"
	case "wk", "week", "weeks":
		return "did you mean `" + digits + "w`?"
	case "mon", "month", "months":
		return "did you mean `" + digits + "mo`?"
	case "yr", "year", "years":
		return "did you mean `" + digits + "y`?"
	}
	if unit[0] == '_' || digits == "0" && unit[0] == 'x' {
		return "write numbers with digits only"
	}
	return "a text needs quotes; " + units
}
