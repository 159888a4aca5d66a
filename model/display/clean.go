package display

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// tabCells is the width of every tab: text is shown in the middle of a line,
// where tab stops have no meaning.
const tabCells = 4

// replacement stands for a character that must not reach a terminal.
const replacement = "�"

// Clean returns s as one line of valid UTF-8 that a terminal shows and does not
// obey. It is [Rune] applied to every character: escape sequences (CSI, OSC and
// the rest) lose the control character that starts them, and nothing reorders
// the text around it. Clean text is returned as it is, without an allocation.
func Clean(s string) string {
	clean := firstUnclean(s)
	if clean == len(s) {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	b.WriteString(s[:clean])
	for i := clean; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		shown, _ := Rune(r, size)
		b.WriteString(shown)
		i += size
	}
	return b.String()
}

// firstUnclean returns the offset of the first character that Clean replaces,
// or the length of s.
func firstUnclean(s string) int {
	for i, r := range s {
		if r == utf8.RuneError && !strings.HasPrefix(s[i:], replacement) || isUnsafe(r) {
			return i
		}
	}
	return len(s)
}

// Rune returns a character as it is safe to show, and how many cells that takes.
// The arguments are what [utf8.DecodeRuneInString] returned.
//
//   - A tab is shown as four spaces.
//   - A control character of ASCII is shown as its picture, such as ␛ for escape.
//   - Bytes that are not UTF-8, the C1 controls, line and paragraph separators,
//     characters that set or mark a direction, and invisible characters are
//     shown as �.
//   - Everything else is shown as it is.
func Rune(r rune, size int) (shown string, cells int) {
	switch {
	case r == utf8.RuneError && size <= 1:
		return replacement, 1
	case r == '\t':
		return strings.Repeat(" ", tabCells), tabCells
	case r < ' ':
		return string('␀' + r), 1
	case r == 0x7f:
		return "␡", 1
	case isUnsafe(r):
		return replacement, 1
	}
	return string(r), RuneWidth(r)
}

// isUnsafe reports whether a terminal would obey r, or would show nothing of it.
func isUnsafe(r rune) bool {
	if r < 0x80 {
		return r < ' ' || r == 0x7f
	}
	return unicode.IsControl(r) || isDirection(r) || isInvisible(r) ||
		r == '\u2028' || r == '\u2029' // line and paragraph separator
}

// isInvisible reports whether r takes no cell and shows nothing, so that two texts that
// look alike differ, or a text says more than is seen. The joiners U+200C and U+200D are
// not: they change the letters and pictures beside them.
func isInvisible(r rune) bool {
	return r == '\u00ad' || r == '\u034f' || r == '\u180e' || r == '\u200b' || r == '\ufeff' || // soft hyphen to byte order mark
		(r >= '\u2060' && r <= '\u2065') || // word joiner and invisible operators
		(r >= '\u206a' && r <= '\u206f') || // deprecated formats
		(r >= '\ufff9' && r <= '\ufffb') || // annotations
		(r >= 0xe0000 && r <= 0xe007f) // tags: a copy of ASCII that nobody sees
}

// isDirection reports whether r reorders the text around it. A caret would then
// stand under other characters than those meant.
func isDirection(r rune) bool {
	return r == '\u061c' || r == '\u200e' || r == '\u200f' ||
		(r >= '\u202a' && r <= '\u202e') || (r >= '\u2066' && r <= '\u2069')
}
