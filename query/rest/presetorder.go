package rest

import (
	"cmp"
	"strings"

	"github.com/muster-go/muster/query/plan"
	"github.com/muster-go/muster/query/rest/expression"
)

// spelling is how the servers of a preset are asked for an order.
type spelling struct {
	order                 Order
	direction             string // the parameter of the direction; "" = the keys say it
	ascending, descending string // its values
	nulls                 Nulls
}

// presetOrder returns how the servers of a preset are asked for an order by a parameter, or
// by a place in the body; ok is false if its specification does not say it.
//
// A key says where nulls go if the language can say it. Where it cannot, and nothing is
// specified, a field that may be null is sorted here.
func presetOrder(dialect string, inBody bool) (s spelling, ok bool) {
	switch dialect {
	case "odata": // 4.0, URL Conventions, 5.1.5: null comes before the values, ascending
		return spelling{order: Order{Ascending: "{f}", Descending: "{f} desc"}}, true
	case "scim": // RFC 7644, 3.4.2.3: what has no value is last, ascending
		return spelling{direction: "sortOrder", ascending: "ascending", descending: "descending", nulls: NullsGreatest}, true
	case "aip160": // https://google.aip.dev/132
		return spelling{order: Order{Ascending: "{f}", Descending: "{f} desc"}, nulls: NullsUnknown}, true
	case "postgrest": // PostgreSQL has nulls last, ascending
		return spelling{order: Order{Ascending: "{f}.asc", Descending: "{f}.desc"}, nulls: NullsGreatest}, true
	case "soql":
		return spelling{order: Order{Ascending: "{f} ASC NULLS FIRST", Descending: "{f} DESC NULLS LAST", Join: ", ", Behind: " ORDER BY {}"}}, true
	case "jql":
		return spelling{order: Order{Ascending: "{f} ASC", Descending: "{f} DESC", Join: ", ", Behind: " ORDER BY {}"}, nulls: NullsUnknown}, true
	case "servicenow":
		return spelling{order: Order{Ascending: "ORDERBY{f}", Descending: "ORDERBYDESC{f}", Join: "^", Behind: "^{}"}, nulls: NullsUnknown}, true
	case "elasticsearch":
		if !inBody {
			return spelling{order: Order{Ascending: "{f}:asc", Descending: "{f}:desc"}, nulls: NullsLast}, true
		}
		key := func(order, missing string) any {
			return map[string]any{fieldPlace: map[string]any{"order": order, "missing": missing}}
		}
		return spelling{order: Order{Ascending: key("asc", "_first"), Descending: key("desc", "_last")}}, true
	case "google-directory":
		return spelling{direction: "sortOrder", ascending: "ASCENDING", descending: "DESCENDING", nulls: NullsUnknown}, true
	}
	return s, false // Lucene's syntax has no order
}

// withPresetOrder fills in how the servers of the definition's preset are asked for an
// order, as far as the paging does not say it.
func (d Definition) withPresetOrder() Definition {
	p := &d.Paging
	if d.Expression == nil || p.Sort == "" || p.Style == Keyset {
		return d
	}
	s, ok := presetOrder(d.Expression.Name, isPointer(p.Sort))
	if !ok {
		return d
	}
	switch {
	case !p.Order.isZero() || p.Direction != "": // the definition says it
		return d
	case s.direction == "":
		p.Order = s.order
		if !d.orderedBehind() {
			p.Order.Behind = ""
		}
	case p.Sort == s.direction || d.Params.Has(s.direction): // it has another use
		return d
	}
	p.Direction, p.Ascending, p.Descending = s.direction, cmp.Or(p.Ascending, s.ascending), cmp.Or(p.Descending, s.descending)
	p.Nulls = cmp.Or(p.Nulls, s.nulls)
	return d
}

// orderedBehind reports whether the order stands behind the conditions, in one text.
func (d Definition) orderedBehind() bool {
	return d.Expression != nil && d.Paging.Order.Behind != "" && d.Paging.Sort == d.Expression.To.Name()
}

// behind writes the order of a scan behind its conditions, if it stands there; said is nil
// for no conditions.
func (l *listing) behind(scan plan.Scan, said any) any {
	keys := l.sorted(scan)
	if keys == "" || !l.orderedBehind() {
		return said
	}
	order := strings.Replace(l.Definition.Paging.Order.Behind, "{}", l.sortedBy(keys), 1)
	if said != nil {
		return expression.Format(said) + order
	}
	// What stands between conditions and an order has nothing before it.
	order = strings.TrimLeft(order, " ")
	if and, ok := l.Expression.And.(string); ok {
		between := strings.Split(and, "{}")
		order = strings.TrimPrefix(order, strings.TrimSpace(between[len(between)/2]))
	}
	return order
}

func isText(template any) bool {
	_, ok := template.(string)
	return ok
}
