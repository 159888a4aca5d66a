package completion

import "strings"

// line is a command line up to the cursor, split as a POSIX shell does. Expansions stay
// as they are, because completion does not need them.
type line struct {
	words []string // whole words, unquoted; the command itself is the first
	last  word     // the word at the cursor; empty after a blank
}

// word is a word that is being typed.
type word struct {
	raw    string // as it stands on the line
	text   string // what it means
	at     []int  // the offset in raw of each byte of text, and of its end
	quote  byte   // the quote that is open at the end; 0 = none
	opened int    // the offset in raw after that quote
}

// split splits a line into words.
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

// readWord reads the first word of text. The rest is empty if the word ends the text,
// else it begins with a blank.
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

// escapes reports whether a backslash escapes c: any character outside quotes, a few
// within double quotes, none within single quotes.
func escapes(quote, c byte) bool {
	switch quote {
	case 0:
		return true
	case '"':
		return strings.IndexByte("\"\\$`", c) >= 0
	}
	return false
}

// with returns the word as it is written on the line, with its text from start on
// replaced. It keeps an open quote. If none is open, it opens one if quoted is true or
// if the text is special to a shell.
func (w word) with(start int, text string, quoted bool) string {
	switch {
	case w.quote != 0:
		return w.raw[:w.at[start]] + escaped(text, w.quote)
	case w.raw == w.text && (quoted || special(text)):
		return "'" + w.text[:start] + escaped(text, '\'')
	}
	return w.raw[:w.at[start]] + escaped(text, 0)
}

// special reports whether a shell would interpret text outside quotes.
func special(text string) bool { return strings.ContainsAny(text, " \t\n'\"\\$`*?[](){}<>|&;!#~") }

// escaped returns text as it is written within a quote; 0 = no quote.
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
