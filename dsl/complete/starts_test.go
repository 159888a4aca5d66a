package complete_test

import (
	"errors"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/dsl/internal/token"
	"github.com/muster-go/muster/dsl/syntax"
)

// starts finds out which texts are the starts of filters that check.
type starts struct {
	corpus

	env   *dsl.Env
	known map[string]bool
}

func startsOf(t *testing.T, of corpus) *starts {
	t.Helper()
	return &starts{corpus: of, env: ownFunctions(t), known: map[string]bool{}}
}

// filter reports whether some ending turns a text into a filter that checks. An ending is an
// operand or the rest of a test, then parentheses that close, then a test of the whole. More may
// stand before one of the parentheses, such as further arguments.
func (s *starts) filter(text string) bool {
	found, ok := s.known[text]
	if !ok {
		found = s.search(text)
		s.known[text] = found
	}
	return found
}

func (s *starts) search(text string) bool {
	if broken(text) {
		return false
	}
	open := openParentheses(text)
	for _, fill := range s.endings(text) {
		whole := text + fill
		if broken(whole) {
			continue
		}
		for at := range max(open, openParentheses(whole)) + 1 {
			for _, more := range []string{"", ", 1", ", 1, 1", ", 'a'", ", true", ", 2024-01-01", " - created_at", " = 1", " = 'a'", " > 2024-01-01", " is empty", ", 'a') = 'a'"} {
				if s.closed(whole, at, more) {
					return true
				}
				if at == 0 {
					break // no parenthesis has further arguments
				}
			}
		}
	}
	return false
}

// endings returns what may come next in a text: an operand, or the rest of a test.
func (s *starts) endings(text string) []string {
	values := []string{"", "1", "'a'", "true", "2024-01-01", "1 and 2", "'a' and 'b'", "1d", "2024-01-01 and today", "with 'a'", "null"}
	if strings.HasSuffix(text, "(") {
		return append(slices.Clone(s.fills), values...)
	}
	more := append([]string{"", " and 2", " and today", " 1d and today", " (1", " ('a'", " (true", " (2024-01-01"}, s.blocks...)
	if last := text[max(len(text)-1, 0):]; last != "" && token.IsWordByte(last[0]) {
		for _, v := range values[1:] {
			more = append(more, " "+v)
		}
		return more
	}
	return append(more, append(values, s.fills...)...)
}

// broken reports whether a text has a syntax error that no ending mends.
func broken(text string) bool {
	_, err := dsl.Parse(text + strings.Repeat(")", openParentheses(text)))
	var at *dsl.SyntaxError
	return errors.As(err, &at) && at.Range.Start < len(text)
}

// closed reports whether a test makes a filter of a text with its parentheses closed, where more
// stands before one of them.
func (s *starts) closed(text string, at int, more string) bool {
	n := openParentheses(text)
	if at > n {
		return false
	}
	if at > 0 {
		text += strings.Repeat(")", at-1) + more
		n = openParentheses(text)
	}
	text += strings.Repeat(")", n)
	for _, test := range []string{"", " = 1", " = 'a'", " = true", " > 2024-01-01", " > 1d", " is null", " is empty"} {
		f, err := dsl.Parse(text + test)
		if err != nil {
			continue
		}
		if _, err = dsl.Check(f, s.schema, dsl.Functions(s.env)); err == nil {
			return true
		}
	}
	return false
}

// openParentheses returns how many parentheses of a text are not closed.
func openParentheses(text string) int {
	n := 0
	tokens, _ := syntax.Tokens(text)
	for _, t := range tokens {
		switch t.Kind {
		case token.LParen:
			n++
		case token.RParen:
			n--
		}
	}
	return max(n, 0)
}

// lastWord returns where the word at the end of a text begins.
func lastWord(text string) int {
	return len(strings.TrimRightFunc(text, func(c rune) bool { return c == '.' || c < 0x80 && token.IsWordByte(byte(c)) }))
}

// comparesWithItself reports whether a name stands on the other side of a comparison. Completion
// leaves it out, because it says nothing.
func comparesWithItself(before, name string) bool {
	return regexp.MustCompile(`(^|[ (])` + regexp.QuoteMeta(name) + ` *(=|!=|<|<=|>|>=) *$`).MatchString(before)
}

// startsOperand reports whether a text ends where an operand may start: not behind one.
func startsOperand(text string) bool {
	tokens, inside := syntax.Tokens(text)
	if len(tokens) == 0 || inside {
		return !inside
	}
	last := tokens[len(tokens)-1]
	if last.Kind != token.LParen && last.At.End == len(text) {
		return false
	}
	switch last.At.Of(text) {
	case "any", "all", "no", "where":
		return true
	}
	return last.Kind > token.Param && last.Kind != token.RParen && last.Kind != token.Dot && last.Kind != token.Now && last.Kind != token.Today
}
