package main

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/muster-go/muster/cmd/muster/internal/exit"
	"github.com/muster-go/muster/cmd/muster/internal/groupcount"
	"github.com/muster-go/muster/cmd/muster/internal/progress"
	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query"
)

// statsCmd is `muster stats`.
type statsCmd struct {
	serverFlags
	filterFlags
	By      string `required:"" placeholder:"FIELD[:UNIT]" help:"What to group by: is_active, type, role, warehouse, merchant, or any field that the server returns; a time by its day, month or year, such as created_at:month."`
	Deleted string `default:"none" enum:"none,only,include" help:"Deleted rows: ${enum}."`
	Counts  int    `default:"60" help:"Most counts to ask for when grouping by a calendar; 0 = no bound."`
	Top     int    `default:"20" help:"Groups to show of those that no calendar orders; 0 = all."`
	Format  string `default:"auto" enum:"auto,chart,json" help:"Output: ${enum}. auto is a chart on a terminal, JSON otherwise."`
}

// Help shows how the command is used.
func (*statsCmd) Help() string {
	return examples(
		`muster stats --by is_active`,
		`muster stats --by type 'last_login_at is null'`,
		`muster stats --by role --top 5 'is_active'`,
		`muster stats --by created_at:month 'created_at > now - 3y' --format chart`,
	)
}

// tallied is the answer of `muster stats`.
type tallied struct {
	By       string             `json:"by"`
	Rows     int64              `json:"rows"`
	Method   string             `json:"method"` // "count" or "scan"
	Why      string             `json:"why"`
	Requests int64              `json:"requests"`
	Groups   []groupcount.Group `json:"groups"`
}

// Run prints how many rows each group has.
func (c *statsCmd) Run(ctx context.Context, env *environment) error {
	g, err := c.grouping(env)
	if err != nil {
		return err
	}
	client, err := c.client(env, g.res)
	if err != nil {
		return err
	}
	defer client.Close() //nolint:errcheck // nothing is written through it
	g.res = g.res.bind(client)
	answer, err := g.count(ctx, env)
	if err != nil {
		return err
	}
	answer.By, answer.Requests = c.By, client.Stats().Requests
	return c.print(env, answer)
}

func (c *statsCmd) print(env *environment, a *tallied) error {
	if c.Format == "json" || c.Format == "auto" && !env.stdoutTerminal {
		return json.NewEncoder(env.stdout).Encode(a)
	}
	width := env.width
	if width == 0 {
		width = 80
	}
	env.stdout.printf("%s", groupcount.Chart(a.Groups, a.Rows, width-1))
	how, why := "counted by the server", ""
	if a.Method != "count" {
		how = "read and counted here"
	}
	if a.Why != "" {
		why = ": " + a.Why
	}
	note := fmt.Sprintf("%s, %s in %s%s", count(a.Rows, "row"), how, count(a.Requests, "request"), why)
	env.warnf("%s", wrapped(note, env.tableWidth(), 0))
	return nil
}

// grouping is a filter and what its rows are grouped by.
type grouping struct {
	res    resource
	types  map[string]resource // by label, when grouped by type
	filter *dsl.Filter
	opts   []query.Option
	field  *model.Field
	unit   groupcount.Unit // "" = by value
	picked bool            // the unit is the user's, and no default
	counts int             // most of them; 0 = no bound
	top    int
	zone   *time.Location
}

// aliases are short names for what people group by.
func alias(field string) string {
	switch field {
	case "role":
		return "roles.name"
	case "warehouse":
		return "default_warehouse.name"
	case "merchant":
		return "merchant.name"
	}
	return field
}

// grouping reads the flags; it asks no server.
func (c *statsCmd) grouping(env *environment) (*grouping, error) {
	flags := rowFlags{filterFlags: c.filterFlags, shapeFlags: shapeFlags{Deleted: c.Deleted}}
	text, opts, res, err := flags.prepare(env.unseen())
	if err != nil {
		return nil, err
	}
	g := &grouping{res: res, opts: opts, counts: c.Counts, top: c.Top, types: map[string]resource{}}
	if g.filter, err = dsl.Parse(text); err != nil {
		return nil, err
	}
	if _, err = query.Check(res, text, opts...); err != nil {
		return nil, err
	}
	if g.zone, err = time.LoadLocation(c.TZ); err != nil {
		return nil, err
	}
	name, unit, _ := strings.Cut(c.By, ":")
	field, ok := res.Schema().Lookup(alias(name))
	if !ok {
		return nil, exit.Usagef("--by %s: unknown field%s", c.By, meant(name, fieldNames(res.Schema())))
	}
	if g.field = field; field.Type == model.TypeRef || field.Type == model.TypeRefs {
		return nil, exit.Usagef("--by %s: a reference; group by what it refers to, such as %s.name", c.By, name)
	}
	if g.unit, g.picked = groupcount.Unit(unit), unit != ""; field.Type == model.TypeDateTime && unit == "" {
		g.unit = groupcount.Month
	}
	if !slices.Contains([]groupcount.Unit{"", groupcount.Day, groupcount.Month, groupcount.Year}, g.unit) || (unit != "" && field.Type != model.TypeDateTime) {
		return nil, exit.Usagef("--by %s: a time is grouped by day, month or year, and nothing else is", c.By)
	}
	if field.Name == "type" {
		for label, t := range map[string]string{"OrganizationUser": "organization", "ClientUser": "client"} {
			if flags.Type = t; c.Type == "any" || c.Type == t {
				if g.types[label], err = flags.source(env); err != nil {
					return nil, err
				}
			}
		}
	}
	return g, nil
}

