package doctor

import (
	"encoding/json"
	"fmt"
	"io"

	"github.com/muster-go/muster/cmd/muster/internal/console"
)

// indent is where the detail of a line begins.
const indent = len("fail  latency  ")

// Print writes the report for people: a line for each thing, and below it what to
// do. Lines wrap at width cells; 0 = never. It cleans what the server said, because
// styled adds escapes.
func (r *Report) Print(w io.Writer, width int, styled bool) error {
	p := linePrinter{w: w}
	for _, l := range r.Lines {
		p.printf("%s  %-7s  %s\n", shade(l.State, styled), l.Name, console.Wrap(console.Line(l.Detail), width, indent))
		if l.Do != "" {
			p.printf("%*s→ %s\n", indent, "", console.Wrap(console.Line(l.Do), width, indent+2))
		}
		if l.Name != FiltersLine {
			continue
		}
		for _, f := range r.Findings {
			p.printf("%*s%-15s  %-4s %s\n", indent, "", console.Line(f.Name), f.word(), console.Wrap(console.Line(f.Detail), width, indent+22))
		}
	}
	if r.Found != nil && p.err == nil {
		settings, err := json.MarshalIndent(Settings(*r.Found), "", "  ")
		if err != nil {
			return err
		}
		p.printf("\nTo use what was found, put this into the settings (muster config path prints the file):\n%s\n", settings)
	}
	return p.err
}

// linePrinter keeps the first error of a stream.
type linePrinter struct {
	w   io.Writer
	err error
}

func (p *linePrinter) printf(format string, args ...any) {
	if p.err == nil {
		_, p.err = fmt.Fprintf(p.w, format, args...)
	}
}

func (f Finding) word() string {
	switch {
	case f.State != "":
		return string(f.State)
	case f.Proved:
		return "on"
	}
	return "off"
}

// shade is a state in four cells, with its colour.
func shade(s State, styled bool) string {
	word := fmt.Sprintf("%-4s", s)
	if !styled {
		return word
	}
	color := map[State]string{OK: "32", Warn: "33", Fail: "31"}[s]
	return "\x1b[" + color + "m" + word + "\x1b[0m"
}

// PrintJSON writes the report as one object, with the settings that declare what
// was found.
func (r *Report) PrintJSON(w io.Writer) error {
	out := struct {
		*Report
		Settings map[string]any `json:"settings,omitempty"`
	}{Report: r}
	if r.Found != nil {
		out.Settings = Settings(*r.Found)
	}
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(out)
}
