package shipstreamtest_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/muster-go/muster/query/shipstream/shipstreamtest"
)

// staff is one user of each kind, with every field set, and one with nulls.
func staff() shipstreamtest.Options {
	return shipstreamtest.Options{
		Rows: []shipstreamtest.User{
			{
				ID: 3, Name: "Bernard Greensmith", Email: "admin@example.com", Username: "b.greensmith", Active: true,
				Roles: []int64{3, 77}, LoginViaBadge: true, Warehouse: 123,
				CreatedAt: at("2017-07-21T17:32:28Z"), LastLoginAt: at("2024-01-01T00:00:00Z"),
			},
			{
				ID: 4, Kind: shipstreamtest.ClientUser, Name: "Carla", Email: "c@example.com", Username: "carla",
				Roles: []int64{3}, Merchant: 4, CreatedAt: at("2018-01-01T00:00:00Z"),
			},
			{ID: 5, Name: "Dmitri", Email: "d@example.com", Username: "dmitri", Warehouse: 3, Roles: []int64{3}, CreatedAt: at("2018-01-01T00:00:00Z")},
			{ID: 6, Name: "Elena", Email: "e@example.com", Username: "elena", CreatedAt: at("2019-01-01T00:00:00Z")},
			{ID: 9, Name: "Gone", Email: "g@example.com", Username: "gone", Deleted: true},
		},
		Roles: []shipstreamtest.Role{
			{ID: 3, Name: "Administrators", Permissions: []string{"warehouse", "warehouse/staff"}},
			{ID: 3, Kind: shipstreamtest.ClientUser, Name: "Buyers"},
		},
		Warehouses: []shipstreamtest.Warehouse{{ID: 3, Name: "East Coast 1", Active: true}},
		Merchants:  []shipstreamtest.Merchant{{ID: 4, Code: "acme_inc", Name: "ACME Inc.", Active: true, SortOrder: 5, CreatedAt: at("2017-07-21T17:32:28Z"), Brands: []int64{4}, DefaultBrand: 4}},
	}
}

// keys returns the keys of a JSON object in their order.
func keys(t *testing.T, object []byte) []string {
	t.Helper()
	dec := json.NewDecoder(strings.NewReader(string(object)))
	var out []string
	if _, err := dec.Token(); err != nil {
		t.Fatal(err)
	}
	for dec.More() {
		key, err := dec.Token()
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, fmt.Sprint(key))
		var value json.RawMessage
		if err := dec.Decode(&value); err != nil {
			t.Fatal(err)
		}
	}
	return out
}

func rawRows(t *testing.T, c caller, path string) []json.RawMessage {
	t.Helper()
	_, _, body := fetch(t, c, path)
	var p struct {
		Collection []json.RawMessage `json:"collection"`
	}
	if err := json.Unmarshal(body, &p); err != nil {
		t.Fatalf("%v in %s", err, body)
	}
	return p.Collection
}

func TestFields(t *testing.T) {
	tr := start(t, staff())
	basic := []string{"type", "id", "name", "email", "username", "is_active"}
	for _, c := range []struct {
		fields               []string
		organization, client []string
	}{
		{nil, nil, nil},
		{[]string{"roles"}, []string{"roles"}, []string{"roles"}},
		{[]string{"login_via_badge"}, []string{"login_via_badge"}, nil},
		{[]string{"default_warehouse,roles"}, []string{"roles", "default_warehouse"}, []string{"roles"}},
		{[]string{"merchant"}, nil, []string{"merchant"}},
		{[]string{"last_login_at", "created_at"}, []string{"created_at", "last_login_at"}, []string{"created_at", "last_login_at"}},
		{
			[]string{"all"},
			[]string{"roles", "login_via_badge", "default_warehouse", "created_at", "last_login_at"},
			[]string{"roles", "merchant", "created_at", "last_login_at"},
		},
	} {
		params := []string{"sort", "id"}
		for _, f := range c.fields {
			params = append(params, "fields", f)
		}
		rows := rawRows(t, tr, list("any", params...))
		if got, want := keys(t, rows[0]), append(slices.Clone(basic), c.organization...); !slices.Equal(got, want) {
			t.Errorf("fields=%q: organization user has %q, want %q", c.fields, got, want)
		}
		if got, want := keys(t, rows[1]), append(slices.Clone(basic), c.client...); !slices.Equal(got, want) {
			t.Errorf("fields=%q: client user has %q, want %q", c.fields, got, want)
		}
	}
	for _, bad := range []string{"", "name", "nope", "roles,", "basic", "roles, merchant"} {
		refused(t, tr, list("any", "fields", bad), http.StatusBadRequest, "query.fields")
	}
}

func TestFieldsValues(t *testing.T) {
	tr := start(t, staff())
	got := string(rawRows(t, tr, list("any", "sort", "id", "fields", "all"))[0])
	want := `{"type":"OrganizationUser","id":3,"name":"Bernard Greensmith","email":"admin@example.com","username":"b.greensmith","is_active":true,` +
		`"roles":[{"type":"OrganizationUserRole","id":3},{"type":"OrganizationUserRole","id":77}],"login_via_badge":true,` +
		`"default_warehouse":{"type":"Warehouse","id":123},"created_at":"2017-07-21T17:32:28Z","last_login_at":"2024-01-01T00:00:00Z"}`
	if got != want {
		t.Errorf("row 3 is\n%s\nwant\n%s", got, want)
	}
	none := get(t, tr, list("any", "fields", "all")).Collection[0]
	if string(none.DefaultWarehouse) != "null" || string(none.LastLoginAt) != "null" || none.Roles == nil || len(none.Roles) != 0 {
		t.Errorf("row 6 has %+v, want nulls and no roles", none)
	}
}

