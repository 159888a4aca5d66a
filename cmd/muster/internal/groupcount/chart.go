package groupcount

import (
	"fmt"
	"strings"

	"github.com/muster-go/muster/cmd/muster/internal/progress"
	"github.com/muster-go/muster/model/display"
)

// maxLabel is the width of the widest label in a chart.
const maxLabel = 32

// Chart draws the groups as bars, in a width of cells. Shares are of total, which
// the groups may exceed where a row is in several.
func Chart(groups []Group, total int64, width int) string {
	label, number, most := 0, 0, int64(1)
	for _, g := range groups {
		label = min(max(label, display.Width(g.Label)), maxLabel)
		number = max(number, len(progress.Number(g.Rows)))
		most = max(most, g.Rows)
	}
	room := max(width-label-number-len("    100.0%"), 5)
	var b strings.Builder
	for _, g := range groups {
		share := 0.0
		if total > 0 {
			share = 100 * float64(g.Rows) / float64(total)
		}
		text := cut(g.Label, label)
		line := fmt.Sprintf("%s%s  %*s %5.1f%%  %s", text, strings.Repeat(" ", label-display.Width(text)),
			number, progress.Number(g.Rows), share, bar(g.Rows, most, room))
		b.WriteString(strings.TrimRight(line, " ") + "\n")
	}
	return b.String()
}

// bar is as long as n is beside most, to an eighth of a cell. What is not zero
// can be seen.
func bar(n, most int64, room int) string {
	eighths := int(float64(n) / float64(most) * float64(room*8))
	if n > 0 {
		eighths = max(eighths, 1)
	}
	text := strings.Repeat("█", eighths/8)
	if rest := eighths % 8; rest > 0 {
		text += string([]rune("▏▎▍▌▋▊▉")[rest-1])
	}
	return text
}

func cut(text string, width int) string {
	if display.Width(text) <= width {
		return text
	}
	w := 0
	for i, r := range text {
		if w += display.RuneWidth(r); w > width-1 {
			return text[:i] + "…"
		}
	}
	return text
}
