package shipstream_test

import (
	"testing"
	"time"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query/shipstream"
)

func fieldIndex(t *testing.T, name string) int {
	t.Helper()
	f, ok := shipstream.UserSchema().Lookup(name)
	if !ok {
		t.Fatalf("no field %s", name)
	}
	return f.Index()
}

// fullUser has every field set; role 2 and no other reference is unresolved.
func fullUser() *shipstream.User {
	u := &shipstream.User{
		Kind: shipstream.OrganizationUser, ID: 5, Name: model.Some("Ana"), Email: model.Some("a@b.c"), Username: model.Some("ana"),
		IsActive: model.Some(true), LoginViaBadge: model.Some(false),
		Roles:            model.Some([]model.Ref{{Type: shipstream.RefOrganizationUserRole, ID: 1}, {Type: shipstream.RefOrganizationUserRole, ID: 2}, {Type: shipstream.RefClientUserRole, ID: 1}}),
		DefaultWarehouse: model.Some(model.Ref{Type: shipstream.RefWarehouse, ID: 3}),
		Merchant:         model.Some(model.Ref{Type: shipstream.RefMerchant, ID: 4}),
		CreatedAt:        model.Some(time.Date(2020, 1, 2, 3, 4, 5, 0, time.UTC)),
		LastLoginAt:      model.Some(time.Date(2021, 1, 2, 3, 4, 5, 600, time.UTC)),
	}
	u.SetIncluded(model.NewIncluded(
		&shipstream.Role{Type: shipstream.RefOrganizationUserRole, ID: 1, Name: model.Some("Pickers"), Permissions: model.Some([]string{"pick", "pick/\"fast\""})},
		&shipstream.Role{Type: shipstream.RefClientUserRole, ID: 1, Name: model.Some("Buyers")},
		&shipstream.Warehouse{ID: 3, Name: model.Some("East"), IsActive: model.Some(true)},
		&shipstream.Merchant{
			ID: 4, Name: model.Some("ACME"), Code: model.Some("acme"), IsActive: model.NullOpt[bool](),
			IsDeleted: model.Some(false), SortOrder: model.Some(int64(7)), CreatedAt: model.Some(time.Unix(60, 0)),
			Brands: model.Some([]model.Ref{{Type: shipstream.RefBrand, ID: 8}, {Type: shipstream.RefBrand, ID: 9}}), DefaultBrand: model.Some(model.Ref{Type: shipstream.RefBrand, ID: 9}),
		},
	))
	return u
}

func TestUserAsRecord(t *testing.T) {
	t.Parallel()
	u := fullUser()
	null := model.Null()
	tests := []struct {
		field string
		value model.Value
		at    []model.Value
	}{
		{"id", model.Int(5), nil},
		{"type", model.String("OrganizationUser"), nil},
		{"name", model.String("Ana"), nil},
		{"email", model.String("a@b.c"), nil},
		{"username", model.String("ana"), nil},
		{"is_active", model.Bool(true), nil},
		{"created_at", model.DateTimeUnix(1577934245), nil},
		{"last_login_at", model.DateTime(time.Unix(1609556645, 600)), nil},
		{"login_via_badge", model.Bool(false), nil},
		{"roles", model.Int(1), []model.Value{model.Int(1), model.Int(2), model.Int(1)}},
		{"roles.id", null, []model.Value{model.Int(1), model.Int(2), model.Int(1)}},
		{"roles.name", null, []model.Value{model.String("Pickers"), null, model.String("Buyers")}},
		{"roles.permissions", null, []model.Value{model.List(model.String("pick"), model.String(`pick/"fast"`)), null, null}},
		{"default_warehouse", model.Int(3), []model.Value{model.Int(3)}},
		{"default_warehouse.id", null, []model.Value{model.Int(3)}},
		{"default_warehouse.name", null, []model.Value{model.String("East")}},
		{"default_warehouse.is_active", null, []model.Value{model.Bool(true)}},
		{"merchant", model.Int(4), []model.Value{model.Int(4)}},
		{"merchant.id", null, []model.Value{model.Int(4)}},
		{"merchant.name", null, []model.Value{model.String("ACME")}},
		{"merchant.code", null, []model.Value{model.String("acme")}},
		{"merchant.is_active", null, []model.Value{null}},
		{"merchant.is_deleted", null, []model.Value{model.Bool(false)}},
		{"merchant.sort_order", null, []model.Value{model.Int(7)}},
		{"merchant.created_at", null, []model.Value{model.DateTimeUnix(60)}},
		{"merchant.brands", null, []model.Value{model.JSON(`[{"type":"Brand","id":8},{"type":"Brand","id":9}]`)}},
		{"merchant.default_brand", null, []model.Value{model.JSON(`{"type":"Brand","id":9}`)}},
	}
	if len(tests) != shipstream.UserSchema().Len() {
		t.Errorf("%d of %d fields tested", len(tests), shipstream.UserSchema().Len())
	}
	for _, tt := range tests {
		i := fieldIndex(t, tt.field)
		if got := u.Value(i); got != tt.value {
			t.Errorf("%s: value %v, want %v", tt.field, got, tt.value)
		}
		if u.Len(i) != len(tt.at) {
			t.Errorf("%s: %d references, want %d", tt.field, u.Len(i), len(tt.at))
			continue
		}
		for n, want := range tt.at {
			if got := u.At(i, n); got != want {
				t.Errorf("%s: reference %d has %v, want %v", tt.field, n, got, want)
			}
		}
	}
}