func included(p *page) map[string][]string {
	out := map[string][]string{}
	for typ, objects := range p.Included {
		for _, o := range objects {
			out[typ] = append(out[typ], string(o["id"])+":"+strings.Join(slices.Sorted(maps.Keys(o)), ","))
		}
	}
	return out
}

func testReference(t *testing.T, param, value string, want map[string][]string) {
	t.Helper()
	tr := start(t, staff())
	if got := included(get(t, tr, list("any", param, value))); !reflect.DeepEqual(got, want) {
		t.Errorf("%s=%s: included %q, want %q", param, value, got, want)
	}
	refused(t, tr, list("any", param, "nope"), http.StatusBadRequest, "query."+param)
	refused(t, tr, list("any", param, ""), http.StatusBadRequest, "query."+param)
}

func TestFieldsRoles(t *testing.T) {
	both := func(fields string) map[string][]string {
		return map[string][]string{"OrganizationUserRole": {"3:" + fields}, "ClientUserRole": {"3:" + fields}}
	}
	testReference(t, "fields:roles", "all", both("id,name,permissions,type"))
	testReference(t, "fields:roles", "basic", both("id,name,type"))
	testReference(t, "fields:roles", "permissions", both("id,permissions,type"))
	testReference(t, "fields:roles", "id", both("id,type"))
	if p := get(t, start(t, staff()), list("any", "fields:roles", "all")); p.Collection[2].Roles == nil {
		t.Error("fields:roles does not imply fields=roles")
	}
}

func TestFieldsDefaultWarehouse(t *testing.T) {
	testReference(t, "fields:default_warehouse", "all", map[string][]string{"Warehouse": {"3:id,is_active,name,type"}})
	testReference(t, "fields:default_warehouse", "name", map[string][]string{"Warehouse": {"3:id,name,type"}})
}

func TestFieldsMerchant(t *testing.T) {
	all := map[string][]string{"Merchant": {"4:brands,code,created_at,default_brand,id,is_active,is_deleted,name,sort_order,type"}}
	testReference(t, "fields:merchant", "all", all)
	testReference(t, "fields:merchant", "basic", all)
	testReference(t, "fields:merchant", "code,name", map[string][]string{"Merchant": {"4:code,id,name,type"}})
}

func TestIncludedOncePerPage(t *testing.T) {
	tr := start(t, shipstreamtest.Options{Users: 2000})
	p := get(t, tr, list("any", "limit", "1000", "fields:roles", "all", "fields:default_warehouse", "all", "fields:merchant", "all"))
	for typ, objects := range p.Included {
		seen := map[string]bool{}
		for _, o := range objects {
			id := string(o["id"])
			if seen[id] {
				t.Errorf("%s %s is included twice", typ, id)
			}
			seen[id] = true
		}
	}
	if got := slices.Sorted(maps.Keys(p.Included)); !slices.Equal(got, []string{"ClientUserRole", "Merchant", "OrganizationUserRole", "Warehouse"}) {
		t.Errorf("included types %q", got)
	}
}

func TestHideTimestamps(t *testing.T) {
	o := staff()
	o.HideTimestamps = true
	tr := start(t, o)
	refused(t, tr, list("any", "fields", "created_at"), http.StatusBadRequest, "query.fields")
	refused(t, tr, list("any", "fields", "last_login_at"), http.StatusBadRequest, "query.fields")
	for _, row := range rawRows(t, tr, list("any", "fields", "all")) {
		if strings.Contains(string(row), "_at") {
			t.Errorf("%s shows a timestamp", row)
		}
	}
	if got := get(t, tr, list("any", "filter", `created_at{to:"2017-12-31"}`, "sort", "created_at")).ids(); !slices.Equal(got, []int64{3}) {
		t.Errorf("filter by created_at gives %v, want [3]", got)
	}
}

func TestGetUser(t *testing.T) {
	tr := start(t, staff())
	_, _, body := fetch(t, tr, "/v1/system/users/organization/5?fields:default_warehouse=name")
	want := `{"resource":{"type":"OrganizationUser","id":5,"name":"Dmitri","email":"d@example.com","username":"dmitri","is_active":false,` +
		`"default_warehouse":{"type":"Warehouse","id":3}},"included":{"Warehouse":[{"type":"Warehouse","id":3,"name":"East Coast 1"}]}}`
	if string(body) != want {
		t.Errorf("got  %s\nwant %s", body, want)
	}
	refused(t, tr, "/v1/system/users/client/5", http.StatusNotFound, "")
	refused(t, tr, "/v1/system/users/any/9", http.StatusNotFound, "")
	refused(t, tr, "/v1/system/users/any/1234", http.StatusNotFound, "")
	refused(t, tr, "/v1/system/users/any/x", http.StatusBadRequest, "path.id")
	refused(t, tr, "/v1/system/users/any/0", http.StatusBadRequest, "path.id")
	refused(t, tr, "/v1/system/users/nobody/5", http.StatusBadRequest, "path.type")
	refused(t, tr, "/v1/system/users/any/5?limit=1", http.StatusBadRequest, "query.limit")
}

func TestExtraMembersSurvive(t *testing.T) {
	tr := start(t, shipstreamtest.Options{Rows: []shipstreamtest.User{{ID: 1, Extra: `"shift":{"hours":[1,2]}`}}})
	if got := keys(t, rawRows(t, tr, list("any"))[0]); got[len(got)-1] != "shift" {
		t.Errorf("keys %q, want shift at the end", got)
	}
}
