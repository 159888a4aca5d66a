package completion

import "strings"

// line is a command line up to the cursor, taken apart as a POSIX shell does. What
// a shell would expand stays as it is: completing needs no more.
type line struct {
	words []string // whole words, unquoted; the command itself is the first
	last  word     // that the cursor touches; empty after a blank
}

// word is a word that is being typed.
type word struct {
	raw    string // as it stands on the line
	text   string // what it means
	at     []int  // of each byte of text, and of its end: where it stands in raw
	quote  byte   // that is still open at the end; 0 = none
	opened int    // where raw goes on behind that quote
}

// split takes a line apart.
func split(text string) line {
	var l line
	for {
		text = strings.TrimLeft(text, " \t\n")
		w, rest := readWord(text)
		if rest == "" {
			l.last = w
			return l
		}
		l.words = append(l.words, w.text)
		text = rest
	}
}

// readWord reads the word that text begins with. The rest is empty where the word
// ends the text, and begins with a blank else.
func readWord(text string) (w word, rest string) {
	var b strings.Builder
	add := func(i int) {
		w.at = append(w.at, i)
		b.WriteByte(text[i])
	}
	i := 0
	for ; i < len(text); i++ {
		c := text[i]
		switch {
		case w.quote != 0 && c == w.quote:
			w.quote = 0
		case c == '\\' && i+1 < len(text) && escapes(w.quote, text[i+1]):
			i++
			add(i)
		case w.quote != 0:
			add(i)
		case c == '\'' || c == '"':
			w.quote, w.opened = c, i+1
		case c == ' ' || c == '\t' || c == '\n':
			w.raw, w.text, w.at = text[:i], b.String(), append(w.at, i)
			return w, text[i:]
		default:
			add(i)
		}
	}
	w.raw, w.text, w.at = text, b.String(), append(w.at, i)
	return w, ""
}

// escapes reports whether a backslash takes the meaning from c: before any
// character outside quotes, before a few within double ones, never in single ones.
func escapes(quote, c byte) bool {
	switch quote {
	case 0:
		return true
	case '"':
		return strings.IndexByte("\"\\$`", c) >= 0
	}
	return false
}

// with is the word as it would stand on the line with its text from start on
// replaced: as the open quote has it. Where none is open, text that a shell would
// take for more than text opens one, and so does any if it is to be quoted.
func (w word) with(start int, text string, quoted bool) string {
	switch {
	case w.quote != 0:
		return w.raw[:w.at[start]] + escaped(text, w.quote)
	case w.raw == w.text && (quoted || special(text)):
		return "'" + w.text[:start] + escaped(text, '\'')
	}
	return w.raw[:w.at[start]] + escaped(text, 0)
}

// special reports whether a shell would do something with text outside quotes.
func special(text string) bool { return strings.ContainsAny(text, " \t\n'\"\\$`*?[](){}<>|&;!#~") }

// escaped is text as it stands within a quote; 0 is none.
func escaped(text string, quote byte) string {
	if quote == '\'' {
		return strings.ReplaceAll(text, "'", `'\''`)
	}
	var b strings.Builder
	for i := range len(text) {
		if c := text[i]; escapes(quote, c) && (quote != 0 || special(string(c))) {
			b.WriteByte('\\')
		}
		b.WriteByte(text[i])
	}
	return b.String()
}
