package groupcount

import (
	"cmp"
	"context"
	"fmt"
	"iter"
	"slices"

	"github.com/muster-go/muster/cmd/muster/internal/progress"
	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query"
)

// scan reads every row and counts it. The answer gives why as the reason.
func (g *Grouping) scan(ctx context.Context, why string) (*Answer, error) {
	opts := append(slices.Clone(g.Options), query.Select(g.field.Name))
	plan, err := query.Prepare(g.Resource, g.Filter, opts...)
	if err != nil {
		return nil, err
	}
	if plan, err = query.Choose(ctx, g.Resource, plan, g.Filter, opts...); err != nil {
		return nil, err
	}
	rows, err := g.Resource.Run(ctx, plan)
	if err != nil {
		return nil, err
	}
	stop := g.Watch(progress.Run{Client: g.Resource.Client(), Stats: rows.Stats})
	defer stop()
	found := map[string]int64{}
	a := &Answer{Method: "scan", Why: why}
	for row, err := range rows.Records() {
		if err != nil {
			return nil, err
		}
		a.Rows++
		for _, label := range g.labels(row) {
			found[label]++
		}
	}
	a.Groups, a.Warnings = g.sorted(found), rows.Stats().Warnings
	return a, nil
}

// sorted returns the groups in the order of the calendar, or the largest first.
func (g *Grouping) sorted(found map[string]int64) []Group {
	groups := make([]Group, 0, len(found))
	for label, n := range found {
		groups = append(groups, Group{Label: label, Rows: n})
	}
	slices.SortFunc(groups, func(x, y Group) int {
		if g.unit != "" {
			return cmp.Compare(x.Label, y.Label)
		}
		return cmp.Or(cmp.Compare(y.Rows, x.Rows), cmp.Compare(x.Label, y.Label))
	})
	if g.unit == "" {
		return head(groups, g.Top)
	}
	return groups
}

// labels returns the groups that a row is in, each once. A row with a list is in the group
// of each element.
func (g *Grouping) labels(r model.Record) []string {
	at := g.field.Index()
	if g.field.Direct() {
		return []string{g.label(r.Value(at))}
	}
	var labels []string
	add := func(v model.Value) {
		if label := g.label(v); !slices.Contains(labels, label) {
			labels = append(labels, label)
		}
	}
	for v := range g.values(r) {
		if g.field.Type != model.TypeList {
			add(v)
			continue
		}
		for element := range v.Elements() {
			add(element)
		}
	}
	if len(labels) == 0 {
		return []string{noneLabel}
	}
	return labels
}

// values yields the values of the field in a row: one, or one of each reference.
func (g *Grouping) values(r model.Record) iter.Seq[model.Value] {
	return func(yield func(model.Value) bool) {
		at := g.field.Index()
		if g.field.Through == "" {
			yield(r.Value(at))
			return
		}
		for i := range r.Len(at) {
			if !yield(r.At(at, i)) {
				return
			}
		}
	}
}

func (g *Grouping) label(v model.Value) string {
	switch {
	case v.IsNull():
		return nullLabel
	case g.unit != "":
		return g.unit.Label(v.Time().In(g.Zone))
	case v.String() == "":
		return emptyLabel
	}
	return v.String()
}

// head keeps the first groups and sums the others up.
func head(groups []Group, top int) []Group {
	if top <= 0 || len(groups) <= top {
		return groups
	}
	others := Group{Label: fmt.Sprintf("(%s others)", progress.Number(int64(len(groups)-top)))}
	for _, g := range groups[top:] {
		others.Rows += g.Rows
	}
	return append(groups[:top:top], others)
}