func fieldNames(s *model.Schema) []string {
	names := make([]string, s.Len())
	for i := range names {
		names[i] = s.Field(i).Name
	}
	return names
}

// count asks the server for counts where its counts are the answer, and reads
// the rows where they are not.
func (g *grouping) count(ctx context.Context, env *environment) (*tallied, error) {
	plan, err := g.plan(g.res)
	if err != nil {
		return nil, err
	}
	why := "the server cannot group by " + g.field.Name
	switch {
	case !g.res.definition().Counts():
		why = "the server does not count"
	case !plan.Exact():
		why = "the server cannot answer the whole filter; see muster explain"
	case g.field.Name == "type":
		return g.byType(ctx)
	case g.field.Type == model.TypeBool && g.field.Through == "" && g.asked(g.holds()):
		return g.byValue(ctx, plan)
	case g.unit != "" && g.asked(dsl.Field(g.field.Name).IsNull()):
		return g.byCalendar(ctx, env, plan)
	}
	a, err := g.scan(ctx, env)
	if err != nil {
		return nil, err
	}
	a.Why = why
	return a, nil
}

// plan is the plan for the rows of the filter for which all terms are true.
func (g *grouping) plan(res resource, terms ...dsl.Node) (*query.Plan, error) {
	filter := *g.filter
	if filter.Root != nil {
		terms = append([]dsl.Node{filter.Root}, terms...)
	}
	if len(terms) > 0 {
		filter.Root = dsl.All(terms...)
	}
	return query.Prepare(res, &filter, g.opts...)
}

// asked reports whether the server can count the rows for which a term is true.
func (g *grouping) asked(term dsl.Node) bool {
	plan, err := g.plan(g.res, term)
	return err == nil && plan.Exact()
}

func (g *grouping) holds() dsl.Node { return dsl.Field(g.field.Name).Eq(true) }

func (g *grouping) rows(ctx context.Context, res resource, terms ...dsl.Node) (int64, error) {
	plan, err := g.plan(res, terms...)
	if err != nil {
		return 0, err
	}
	return res.count(ctx, plan)
}

func (g *grouping) byType(ctx context.Context) (*tallied, error) {
	a := &tallied{Method: "count"}
	for _, label := range []string{"OrganizationUser", "ClientUser"} {
		res := g.types[label]
		if res == nil {
			continue
		}
		n, err := g.rows(ctx, res.bind(g.res.client()))
		if err != nil {
			return nil, err
		}
		a.Groups = append(a.Groups, groupcount.Group{Label: label, Rows: n})
		a.Rows += n
	}
	return a, nil
}

// The groups of what has no value.
const (
	nullLabel  = "(null)"
	emptyLabel = "(empty)"
	noneLabel  = "(none)"
)

// byValue counts what is true and what is not; the rest is null.
func (g *grouping) byValue(ctx context.Context, plan *query.Plan) (*tallied, error) {
	total, err := g.res.count(ctx, plan)
	if err != nil {
		return nil, err
	}
	yes, err := g.rows(ctx, g.res, g.holds())
	if err != nil {
		return nil, err
	}
	no := total - yes
	if g.field.Nullable {
		if no, err = g.rows(ctx, g.res, dsl.Field(g.field.Name).Eq(false)); err != nil {
			return nil, err
		}
	}
	a := &tallied{Method: "count", Rows: total, Groups: []groupcount.Group{{Label: "true", Rows: yes}, {Label: "false", Rows: no}}}
	if rest := total - yes - no; rest > 0 {
		a.Groups = append(a.Groups, groupcount.Group{Label: nullLabel, Rows: rest})
	}
	return a, nil
}

