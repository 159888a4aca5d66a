package shelftest

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/muster-go/muster/model"
)

// netbox is the REST API of https://netboxlabs.com/docs: a listing of Django REST framework
// whose path ends in a slash, with lookups behind the names of filters. A filter that is
// there several times takes any of its values, and __n takes rows without one along.
func netbox() API {
	cols := columns{
		{name: "id", kind: model.TypeInt},
		{name: "name", kind: model.TypeString},
		{name: "status", kind: model.TypeString, path: "status.value"},
		{name: "site", kind: model.TypeString, path: "site.slug"},
		{name: "role", kind: model.TypeString, path: "role.slug"},
		{name: "device_type", kind: model.TypeString, path: "device_type.slug"},
		{name: "manufacturer", kind: model.TypeString, path: "device_type.manufacturer.slug"},
		{name: "tenant", kind: model.TypeString, path: "tenant.slug"},
		{name: "rack_id", kind: model.TypeInt, path: "rack.id"},
		{name: "serial", kind: model.TypeString},
		{name: "asset_tag", kind: model.TypeString},
		{name: "created", kind: model.TypeDateTime},
		{name: "last_updated", kind: model.TypeDateTime},
	}
	return API{
		Name: "netbox/devices", Token: token, Rows: 330, Filter: "parameters with lookups",
		New: func() http.Handler {
			rows := netboxDevices(330)
			return &endpoint{
				method: http.MethodGet, path: "/dcim/devices/", header: "Authorization", value: "Token " + token,
				fail:  func(_ int, text string) any { return object{"detail": text} },
				serve: func(r *request) (any, error) { return serveNetbox(r, rows, cols) },
			}
		},
		Cases: []Case{
			{Filter: "name contains 'ada' and status.value = 'active'", Pushed: "superset, exact"},
			{Filter: "name starts with 'Mu' or name = 'x'", Pushed: "residual"},
			{Filter: "name ends with 'slash'", Pushed: "superset"},
			{Filter: "site.slug in ('bonn', 'ulm') and role.slug != 'leaf'", Pushed: "exact, exact"},
			{Filter: "tenant.slug != 'acme'", Pushed: "residual"},
			{Filter: "tenant.slug = 'acme' and rack.id in (3, 4)", Pushed: "exact, exact"},
			{Filter: "id > 40 and id <= 900", Pushed: "exact, exact"},
			{Filter: "id != 7", Pushed: "exact"},
			{Filter: "serial = 'SN-1'", Pushed: "superset"},
			{Filter: "serial != 'SN-1'", Pushed: "residual"},
			{Filter: "last_updated > 2024-02-20T05:00:00.5", Pushed: "superset"},
			{Filter: "created >= 2024-02-10", Pushed: "exact"},
			{Filter: "position > 4.5 or asset_tag is null", Pushed: "residual"},
			{Filter: "", Sort: "-last_updated,id", Sorted: "server"},
			{Filter: "", Sort: "-name", Sorted: "local"}, // by the collation of the database
		},
	}
}

func netboxDevices(n int) []object {
	const micros = "2006-01-02T15:04:05.000000Z"
	rows := make([]object, n)
	for i, p := range people(n) {
		rows[i] = object{
			"id": 1 + i, "url": fmt.Sprintf("https://netbox.example.com/api/dcim/devices/%d/", 1+i), "name": p.first + "-" + p.last,
			"status": object{"value": []string{"active", "planned", "offline"}[i%3], "label": "X"}, "site": object{"id": 1, "slug": []string{"bonn", "ulm", "rom", "oslo"}[i%4]},
			"role": object{"slug": []string{"leaf", "spine"}[i%2]}, "device_type": object{"slug": "qfx5120", "manufacturer": object{"slug": "juniper"}},
			"tenant": nil, "rack": nil, "serial": []string{"SN-1", "sn-1", "SN-2"}[i%3], "asset_tag": text(p.phone), "position": nil,
			"created": p.made.Format(micros), "last_updated": p.changed.Format(micros),
		}
		if i%3 > 0 {
			rows[i]["tenant"] = object{"slug": []string{"acme", "Acme", "globex"}[i%3]}
		}
		if i%4 > 0 {
			rows[i]["rack"], rows[i]["position"] = object{"id": i % 7}, json.Number(strconv.Itoa(i%40)+".5")
		}
		if i%11 == 0 {
			rows[i]["name"] = nil
		}
	}
	return rows
}

