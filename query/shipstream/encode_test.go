package shipstream_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"math"
	"testing"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query/shipstream"
)

func TestUserAppendJSON(t *testing.T) {
	t.Parallel()
	const want = `{"type":"OrganizationUser","id":5,"name":"Ana","email":"a@b.c","username":"ana","is_active":true,` +
		`"roles":[{"type":"OrganizationUserRole","id":1},{"type":"OrganizationUserRole","id":2},{"type":"ClientUserRole","id":1}],` +
		`"login_via_badge":false,"default_warehouse":{"type":"Warehouse","id":3},"merchant":{"type":"Merchant","id":4},` +
		`"created_at":"2020-01-02T03:04:05Z","last_login_at":"2021-01-02T03:04:05.0000006Z"}`
	u := fullUser()
	if got := string(u.AppendJSON([]byte("x"))); got != "x"+want {
		t.Errorf("got  %s\nwant x%s", got, want)
	}
	// Through encoding/json too, behind a pointer or not, in a list or a map.
	for _, v := range []any{u, *u} {
		if got, err := json.Marshal(v); err != nil || string(got) != want {
			t.Errorf("json.Marshal(%T) = %s, %v", v, got, err)
		}
	}
	empty := shipstream.User{ID: 1}
	if got := string(empty.AppendJSON(nil)); got != `{"id":1}` {
		t.Errorf("got %s", got)
	}
}

func TestUserAppendJSONBadUTF8(t *testing.T) {
	t.Parallel()
	u := shipstream.User{ID: 1, Name: model.Some("a\xffb")}
	if got := string(u.AppendJSON(nil)); got != `{"id":1,"name":"a`+"\ufffd"+`b"}` {
		t.Errorf("got %s", got)
	}
}

func TestUserAppendJSONFields(t *testing.T) {
	t.Parallel()
	full, empty := fullUser(), &shipstream.User{ID: 6}
	tests := []struct {
		fields      []string
		full, empty string
	}{
		{nil, `{"id":5}`, `{"id":6}`},
		{[]string{"id", "id"}, `{"id":5}`, `{"id":6}`},
		{[]string{"name", "type", "name"}, `{"id":5,"name":"Ana","type":"OrganizationUser"}`, `{"id":6,"name":null,"type":""}`},
		{[]string{"is_active", "email", "username"}, `{"id":5,"is_active":true,"email":"a@b.c","username":"ana"}`, `{"id":6,"is_active":null,"email":null,"username":null}`},
		{[]string{"created_at"}, `{"id":5,"created_at":"2020-01-02T03:04:05Z"}`, `{"id":6,"created_at":null}`},
		{[]string{"last_login_at"}, `{"id":5,"last_login_at":"2021-01-02T03:04:05.0000006Z"}`, `{"id":6,"last_login_at":null}`},
		{[]string{"login_via_badge"}, `{"id":5,"login_via_badge":false}`, `{"id":6,"login_via_badge":null}`},
		{[]string{"roles.name", "roles.id"}, `{"id":5,"roles.name":["Pickers",null,"Buyers"],"roles.id":[1,2,1]}`, `{"id":6,"roles.name":null,"roles.id":null}`},
		{[]string{"default_warehouse"}, `{"id":5,"default_warehouse":{"type":"Warehouse","id":3}}`, `{"id":6,"default_warehouse":null}`},
		{
			[]string{"default_warehouse.name", "default_warehouse.is_active", "default_warehouse.id"},
			`{"id":5,"default_warehouse.name":"East","default_warehouse.is_active":true,"default_warehouse.id":3}`,
			`{"id":6,"default_warehouse.name":null,"default_warehouse.is_active":null,"default_warehouse.id":null}`,
		},
		{[]string{"merchant", "merchant.code"}, `{"id":5,"merchant":{"type":"Merchant","id":4},"merchant.code":"acme"}`, `{"id":6,"merchant":null,"merchant.code":null}`},
	}
	for _, tt := range tests {
		for u, want := range map[*shipstream.User]string{full: tt.full, empty: tt.empty} {
			got, err := u.AppendJSONFields([]byte("x"), tt.fields)
			if err != nil || string(got) != "x"+want {
				t.Errorf("%v: got %s, %v, want x%s", tt.fields, got, err, want)
			}
		}
	}
	if got, err := empty.AppendJSONFields(nil, []string{"roles"}); err != nil || string(got) != `{"id":6,"roles":null}` {
		t.Errorf("got %s, %v", got, err)
	}
}

