package plan

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/muster-go/muster/dsl"
)

// word returns the word for a value of an enumeration.
func word[E ~uint8](value E, words []string) string {
	if int(value) < len(words) {
		return words[value]
	}
	return unknownWord
}

// unknownWord stands for a value that an enumeration does not have.
const unknownWord = "unknown"

func plural(n int, noun string) string {
	switch {
	case n == 1:
		return "1 " + noun
	case strings.HasSuffix(noun, "ch"):
		noun += "e"
	}
	return strconv.Itoa(n) + " " + noun + "s"
}

func requestsForRows(requests, rows int64) string {
	return plural(int(requests), "request") + " for " + plural(int(rows), "row")
}

func quote(n dsl.Node) string { return "`" + dsl.Format(n) + "`" }

func byteSize(n int64) string {
	switch {
	case n >= 1<<20:
		return fmt.Sprintf("%d MiB", n>>20)
	case n >= 1<<10:
		return fmt.Sprintf("%d KiB", n>>10)
	}
	return fmt.Sprintf("%d bytes", n)
}
