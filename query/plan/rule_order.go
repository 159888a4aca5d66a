package plan

import (
	"fmt"
	"slices"
	"strings"

	"github.com/muster-go/muster/model"
)

// placeOrder decides where rows are sorted. Pages follow one another only in id order,
// so the server does another sort only if one page holds the whole answer. Otherwise
// all rows are read and sorted locally.
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
			p.plan.Reasons.Order = "rows come as they arrive, because neither the pages nor the server order them by " + p.dialect.ID()
		}
	case SortByID:
		p.plan.Reasons.Order = "pages are read in this order"
	case SortServer:
		p.plan.Reasons.Order = "one page sorted by the server holds the answer"
		if p.caps.Paging.follows() {
			p.plan.Reasons.Order = "the server sorts across all its pages"
		}
		p.boundSort() // for the fallback to a local sort
	case SortTopK:
		p.plan.Reasons.Order = fmt.Sprintf("the first %d rows are picked locally: %s", p.plan.Limit, p.whyLocal())
		return p.sortLocally()
	case SortLocal:
		p.boundSort()
		p.plan.Reasons.Order = fmt.Sprintf("all rows are sorted locally (%s): %s", p.sortBounds(), p.whyLocal())
		return p.sortLocally()
	}
	return nil
}

// freeOrder returns the order by the key that the chosen alternative has at no cost:
// descending if possible, else ascending, else none.
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

// sortOf returns what would sort the rows of an alternative.
func (p *planner) sortOf(a *alternative, keys []OrderKey) SortPlace {
	switch {
	case len(keys) == 0:
		return SortNone
	case p.off(ruleOrder): // all are gathered and sorted
	case p.caps.Paging.follows():
		if p.serverSorts(keys) && len(a.branches) == 1 && p.options.Deleted != DeletedInclude {
			return SortServer // across all pages; a residual keeps the order
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

// topRows is the greatest limit of a top k, which keeps that many rows in memory: tens
// of megabytes of users. A greater limit sorts all rows, which can spill.
const topRows = 50_000

// boundSort sets the bounds of a sort of all rows.
func (p *planner) boundSort() {
	p.plan.MaxSortRows, p.plan.SortMemory = p.options.MaxSortRows, p.options.SortMemory
	if !p.caps.Spills {
		p.plan.SortMemory = 0
		if p.plan.MaxSortRows == 0 {
			p.plan.MaxSortRows = DefaultMaxSortRows
		}
	}
}

// sortBounds describes the bounds of a sort of all rows.
func (p *planner) sortBounds() string {
	var bounds []string
	if p.plan.MaxSortRows > 0 {
		bounds = append(bounds, fmt.Sprintf("at most %d", p.plan.MaxSortRows))
	}
	if p.plan.SortMemory > 0 {
		bounds = append(bounds, fmt.Sprintf("above %s in a temporary file", byteSize(p.plan.SortMemory)))
	}
	return strings.Join(bounds, ", ")
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

// sortLocally requests the fields of the order.
func (p *planner) sortLocally() error {
	for _, k := range p.plan.Order {
		if k.Field.Returned == model.ReturnedNo {
			return &Error{
				Part:   "sort " + k.String(),
				Reason: "the answer may exceed one page, so it must be sorted locally, but the server never returns " + k.Field.Name,
				Hint:   p.hintToSort(),
			}
		}
		p.want(k.Field, "needed to sort locally")
	}
	return nil
}

// hintToSort explains how to let the server sort.
func (p *planner) hintToSort() string {
	if limit := p.plan.Limit; limit > 0 && limit <= int64(p.plan.PageSize) {
		return "use a filter that the server answers exactly with one request"
	}
	return fmt.Sprintf("add a limit of at most %d and a filter that the server answers exactly", p.plan.PageSize)
}

// whyLocal explains why the server does not sort.
func (p *planner) whyLocal() string {
	if p.caps.Paging == PagingKeyset {
		return "the server has no second page of a sort other than by " + p.dialect.ID()
	}
	return "the server does not page in this order"
}
