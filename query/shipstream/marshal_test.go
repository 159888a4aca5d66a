package shipstream_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"maps"
	"math"
	"reflect"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query/shipstream"
	"github.com/muster-go/muster/query/shipstream/usertest"
)

// roundTrip marshals v, behind a pointer and not, and wants of a new value that it is
// unmarshalled into, and of one that held something else, the same JSON again.
func roundTrip[T any](t *rapid.T, v, other *T) {
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	for _, into := range []*T{new(T), other} {
		if err := json.Unmarshal(text, into); err != nil {
			t.Fatalf("%T: %v\n%s", v, err, text)
		}
		again, err := json.Marshal(into)
		if err != nil || !bytes.Equal(again, text) {
			t.Fatalf("%T: %v\n%s\n%s", v, err, text, again)
		}
	}
}

// byValue wants v to marshal the same behind a pointer and not.
func byValue[T any](t *rapid.T, v T) {
	pointed, err1 := json.Marshal(&v)
	valued, err2 := json.Marshal(v)
	if err := errors.Join(err1, err2); err != nil || !bytes.Equal(pointed, valued) {
		t.Fatalf("%v\n%s\n%s", err, pointed, valued)
	}
}

// foreign returns v with members that no field is for.
func foreign[T any](t *rapid.T, v *T) *T {
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	var members map[string]any
	exact := json.NewDecoder(bytes.NewReader(text))
	exact.UseNumber()
	if err := exact.Decode(&members); err != nil {
		t.Fatal(err)
	}
	maps.Copy(members, foreignMembers().Draw(t, "members"))
	members["deep"] = []any{[]any{[]any{[]any{[]any{[]any{[]any{[]any{[]any{}}}}}}}}} // which is doubted
	if text, err = json.Marshal(members); err != nil {
		t.Fatal(err)
	}
	into := new(T)
	if err := json.Unmarshal(text, into); err != nil {
		t.Fatal(err)
	}
	again, err := json.Marshal(into)
	if err != nil {
		t.Fatal(err)
	}
	var want, got any
	if err := errors.Join(json.Unmarshal(text, &want), json.Unmarshal(again, &got)); err != nil || !reflect.DeepEqual(want, got) {
		t.Fatalf("%T: %v\n%s\n%s", v, err, text, again)
	}
	return into
}

// TestMarshalRoundTrip: what encoding/json writes of a type, it reads.
func TestMarshalRoundTrip(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		page, other := usertest.Pages().Draw(t, "page"), usertest.Pages().Draw(t, "other")
		roundTrip(t, page, other)
		roundTrip(t, page.Included, other.Included)
		roundTrip(t, &page.Meta, &other.Meta)
		byValue(t, *page)
		byValue(t, *foreign(t, &page.Meta))
		for i := range page.Rows {
			u := foreign(t, &page.Rows[i])
			roundTrip(t, u, new(shipstream.User))
			raw := new(model.RawRow)
			text, _ := json.Marshal(u)
			if err := json.Unmarshal(text, raw); err != nil || raw.ID != u.ID {
				t.Fatalf("raw: %d, %v", raw.ID, err)
			}
			roundTrip(t, raw, &model.RawRow{ID: 7, JSON: []byte(`{"id":7}`)})
			byValue(t, *raw)
		}
		for o := range page.Included.Objects() {
			switch o := o.(type) {
			case *shipstream.Role:
				roundTrip(t, foreign(t, o), &shipstream.Role{ID: 7, Name: model.Some("x")})
				byValue(t, *o)
			case *shipstream.Warehouse:
				roundTrip(t, foreign(t, o), &shipstream.Warehouse{ID: 7, Name: model.Some("x")})
				byValue(t, *o)
			case *shipstream.Merchant:
				roundTrip(t, foreign(t, o), &shipstream.Merchant{ID: 7, Name: model.Some("x")})
				byValue(t, *o)
			case *shipstream.Brand:
				roundTrip(t, foreign(t, o), &shipstream.Brand{ID: 7, Name: model.Some("x")})
				byValue(t, *o)
			}
		}
	})
}

