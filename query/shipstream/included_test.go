package shipstream_test

import (
	"slices"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query/shipstream"
)

func TestIncludedNil(t *testing.T) {
	t.Parallel()
	var inc *model.Included
	ref := model.Ref{Type: shipstream.RefWarehouse, ID: 1}
	_, lookup := inc.Lookup(ref)
	_, role := model.LookupAs[*shipstream.Role](inc, ref)
	_, warehouse := model.LookupAs[*shipstream.Warehouse](inc, ref)
	_, merchant := model.LookupAs[*shipstream.Merchant](inc, ref)
	_, brand := model.LookupAs[*shipstream.Brand](inc, ref)
	_, raw := inc.Raw(ref)
	if lookup || role || warehouse || merchant || brand || raw || inc.Len() != 0 {
		t.Error("a nil Included holds something")
	}
	for o := range inc.Objects() {
		t.Errorf("a nil Included yields %v", o)
	}
	if got := string(inc.AppendJSON(nil)); got != `{}` {
		t.Errorf("encodes as %s", got)
	}
}

// TestIncludedByTypeAndID keeps apart objects that share an id or a shape.
func TestIncludedByTypeAndID(t *testing.T) {
	t.Parallel()
	org := &shipstream.Role{Type: shipstream.RefOrganizationUserRole, ID: 1}
	client := &shipstream.Role{Type: shipstream.RefClientUserRole, ID: 1}
	brand := &shipstream.Brand{ID: 1}
	again := &shipstream.Brand{ID: 1, Name: model.Some("second")}
	inc := model.NewIncluded(org, client, brand, again)
	if r, ok := model.LookupAs[*shipstream.Role](inc, org.Ref()); !ok || r != org {
		t.Errorf("organization role: %v, %v", r, ok)
	}
	if r, ok := model.LookupAs[*shipstream.Role](inc, client.Ref()); !ok || r != client {
		t.Errorf("client role: %v, %v", r, ok)
	}
	if b, ok := model.LookupAs[*shipstream.Brand](inc, brand.Ref()); !ok || b != brand {
		t.Errorf("of two with one reference the first is found, got %v, %v", b, ok)
	}
	if _, ok := model.LookupAs[*shipstream.Warehouse](inc, brand.Ref()); ok {
		t.Error("a brand was found as a warehouse")
	}
	if inc.Len() != 4 {
		t.Errorf("%d objects", inc.Len())
	}
	for o := range inc.Objects() {
		if o != model.Object(org) {
			t.Errorf("first object %v", o)
		}
		break
	}
}

// TestIncludedTypeOfObjectWins files an object under its own type, not the key
// of its list.
func TestIncludedTypeOfObjectWins(t *testing.T) {
	t.Parallel()
	page := mustDecode(t, `{"collection":[],"has_more":false,"included":{"Warehouse":[{"type":"Depot","id":1},{"id":2}]}}`)
	if _, ok := model.LookupAs[*shipstream.Warehouse](page.Included, model.Ref{Type: "Depot", ID: 1}); !ok {
		t.Error("Depot 1 is not found")
	}
	if _, ok := model.LookupAs[*shipstream.Warehouse](page.Included, model.Ref{Type: "Warehouse", ID: 1}); ok {
		t.Error("Warehouse 1 is found")
	}
	if _, ok := model.LookupAs[*shipstream.Warehouse](page.Included, model.Ref{Type: "Warehouse", ID: 2}); !ok {
		t.Error("Warehouse 2 is not found")
	}
}

// TestIncludedUnknown: what is no list of objects is kept where it can be read, beside
// lists of objects of types that are not known.
func TestIncludedUnknown(t *testing.T) {
	t.Parallel()
	page, err := shipstream.DecodeUsers([]byte(`{"collection":[],"has_more":false,"included":{"Drone":{"7":{"id":7}},"Kite":[{"type":"Kite","id":1}],"Role":[]}}`))
	if err != nil {
		t.Fatal(err)
	}
	got := make(map[string]string)
	for name, raw := range page.Included.Unknown() {
		got[name] = string(raw)
	}
	if len(got) != 1 || got["Drone"] != `{"7":{"id":7}}` {
		t.Errorf("unknown: %v", got)
	}
	if _, ok := page.Included.Lookup(model.Ref{Type: "Kite", ID: 1}); !ok {
		t.Error("the kite is not found")
	}
	for range (*model.Included)(nil).Unknown() {
		t.Error("a nil Included has something")
	}
}