func serveNetbox(r *request, rows []object, cols columns) (any, error) {
	limit, err := r.number("limit", 1, 1000, 50)
	if err != nil {
		return nil, err
	}
	limit = min(limit, 150) // MAX_PAGE_SIZE
	skip, err := r.number("offset", 0, 1<<30, 0)
	if err != nil {
		return nil, err
	}
	for name, values := range r.q {
		if name == "limit" || name == "offset" || name == "ordering" {
			continue
		}
		field, lookup, _ := strings.Cut(name, "__")
		col, err := cols.find(field)
		if err != nil {
			return nil, err
		}
		holds, err := djangoTest(col, lookup, values)
		if err != nil {
			return nil, err
		}
		rows = keep(rows, func(row object) bool { return holds(col.value(row)) })
	}
	var keys []order
	for key := range strings.SplitSeq(cmp.Or(r.q.Get("ordering"), "name"), ",") {
		name, descending := strings.CutPrefix(key, "-")
		col, err := cols.find(name)
		if err != nil {
			return nil, err
		}
		keys = append(keys, order{column: col, descending: descending})
	}
	part, more := page(sorted(rows, keys...), skip, limit)
	body := object{"count": len(rows), "next": nil, "previous": nil, "results": part}
	if more {
		body["next"] = r.again(url.Values{"offset": {strconv.Itoa(skip + limit)}})
	}
	if skip > 0 {
		body["previous"] = r.again(url.Values{"offset": {strconv.Itoa(max(skip-limit, 0))}})
	}
	return body, nil
}

// again is the URL of a request with other parameters.
func (r *request) again(changed url.Values) string {
	q := r.URL.Query()
	maps.Copy(q, changed)
	return fmt.Sprintf("http://%s%s?%s", r.Host, r.URL.EscapedPath(), q.Encode())
}

// djangoTest is a filter of django-filter with one of NetBox's lookups.
func djangoTest(col column, lookup string, values []string) (func(model.Value) bool, error) {
	equal := func(v model.Value) bool {
		return !v.IsNull() && slices.ContainsFunc(values, func(text string) bool {
			return v.String() == text || col.name == "serial" && strings.EqualFold(v.String(), text)
		})
	}
	holds := map[string]func(text, part string) bool{"ic": strings.Contains, "isw": strings.HasPrefix, "iew": strings.HasSuffix}[lookup]
	switch {
	case lookup == "":
		return equal, nil
	case lookup == "n":
		return func(v model.Value) bool { return !equal(v) }, nil
	case holds != nil && col.kind == model.TypeString:
		return func(v model.Value) bool {
			return !v.IsNull() && slices.ContainsFunc(values, func(part string) bool { return holds(strings.ToUpper(v.Str()), strings.ToUpper(part)) })
		}, nil
	case col.kind == model.TypeInt && len(values) == 1:
		n, err := strconv.ParseInt(values[0], 10, 64)
		return func(v model.Value) bool { return !v.IsNull() && bounded(int(v.Int()-n), lookup) }, err
	case col.kind == model.TypeDateTime && len(values) == 1:
		at, err := time.Parse(time.RFC3339, values[0])
		return func(v model.Value) bool { return !v.IsNull() && bounded(v.Time().Compare(at), lookup) }, err
	}
	return nil, refuse("there is no lookup %s__%s", col.name, lookup)
}
