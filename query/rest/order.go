package rest

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/muster-go/muster/query/plan"
)

// fieldPlace is where a template of an order has the server's name of a field.
const fieldPlace = "{f}"

// single reports whether the server sorts by one field, and orders rows that are alike in
// it in its own way.
func (p Paging) single() bool { return p.Direction != "" || p.Ties != "" }

// sorted returns the keys of the order that a scan is asked for; "" for none.
func (l *listing) sorted(scan plan.Scan) string {
	if ordered := l.Definition.Paging.Style == Forward || l.Definition.Paging.Window > 0; scan.Sort == "" && ordered && l.sorts(l.Layout.ID) {
		return l.Layout.ID // else the server's order is that of the key, or a window is in no order
	}
	if scan.Sort == "" && l.Definition.Paging.Order.Behind != "" && l.paging() == plan.PagingOffset && l.sorts(l.Layout.ID) {
		return l.Layout.ID // positions in no order would shift
	}
	return scan.Sort
}

// order asks for an order, "" for none. Of a server that sorts by one field it asks for the
// first only: the second is the key, which settles ties.
func (l *listing) order(q parameters, keys string) parameters {
	paging := &l.Definition.Paging
	if !isText(paging.Order.template(false)) || paging.Sort == "" || keys == "" || l.orderedBehind() {
		return q // trees are no parameter: see orderTree, and behind
	}
	if paging.single() {
		keys, _, _ = strings.Cut(keys, ",")
	}
	if name, descending := strings.CutPrefix(keys, "-"); paging.Direction != "" {
		way := paging.Ascending
		if descending {
			way = paging.Descending
		}
		return q.set(paging.Sort, l.serverName(name)).set(paging.Direction, way)
	}
	return q.set(paging.Sort, l.sortedBy(keys))
}

// sortedBy writes the keys of an order as the server takes them.
func (l *listing) sortedBy(keys string) string {
	order := l.Definition.Paging.Order
	spelled := strings.Split(keys, ",")
	for i, key := range spelled {
		name, descending := strings.CutPrefix(key, "-")
		template, _ := order.template(descending).(string)
		spelled[i] = strings.ReplaceAll(template, fieldPlace, l.serverName(name))
	}
	return strings.Join(spelled, cmp.Or(order.Join, ","))
}

func (o Order) isZero() bool {
	return o.Ascending == nil && o.Descending == nil && o.Join == "" && o.Behind == ""
}

// template returns what spells a key in one direction.
func (o Order) template(descending bool) any {
	switch {
	case descending && o.Descending != nil:
		return o.Descending
	case descending:
		return "-" + fieldPlace
	case o.Ascending != nil:
		return o.Ascending
	}
	return fieldPlace
}

// spelled returns a copy of a template with a name in its places.
func spelled(template any, name string) any {
	switch t := template.(type) {
	case string:
		return strings.ReplaceAll(t, fieldPlace, name)
	case []any:
		out := make([]any, len(t))
		for i, child := range t {
			out[i] = spelled(child, name)
		}
		return out
	case map[string]any:
		out := make(map[string]any, len(t))
		for member, child := range t {
			out[strings.ReplaceAll(member, fieldPlace, name)] = spelled(child, name)
		}
		return out
	}
	return template
}

// places counts the places in a template.
func places(template any) (n int) {
	switch t := template.(type) {
	case string:
		return strings.Count(t, fieldPlace)
	case []any:
		for _, child := range t {
			n += places(child)
		}
	case map[string]any:
		for _, member := range slices.Sorted(maps.Keys(t)) {
			n += strings.Count(member, fieldPlace) + places(t[member])
		}
	}
	return n
}
