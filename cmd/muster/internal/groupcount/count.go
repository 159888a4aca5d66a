package groupcount

import (
	"context"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/muster-go/muster/cmd/muster/internal/exit"
	"github.com/muster-go/muster/cmd/muster/internal/resource"
	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query"
	"github.com/muster-go/muster/transport"
)

// Count asks the server for counts if its counts are the answer, else it reads the
// rows.
func (g *Grouping) Count(ctx context.Context, client *transport.Client) (*Answer, error) {
	g.Resource = g.Resource.Bind(client)
	answer, err := g.count(ctx)
	if err != nil {
		return nil, err
	}
	if answer.Method == "count" && g.walked {
		answer.Method, answer.Why = "scan", "the server did not count"
	}
	answer.Warnings = append(answer.Warnings, g.warnings...)
	answer.By, answer.Requests = g.By, client.Stats().Requests
	return answer, nil
}

func (g *Grouping) count(ctx context.Context) (*Answer, error) {
	plan, err := g.plan(g.Resource)
	if err != nil {
		return nil, err
	}
	why := "the server cannot group by " + g.field.Name
	switch {
	case !g.Resource.Definition().Counts():
		why = "the server does not count"
	case !plan.Exact():
		why = "the server cannot answer the whole filter; see muster explain"
	case g.field.Name == "type":
		return g.byType(ctx)
	case g.field.Type == model.TypeBool && g.field.Through == "" && g.countable(g.isTrue()):
		return g.byValue(ctx, plan)
	case g.unit != "" && g.field.Direct() && g.countable(dsl.Field(g.field.Name).IsNull()):
		return g.byCalendar(ctx, plan)
	}
	return g.scan(ctx, why)
}

// plan plans for the rows that satisfy the filter and all terms.
func (g *Grouping) plan(res resource.Resource, terms ...dsl.Node) (*query.Plan, error) {
	filter := *g.Filter
	if filter.Root != nil {
		terms = append([]dsl.Node{filter.Root}, terms...)
	}
	if len(terms) > 0 {
		filter.Root = dsl.All(terms...)
	}
	return query.Prepare(res, &filter, g.Options...)
}

// countable reports whether the server can count the rows that satisfy a term.
func (g *Grouping) countable(term dsl.Node) bool {
	plan, err := g.plan(g.Resource, term)
	return err == nil && plan.Exact()
}

func (g *Grouping) isTrue() dsl.Node { return dsl.Field(g.field.Name).Eq(true) }

func (g *Grouping) rows(ctx context.Context, res resource.Resource, terms ...dsl.Node) (int64, error) {
	plan, err := g.plan(res, terms...)
	if err != nil {
		return 0, err
	}
	return g.number(ctx, res, plan)
}

// number returns how many rows a plan has. If the server does not say, it reads them and
// keeps the warnings of that.
func (g *Grouping) number(ctx context.Context, res resource.Resource, plan *query.Plan) (int64, error) {
	n, walk, err := resource.Count(ctx, res, plan)
	g.mu.Lock()
	defer g.mu.Unlock()
	g.walked = g.walked || walk.Requests > 0
	for _, w := range walk.Warnings {
		if !slices.Contains(g.warnings, w) {
			g.warnings = append(g.warnings, w)
		}
	}
	return n, err
}

func (g *Grouping) byType(ctx context.Context) (*Answer, error) {
	a := &Answer{Method: "count"}
	for _, t := range userTypes() {
		res := g.types[t[0]]
		if res == nil {
			continue
		}
		n, err := g.rows(ctx, res.Bind(g.Resource.Client()))
		if err != nil {
			return nil, err
		}
		a.Groups = append(a.Groups, Group{Label: t[0], Rows: n})
		a.Rows += n
	}
	return a, nil
}

// The groups of rows without a value.
const (
	nullLabel  = "(null)"
	emptyLabel = "(empty)"
	noneLabel  = "(none)"
)

