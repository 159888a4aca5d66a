package shipstream_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/google/go-cmp/cmp"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query/shipstream"
)

// pageOf returns the body of a page with the given rows.
func pageOf(rows ...string) string {
	return `{"collection":[` + strings.Join(rows, ",") + `],"has_more":false}`
}

func mustDecode(t *testing.T, body string) *model.Page[shipstream.User] {
	t.Helper()
	page, err := shipstream.DecodeUsers([]byte(body))
	if err != nil {
		t.Fatalf("DecodeUsers(%s): %v", body, err)
	}
	return page
}

func TestDecodeErrors(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, body string
		path       string
		id         int64
		offset     int64
		class      error
		text       string
	}{
		{"empty", ``, "", 0, 0, model.ErrMalformed, "unexpected EOF"},
		{"white space", " \n", "", 0, 2, model.ErrMalformed, "unexpected EOF"},
		{"cut in a row", `{"collection":[{"id":17,"name":"An`, "/collection/0/name", 17, 34, model.ErrMalformed, "unexpected EOF"},
		{"cut after a row", `{"collection":[{"id":17}`, "/collection", 0, 24, model.ErrMalformed, "unexpected EOF"},
		{"not JSON", `<html>`, "", 0, 0, model.ErrMalformed, "invalid character"},
		{"text after the end", pageOf() + ` {}`, "", 0, 35, model.ErrMalformed, "text after the end"},
		{"brace after the end", pageOf() + `}`, "", 0, 34, model.ErrMalformed, "text after the end"},
		{"invalid UTF-8", pageOf(`{"id":5,"name":"` + "\xff" + `"}`), "/collection/0/name", 5, 31, model.ErrMalformed, "invalid UTF-8"},
		{"half a surrogate pair", pageOf(`{"id":5,"name":"\ud800"}`), "/collection/0/name", 5, 31, model.ErrMalformed, "surrogate"},
		{"repeated name", pageOf(`{"id":5,"email":"a","email":"b"}`), "/collection/0/email", 5, 35, model.ErrMalformed, "duplicate"},
		{"repeated name by escapes", pageOf(`{"id":5,"\u0069d":6}`), "/collection/0/id", 6, 23, model.ErrMalformed, "duplicate"},
		{"repeated unknown name", pageOf(`{"id":5,"x":{"y":1,"y":2}}`), "/collection/0/x/y", 5, 34, model.ErrMalformed, "duplicate"},
		{"repeated collection", `{"collection":[],"collection":[],"has_more":false}`, "/collection", 0, 17, model.ErrMalformed, "duplicate"},
		{"comment", `{"collection":[]/**/}`, "", 0, 16, model.ErrMalformed, "invalid character"},
		{"trailing comma", `{"collection":[{"id":1},]}`, "/collection/1", 0, 24, model.ErrMalformed, "invalid character"},
		{"leading zero", pageOf(`{"id":01}`), "/collection/0", 0, 22, model.ErrMalformed, "invalid character"},

		{"a list", `[]`, "", 0, 0, model.ErrUnexpected, "want an object, got a list"},
		{"null", `null`, "", 0, 0, model.ErrUnexpected, "want an object, got null"},
		{"number", ` 7`, "", 0, 1, model.ErrUnexpected, "want an object, got a number"},
		{"an error body", `{"errors":[]}`, "", 0, 0, model.ErrUnexpected, "no collection"},
		{"no collection", `{"has_more":true}`, "", 0, 0, model.ErrUnexpected, "no collection"},
		{"null collection", `{"collection":null,"has_more":true}`, "/collection", 0, 14, model.ErrUnexpected, "want a list, got null"},
		{"no has_more", `{"collection":[]}`, "", 0, 0, model.ErrUnexpected, "no has_more"},
		{"null has_more", `{"collection":[],"has_more":null}`, "/has_more", 0, 28, model.ErrUnexpected, "want true or false, got null"},
		{"has_more a number", `{"collection":[],"has_more":1}`, "/has_more", 0, 28, model.ErrUnexpected, "want true or false, got a number"},
		{"next a number", `{"collection":[],"has_more":true,"next":1}`, "/next", 0, 40, model.ErrUnexpected, "want a string or null"},
		{"row a string", pageOf(`{"id":1}`, `"x"`), "/collection/1", 0, 24, model.ErrUnexpected, "want an object, got a string"},
		{"row without id", pageOf(`{"id":1}`, `{"name":"x"}`), "/collection/1", 0, 24, model.ErrUnexpected, "no id"},
		{"id null", pageOf(`{"id":null}`), "/collection/0/id", 0, 21, model.ErrUnexpected, "want an integer, got null"},
		{"id a string", pageOf(`{"id":"5"}`), "/collection/0/id", 0, 21, model.ErrUnexpected, "want an integer, got a string"},
		{"id zero", pageOf(`{"id":0}`), "/collection/0/id", 0, 21, model.ErrUnexpected, "1 or more"},
		{"id negative", pageOf(`{"id":-4}`), "/collection/0/id", -4, 21, model.ErrUnexpected, "1 or more"},
		{"id with a fraction", pageOf(`{"id":5.0}`), "/collection/0/id", 0, 21, model.ErrUnexpected, "fraction"},
		{"id with an exponent", pageOf(`{"id":1e3}`), "/collection/0/id", 0, 21, model.ErrUnexpected, "exponent"},
		{"id too large", pageOf(`{"id":9223372036854775808}`), "/collection/0/id", 0, 21, model.ErrUnexpected, "64 bits"},
		{"name a number", pageOf(`{"id":5,"name":7}`), "/collection/0/name", 5, 30, model.ErrUnexpected, "want a string or null, got a number"},
		{"id after the fault", pageOf(`{"name":7,"id":5}`), "/collection/0/name", 5, 23, model.ErrUnexpected, "want a string or null"},
		{"second row", pageOf(`{"id":9}`, `{"id":8,"email":[]}`), "/collection/1/email", 8, 40, model.ErrUnexpected, "got a list"},
		{"type null", pageOf(`{"id":5,"type":null}`), "/collection/0/type", 5, 30, model.ErrUnexpected, "want a string, got null"},
		{"is_active a number", pageOf(`{"id":5,"is_active":1}`), "/collection/0/is_active", 5, 35, model.ErrUnexpected, "want true or false or null"},
		{"roles an object", pageOf(`{"id":5,"roles":{}}`), "/collection/0/roles", 5, 31, model.ErrUnexpected, "want a list, got an object"},
		{"role a number", pageOf(`{"id":5,"roles":[3]}`), "/collection/0/roles/0", 5, 32, model.ErrUnexpected, "want an object, got a number"},
		{"role without id", pageOf(`{"id":5,"roles":[{"type":"X"}]}`), "/collection/0/roles/0", 5, 32, model.ErrUnexpected, "reference lacks"},
		{"role without type", pageOf(`{"id":5,"roles":[{"id":1}]}`), "/collection/0/roles/0", 5, 32, model.ErrUnexpected, "reference lacks"},
		{"role id a string", pageOf(`{"id":5,"roles":[{"type":"X","id":"1"}]}`), "/collection/0/roles/0/id", 5, 49, model.ErrUnexpected, "want an integer"},
		{"warehouse a number", pageOf(`{"id":5,"default_warehouse":3}`), "/collection/0/default_warehouse", 5, 43, model.ErrUnexpected, "want an object"},
		{"date without zone", pageOf(`{"id":5,"created_at":"2024-01-01T00:00:00"}`), "/collection/0/created_at", 5, 36, model.ErrUnexpected, "RFC 3339"},
		{"date of no month", pageOf(`{"id":5,"created_at":"2024-13-01T00:00:00Z"}`), "/collection/0/created_at", 5, 36, model.ErrUnexpected, "RFC 3339"},
		{"date of no leap year", pageOf(`{"id":5,"created_at":"2023-02-29T00:00:00Z"}`), "/collection/0/created_at", 5, 36, model.ErrUnexpected, "RFC 3339"},
		{"date at 24 h", pageOf(`{"id":5,"created_at":"2023-02-20T24:00:00Z"}`), "/collection/0/created_at", 5, 36, model.ErrUnexpected, "RFC 3339"},
		{"date with a leap second", pageOf(`{"id":5,"created_at":"2016-12-20T23:59:60Z"}`), "/collection/0/created_at", 5, 36, model.ErrUnexpected, "RFC 3339"},
		{"date with a letter", pageOf(`{"id":5,"created_at":"2023-0a-20T00:00:00Z"}`), "/collection/0/created_at", 5, 36, model.ErrUnexpected, "RFC 3339"},
		{"date with a space", pageOf(`{"id":5,"created_at":"2023-01-20 00:00:00Z"}`), "/collection/0/created_at", 5, 36, model.ErrUnexpected, "RFC 3339"},
		{"date a number", pageOf(`{"id":5,"last_login_at":0}`), "/collection/0/last_login_at", 5, 39, model.ErrUnexpected, "want a date-time or null, got a number"},
		{
			"included role's name", `{"collection":[{"id":1}],"included":{"ClientUserRole":[{"id":3,"name":[]}]},"has_more":false}`,
			"/included/ClientUserRole/0/name", 3, 70, model.ErrUnexpected, "want a string or null",
		},
		{
			"included without id", `{"collection":[{"id":1}],"included":{"Brand":[{}]},"has_more":false}`,
			"/included/Brand/0", 0, 46, model.ErrUnexpected, "no id",
		},
		{"included a string", `{"collection":[],"included":"x","has_more":false}`, "/included", 0, 28, model.ErrUnexpected, "want an object"},
		{"included a list", `{"collection":[],"included":[1],"has_more":false}`, "/included", 0, 28, model.ErrUnexpected, "want an object, got a list"},
		{"included warehouses an object", `{"collection":[],"included":{"Warehouse":{}},"has_more":false}`, "/included/Warehouse", 0, 41, model.ErrUnexpected, "want a list"},
		{
			"included merchant's brand", `{"collection":[],"has_more":false,"included":{"Merchant":[{"id":3,"brands":[7]}]}}`,
			"/included/Merchant/0/brands/0", 3, 76, model.ErrUnexpected, "want an object, got a number",
		},
		{
			"included role's permission", `{"collection":[],"has_more":false,"included":{"ClientUserRole":[{"id":3,"permissions":["a",null]}]}}`,
			"/included/ClientUserRole/0/permissions/1", 3, 91, model.ErrUnexpected, "want a string, got null",
		},
		{
			"included role's permissions", `{"collection":[],"has_more":false,"included":{"ClientUserRole":[{"id":3,"permissions":true}]}}`,
			"/included/ClientUserRole/0/permissions", 3, 86, model.ErrUnexpected, "want a list, got a boolean",
		},
		{"time a string", `{"collection":[],"has_more":false,"meta":{"processing_time":"1"}}`, "/meta/processing_time", 0, 60, model.ErrUnexpected, "want a number, got a string"},
		{"time too large", `{"collection":[],"has_more":false,"meta":{"processing_time":1e999}}`, "/meta/processing_time", 0, 60, model.ErrUnexpected, "too large"},
		{"count too large", `{"collection":[],"has_more":false,"meta":{"count":1e19}}`, "/meta/count", 0, 50, model.ErrUnexpected, "exponent"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			page, err := shipstream.DecodeUsers([]byte(tt.body))
			var e *model.DecodeError
			if !errors.As(err, &e) || page != nil {
				t.Fatalf("DecodeUsers(%s) = %v, %v, want a DecodeError", tt.body, page, err)
			}
			if e.Path != tt.path || e.ID != tt.id || e.Offset != tt.offset {
				t.Errorf("path %q, id %d, offset %d, want %q, %d, %d: %v", e.Path, e.ID, e.Offset, tt.path, tt.id, tt.offset, e)
			}
			if !errors.Is(err, tt.class) || !strings.Contains(err.Error(), tt.text) {
				t.Errorf("error %q, want %v and %q", err, tt.class, tt.text)
			}
			if errors.Is(err, model.ErrMalformed) == errors.Is(err, model.ErrUnexpected) {
				t.Errorf("error %q must be of exactly one class", err)
			}
		})
	}
}

