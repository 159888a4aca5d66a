package plan

import (
	"fmt"
	"slices"
	"strings"

	"github.com/muster-go/muster/model"
)

// placeOrder says who brings the rows into order. Pages can only be followed in
// id order, so another sort is the server's only when one page holds the whole
// answer; else all rows are read and ordered locally.
func placeOrder(p *planner) error {
	if p.options.ByKey && len(p.plan.Order) == 0 {
		p.plan.Order = p.freeOrder()
	}
	p.plan.Sort = p.sortOf(p.chosen, p.plan.Order)
	if len(p.plan.Order) > 0 && p.chosen.nothing() {
		p.plan.Reasons.Order = "there are no rows to order"
		return nil
	}
	switch p.plan.Sort {
	case SortNone:
		p.plan.Reasons.Order = "rows come as they arrive, which is fastest"
		if p.options.ByKey {
			p.plan.Reasons.Order = "rows come as they arrive, for neither the pages nor the server have them in order of " + p.dialect.ID()
		}
	case SortByID:
		p.plan.Reasons.Order = "pages are walked in this order"
	case SortServer:
		p.plan.Reasons.Order = "one page sorted by the server holds the answer"
		if p.caps.Paging.follows() {
			p.plan.Reasons.Order = "the server sorts through all its pages"
		}
		p.boundSort() // of the rows that are sorted locally after all, should it not
	case SortTopK:
		p.plan.Reasons.Order = fmt.Sprintf("the first %d rows are picked locally: %s", p.plan.Limit, p.whyLocal())
		return p.sortLocally()
	case SortLocal:
		p.boundSort()
		p.plan.Reasons.Order = fmt.Sprintf("all rows are gathered and sorted locally, %s: %s", p.sortBounds(), p.whyLocal())
		return p.sortLocally()
	}
	return nil
}

// freeOrder is the order by the key that the chosen alternative has for nothing: the
// greatest first, else the least first, else none.
func (p *planner) freeOrder() []OrderKey {
	key, ok := p.schema.Lookup(p.dialect.ID())
	if !ok {
		return nil
	}
	for _, descending := range []bool{true, false} {
		order := []OrderKey{{key, descending}}
		if !p.sortOf(p.chosen, order).Gathers() {
			return order
		}
	}
	return nil
}

// sortOf says who would sort the rows of an alternative.
func (p *planner) sortOf(a *alternative, keys []OrderKey) SortPlace {
	switch {
	case len(keys) == 0:
		return SortNone
	case p.off[ruleOrder]: // all are gathered and sorted
	case p.caps.Paging.follows():
		if p.serverSorts(keys) && len(a.branches) == 1 && p.options.Deleted != DeletedInclude {
			return SortServer // through all pages; a residual keeps the order
		}
	case keys[0].Field.Name == p.dialect.ID() && (p.caps.Paging == PagingKeyset || !keys[0].Descending):
		return SortByID
	case p.serverCanSort(a, keys):
		return SortServer
	}
	if p.plan.Limit > 0 && p.plan.Limit <= topRows {
		return SortTopK
	}
	return SortLocal
}

// topRows is the greatest limit for which the first rows are kept in memory while
// the others go by: some tens of megabytes of users. Beyond it all are sorted.
const topRows = 50_000

// boundSort settles what a sort of all rows may take.
func (p *planner) boundSort() {
	p.plan.MaxSortRows, p.plan.SortMemory = p.options.MaxSortRows, p.options.SortMemory
	if !p.caps.Spills {
		p.plan.SortMemory = 0
		if p.plan.MaxSortRows == 0 {
			p.plan.MaxSortRows = DefaultMaxSortRows
		}
	}
}

// sortBounds says what a sort of all rows may take.
func (p *planner) sortBounds() string {
	var bounds []string
	if p.plan.MaxSortRows > 0 {
		bounds = append(bounds, fmt.Sprintf("at most %d", p.plan.MaxSortRows))
	}
	if p.plan.SortMemory > 0 {
		bounds = append(bounds, fmt.Sprintf("beyond %s of memory in a temporary file", byteSize(p.plan.SortMemory)))
	}
	return strings.Join(bounds, ", ")
}