func TestUserAppendJSONFieldsUnknown(t *testing.T) {
	t.Parallel()
	u := mustDecode(t, pageOf(`{"id":6,"phone":{"home":1}}`)).Rows[0]
	if got, err := u.AppendJSONFields(nil, []string{"phone", "name"}); err != nil || string(got) != `{"id":6,"phone":{"home":1},"name":null}` {
		t.Errorf("got %s, %v", got, err)
	}
	got, err := u.AppendJSONFields([]byte("x"), []string{"name", "fax"})
	if !errors.Is(err, model.ErrUnknownField) || string(got) != "x" {
		t.Errorf("got %s, %v", got, err)
	}
}

func TestAppendJSONDoesNotAllocate(t *testing.T) {
	u := fullUser()
	dst := make([]byte, 0, 4096)
	fields := []string{"name", "roles", "roles.name", "default_warehouse.name", "created_at"}
	allocs := testing.AllocsPerRun(100, func() {
		dst = u.AppendJSON(dst[:0])
		var err error
		if dst, err = u.AppendJSONFields(dst[:0], fields); err != nil {
			t.Error(err)
		}
	})
	if allocs != 0 {
		t.Errorf("%v allocations, want 0", allocs)
	}
}

// TestPageMarshal encodes pages built by hand.
func TestPageMarshal(t *testing.T) {
	t.Parallel()
	var zero model.Page[shipstream.User]
	const wantZero = `{"collection":[],"included":{},"has_more":false,"meta":{}}`
	if got, err := json.Marshal(zero); err != nil || string(got) != wantZero {
		t.Errorf("got %s, %v", got, err)
	}
	page := &model.Page[shipstream.User]{
		Rows: []shipstream.User{{ID: 2}, {ID: 1}}, HasMore: true, Next: "/a?b=<c>", Previous: "/p",
		Included: model.NewIncluded(&shipstream.Brand{ID: 4, IsDeleted: model.Some(true)}, &shipstream.Warehouse{ID: 1}, &shipstream.Brand{ID: 5}),
		Meta:     model.Meta{ProcessingTime: math.Inf(1), Count: model.Some[int64](2), CursorEnd: model.NullOpt[int64]()},
	}
	const want = `{"collection":[{"id":2},{"id":1}],` +
		`"included":{"Brand":[{"type":"Brand","id":4,"is_deleted":true},{"type":"Brand","id":5}],"Warehouse":[{"type":"Warehouse","id":1}]},` +
		`"has_more":true,"next":"/a?b=<c>","previous":"/p","meta":{"cursor_end":null,"count":2}}`
	if got, err := page.MarshalJSON(); err != nil || string(got) != want {
		t.Errorf("got  %s, %v\nwant %s", got, err, want)
	}
	// Rows of a type that this package does not know go through encoding/json.
	other := model.Page[map[string]int]{Rows: []map[string]int{{"a": 1}}}
	if got, err := json.Marshal(other); err != nil || string(got) != `{"collection":[{"a":1}],"included":{},"has_more":false,"meta":{}}` {
		t.Errorf("got %s, %v", got, err)
	}
	if _, err := json.Marshal(model.Page[func()]{Rows: []func(){nil}}); err == nil {
		t.Error("rows that cannot be encoded: no error")
	}
}

func TestObjectsMarshal(t *testing.T) {
	t.Parallel()
	inc := model.NewIncluded(&shipstream.Role{Type: "R", ID: 1}, &shipstream.Warehouse{ID: 2}, &shipstream.Merchant{ID: 3}, &shipstream.Brand{ID: 4})
	for o := range inc.Objects() {
		got, err := json.Marshal(o)
		if err != nil || !bytes.Equal(got, o.AppendJSON(nil)) {
			t.Errorf("%T: got %s, %v", o, got, err)
		}
	}
	got, err := json.Marshal(inc)
	const want = `{"R":[{"type":"R","id":1}],"Warehouse":[{"type":"Warehouse","id":2}],"Merchant":[{"type":"Merchant","id":3}],"Brand":[{"type":"Brand","id":4}]}`
	if err != nil || string(got) != want {
		t.Errorf("got %s, %v", got, err)
	}
}
