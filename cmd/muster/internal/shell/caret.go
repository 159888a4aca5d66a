package shell

import (
	"errors"
	"strings"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model/display"
)

// fault is an error of the filter language: its position and its text.
type fault struct {
	source string
	at     dsl.Span
	kind   string
	text   string
	hint   string
}

// faultsOf returns the errors of the filter language in err; nil if there is none.
func faultsOf(err error) []fault {
	var (
		syntax *dsl.SyntaxError
		types  dsl.TypeErrors
		one    *dsl.TypeError
	)
	switch {
	case errors.As(err, &syntax):
		return []fault{{syntax.Source, syntax.Range, "syntax error", syntax.Summary(), syntax.Hint}}
	case errors.As(err, &types):
		found := make([]fault, 0, len(types))
		for _, e := range types {
			found = append(found, typeFault(e))
		}
		return found
	case errors.As(err, &one):
		return []fault{typeFault(one)}
	}
	return nil
}

func typeFault(e *dsl.TypeError) fault {
	return fault{e.Source, e.Range, "type error", e.Summary(), e.Hint}
}

// underlined is an error below the line that was typed: carets under what is wrong,
// then the reasons. If the line wraps, or shows other characters than it holds, no
// caret can point into it, and the text is the whole message.
func underlined(prompt, line string, width int, err error, message func(error) string) string {
	faults := faultsOf(err)
	if len(faults) == 0 {
		return message(err)
	}
	typed := strings.Index(line, faults[0].source)
	if typed < 0 || faults[0].source == "" || display.Clean(line) != line || display.Width(prompt+line) >= width {
		return message(err)
	}
	marks := []byte(strings.Repeat(" ", display.Width(prompt+line)+1))
	var reasons strings.Builder
	for _, f := range faults {
		from := display.Width(prompt + line[:typed+f.at.Start])
		to := display.Width(prompt + line[:typed+f.at.End])
		for i := from; i < max(to, from+1); i++ {
			marks[i] = '^'
		}
		reasons.WriteString("\n" + f.kind + ": " + f.text)
		if f.hint != "" {
			reasons.WriteString("\n  hint: " + f.hint)
		}
	}
	return strings.TrimRight(string(marks), " ") + reasons.String()
}
