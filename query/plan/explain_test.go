package plan_test

import (
	"cmp"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/query/plan"
)

// facts are the contents of both forms of a plan, in the words of the text.
type facts struct {
	Pushed    []string // each conjunct with its verdict, and its parameters
	Rewritten []string // conditions, each before what stands for it
	Residual  []string // what is evaluated locally, and why
	Empty     string
	IDs       []string
	Choices   []string // order, limit, select and fetch
	Lost      []string // the plans that were not taken, and why
	LostCosts []string // their requests and rows
	Requests  []string
	Warnings  []string
}

// holdToText fails unless the JSON of a plan has exactly the facts of its text.
func holdToText(t *testing.T, e explanation) {
	t.Helper()
	if diff := gocmp.Diff(factsOfText(e.text), factsOfJSON(t, e.json)); diff != "" {
		t.Errorf("the two forms of the plan differ (-text +json):\n%s", diff)
	}
}

// textRow is a label of the text and the lines beside it.
type textRow struct {
	label string
	lines []string
}

// rowsOf reads the text of a plan: labels are left of its eleventh column, or
// they are "instead of".
func rowsOf(text string) (rows []textRow) {
	const column = 10
	for line := range strings.SplitSeq(strings.TrimSuffix(text, "\n"), "\n") {
		label, rest := strings.TrimSpace(line[:column]), line[column:]
		if len(label) == column {
			rest = rest[1:]
		}
		if label != "" {
			noun, _, _ := strings.Cut(label, " ")
			rows = append(rows, textRow{label: noun})
		}
		last := &rows[len(rows)-1]
		last.lines = append(last.lines, rest)
	}
	return rows
}

// lostCost matches the cost of a rejected plan.
var lostCost = regexp.MustCompile(` \((\d+) requests? for (\d+) rows?[^)]*\)`)

func factsOfText(text string) (f facts) {
	for _, row := range rowsOf(text) {
		all := strings.Join(row.lines, "\n")
		switch row.label {
		case "pushed":
			nothing, isNothing := strings.CutPrefix(all, "nothing: ")
			switch {
			case !isNothing:
				f.Pushed = append(f.Pushed, heads(row.lines)...)
			case nothing != "the server is asked for every row":
				f.Empty = nothing
			}
		case "rewritten":
			f.Rewritten = append(f.Rewritten, heads(row.lines)...)
		case "residual":
			if !strings.HasPrefix(all, "none: ") {
				f.Residual = append(f.Residual, heads(row.lines)...)
			}
		case "ids":
			f.IDs = append(f.IDs, all)
		case "order", "limit", "select", "fetch":
			f.Choices = append(f.Choices, row.label+" "+head(all))
		case "instead":
			cost := "none"
			if figures := lostCost.FindStringSubmatch(all); figures != nil {
				cost = figures[1] + " for " + figures[2]
			}
			f.LostCosts = append(f.LostCosts, cost)
			f.Lost = append(f.Lost, heads(strings.Split(lostCost.ReplaceAllString(all, ""), "\n"))...)
		case "request":
			f.Requests = append(f.Requests, heads(row.lines)...)
		case "warning":
			f.Warnings = append(f.Warnings, heads(row.lines)...)
		}
	}
	return f
}

// planForPrograms is the JSON of a plan.
type planForPrograms struct {
	Empty     string             `json:"empty"`
	Rewritten []plan.Rewriting   `json:"rewritten"`
	Scans     []scanForPrograms  `json:"scans"`
	Order     []string           `json:"order"`
	Select    []string           `json:"select"`
	Hidden    []string           `json:"hidden"`
	Limit     int64              `json:"limit"`
	Strategy  string             `json:"strategy"`
	Lost      []lostForPrograms  `json:"lost"`
	Reasons   reasonsForPrograms `json:"reasons"`
	Warnings  []string           `json:"warnings"`
}

type scanForPrograms struct {
	Conjuncts []struct {
		Text    string   `json:"text"`
		Verdict string   `json:"verdict"`
		Reason  string   `json:"reason"`
		Params  []string `json:"params"`
	} `json:"conjuncts"`
	Residual string `json:"residual"`
	IDs      struct {
		Lo int64 `json:"lo"`
		Hi int64 `json:"hi"`
	} `json:"ids"`
	Deleted bool   `json:"deleted"`
	Request string `json:"request"`
}

