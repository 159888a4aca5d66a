package progress

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/muster-go/muster/model/display"
)

// facts returns the parts of the line, the most important first. A narrow terminal drops
// the last ones.
func (r Reading) facts() []string {
	run := r.Run
	rows := Number(run.Rows) + " rows"
	if run.Fetched-run.Rows > run.Fetched/10 { // a few are always in flight
		rows += " of " + Number(run.Fetched) + " read"
	}
	facts := []string{rows + " at " + Number(int64(r.RowsPerSecond)) + "/s"}
	if r.Outage > 0 {
		facts = append(facts, "server down for "+clock(r.Outage)+" of at most "+clock(r.MaxOutage))
	}
	if r.Left >= 0 {
		facts = append(facts, "ETA "+clock(r.Left))
	}
	if r.Committed > 0 {
		facts = append(facts, Number(r.Committed)+" committed")
	}
	rate := fmt.Sprintf("%.1f req/s", r.Sent)
	if run.Rate > 0 {
		rate = fmt.Sprintf("%.1f/%s req/s", r.Sent, strconv.FormatFloat(run.Rate, 'f', -1, 64))
	}
	facts = append(facts, rate)
	if r.Throttled > 0 {
		facts = append(facts, Number(r.Throttled)+" throttled")
	}
	if run.Retries > 0 {
		facts = append(facts, Number(run.Retries)+" retried")
	}
	return append(facts, fmt.Sprintf("%d/%d in flight", run.InFlight, run.Workers))
}

// Text returns as many facts as fit into width cells; 0 = all.
func (r Reading) Text(width int) string {
	text := ""
	for i, fact := range r.facts() {
		longer := text + ", " + fact
		if i == 0 {
			longer = fact
		}
		if width > 0 && display.Width(longer) > width {
			break
		}
		text = longer
	}
	return text
}

// Line returns the reading as a line of a log.
func (r Reading) Line() string {
	text := r.Text(0)
	if r.Part >= 0 {
		text = fmt.Sprintf("%.0f%%, %s", 100*r.Part, text)
	}
	return text + ", " + clock(r.Run.Elapsed) + " so far"
}

// Number writes n with its digits in groups of three.
func Number(n int64) string {
	digits := strconv.FormatInt(n, 10)
	sign := ""
	if n < 0 {
		sign, digits = "-", digits[1:]
	}
	var b strings.Builder
	for i, d := range digits {
		if i > 0 && (len(digits)-i)%3 == 0 {
			b.WriteByte(' ')
		}
		b.WriteRune(d)
	}
	return sign + b.String()
}

// Count writes n with its noun: "1 row", "1 200 rows".
func Count(n int64, noun string) string {
	switch {
	case n == 1:
		return "1 " + noun
	case noun == "retry":
		noun = "retrie"
	}
	return Number(n) + " " + noun + "s"
}

// clock returns a duration for somebody who waits.
func clock(d time.Duration) string {
	switch {
	case d < time.Minute:
		return fmt.Sprintf("%ds", int((d+time.Second/2)/time.Second))
	case d < time.Hour:
		return fmt.Sprintf("%dm%02ds", int(d.Minutes()), int(d.Seconds())%60)
	}
	return fmt.Sprintf("%dh%02dm", int(d.Hours()), int(d.Minutes())%60)
}