// TestNamesWithEscapes tells a name from the text that writes another one.
func TestNamesWithEscapes(t *testing.T) {
	t.Parallel()
	const first, second = `{"id":2,"x\\\\":0,"\n":0,"\u0061":0}`, `{"id":1,"x\\":0,"\n":0,"a":0}`
	page := mustDecode(t, pageOf(first, second, second))
	for i, want := range []string{`x\\`, `x\`, `x\`} {
		var names []string
		for name := range page.Rows[i].Unknown() {
			names = append(names, name)
		}
		if diff := cmp.Diff([]string{want, "\n", "a"}, names); diff != "" {
			t.Errorf("row %d (-want +got):\n%s", i, diff)
		}
	}
	for _, row := range []string{`{"id":1,"a":"b":0}`, "{\"id\":1,\"\n\":0}"} { // how names learned from the first row would read unescaped
		if _, err := shipstream.DecodeUsers([]byte(pageOf(`{"id":2,"a\":\"b":0}`, `{"id":2,"\n":0}`, row))); !errors.Is(err, model.ErrMalformed) {
			t.Errorf("%s: %v", row, err)
		}
	}
}

func TestDecodeErrorCauses(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]error{
		`{"collection":[`:                       io.ErrUnexpectedEOF,
		``:                                      io.ErrUnexpectedEOF,
		pageOf(`{"id":1,"id":2}`):               jsontext.ErrDuplicateName,
		pageOf(`{"id":99999999999999999999}`):   strconv.ErrRange,
		pageOf(`{"id":1,"x":` + nested(20_000)): model.ErrMalformed,
		pageOf(`{"id":1,"x":` + nested(3_000_000)): model.ErrMalformed,
	} {
		if _, err := shipstream.DecodeUsers([]byte(body)); !errors.Is(err, want) {
			t.Errorf("DecodeUsers(%.60s) = %v, want %v", body, err, want)
		}
	}
}

// nested returns n open brackets, more than a decoder that recurses without a
// limit has stack for.
func nested(n int) string { return strings.Repeat("[", n) }

// TestDecodePermissionsAndTimeNull reads null where a list or a number may stand.
func TestDecodePermissionsAndTimeNull(t *testing.T) {
	t.Parallel()
	page := mustDecode(t, `{"collection":[],"has_more":false,"meta":{"processing_time":null},"included":{"ClientUserRole":[{"id":1,"permissions":null}]}}`)
	role, ok := model.LookupAs[*shipstream.Role](page.Included, model.Ref{Type: shipstream.RefClientUserRole, ID: 1})
	if !ok || !role.Permissions.IsNull() || page.Meta.ProcessingTime != 0 {
		t.Errorf("role %+v, meta %+v", role, page.Meta)
	}
}

func TestDecodeErrorTextIsBounded(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("é", 100_000)
	for _, body := range []string{
		pageOf(`{"id":1,"` + long + `":1,"` + long + `":2}`),
		pageOf(`{"id":1,"` + long + `":{"a":\}}`),
		`{"collection":[],"has_more":true,"included":{"Brand":[{"id":1,"name":{"` + long + `":1}}]}}`,
	} {
		_, err := shipstream.DecodeUsers([]byte(body))
		if err == nil || len(err.Error()) > 1200 {
			t.Errorf("text of %d bytes", len(err.Error()))
		}
	}
}

func TestDecodeErrorText(t *testing.T) {
	t.Parallel()
	_, err := shipstream.DecodeUsers([]byte(pageOf(`{"id":17,"email":12}`)))
	const want = `decode /collection/0/email (id 17) at byte 32: unexpected JSON: want a string or null, got a number`
	if err == nil || err.Error() != want {
		t.Errorf("error %q, want %q", err, want)
	}
	_, err = shipstream.DecodeUsers([]byte(`{}`))
	const whole = `decode body at byte 0: unexpected JSON: the object has no collection`
	if err == nil || err.Error() != whole {
		t.Errorf("error %q, want %q", err, whole)
	}
}

// TestDecodeStates keeps absent, null and empty apart in every optional field.
func TestDecodeStates(t *testing.T) {
	t.Parallel()
	page := mustDecode(t, pageOf(
		`{"id":3}`,
		`{"id":2,"name":null,"email":null,"username":null,"is_active":null,"roles":null,"login_via_badge":null,`+
			`"default_warehouse":null,"merchant":null,"created_at":null,"last_login_at":null}`,
		`{"id":1,"name":"","email":"","username":"","is_active":false,"roles":[],"login_via_badge":false,`+
			`"default_warehouse":{"type":"Warehouse","id":7},"merchant":{"id":8,"type":"Merchant"},`+
			`"created_at":"1970-01-01T00:00:00Z","last_login_at":"1970-01-01T00:00:00Z"}`,
	))
	states := func(u shipstream.User) [3]int {
		var n [3]int
		for _, o := range []interface {
			IsAbsent() bool
			IsNull() bool
		}{
			u.Name, u.Email, u.Username, u.IsActive, u.Roles, u.LoginViaBadge, u.DefaultWarehouse, u.Merchant, u.CreatedAt, u.LastLoginAt,
		} {
			switch {
			case o.IsAbsent():
				n[0]++
			case o.IsNull():
				n[1]++
			default:
				n[2]++
			}
		}
		return n
	}
	for i, want := range [][3]int{{10, 0, 0}, {0, 10, 0}, {0, 0, 10}} {
		if got := states(page.Rows[i]); got != want {
			t.Errorf("row %d: absent, null, set = %v, want %v", i, got, want)
		}
	}
	if w := page.Rows[2].DefaultWarehouse.Or(model.Ref{}); w != (model.Ref{Type: "Warehouse", ID: 7}) {
		t.Errorf("warehouse = %v", w)
	}
}

func TestDecodeDateTimes(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"2017-07-21T17:32:28Z", "2017-07-21T19:32:28+02:00", "2017-07-21T17:32:28.25Z", "2024-02-29T23:59:59Z", "2024-12-31T00:00:00Z", "2024-01-28T00:00:00Z", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z",
	} {
		want, err := time.Parse(time.RFC3339, text)
		if err != nil {
			t.Fatal(err)
		}
		u := &mustDecode(t, pageOf(`{"id":1,"created_at":"`+text+`"}`)).Rows[0]
		if got := u.CreatedAt.Or(time.Time{}); !got.Equal(want) {
			t.Errorf("%s decodes as %v", text, got)
		}
		if got := string(u.AppendJSON(nil)); !strings.Contains(got, text) {
			t.Errorf("%s encodes as %s", text, got)
		}
		if v := u.Value(fieldIndex(t, "created_at")); v != model.DateTime(want) {
			t.Errorf("%s has the value %v", text, v)
		}
	}
}

// TestDecodeLinks accepts a link that is absent, null or "", and does not look
// at what one says.
func TestDecodeLinks(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]string{
		`{"collection":[],"has_more":false}`:                                   "",
		`{"collection":[],"has_more":false,"next":null,"previous":null}`:       "",
		`{"collection":[],"has_more":false,"next":"","previous":""}`:           "",
		`{"collection":[],"has_more":true,"next":"<string>"}`:                  "<string>",
		`{"collection":[],"has_more":true,"next":"https:\/\/evil\/?a=\u00e9"}`: "https://evil/?a=é",
	} {
		page := mustDecode(t, body)
		if page.Next != want || page.Rows == nil {
			t.Errorf("%s: next %q, rows %v, want %q", body, page.Next, page.Rows, want)
		}
	}
}

// TestDecodeEmptyObjects accepts the ways in which a PHP server writes nothing.
func TestDecodeEmptyObjects(t *testing.T) {
	t.Parallel()
	for _, empty := range []string{`{}`, `[]`, `[ ]`, `null`} {
		page := mustDecode(t, `{"collection":[],"has_more":false,"included":`+empty+`,"meta":`+empty+`}`)
		if page.Included == nil || page.Included.Len() != 0 || !page.Meta.Count.IsAbsent() {
			t.Errorf("%s: %+v", empty, page)
		}
	}
	page := mustDecode(t, `{"collection":[],"has_more":false,"included":{"Warehouse":null,"Brand":[]}}`)
	if page.Included.Len() != 0 {
		t.Errorf("included = %v", page.Included)
	}
}

// TestUnknownSurvives puts unknown members and types everywhere they can stand.
func TestUnknownSurvives(t *testing.T) {
	t.Parallel()
	const body = `{
		"collection": [{
			"type": "RobotUser", "id": 5, "name": "R2", "email": null, "username": "r2", "is_active": true,
			"roles": [{"type": "OrganizationUserRole", "id": 3, "since": "2020"}, {"type": "OrganizationUserRole", "id": 4}],
			"default_warehouse": {"type": "Warehouse", "id": 123, "href": {"a": [1, 2.50, "\u00e9"]}},
			"merchant": null, "created_at": "2017-07-21T17:32:28Z", "last_login_at": null,
			"phone": "+49", "we\"ird\u0000": {"deep": [[{}]]}, "big": 123456789012345678901234567890
		}],
		"included": {
			"Warehouse": [{"type": "Warehouse", "id": 3, "name": "E", "is_active": true, "zones": [1]}],
			"Merchant": [{"type": "Merchant", "id": 4, "brands": [{"type": "Brand", "id": 4, "x": 1}], "default_brand": null, "vat": ""}],
			"Brand": [{"type": "Brand", "id": 1, "logo": null}],
			"ClientUserRole": [{"type": "ClientUserRole", "id": 9, "name": "X", "permissions": ["a", "a/b"], "level": 3}],
			"Drone": [{"type": "Drone", "id": 1, "rotors": 4}, {"type": "Glider", "id": 2}, {"no": "id"}, 7],
			"Weather": "fine", "Nothing": null, "Hash": {"a": 1}
		},
		"has_more": true, "next": "/n", "previous": "/p",
		"meta": {"processing_time": 0.5, "cursor_start": 4, "cursor_end": null, "count": 9, "node": "a1"},
		"warnings": ["old"]
	}`
	page := mustDecode(t, body)
	u := &page.Rows[0]
	if u.Kind != "RobotUser" {
		t.Errorf("kind = %q", u.Kind)
	}
	for name, raw := range page.Unknown() {
		if name != "warnings" || string(raw) != `["old"]` {
			t.Errorf("page has %s: %s", name, raw)
		}
	}
	for range u.Unknown() { // stops when told to
		break
	}
	for name := range (&shipstream.User{}).Unknown() {
		t.Errorf("the zero user has %s", name)
	}
	var names []string
	for name, raw := range u.Unknown() {
		names = append(names, name+"="+string(raw))
	}
	wantNames := []string{`phone="+49"`, "we\"ird\u0000=" + `{"deep": [[{}]]}`, "big=123456789012345678901234567890"}
	if diff := cmp.Diff(wantNames, names); diff != "" {
		t.Errorf("unknown (-want +got):\n%s", diff)
	}
	for ref, want := range map[model.Ref]string{
		{Type: "Drone", ID: 1}:     `{"type": "Drone", "id": 1, "rotors": 4}`,
		{Type: "Glider", ID: 2}:    `{"type": "Glider", "id": 2}`,
		{Type: "Warehouse", ID: 3}: `{"type":"Warehouse","id":3,"name":"E","is_active":true,"zones":[1]}`,
	} {
		if raw, ok := page.Included.Raw(ref); !ok || string(raw) != want {
			t.Errorf("Raw(%v) = %s, %v", ref, raw, ok)
		}
	}
	again, err := json.Marshal(page)
	if err != nil {
		t.Fatal(err)
	}
	wantSameJSON(t, []byte(body), again)
	twice, err := shipstream.DecodeUsers(again)
	if err != nil {
		t.Fatal(err)
	}
	thrice, err := json.Marshal(twice)
	if err != nil || !bytes.Equal(thrice, again) {
		t.Errorf("encoding is no fixpoint: %v\n%s\n%s", err, again, thrice)
	}
}

// TestUnknownOfReplacedReference writes what came inside a reference only beside
// that very reference.
func TestUnknownOfReplacedReference(t *testing.T) {
	t.Parallel()
	u := mustDecode(t, pageOf(`{"id":5,"default_warehouse":{"type":"Warehouse","id":1,"href":"/1"}}`)).Rows[0]
	u.DefaultWarehouse = model.Some(model.Ref{Type: "Warehouse", ID: 2})
	const want = `{"id":5,"default_warehouse":{"type":"Warehouse","id":2}}`
	if got := string(u.AppendJSON(nil)); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// TestDecodeKeepsNothing overwrites the body after decoding.
func TestDecodeKeepsNothing(t *testing.T) {
	t.Parallel()
	body := []byte(`{"collection":[{"type":"X","id":5,"name":"Ana","phone":"1","roles":[{"type":"R","id":1,"a":1}]}],` +
		`"included":{"Drone":[{"type":"Drone","id":1}],"Warehouse":[{"id":1,"name":"E"}]},"has_more":true,"next":"/n"}`)
	page, err := shipstream.DecodeUsers(body)
	if err != nil {
		t.Fatal(err)
	}
	before, err := json.Marshal(page)
	if err != nil {
		t.Fatal(err)
	}
	for i := range body {
		body[i] = '#'
	}
	after, err := json.Marshal(page)
	if err != nil || !bytes.Equal(before, after) {
		t.Errorf("the page changed with the body: %v\n%s\n%s", err, before, after)
	}
}

// TestListsOfReferencesDoNotShareRoom appends to one row's list, which must not
// write into the next row's.
func TestListsOfReferencesDoNotShareRoom(t *testing.T) {
	t.Parallel()
	rows := make([]string, 0, 300)
	for id := 300; id > 0; id-- {
		ref := `{"type":"R","id":` + strconv.Itoa(id) + `}`
		rows = append(rows, `{"id":`+strconv.Itoa(id)+`,"roles":[`+ref+`,`+ref+`,`+ref+`]}`)
	}
	page := mustDecode(t, pageOf(rows...))
	for i := range page.Rows {
		_ = append(page.Rows[i].Roles.Or(nil), model.Ref{Type: "overwritten"})
	}
	for _, u := range page.Rows {
		want := model.Ref{Type: "R", ID: u.ID}
		if diff := cmp.Diff([]model.Ref{want, want, want}, u.Roles.Or(nil)); diff != "" {
			t.Fatalf("user %d (-want +got):\n%s", u.ID, diff)
		}
	}
}

func TestDecodeUser(t *testing.T) {
	t.Parallel()
	u, err := shipstream.DecodeUser([]byte(`{"links":{},"resource":{"type":"ClientUser","id":7,"merchant":{"type":"Merchant","id":4}},` +
		`"included":{"Merchant":[{"type":"Merchant","id":4,"name":"ACME"}]}}`))
	if err != nil {
		t.Fatal(err)
	}
	m, ok := model.LookupAs[*shipstream.Merchant](u.Included(), u.Merchant.Or(model.Ref{}))
	if u.ID != 7 || !ok || m.Name.Or("") != "ACME" {
		t.Errorf("user %v, merchant %v", u, m)
	}
	for body, want := range map[string]model.DecodeError{
		`{}`:                                 {Path: ""},
		`{"resource":null}`:                  {Path: "/resource"},
		`{"resource":{"name":1,"id":7}}`:     {Path: "/resource/name", ID: 7},
		`{"resource":{"id":7}`:               {},
		`{"resource":{"id":7},"included":1}`: {Path: "/included"},
	} {
		_, err := shipstream.DecodeUser([]byte(body))
		var e *model.DecodeError
		if !errors.As(err, &e) || e.Path != want.Path || e.ID != want.ID {
			t.Errorf("DecodeUser(%s) = %v (%+v), want %+v", body, err, e, want)
		}
	}
}

func TestUserUnmarshalJSON(t *testing.T) {
	t.Parallel()
	u := shipstream.User{ID: 1, Email: model.Some("old")}
	if err := json.Unmarshal([]byte(`{"id":7,"name":"N"}`), &u); err != nil || u.ID != 7 || !u.Email.IsAbsent() || u.Name.Or("") != "N" {
		t.Errorf("user %v, %v", u, err)
	}
	err := u.UnmarshalJSON([]byte(`{"name":3,"id":9}`))
	var e *model.DecodeError
	if !errors.As(err, &e) || e.Path != "/name" || e.ID != 9 || u.ID != 7 {
		t.Errorf("error %v, user %v", err, u)
	}
}