type lostForPrograms struct {
	Name   string `json:"name"`
	Reason string `json:"reason"`
	Cost   struct {
		Requests int64 `json:"requests"`
		Rows     int64 `json:"rows"`
	} `json:"cost"`
}

type reasonsForPrograms struct {
	Order    string `json:"order"`
	Limit    string `json:"limit"`
	Strategy string `json:"strategy"`
}

func factsOfJSON(t *testing.T, text string) (f facts) {
	t.Helper()
	var p planForPrograms
	if err := json.Unmarshal([]byte(text), &p); err != nil {
		t.Fatal(err)
	}
	f.Empty = p.Empty
	for _, r := range p.Rewritten {
		f.Rewritten = append(f.Rewritten, head(r.From), head("  as "+r.To))
	}
	for i, s := range p.Scans {
		f.Requests = append(f.Requests, head(s.Request))
		if s.Deleted && i > 0 && !p.Scans[i-1].Deleted {
			continue // the text says it once of both
		}
		var left []string
		for _, c := range s.Conjuncts {
			if c.Verdict != "unsupported" {
				f.Pushed = append(f.Pushed, head(c.Text+"  ["+c.Verdict+"]"))
			}
			for _, param := range c.Params {
				f.Pushed = append(f.Pushed, head("  filter="+param))
			}
			if c.Verdict == "exact" {
				if len(c.Params) == 0 {
					f.Pushed = append(f.Pushed, "  as the range of ids")
				}
				continue
			}
			left = append(left, c.Text)
			f.Residual = append(f.Residual, head(c.Text), head("  because "+c.Reason))
		}
		if want := conjunction(t, left); s.Residual != want {
			t.Errorf("the residual is %q, the conjuncts that are not exact are %q", s.Residual, want)
		}
		f.IDs = append(f.IDs, idsText(s.IDs.Lo, s.IDs.Hi))
	}
	selected := cmp.Or(strings.Join(p.Select, ","), "the basic fields")
	if len(p.Hidden) > 0 {
		selected += "; fetched but not shown: " + strings.Join(p.Hidden, ",")
	}
	limit := "none"
	if p.Limit > 0 {
		limit = fmt.Sprintf("%d: %s", p.Limit, p.Reasons.Limit)
	}
	f.Choices = heads([]string{
		"order " + cmp.Or(strings.Join(p.Order, ","), "none") + ": " + p.Reasons.Order, "limit " + limit,
		"select " + selected, "fetch " + p.Strategy + ": " + p.Reasons.Strategy,
	})
	for _, a := range p.Lost {
		cost := "none"
		if a.Cost.Requests > 0 {
			cost = fmt.Sprintf("%d for %d", a.Cost.Requests, a.Cost.Rows)
		}
		f.LostCosts = append(f.LostCosts, cost)
		f.Lost = append(f.Lost, heads(strings.Split(a.Name+": "+a.Reason, "\n"))...)
	}
	for _, w := range p.Warnings {
		f.Warnings = append(f.Warnings, heads(strings.Split(w, "\n"))...)
	}
	return f
}

// conjunction returns the conjunction of the filters; "" for none.
func conjunction(t *testing.T, filters []string) string {
	t.Helper()
	terms := make([]dsl.Node, len(filters))
	for i, text := range filters {
		parsed, err := dsl.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		terms[i] = parsed.Root
	}
	switch len(terms) {
	case 0:
		return ""
	case 1:
		return dsl.Format(terms[0])
	}
	return dsl.Format(&dsl.And{Terms: terms})
}

func idsText(lo, hi int64) string {
	switch {
	case lo == 0 && hi == 0:
		return "all"
	case hi == 0:
		return fmt.Sprintf("%d and above", lo)
	}
	return fmt.Sprintf("%d to %d", max(lo, 1), hi-1)
}

// head returns the part of a line that the text never cuts; see TestPlan's "length".
func head(line string) string {
	const shown = 300
	return line[:min(len(line), shown)]
}

func heads(lines []string) []string {
	out := slices.Clone(lines)
	for i := range out {
		out[i] = head(out[i])
	}
	return out
}