// TestUnmarshalPage: a page of rows of any type, its included objects found.
func TestUnmarshalPage(t *testing.T) {
	t.Parallel()
	const body = `{"collection":[{"id":1,"default_warehouse":{"type":"Warehouse","id":3}}],"included":{"Warehouse":[{"id":3,"name":"N"}]},"has_more":true,"next":"/n"}`
	var users model.Page[shipstream.User]
	if err := json.Unmarshal([]byte(body), &users); err != nil || len(users.Rows) != 1 || !users.HasMore || users.Next != "/n" {
		t.Fatalf("%+v, %v", users, err)
	}
	f, _ := shipstream.UserSchema().Lookup("default_warehouse.name")
	if got := users.Rows[0].At(f.Index(), 0); got != model.String("N") {
		t.Errorf("name = %v", got)
	}
	text := []byte(body)
	var raw model.Page[model.RawRow]
	if err := json.Unmarshal(text, &raw); err != nil || len(raw.Rows) != 1 {
		t.Fatalf("%+v, %v", raw, err)
	}
	clear(text)
	if got := string(raw.Rows[0].JSON); got != `{"id":1,"default_warehouse":{"type":"Warehouse","id":3}}` {
		t.Errorf("the row shares what it was decoded from: %s", got)
	}
	var plain model.Page[struct{ ID int }]
	if err := json.Unmarshal([]byte(body), &plain); err != nil || plain.Rows[0].ID != 1 {
		t.Errorf("%+v, %v", plain, err)
	}
	var e *model.DecodeError
	if err := json.Unmarshal([]byte(`{"collection":[1,"x"],"has_more":true}`), new(model.Page[int])); !errors.As(err, &e) || e.Path != "/collection/1" {
		t.Errorf("a string for an int: %v", err)
	}
	for _, into := range []any{new(model.DynamicRow), new(model.Page[model.DynamicRow])} {
		if err := json.Unmarshal([]byte(body), into); !errors.Is(err, errors.ErrUnsupported) {
			t.Errorf("%T: %v", into, err)
		}
	}
}

// TestUnmarshalErrors wants a value that cannot be unmarshalled into to stay as it was.
func TestUnmarshalErrors(t *testing.T) {
	t.Parallel()
	for _, into := range []any{
		&shipstream.Role{ID: 7}, &shipstream.Warehouse{ID: 7}, &shipstream.Merchant{ID: 7}, &shipstream.Brand{ID: 7}, &shipstream.User{ID: 7},
		&model.Meta{ProcessingTime: 7}, &model.Page[shipstream.User]{Next: "7"}, model.NewIncluded(&shipstream.Brand{ID: 7}), &model.RawRow{ID: 7, JSON: []byte("{}")},
	} {
		before, err := json.Marshal(into)
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal([]byte(`"x"`), into); !errors.As(err, new(*model.DecodeError)) {
			t.Errorf("%T: %v", into, err)
		}
		if after, err := json.Marshal(into); err != nil || !bytes.Equal(after, before) {
			t.Errorf("%T: %s, was %s, %v", into, after, before, err)
		}
	}
}

// TestMarshalZero: what has nothing to say says nothing.
func TestMarshalZero(t *testing.T) {
	t.Parallel()
	for want, v := range map[string]any{
		`null`: model.RawRow{}, `{}`: model.Meta{}, `{"id":0}`: shipstream.Role{}, `{"type":"Warehouse","id":0}`: shipstream.Warehouse{},
		`{"collection":[],"included":{},"has_more":false,"meta":{}}`: model.Page[model.RawRow]{},
	} {
		if got, err := json.Marshal(v); err != nil || string(got) != want {
			t.Errorf("%T is %s, %v", v, got, err)
		}
	}
	row := model.RawRow{ID: 7, JSON: []byte("{}")}
	if err := json.Unmarshal([]byte("null"), &row); err != nil || row.ID != 0 || row.JSON != nil {
		t.Errorf("%+v, %v", row, err)
	}
}

// TestMarshalTimes holds date-times to RFC 3339: zones of whole minutes within a day,
// years of four digits.
func TestMarshalTimes(t *testing.T) {
	t.Parallel()
	at := func(year int, offset int) time.Time {
		return time.Date(year, 6, 1, 12, 0, 0, 0, time.FixedZone("", offset))
	}
	for want, when := range map[string]time.Time{
		`"2024-06-01T12:00:00+02:00"`: at(2024, 7200),
		`"1850-06-01T11:06:32Z"`:      at(1850, 3208), // local mean time of Berlin
		`"2024-05-31T12:00:00Z"`:      at(2024, 86400),
		`"2024-06-02T13:00:00Z"`:      at(2024, -90000),
		`"0000-06-01T12:00:00Z"`:      at(0, 0),
	} {
		u := shipstream.User{ID: 1, CreatedAt: model.Some(when)}
		got, err := json.Marshal(u)
		if err != nil || string(got) != `{"id":1,"created_at":`+want+`}` {
			t.Errorf("%v: %s, %v", when, got, err)
		}
		var back shipstream.User
		if err := json.Unmarshal(got, &back); err != nil || !back.CreatedAt.Or(time.Time{}).Equal(when) {
			t.Errorf("%s: %v, %v", got, back.CreatedAt, err)
		}
	}
	for _, when := range []time.Time{at(10_000, 0), at(-1, 0), at(math.MaxInt32, 3600)} {
		u, m := shipstream.User{ID: 1, LastLoginAt: model.Some(when)}, shipstream.Merchant{ID: 1, CreatedAt: model.Some(when)}
		if got := string(u.AppendJSON(nil)); got != `{"id":1,"last_login_at":null}` {
			t.Errorf("%v: %s", when, got)
		}
		for _, v := range []any{u, &u, m, model.NewIncluded(&m), model.Page[shipstream.User]{Rows: []shipstream.User{u}}, model.Page[shipstream.Merchant]{Rows: []shipstream.Merchant{m}}, model.Page[shipstream.User]{Included: model.NewIncluded(&m)}} {
			if got, err := json.Marshal(v); err == nil {
				t.Errorf("%T: no error, %s", v, got)
			}
		}
	}
}