// byValue counts the rows that are true and those that are false; the rest is null.
func (g *Grouping) byValue(ctx context.Context, plan *query.Plan) (*Answer, error) {
	total, err := g.number(ctx, g.Resource, plan)
	if err != nil {
		return nil, err
	}
	yes, err := g.rows(ctx, g.Resource, g.isTrue())
	if err != nil {
		return nil, err
	}
	no := total - yes
	if g.field.Nullable {
		if no, err = g.rows(ctx, g.Resource, dsl.Field(g.field.Name).Eq(false)); err != nil {
			return nil, err
		}
	}
	a := &Answer{Method: "count", Rows: total, Groups: []Group{{Label: "true", Rows: yes}, {Label: "false", Rows: no}}}
	if rest := total - yes - no; rest > 0 {
		a.Groups = append(a.Groups, Group{Label: nullLabel, Rows: rest})
	}
	return a, nil
}

// byCalendar counts years, and then the units within the years that have rows.
func (g *Grouping) byCalendar(ctx context.Context, plan *query.Plan) (*Answer, error) {
	column := dsl.Field(g.field.Name)
	between := func(ctx context.Context, lo, hi time.Time) (int64, error) {
		return g.rows(ctx, g.Resource, column.Ge(lo), column.Lt(hi))
	}
	all := Span{
		From: time.Date(1970, 1, 1, 0, 0, 0, 0, g.Zone),
		To:   Year.Start(plan.Now.In(g.Zone).AddDate(2, 0, 0)),
	}
	total, err := g.number(ctx, g.Resource, plan)
	if err != nil {
		return nil, err
	}
	if g.pages(total) <= fewPages {
		return g.scan(ctx, cheaper)
	}
	if all.Rows, err = between(ctx, all.From, all.To); err != nil {
		return nil, err
	}
	null, err := g.rows(ctx, g.Resource, column.IsNull())
	if err != nil {
		return nil, err
	}
	years, err := ByCalendar(ctx, Year, []Span{all}, between)
	if err != nil {
		return nil, err
	}
	if g.pages(total) <= int64(Counts(g.unit, years)) {
		return g.scan(ctx, cheaper)
	}
	unit, why, err := g.affordable(years)
	if err != nil {
		return nil, err
	}
	spans, err := ByCalendar(ctx, unit, years, between)
	if err != nil {
		return nil, err
	}
	a := &Answer{Method: "count", Rows: total, Why: why}
	for _, s := range spans {
		a.Groups = append(a.Groups, s.Group(unit))
	}
	if null > 0 {
		a.Groups = append(a.Groups, Group{Label: nullLabel, Rows: null})
	}
	if far := total - all.Rows - null; far > 0 {
		a.Groups = append(a.Groups, Group{Label: "(before 1970 or after next year)", Rows: far})
	}
	return a, nil
}

// affordable returns the unit to count by. A unit that takes too many counts is an
// error if the user chose it, else years replace it.
func (g *Grouping) affordable(years []Span) (unit Unit, why string, err error) {
	switch counts := Counts(g.unit, years); {
	case g.Request.Counts == 0 || counts <= g.Request.Counts:
		return g.unit, "", nil
	case g.picked:
		return "", "", exit.Usagef("--by %s:%s takes up to %d counts: group by year, filter for less, or allow them with --counts %d", g.field.Name, g.unit, counts, counts)
	default:
		return Year, fmt.Sprintf("by year, as %ss would take up to %d counts", g.unit, counts), nil
	}
}

// fewPages is about as many requests as it takes to find the years.
const fewPages = 25

// cheaper explains why rows are read although the server can count.
const cheaper = "that takes fewer requests than asking for counts"

// pages returns how many pages hold all the rows. It returns a huge number if rows
// may come without the field.
func (g *Grouping) pages(rows int64) int64 {
	if g.field.Returned != model.ReturnedAlways && g.field.Returned != model.ReturnedOnRequest {
		return math.MaxInt64
	}
	return rows/int64(g.Resource.Dialect().MaxPageSize()) + 1
}