func TestUnresolved(t *testing.T) {
	t.Parallel()
	page := mustDecode(t, `{"collection":[
		{"id":3,"roles":[{"type":"ClientUserRole","id":1},{"type":"ClientUserRole","id":2}],"merchant":{"type":"Merchant","id":9}},
		{"id":2,"roles":[{"type":"ClientUserRole","id":2}],"default_warehouse":{"type":"Depot","id":2},"merchant":null},
		{"id":1}],
		"included":{"ClientUserRole":[{"id":1}],"Merchant":[{"id":9,"brands":[{"type":"Brand","id":1}],"default_brand":{"type":"Brand","id":2}}],
		"Brand":[{"id":1}]},"has_more":false}`)
	want := []model.Ref{{Type: "ClientUserRole", ID: 2}, {Type: "Depot", ID: 2}, {Type: "Brand", ID: 2}}
	if diff := cmp.Diff(want, page.Unresolved()); diff != "" {
		t.Errorf("unresolved (-want +got):\n%s", diff)
	}
	refs := slices.Collect(page.Rows[0].References())
	if len(refs) != 3 || refs[2].String() != "Merchant 9" {
		t.Errorf("references = %v", refs)
	}
	for range page.Rows[0].References() { // stops when told to
		break
	}
	for range page.Rows[1].References() {
		break
	}
	if got := (&model.Page[int]{Rows: []int{1}}).Unresolved(); got != nil {
		t.Errorf("rows without references: %v", got)
	}
}

func TestIncludedRoles(t *testing.T) {
	t.Parallel()
	page := mustDecode(t, `{"collection":[{"id":1,"roles":[{"type":"ClientUserRole","id":3},{"type":"ClientUserRole","id":2},{"type":"ClientUserRole","id":1}]}],`+
		`"included":{"ClientUserRole":[{"id":1},{"id":3}]},"has_more":false}`)
	var ids []int64
	for role := range shipstream.RolesOf(&page.Rows[0]) {
		ids = append(ids, role.ID)
	}
	if !slices.Equal(ids, []int64{3, 1}) {
		t.Errorf("roles %v", ids)
	}
	for range shipstream.RolesOf(&page.Rows[0]) { // stops when told to
		break
	}
	for role := range shipstream.RolesOf(&shipstream.User{}) {
		t.Errorf("role %v", role)
	}
}

// TestIncludedResolvesOnce: one lookup makes the index, and none after it costs more
// than a look at it.
func TestIncludedResolvesOnce(t *testing.T) {
	role := &shipstream.Role{Type: shipstream.RefClientUserRole, ID: 3, Name: model.Some("Pickers")}
	inc := model.NewIncluded(role, &shipstream.Warehouse{ID: 5})
	if got, ok := model.LookupAs[*shipstream.Role](inc, role.Ref()); !ok || got != role {
		t.Fatalf("%v, %v", got, ok)
	}
	if n := testing.AllocsPerRun(100, func() { model.LookupAs[*shipstream.Role](inc, role.Ref()) }); n > 0 {
		t.Errorf("a second lookup allocates %v times", n)
	}
}

// TestIncludedConcurrently resolves from many goroutines at once, which is for
// the race detector to look at.
func TestIncludedConcurrently(t *testing.T) {
	t.Parallel()
	page := mustDecode(t, `{"collection":[],"included":{"Warehouse":[{"id":1}]},"has_more":false}`)
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			if _, ok := model.LookupAs[*shipstream.Warehouse](page.Included, model.Ref{Type: "Warehouse", ID: 1}); !ok {
				t.Error("not found")
			}
		})
	}
	all.Wait()
}

func TestUserType(t *testing.T) {
	t.Parallel()
	for s, holds := range map[string][3]bool{
		"any": {true, true, true}, "organization": {true, false, false}, "client": {false, true, false},
	} {
		typ, err := shipstream.ParseUserType(s)
		got := [3]bool{typ.Has(shipstream.OrganizationUser), typ.Has(shipstream.ClientUser), typ.Has("RobotUser")}
		if err != nil || got != holds {
			t.Errorf("%s: %v, %v", s, got, err)
		}
	}
	for _, s := range []string{"", "Any", "all"} {
		if typ, err := shipstream.ParseUserType(s); err == nil || typ.Has(shipstream.ClientUser) {
			t.Errorf("ParseUserType(%q) = %v, %v", s, typ, err)
		}
	}
}

func TestUserRef(t *testing.T) {
	t.Parallel()
	u := shipstream.User{Kind: shipstream.ClientUser, ID: 4}
	if got := u.Ref(); got != (model.Ref{Type: "ClientUser", ID: 4}) {
		t.Errorf("Ref = %v", got)
	}
}
