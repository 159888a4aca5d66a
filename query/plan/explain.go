package plan

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/dsl/ast"
	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/paginate"
)

// String returns what [Plan.Explain] writes.
func (p *Plan) String() string {
	var b strings.Builder
	p.Explain(&b) //nolint:errcheck // a strings.Builder does not fail
	return b.String()
}

// Explain writes the plan for people: the pushed conditions with their parameters, the
// residual and its reasons, the ids, the order, the fields, the fetch and its cost. It
// sends no request. Its only error is one of w.
func (p *Plan) Explain(w io.Writer) error {
	e := &explainer{}
	e.row("query", p.Resource+" where "+dsl.Format(p.Filter))
	for _, r := range p.Rewritten {
		e.row("rewritten", r.From+"\n  as "+r.To)
	}
	if text := p.timeText(); text != "" {
		e.row("time", text)
	}
	for i, s := range p.Scans {
		if len(p.Scans) > 1 {
			e.row(scanLabel("scan", len(p.Scans), i), s.label())
		}
		if s.Deleted && i > 0 && !p.Scans[i-1].Deleted {
			continue // its conditions are those of the scan before it
		}
		e.conjuncts(s)
		e.row("residual", s.residualText())
		e.row("ids", s.idsText())
		if len(p.Scans) > 1 {
			e.row("rows", fmt.Sprintf("%d expected", s.Expected))
		}
	}
	if p.Reasons.Parts != "" {
		e.row("parts", p.Reasons.Parts)
	}
	if p.Empty != "" {
		e.row("pushed", "nothing: "+p.Empty)
	}
	e.row("order", p.orderText())
	e.row("limit", p.limitText())
	e.row("select", p.selectText())
	e.row("fetch", p.Strategy.String()+": "+p.Reasons.Strategy)
	e.row("cost", p.costText())
	if p.Reasons.Resume != "" {
		e.row("resume", "no, an interrupted export restarts: "+p.Reasons.Resume)
	}
	for _, a := range p.Rejected {
		cost := ""
		if a.Cost.Requests > 0 {
			cost = " (" + requestsForRows(a.Cost.Requests, a.Cost.Rows) + a.Cost.timeText() + ")"
		}
		e.row("instead of", a.Name+cost+": "+a.Reason)
	}
	for i := range p.Scans {
		e.row(scanLabel("request", len(p.Scans), i), p.Request(i))
	}
	for _, warning := range p.Warnings {
		e.row("warning", warning)
	}
	_, err := io.WriteString(w, e.b.String())
	return err
}

type explainer struct{ b strings.Builder }

// row writes a label and, beside it, the lines of the text.
func (e *explainer) row(label, text string) {
	for line := range strings.SplitSeq(text, "\n") {
		fmt.Fprintf(&e.b, "%-9s %s\n", label, shorten(line))
		label = ""
	}
}

// longestLine is the most bytes of a line, because a list of thousands of values would
// bury the rest. The JSON has them all.
const longestLine = 400

func shorten(line string) string {
	if len(line) <= longestLine {
		return line
	}
	end := longestLine
	for !utf8.RuneStart(line[end]) {
		end--
	}
	return fmt.Sprintf("%s… (%d more bytes)", line[:end], len(line)-end)
}

func (e *explainer) conjuncts(s Scan) {
	label := "pushed"
	for _, c := range s.Conjuncts {
		if c.Verdict == Unsupported {
			continue
		}
		e.row(label, dsl.Format(c.Node)+"  ["+c.Verdict.String()+"]")
		label = ""
		for _, param := range c.Params {
			e.row(label, "  "+param.String())
		}
		if len(c.Params) == 0 {
			e.row(label, "  as the range of ids")
		}
	}
	if label != "" {
		e.row(label, "nothing: the server is asked for every row")
	}
}

// label describes the rows of a scan among others.
func (s Scan) label() string {
	terms := make([]string, len(s.Conjuncts))
	for i, c := range s.Conjuncts {
		terms[i] = dsl.Format(c.Node)
		if _, or := c.Node.(*dsl.Or); or {
			terms[i] = "(" + terms[i] + ")"
		}
	}
	rows := "rows"
	if s.Deleted {
		rows = "deleted rows"
	}
	if len(terms) == 0 {
		return "all " + rows
	}
	return rows + " where " + strings.Join(terms, " and ")
}

func (s Scan) residualText() string {
	if s.Residual == nil {
		return "none: the server's rows are the answer"
	}
	var lines []string
	for _, c := range s.Conjuncts {
		if c.local() {
			lines = append(lines, dsl.Format(c.Node), "  because "+c.Reason)
		}
	}
	return strings.Join(lines, "\n")
}