// byCalendar counts stretches of time: years, and then units within those that have
// rows.
func (g *grouping) byCalendar(ctx context.Context, env *environment, plan *query.Plan) (*tallied, error) {
	column := dsl.Field(g.field.Name)
	between := func(ctx context.Context, lo, hi time.Time) (int64, error) {
		return g.rows(ctx, g.res, column.Ge(lo), column.Lt(hi))
	}
	all := groupcount.Span{
		From: time.Date(1970, 1, 1, 0, 0, 0, 0, g.zone),
		To:   groupcount.Year.Start(plan.Now.In(g.zone).AddDate(2, 0, 0)),
	}
	total, err := g.res.count(ctx, plan)
	if err != nil {
		return nil, err
	}
	if g.pages(total) <= fewPages {
		return g.read(ctx, env)
	}
	if all.Rows, err = between(ctx, all.From, all.To); err != nil {
		return nil, err
	}
	null, err := g.rows(ctx, g.res, column.IsNull())
	if err != nil {
		return nil, err
	}
	spans, err := groupcount.ByCalendar(ctx, groupcount.Year, []groupcount.Span{all}, between)
	if err != nil {
		return nil, err
	}
	unit, why := g.unit, ""
	switch counts := groupcount.Counts(g.unit, spans); {
	case g.pages(total) <= int64(counts):
		return g.read(ctx, env)
	case g.counts == 0 || counts <= g.counts:
	case g.picked:
		return nil, exit.Usagef("--by %s:%s takes up to %d counts: group by year, filter for less, or allow them with --counts %d", g.field.Name, g.unit, counts, counts)
	default:
		unit, why = groupcount.Year, fmt.Sprintf("by year, as %ss would take up to %d counts", g.unit, counts)
	}
	if spans, err = groupcount.ByCalendar(ctx, unit, spans, between); err != nil {
		return nil, err
	}
	a := &tallied{Method: "count", Rows: total, Why: why}
	for _, s := range spans {
		a.Groups = append(a.Groups, s.Group(unit))
	}
	if null > 0 {
		a.Groups = append(a.Groups, groupcount.Group{Label: nullLabel, Rows: null})
	}
	if far := total - all.Rows - null; far > 0 {
		a.Groups = append(a.Groups, groupcount.Group{Label: "(before 1970 or after next year)", Rows: far})
	}
	return a, nil
}

// fewPages is about as many as the counts that it takes to find the years.
const fewPages = 25

// pages is how many have all the rows; no number is as many where rows may come
// without the field.
func (g *grouping) pages(rows int64) int64 {
	if g.field.Returned != model.ReturnedAlways && g.field.Returned != model.ReturnedOnRequest {
		return math.MaxInt64
	}
	return rows/int64(g.res.Dialect().MaxPageSize()) + 1
}

// read scans where that is the cheaper.
func (g *grouping) read(ctx context.Context, env *environment) (*tallied, error) {
	a, err := g.scan(ctx, env)
	if err == nil {
		a.Why = "that takes fewer requests than asking for counts"
	}
	return a, err
}

// scan reads every row.
func (g *grouping) scan(ctx context.Context, env *environment) (*tallied, error) {
	opts := append(slices.Clone(g.opts), query.Select(g.field.Name))
	plan, err := query.Prepare(g.res, g.filter, opts...)
	if err != nil {
		return nil, err
	}
	if plan, err = query.Choose(ctx, g.res, plan, g.filter, opts...); err != nil {
		return nil, err
	}
	rows, err := g.res.run(ctx, plan)
	if err != nil {
		return nil, err
	}
	stop := env.watch(watched{client: g.res.client(), stats: rows.Stats})
	defer stop()
	found := map[string]int64{}
	a := &tallied{Method: "scan"}
	for row, err := range rows.records() {
		if err != nil {
			return nil, err
		}
		a.Rows++
		for _, label := range g.labels(row) {
			found[label]++
		}
	}
	for label, n := range found {
		a.Groups = append(a.Groups, groupcount.Group{Label: label, Rows: n})
	}
	slices.SortFunc(a.Groups, func(x, y groupcount.Group) int {
		if g.unit != "" {
			return cmp.Compare(x.Label, y.Label)
		}
		return cmp.Or(cmp.Compare(y.Rows, x.Rows), cmp.Compare(x.Label, y.Label))
	})
	if g.unit == "" {
		a.Groups = head(a.Groups, g.top)
	}
	return a, nil
}

// labels are the groups that a row is in, each once.
func (g *grouping) labels(r model.Record) []string {
	at := g.field.Index()
	if g.field.Through == "" {
		return []string{g.label(r.Value(at))}
	}
	var labels []string
	for i := range r.Len(at) {
		if label := g.label(r.At(at, i)); !slices.Contains(labels, label) {
			labels = append(labels, label)
		}
	}
	if len(labels) == 0 {
		return []string{noneLabel}
	}
	return labels
}

func (g *grouping) label(v model.Value) string {
	switch {
	case v.IsNull():
		return nullLabel
	case g.unit != "":
		return g.unit.Label(v.Time().In(g.zone))
	case v.String() == "":
		return emptyLabel
	}
	return v.String()
}

// head keeps the first groups and sums up the others.
func head(groups []groupcount.Group, top int) []groupcount.Group {
	if top <= 0 || len(groups) <= top {
		return groups
	}
	others := groupcount.Group{Label: fmt.Sprintf("(%s others)", progress.Number(int64(len(groups)-top)))}
	for _, g := range groups[top:] {
		others.Rows += g.Rows
	}
	return append(groups[:top:top], others)
}
