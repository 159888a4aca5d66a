package display

import "unicode/utf8"

// ellipsis ends a text that was cut. It takes one cell and three bytes.
const ellipsis = "…"

// Cut returns s within the given number of cells, with an ellipsis at its end if
// something was left out. It returns "" for less than one cell.
func Cut(s string, cells int) string {
	if cells < 1 {
		return ""
	}
	width, end := 0, 0 // end is where the text ends if the ellipsis has to follow
	for i, r := range s {
		if width < cells {
			end = i
		}
		if width += RuneWidth(r); width > cells {
			return s[:end] + ellipsis
		}
	}
	return s
}

// CutBytes returns at most n bytes of s, with an ellipsis among them if something
// was left out. It cuts no character of valid UTF-8 in two. It returns "" for an n
// below the three bytes of the ellipsis, unless s fits.
func CutBytes(s string, n int) string {
	if len(s) <= n {
		return s
	}
	if n -= len(ellipsis); n < 0 {
		return ""
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n] + ellipsis
}

// Bounded returns s cleaned and of at most n bytes. It looks at no more of s than that, so
// a text of any length and of any bytes may be put into an error.
func Bounded(s string, n int) string { return CutBytes(Clean(CutBytes(s, n)), n) }