func (s Scan) idsText() string {
	ids := s.IDs
	switch {
	case ids == paginate.Bounds{}:
		return "all"
	case ids.Hi == 0:
		return fmt.Sprintf("%d and above", ids.Lo)
	}
	return fmt.Sprintf("%d to %d", max(ids.Lo, 1), ids.Hi-1)
}

// timeText explains how the times of the filter were read; "" if it has none.
func (p *Plan) timeText() string {
	timed := false
	dsl.Walk(p.Filter, func(n dsl.Node) bool {
		_, is := n.(*dsl.Is)
		for _, path := range ast.PathsOf(n) {
			timed = timed || path.Field.Type == model.TypeDateTime && !is
		}
		return !timed
	})
	if !timed {
		return ""
	}
	text := "times without a zone are read in " + p.Zone.String()
	if p.asksNow() {
		text = "now is " + p.Now.UTC().Format(time.RFC3339) + "; " + text
	}
	return text
}

// asksNow reports whether the filter's source has a relative time, or is a tree that may
// have had one.
func (p *Plan) asksNow() bool {
	parsed, err := dsl.Parse(p.Source)
	if err != nil || parsed.Root == nil {
		return true
	}
	return slices.ContainsFunc(dsl.Literals(parsed.Root), func(l *dsl.Literal) bool { return l.Kind == dsl.LitRelative })
}

func (p *Plan) orderText() string {
	if len(p.Order) == 0 {
		return "none: " + p.Reasons.Order
	}
	return joinKeys(p.Order) + ": " + p.Reasons.Order
}

func (p *Plan) limitText() string {
	if p.Limit == 0 {
		return "none"
	}
	return fmt.Sprintf("%d: %s", p.Limit, p.Reasons.Limit)
}

func (p *Plan) selectText() string {
	text := "the basic fields"
	if len(p.Select) > 0 {
		text = fieldList(p.Select)
	}
	if len(p.Hidden) > 0 {
		text += "; fetched but not shown: " + fieldList(p.Hidden)
	}
	return text
}

func fieldList(fields []*model.Field) string { return strings.Join(names(fields), ",") }

func (p *Plan) costText() string {
	switch p.Strategy {
	case StrategyNone:
		return "no request"
	case StrategyOnePage:
		return plural(len(p.Scans), "request")
	case StrategySerial, StrategySplitRanges, StrategyFirstPageThenSplit, StrategyReadAhead, StrategyFollowTokens:
	}
	if p.Cost.Known {
		return requestsForRows(p.Cost.Requests, p.Cost.Rows) + p.Cost.timeText()
	}
	text := fmt.Sprintf("about %s, assuming %d 000 rows", plural(int(p.Cost.Requests), "request"), assumedRows/1000)
	if p.withDeleted() {
		text += " and as many deleted ones"
	}
	return text + fmt.Sprintf(" (%d a request)", p.PageSize) + p.Cost.timeText()
}

func (c Cost) timeText() string {
	if c.LeastTime == 0 {
		return ""
	}
	return fmt.Sprintf(", at least %s under the rate limit", c.LeastTime)
}

func scanLabel(noun string, scans, i int) string {
	if scans == 1 {
		return noun
	}
	return fmt.Sprintf("%s %d", noun, i+1)
}

// Request returns the request for the first page of the scan with that index, unescaped,
// for people. It is written anew by each call, because few plans are shown.
func (p *Plan) Request(scan int) string {
	if p.dialect == nil {
		return ""
	}
	s := p.Scans[scan]
	return p.dialect.Describe(s, p.firstRequest(s))
}

// firstRequest returns the request for the first page of the scan.
func (p *Plan) firstRequest(s Scan) paginate.Request {
	r := paginate.Request{Limit: p.PageSize, Descending: p.paging == PagingKeyset}
	if p.Limit > 0 && s.Residual == nil && !p.Sort.Gathers() {
		r.Limit = int(min(int64(r.Limit), p.Limit))
	}
	if p.Sort == SortByID {
		r.Descending = p.Order[0].Descending
	}
	near, far := s.IDs.Lo, s.IDs.Hi
	if r.Descending {
		near, far = max(s.IDs.Hi-1, 0), s.IDs.Lo
	}
	r.From, r.Until = near, far
	r.Count = p.Strategy == StrategySplitRanges || p.Strategy == StrategyReadAhead && r.Descending
	return r
}

// withDeleted reports whether the plan reads deleted rows and others.
func (p *Plan) withDeleted() bool {
	return slices.ContainsFunc(p.Scans, func(s Scan) bool { return s.Deleted }) &&
		slices.ContainsFunc(p.Scans, func(s Scan) bool { return !s.Deleted })
}
