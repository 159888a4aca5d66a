package model_test

import (
	"encoding/json"
	"slices"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/muster-go/muster/model"
)

func TestIncludedNil(t *testing.T) {
	t.Parallel()
	var inc *model.Included
	ref := model.Ref{Type: model.RefWarehouse, ID: 1}
	_, lookup := inc.Lookup(ref)
	_, role := inc.Role(ref)
	_, warehouse := inc.Warehouse(ref)
	_, merchant := inc.Merchant(ref)
	_, brand := inc.Brand(ref)
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
	org := &model.Role{Type: model.RefOrganizationUserRole, ID: 1}
	client := &model.Role{Type: model.RefClientUserRole, ID: 1}
	brand := &model.Brand{ID: 1}
	again := &model.Brand{ID: 1, Name: model.Some("second")}
	inc := model.NewIncluded(org, client, brand, again)
	if r, ok := inc.Role(org.Ref()); !ok || r != org {
		t.Errorf("organization role: %v, %v", r, ok)
	}
	if r, ok := inc.Role(client.Ref()); !ok || r != client {
		t.Errorf("client role: %v, %v", r, ok)
	}
	if b, ok := inc.Brand(brand.Ref()); !ok || b != brand {
		t.Errorf("of two with one reference the first is found, got %v, %v", b, ok)
	}
	if _, ok := inc.Warehouse(brand.Ref()); ok {
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
	if _, ok := page.Included.Warehouse(model.Ref{Type: "Depot", ID: 1}); !ok {
		t.Error("Depot 1 is not found")
	}
	if _, ok := page.Included.Warehouse(model.Ref{Type: "Warehouse", ID: 1}); ok {
		t.Error("Warehouse 1 is found")
	}
	if _, ok := page.Included.Warehouse(model.Ref{Type: "Warehouse", ID: 2}); !ok {
		t.Error("Warehouse 2 is not found")
	}
}

// TestIncludedUnknown: what is no list of objects is kept where it can be read, beside
// lists of objects of types that are not known.
func TestIncludedUnknown(t *testing.T) {
	t.Parallel()
	page, err := model.DecodeUsers([]byte(`{"collection":[],"has_more":false,"included":{"Drone":{"7":{"id":7}},"Kite":[{"type":"Kite","id":1}],"Role":[]}}`))
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
	for role := range page.Included.Roles(&page.Rows[0]) {
		ids = append(ids, role.ID)
	}
	if !slices.Equal(ids, []int64{3, 1}) {
		t.Errorf("roles %v", ids)
	}
	for range page.Included.Roles(&page.Rows[0]) { // stops when told to
		break
	}
	for role := range (*model.Included)(nil).Roles(&model.User{}) {
		t.Errorf("role %v", role)
	}
}

// TestIncludedResolvesOnce: one lookup makes the index, and none after it costs more
// than a look at it.
func TestIncludedResolvesOnce(t *testing.T) {
	role := &model.Role{Type: model.RefClientUserRole, ID: 3, Name: model.Some("Pickers")}
	inc := model.NewIncluded(role, &model.Warehouse{ID: 5})
	if got, ok := inc.Role(role.Ref()); !ok || got != role {
		t.Fatalf("%v, %v", got, ok)
	}
	if n := testing.AllocsPerRun(100, func() { inc.Role(role.Ref()) }); n > 0 {
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
			if _, ok := page.Included.Warehouse(model.Ref{Type: "Warehouse", ID: 1}); !ok {
				t.Error("not found")
			}
		})
	}
	all.Wait()
}

func TestOpt(t *testing.T) {
	t.Parallel()
	type row struct {
		A model.Opt[int] `json:"a,omitzero"`
	}
	tests := []struct {
		opt                   model.Opt[int]
		set, null, absent     bool
		text, json, marshaled string
	}{
		{model.Opt[int]{}, false, false, true, "", `{}`, `null`},
		{model.NullOpt[int](), false, true, false, "null", `{"a":null}`, `null`},
		{model.Some(0), true, false, false, "0", `{"a":0}`, `0`},
		{model.Some(7), true, false, false, "7", `{"a":7}`, `7`},
	}
	for _, tt := range tests {
		o := tt.opt
		if _, ok := o.Get(); ok != tt.set || o.IsSet() != tt.set || o.IsNull() != tt.null || o.IsAbsent() != tt.absent || o.String() != tt.text {
			t.Errorf("%+v: %q", tt, o.String())
		}
		got, err := json.Marshal(row{o})
		if err != nil || string(got) != tt.json {
			t.Errorf("%q encodes as %s, %v", o, got, err)
		}
		if got, err := json.Marshal(o); err != nil || string(got) != tt.marshaled {
			t.Errorf("%q by itself encodes as %s, %v", o, got, err)
		}
		var back row
		if err := json.Unmarshal([]byte(tt.json), &back); err != nil || back.A != o {
			t.Errorf("%s decodes as %q, %v", tt.json, back.A, err)
		}
	}
	if err := json.Unmarshal([]byte(`{"a":"x"}`), new(row)); err == nil {
		t.Error("a string for an int: no error")
	}
	if got := model.NullOpt[int]().Or(3); got != 3 {
		t.Errorf("Or = %d", got)
	}
}

func TestUserType(t *testing.T) {
	t.Parallel()
	for s, holds := range map[string][3]bool{
		"any": {true, true, true}, "organization": {true, false, false}, "client": {false, true, false},
	} {
		typ, err := model.ParseUserType(s)
		got := [3]bool{typ.Has(model.OrganizationUser), typ.Has(model.ClientUser), typ.Has("RobotUser")}
		if err != nil || got != holds {
			t.Errorf("%s: %v, %v", s, got, err)
		}
	}
	for _, s := range []string{"", "Any", "all"} {
		if typ, err := model.ParseUserType(s); err == nil || typ.Has(model.ClientUser) {
			t.Errorf("ParseUserType(%q) = %v, %v", s, typ, err)
		}
	}
}

func TestUserRef(t *testing.T) {
	t.Parallel()
	u := model.User{Kind: model.ClientUser, ID: 4}
	if got := u.Ref(); got != (model.Ref{Type: "ClientUser", ID: 4}) {
		t.Errorf("Ref = %v", got)
	}
}