func byteSize(n int64) string {
	switch {
	case n >= 1<<20:
		return fmt.Sprintf("%d MiB", n>>20)
	case n >= 1<<10:
		return fmt.Sprintf("%d KiB", n>>10)
	}
	return fmt.Sprintf("%d bytes", n)
}

// serverCanSort reports whether one page in the server's order holds the answer.
func (p *planner) serverCanSort(a *alternative, keys []OrderKey) bool {
	if !a.exact() || len(a.branches) != 1 || p.options.Deleted == DeletedInclude {
		return false
	}
	page, b := int64(p.plan.PageSize), a.branches[0]
	limited := p.plan.Limit > 0 && p.plan.Limit <= page
	few := b.known && b.expected <= page
	if !limited && !few {
		return false
	}
	return p.serverSorts(keys)
}

func (p *planner) serverSorts(keys []OrderKey) bool {
	if p.caps.SortsBy != nil {
		return p.caps.SortsBy(keys)
	}
	return !slices.ContainsFunc(keys, func(k OrderKey) bool { return !p.dialect.Sorts(k.Field) })
}

// sortLocally makes sure that rows carry what they are sorted by.
func (p *planner) sortLocally() error {
	for _, k := range p.plan.Order {
		switch k.Field.Returned {
		case model.ReturnedNo:
			return &PlanError{
				Part:   "sort " + k.String(),
				Reason: "the answer may not fit one page, so it must be sorted locally, but " + k.Field.Name + " is never returned",
				Hint:   p.hintToSort(),
			}
		case model.ReturnedUnknown:
			p.warnf("%s is needed to sort locally, but whether the server returns it is not documented", k.Field.Name)
			p.want(k.Field)
		case model.ReturnedOnRequest:
			p.want(k.Field)
		case model.ReturnedAlways:
		}
	}
	return nil
}

// hintToSort is how the server could be made to sort.
func (p *planner) hintToSort() string {
	if limit := p.plan.Limit; limit > 0 && limit <= int64(p.plan.PageSize) {
		return "use a filter that the server answers exactly, by one request"
	}
	return fmt.Sprintf("add a limit of at most %d and a filter that the server answers exactly", p.plan.PageSize)
}

// parseOrder reads a list such as "-created_at,id". Keys past the id are
// dropped and the id is added where it is missing: it is unique, so that it
// alone settles every tie.
func parseOrder(text string, schema *model.Schema, id string) ([]OrderKey, error) {
	if strings.TrimSpace(text) == "" {
		return nil, nil
	}
	var keys []OrderKey
	for part := range strings.SplitSeq(text, ",") {
		part = strings.TrimSpace(part)
		name, descending := strings.CutPrefix(part, "-")
		f, ok := schema.Lookup(name)
		if !ok {
			return nil, &OptionError{"sort", part, unknownField(name, schema)}
		}
		if f.Through != "" || f.Type == model.TypeRef || f.Type == model.TypeRefs {
			return nil, &OptionError{"sort", part, "a reference has no order"}
		}
		if f.Type == model.TypeJSON {
			return nil, &OptionError{"sort", part, "JSON has no order"}
		}
		keys = append(keys, OrderKey{f, descending})
		if name == id {
			return keys, nil
		}
	}
	if f, ok := schema.Lookup(id); ok {
		keys = append(keys, OrderKey{Field: f, Descending: keys[len(keys)-1].Descending})
	}
	return keys, nil
}

// whyLocal is why the server is not asked for the order.
func (p *planner) whyLocal() string {
	if p.caps.Paging == PagingKeyset {
		return "a sort other than by " + p.dialect.ID() + " has no second page"
	}
	return "the server does not page in this order"
}
