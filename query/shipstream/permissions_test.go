package shipstream_test

import (
	"strings"
	"testing"

	"github.com/muster-go/muster/query"
	"github.com/muster-go/muster/query/shipstream"
	"github.com/muster-go/muster/query/shipstream/shipstreamtest"
)

// TestPermissions asks who may do what, of users and of roles.
func TestPermissions(t *testing.T) {
	t.Parallel()
	server := shipstreamtest.NewServer(shipstreamtest.Options{
		Rows: []shipstreamtest.User{
			{ID: 1, Name: "Ada", Active: true, Roles: []int64{1, 2}},
			{ID: 2, Name: "Bob", Active: true, Roles: []int64{3}},
			{ID: 3, Name: "Cyd", Active: false, Roles: []int64{1}},
			{ID: 4, Name: "Dan", Active: true},
		},
		Roles: []shipstreamtest.Role{
			{ID: 1, Name: "Pickers", Permissions: []string{"warehouse", "warehouse/staff"}},
			{ID: 2, Name: "Owners", Permissions: []string{"system"}},
			{ID: 3, Name: "Guests"},
		},
	})
	users := usersOf(t, server)
	for _, tc := range []struct{ filter, ids string }{
		{"roles.permissions = 'warehouse/staff'", "1 3"},
		{"roles.permissions = 'WAREHOUSE/staff'", "1 3"}, // as names are compared
		{"roles.permissions = 'warehouse/staff' and is_active", "1"},
		{"roles.permissions starts with 'warehouse' and roles.permissions = 'system'", "1"},
		{"roles.permissions in ('system', 'x')", "1"},
		{"roles.permissions != 'warehouse'", "2 4"},
		{"roles.permissions is empty", "2"},
		{"roles is empty", "4"},
		{"roles is not empty and not roles.permissions like '%staff'", "2"},
	} {
		rows, err := query.Run(t.Context(), users, tc.filter, query.OrderBy("id"))
		if err != nil {
			t.Fatal(err)
		}
		var ids []string
		for batch := range rows.Batches() {
			for i := range batch {
				ids = append(ids, batch[i].Value(0).String())
			}
		}
		if err := rows.Err(); err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(ids, " "); got != tc.ids {
			t.Errorf("%s: users %s, want %s", tc.filter, got, tc.ids)
		}
	}
	if p, err := query.Prepare(users, "roles.permissions = 'x' and is_active"); err != nil || p.Scans[0].Query.Get("filter") != "is_active:true" {
		t.Errorf("%v, %v", p, err)
	}
	roles := shipstream.Roles(users.Client(), shipstream.OrganizationUsers)
	rows, err := query.Run(t.Context(), roles, "permissions starts with 'sys' or permissions is empty", query.OrderBy("id"))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for batch := range rows.Batches() {
		for i := range batch {
			names = append(names, batch[i].Name.Or(""))
		}
	}
	if got := strings.Join(names, " "); got != "Owners Guests" || rows.Err() != nil {
		t.Errorf("%s, %v", got, rows.Err())
	}
}
