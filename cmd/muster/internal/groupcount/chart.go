package groupcount

import (
	"fmt"
	"strings"

	"github.com/muster-go/muster/cmd/muster/internal/progress"
	"github.com/muster-go/muster/model/display"
)

// maxLabel is the width of the widest label in a chart.
const maxLabel = 32

// Chart draws the groups as bars, in a width of cells. Shares are of total. They add
// up to more than 100 % if rows are in several groups.
func Chart(groups []Group, total int64, width int) string {
	label, number, most := 0, 0, int64(1)
	labels := make([]string, len(groups))
	for i, g := range groups {
		labels[i] = display.Clean(g.Label)
		label = min(max(label, display.Width(labels[i])), maxLabel)
		number = max(number, len(progress.Number(g.Rows)))
		most = max(most, g.Rows)
	}
	room := max(width-label-number-len("    100.0%"), 5)
	var b strings.Builder
	for i, g := range groups {
		share := 0.0
		if total > 0 {
			share = 100 * float64(g.Rows) / float64(total)
		}
		text := display.Cut(labels[i], label)
		line := fmt.Sprintf("%s%s  %*s %5.1f%%  %s", text, strings.Repeat(" ", label-display.Width(text)),
			number, progress.Number(g.Rows), share, bar(g.Rows, most, room))
		b.WriteString(strings.TrimRight(line, " ") + "\n")
	}
	return b.String()
}

// bar is n in proportion to most, to an eighth of a cell. It is empty only for zero.
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
