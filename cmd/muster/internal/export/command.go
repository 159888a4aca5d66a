package export

import (
	"fmt"
	"slices"
	"strings"

	"github.com/muster-go/muster/model/display"
)

// Command returns a command line for a shell: args with a flag, --resume or
// --restart, in place of either. The filter replaces "-", because standard input
// cannot be read again.
func Command(flag string, args []string, filter string) string {
	words := make([]string, 0, len(args)+1)
	end := -1 // where flags end
	for _, arg := range args {
		switch {
		case arg == "--resume" || arg == "--restart":
			continue
		case arg == "--" && end < 0:
			end = len(words)
		case arg == "-":
			arg = filter
		}
		words = append(words, quoted(arg))
	}
	if end < 0 {
		end = len(words)
	}
	return strings.Join(slices.Insert(words, end, flag), " ")
}

// quoted returns an argument as a shell reads it. Control characters are written as
// escapes, which the terminal shows and bash, zsh and ksh read back.
func quoted(arg string) string {
	switch {
	case strings.ContainsFunc(arg, isEscaped):
		return "$'" + escaped(arg) + "'"
	case arg == "" || strings.ContainsFunc(arg, needsQuoting):
		return "'" + strings.ReplaceAll(arg, "'", `'\''`) + "'"
	}
	return arg
}

func needsQuoting(r rune) bool {
	return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && !strings.ContainsRune("-_./,:=+@%", r)
}

// isEscaped reports whether a terminal does not show a character as it is. A line break
// in quotes is harmless.
func isEscaped(r rune) bool { return r != '\n' && display.Clean(string(r)) != string(r) }

func escaped(arg string) string {
	var b strings.Builder
	for _, r := range arg {
		switch {
		case isEscaped(r):
			for _, c := range []byte(string(r)) {
				fmt.Fprintf(&b, `\x%02x`, c)
			}
		case r == '\'' || r == '\\':
			b.WriteString(`\` + string(r))
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}