// TestEmptyUserAsRecord asks the zero user, a user of null fields and indexes
// out of range.
func TestEmptyUserAsRecord(t *testing.T) {
	t.Parallel()
	null := &shipstream.User{
		Name: model.NullOpt[string](), Roles: model.NullOpt[[]model.Ref](), DefaultWarehouse: model.NullOpt[model.Ref](),
		Merchant: model.NullOpt[model.Ref](), CreatedAt: model.NullOpt[time.Time](), IsActive: model.NullOpt[bool](),
	}
	for _, u := range []*shipstream.User{{}, null} {
		for i := -1; i <= shipstream.UserSchema().Len(); i++ {
			if v := u.Value(i); !v.IsNull() && v != model.Int(0) && v != model.String("") {
				t.Errorf("field %d has %v", i, v)
			}
			if u.Len(i) != 0 || !u.At(i, 0).IsNull() || !u.At(i, -1).IsNull() {
				t.Errorf("field %d has references", i)
			}
		}
	}
}

func TestRecordDoesNotAllocate(t *testing.T) {
	u := fullUser()
	schema := shipstream.UserSchema()
	allocs := testing.AllocsPerRun(100, func() {
		for i := range schema.Len() {
			if t := schema.Field(i).Type; t == model.TypeJSON || t == model.TypeList { // made anew
				for j := range u.Len(i) {
					for k := range max(u.ListLen(i, j), 0) {
						_ = u.Element(i, j, k)
					}
				}
				continue
			}
			_ = u.Value(i)
			for j := range u.Len(i) {
				_ = u.At(i, j)
			}
		}
	})
	if allocs != 0 {
		t.Errorf("%v allocations, want 0", allocs)
	}
}

func TestUserSchema(t *testing.T) {
	t.Parallel()
	s := shipstream.UserSchema()
	if s != shipstream.UserSchema() || s.Name() != "users" {
		t.Error("UserSchema must return one schema, called users")
	}
	// What the API reference documents about the fields, and what it leaves open.
	tests := []struct {
		name     string
		typ      model.Type
		nullable bool
		returned model.Returned
	}{
		{"id", model.TypeInt, false, model.ReturnedAlways},
		{"name", model.TypeString, false, model.ReturnedAlways},
		{"email", model.TypeString, true, model.ReturnedAlways},
		{"username", model.TypeString, false, model.ReturnedAlways},
		{"is_active", model.TypeBool, false, model.ReturnedAlways},
		{"created_at", model.TypeDateTime, true, model.ReturnedUnknown},
		{"last_login_at", model.TypeDateTime, true, model.ReturnedUnknown},
		{"login_via_badge", model.TypeBool, true, model.ReturnedOnRequest},
		{"roles", model.TypeRefs, false, model.ReturnedOnRequest},
		{"roles.name", model.TypeString, true, model.ReturnedOnRequest},
		{"default_warehouse", model.TypeRef, true, model.ReturnedOnRequest},
		{"merchant", model.TypeRef, true, model.ReturnedOnRequest},
	}
	for _, tt := range tests {
		f, ok := s.Lookup(tt.name)
		if !ok || f.Type != tt.typ || f.Nullable != tt.nullable || f.Returned != tt.returned || f.Type == model.TypeString && f.Collation != model.CI {
			t.Errorf("%s: %+v, want %+v", tt.name, f, tt)
		}
	}
	for i := range s.Len() {
		if f := s.Field(i); f.Doc == "" || f.Index() != i {
			t.Errorf("field %d: %+v", i, f)
		}
	}
}

// TestCarries: absent is not null, and no user lacks what its kind never has.
func TestCarries(t *testing.T) {
	t.Parallel()
	organization := &shipstream.User{Kind: shipstream.OrganizationUser, ID: 1, LastLoginAt: model.NullOpt[time.Time]()}
	client := &shipstream.User{Kind: shipstream.ClientUser, ID: 2, Roles: model.Some([]model.Ref{})}
	for _, test := range []struct {
		user  *shipstream.User
		field string
		want  model.Presence
	}{
		{organization, "id", model.Present},
		{organization, "last_login_at", model.Present},
		{organization, "created_at", model.Missing},
		{organization, "roles.name", model.Missing},
		{organization, "default_warehouse.name", model.Missing},
		{organization, "merchant.code", model.NotApplicable},
		{client, "roles", model.Present},
		{client, "merchant", model.Missing},
		{client, "login_via_badge", model.NotApplicable},
		{fullUser(), "merchant.id", model.Present},
	} {
		if got := test.user.Presence(fieldIndex(t, test.field)); got != test.want {
			t.Errorf("%s of %s: %d, want %d", test.field, test.user.Kind, got, test.want)
		}
	}
}
