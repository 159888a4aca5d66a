package expression

import (
	"strings"
	"unicode/utf8"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query/plan"
)

// compares says what a test of text by a server that folds is worth for a field with a
// collation: exact if both ignore the same, a superset if the server ignores more, and
// unsupported if it ignores less or nobody knows.
func (t Text) compares(fold Fold, c model.Collation, text string) (plan.Verdict, string) {
	switch fold {
	case FoldNone:
		if c == model.Binary || c == model.Case && !hasLetters(text) {
			return plan.Exact, ""
		}
		return plan.Unsupported, "the server tells letters apart that the collation " + c.String() + " does not"
	case FoldCase:
		return t.ignoringCase(c, text)
	case FoldAccents:
		if c != model.CI {
			return plan.Superset, "the server ignores case and accents, and the collation " + c.String() + " does not"
		}
		return plan.Unsupported, "how the server ignores accents is not that of the collation ci"
	case FoldCI:
		switch {
		case c == model.CI:
			return plan.Exact, ""
		case c == model.Binary || isPlain(text):
			return plan.Superset, "the server ignores case and accents, and the collation " + c.String() + " does not"
		}
		return plan.Unsupported, "the server may tell letters apart that the collation " + c.String() + " does not"
	case FoldUnclear:
	}
	return plan.Unsupported, "the dialect does not say how the server compares text (text.fold)"
}

func (t Text) ignoringCase(c model.Collation, text string) (plan.Verdict, string) {
	switch c {
	case model.Case:
		if t.Exact || isPlain(text) {
			return plan.Exact, ""
		}
		return plan.Superset, "how the server ignores case outside of ASCII, and of i, k and s, is not declared"
	case model.Binary:
		if isPlain(text) && !hasLetters(text) {
			return plan.Exact, ""
		}
		return plan.Superset, "the server ignores case, and the collation binary does not"
	case model.CI:
	}
	return plan.Unsupported, "the server tells accents apart, and the collation ci does not"
}

// isPlain reports whether every way to ignore case, letter for letter, agrees on a text: it
// has only plain characters.
func isPlain(text string) bool {
	return !strings.ContainsFunc(text, func(r rune) bool { return !isPlainRune(r) })
}

// isPlainRune reports whether every way to ignore case agrees on a character. It is ASCII
// without k and s, which are equal to the Kelvin sign and the long s in Unicode's simple
// case folding, and without i, which is equal to the dotted I for servers that make
// letters small, and to the dotless one for those that make them capital.
func isPlainRune(r rune) bool { return r < utf8.RuneSelf && !strings.ContainsRune("kKsSiI", r) }

// hasLetters reports whether a text has a character that may have a case.
func hasLetters(text string) bool {
	for i := range len(text) {
		if b := text[i] | 0x20; text[i] >= 0x80 || 'a' <= b && b <= 'z' {
			return true
		}
	}
	return false
}
