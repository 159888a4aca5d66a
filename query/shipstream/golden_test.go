package shipstream_test

import (
	"encoding/json"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query/shipstream"
)

// TestReferenceExample holds the decoder to the example of the API reference:
// it decodes whole, role 3 resolves, warehouse 123 and brand 4 do not, its text
// "<string>" for a link is kept, and encoding gives the same JSON.
func TestReferenceExample(t *testing.T) {
	body, err := os.ReadFile("testdata/list-users-reference.json")
	if err != nil {
		t.Fatal(err)
	}
	page, err := shipstream.DecodeUsers(body)
	if err != nil {
		t.Fatal(err)
	}
	if len(page.Rows) != 1 || !page.HasMore || page.Next != "<string>" || page.Previous != "<string>" {
		t.Errorf("page = %d rows, has_more %v, next %q, previous %q", len(page.Rows), page.HasMore, page.Next, page.Previous)
	}
	if m := page.Meta; m.ProcessingTime != 0.2525252525 || m.CursorStart != model.Some[int64](123) ||
		m.CursorEnd != model.Some[int64](123) || m.Count != model.Some[int64](123) {
		t.Errorf("meta = %+v", m)
	}
	u := &page.Rows[0]
	if u.Kind != shipstream.OrganizationUser || u.ID != 3 || u.Name.Or("") != "Bernard Greensmith" ||
		u.Email.Or("") != "admin@example.com" || u.Username.Or("") != "b.greensmith" ||
		!u.IsActive.Or(false) || !u.LoginViaBadge.Or(false) || !u.CreatedAt.IsAbsent() {
		t.Errorf("user = %+v", u)
	}
	role, ok := model.LookupAs[*shipstream.Role](u.Included(), u.Roles.Or(nil)[0])
	if !ok || role.Type != shipstream.RefOrganizationUserRole || role.Name.Or("") != "Administrators" || len(role.Permissions.Or(nil)) != 6 {
		t.Errorf("role 3 = %+v, %v", role, ok)
	}
	want := []model.Ref{{Type: shipstream.RefWarehouse, ID: 123}, {Type: shipstream.RefBrand, ID: 4}}
	if diff := cmp.Diff(want, page.Unresolved()); diff != "" {
		t.Errorf("unresolved (-want +got):\n%s", diff)
	}
	again, err := json.Marshal(page)
	if err != nil {
		t.Fatal(err)
	}
	wantSameJSON(t, body, again)
}

// wantSameJSON fails unless both texts hold the same JSON, whatever the order of
// members.
func wantSameJSON(t *testing.T, want, got []byte) {
	t.Helper()
	var w, g any
	if err := json.Unmarshal(want, &w); err != nil {
		t.Fatalf("want: %v", err)
	}
	if err := json.Unmarshal(got, &g); err != nil {
		t.Fatalf("got: %v\n%s", err, got)
	}
	if diff := cmp.Diff(w, g); diff != "" {
		t.Errorf("JSON differs (-want +got):\n%s", diff)
	}
}