// TestDecodeTimes: exactly what RFC 3339 has, of users and of dynamic rows.
func TestDecodeTimes(t *testing.T) {
	t.Parallel()
	dynamic, err := model.NewDynamicDecoder(looseSchema(), model.DefaultLayout())
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]string{
		"2017-07-21T17:32:28Z": "2017-07-21T17:32:28Z", "2017-07-21t17:32:28z": "2017-07-21T17:32:28Z", "2024-02-29T00:00:00Z": "2024-02-29T00:00:00Z",
		"2017-07-31T17:32:28.5+02:00": "2017-07-31T17:32:28.5+02:00", "2017-07-21T17:32:28-23:59": "2017-07-21T17:32:28-23:59",
		"2017-07-21T17:32:28.1234567891Z": "2017-07-21T17:32:28.123456789Z", "2017-07-21T17:32:28+00:00": "2017-07-21T17:32:28Z",
		"9999-12-31T23:59:59-23:00": "9999-12-31T23:59:59-23:00",
		"2017-07-21T17:32:28,5Z":    "", "2017-07-21T17:32:28+24:00": "", "2017-07-21T17:32:28+02:60": "", "2017-07-21T7:32:28Z": "", "2017-07-21T17:32:28": "",
		"2017-07-21T17:32:28.Z": "", "2017-07-21 17:32:28Z": "", "2023-02-29T00:00:00Z": "", "2017-04-31T00:00:00Z": "", "2017-07-21T17:32:60Z": "",
		"2017-07-21T24:00:00Z": "", "2017-07-21T17:32:28+0200": "", "2017-07-21T17:32:28Z ": "", "2017-00-21T17:32:28Z": "", "": "",
	} {
		body := []byte(`{"collection":[{"id":1,"created_at":"` + text + `"}],"has_more":false}`)
		page, err := shipstream.DecodeUsers(body)
		_, dynErr := dynamic.Decode(body)
		if (err == nil) != (want != "") || (dynErr == nil) != (err == nil) {
			t.Errorf("%s: %v, %v", text, err, dynErr)
			continue
		}
		if want == "" {
			continue
		}
		if got := string(page.Rows[0].AppendJSON(nil)); got != `{"id":1,"created_at":"`+want+`"}` {
			t.Errorf("%s is written as %s", text, got)
		}
	}
}

// TestEmptyType: an object whose type is empty has that of its list, as one without.
func TestEmptyType(t *testing.T) {
	t.Parallel()
	for _, typ := range []string{shipstream.RefClientUserRole, shipstream.RefOrganizationUserRole, shipstream.RefWarehouse, shipstream.RefMerchant, shipstream.RefBrand, "Drone"} {
		page := mustDecode(t, `{"collection":[],"has_more":false,"included":{"`+typ+`":[{"type":"","id":3}]}}`)
		if _, ok := page.Included.Lookup(model.Ref{Type: typ, ID: 3}); !ok {
			t.Errorf("%s 3 is not found", typ)
		}
	}
}

// TestNothing: what is not there is no object, has no roles and makes no decoder.
func TestNothing(t *testing.T) {
	t.Parallel()
	inc := model.NewIncluded(nil, (*shipstream.Role)(nil), (*shipstream.Warehouse)(nil), (*shipstream.Merchant)(nil), (*shipstream.Brand)(nil), &shipstream.Brand{ID: 1})
	if inc.Len() != 1 {
		t.Errorf("%d objects", inc.Len())
	}
	for r := range shipstream.RolesOf(nil) {
		t.Errorf("a role of nobody: %v", r)
	}
	if _, err := model.NewDynamicDecoder(nil, model.DefaultLayout()); !errors.Is(err, model.ErrSchema) {
		t.Errorf("a decoder of nothing: %v", err)
	}
	if _, err := model.NewDynamicDecoder(shipstream.UserSchema(), model.Layout{ID: "none"}); !errors.Is(err, model.ErrSchema) {
		t.Errorf("a decoder without an id: %v", err)
	}
	for _, fields := range [][]model.Field{{{}}, {{Name: "a", Type: model.TypeInt}, {Name: "a", Type: model.TypeInt}}, {{Name: "a.b", Type: model.TypeInt, Through: "a"}}} {
		if _, err := model.NewSchema("s", fields...); !errors.Is(err, model.ErrSchema) {
			t.Errorf("%+v: %v", fields, err)
		}
	}
	if _, err := shipstream.ParseUserType("all"); !errors.Is(err, shipstream.ErrUserType) {
		t.Errorf("all: %v", err)
	}
}
