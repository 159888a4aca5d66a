package fuzz_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query/shipstream"
)

// decodeSeeds are pages and near pages beside the API reference's example.
var decodeSeeds = []string{
	``, ` `, `null`, `{}`, `[]`, `7`, `"x"`, `{"collection":[],"has_more":false}`,
	`{"collection":[{"id":1}],"has_more":true,"next":"\/n","meta":[],"included":[]}`,
	`{"collection":[{"type":"ClientUser","id":2,"name":null,"email":"","roles":[],"merchant":null}],"has_more":false,"x":[{}]}`,
	`{"collection":[{"id":3,"roles":[{"type":"R","id":1,"x":"\\\"\ud83d\ude42"}],"created_at":"2017-07-21T17:32:28Z"}],"has_more":false}`,
	`{"collection":[{"id":3,"last_login_at":"2017-07-21T17:32:28.5+02:00","login_via_badge":false}],"has_more":false}`,
	`{"collection":[{"id":3,"id":4}],"has_more":false}`, `{"collection":[{"id":3.0}],"has_more":false}`,
	`{"collection":[{"id":99999999999999999999}],"has_more":false}`, `{"collection":[{"name":"` + "\xff" + `","id":4}],"has_more":false}`,
	`{"collection":[],"included":{"Warehouse":[{"id":1}],"Brand":null,"Drone":[{"type":"D","id":2},3,"x"],"W":"x"},"has_more":false}`,
	`{"collection":[],"next":"/n","previous":"/p","meta":{"processing_time":0.5,"cursor_start":3,"cursor_end":1,"count":2},"included":{` +
		`"ClientUserRole":[{"id":1,"name":"A","permissions":["x"]},{"id":2,"name":"B"}],"Warehouse":[{"id":3,"name":"W","is_active":false}],` +
		`"Merchant":[{"id":4,"code":"m","sort_order":7,"is_deleted":true,"created_at":"2017-07-21T17:32:28.5+02:00","default_brand":{"type":"Brand","id":5}}],` +
		`"Brand":[{"id":5,"name":"Br"},{"type":"Brand","id":6,"code":null}]},"has_more":true}`,
	`{"collection":[{"type":"Merchant","id":4,"code":"m","sort_order":7,"created_at":"2017-07-21T17:32:28.5+02:00","brands":[{"type":"Brand","id":4,"x":1}]}],"has_more":true}`,
	`{"collection":[{"type":"R","id":1,"name":"\u00c9","permissions":["a","b\/c"],"x":[1]},{"id":2,"permissions":null}],"has_more":false}`,
	`{"collection":[],"included":{"Merchant":[{"id":1,"brands":[{"type":"Brand","id":4}],"sort_order":null}]},"has_more":false}`,
	`{"collection":[],"meta":{"processing_time":1e-7,"cursor_start":null,"count":0},"has_more":false}{`,
	`{"collection":[{"type":"OrganizationUser","id":9,"name":"Z\u00eb","email":"a@b.c","username":"z","is_active":true,"roles":[{"type":"OrganizationUserRole","id":3},` +
		`{"id":4,"type":"R"}],"login_via_badge":null,"default_warehouse":{"type":"Warehouse","id":1},"created_at":null},{"type":"ClientUser","id":8,"is_active":false,` +
		`"merchant":{"type":"Merchant","id":2}}],"included":{"ClientUserRole":[{"type":"ClientUserRole","id":3,"name":"N","permissions":["a","b/c"]}]},"has_more":true}`,
	"{\n\t\"collection\": [ {\n\t\"id\": 3,\r\n\"name\": \"\u4e2d\u6587 \\ud83d\\ude42\" , \"x\": [ 1.5e+3 , -0, [[[[[[[[[[]]]]]]]]]] ] } ],\n\"has_more\": true }",
	`{"collection":[{"id":1,"x":{"a":{"b":1,"c":{"b":2},"b":3}}},{"id":2,"x":{"a":{"b":1,"c":{"b":2},"\u0062":3}}}],"has_more":true}`,
	`{"collection":[{"id":1,"x\\\\":0,"a\":\"b":1},{"id":2,"x\\":0,"a\":\"b":1},{"id":2,"x\\":0,"a":"b"}],"has_more":true}`,
	`{"collection":[{"id":1,"\u0069d2":{"a":[[[[{"b":"}]"}]]]]}}],"has_more":false}`,
	`{"collection":[{"id":1,"name":"a","x":1},{"name":"b","id":2,"x":"2"},{"x":true,"name":"\u00e9","id":3},{"id":4,"x":null},{"x":-1.5,"id":5,"name":"e"}],"has_more":false}`,
	`{"collection":[{"id":1,"name":"a","email":"b"},{"id":2,"name":"a","id":3}],"has_more":false}`,
	`{"collection":[{"id":1,"name":"a","email":"b"},{"name":"a","email":"b","name":"c","id":3}],"has_more":false}`,
	`{"collection":[{"id":1,"x":12,"y":"b"},{"id":2,"x":1"y":"b"}],"has_more":false}`, `{"collection":[{"id":1,"x":12,"y":"b"},{"id":2,,"x":1}],"has_more":false}`,
	`{"collection":[{"id":1,"x":12},{"id":2,"x":012},{"id":3,"x":1.}],"has_more":false}`, `{"collection":[{"id":1,"x":tru},{"id":2,"x":true1}],"has_more":false}`,
	"{\"collection\":[{ \"id\" : 1 ,\n \"x\": \"\u00e9\"},{ \"id\" : 2 ,\n \"x\": \"\xff\"},{ \"id\" : 2 ,\n \"x\": \"\n\"}],\"has_more\":false}",
	"{\"collection\":[{\"id\":1,\n\"x\":{\"a\": 1, \"b\": 2}},{\"id\":2,\n\"x\":{\"a\": 1, \"b\": \"\\u0000\"}}],\"has_more\":false}",
	`{"collection":[{"id":1,"a_name_of_more_than_16_bytes":1},{"id":2,"a_name_of_MORE_than_16_bytes":2},{"id":3,"a_name_of_more_than_16_bytes":"\"","id2":3}],"has_more":false}`,
	`{"collection":[{"id":1,"created_at":"2024-02-29T00:00:00Z"},{"id":2,"created_at":"2023-02-29T00:00:00Z"}],"has_more":false}`,
	`{"collection":[{"id":1,"x":` + strings.Repeat("[", 9_998) + strings.Repeat("]", 9_998) + `}],"has_more":false}`,
}

// FuzzDecodeUsers: decoding never panics, agrees with encoding/json about what
// is JSON, says where it failed in bounded text, and what it accepts encodes to
// a fixpoint.
func FuzzDecodeUsers(f *testing.F) {
	reference, err := os.ReadFile("../query/shipstream/testdata/list-users-reference.json")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(reference)
	for _, s := range decodeSeeds {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		if page := fixpoint(t, body, shipstream.DecodeUsers); page != nil {
			readAll(page)
		}
		fixpoint(t, body, model.DecodePage[shipstream.Role])
		fixpoint(t, body, model.DecodePage[shipstream.Merchant])
	})
}

// fixpoint decodes a page, which is nil where it is refused.
func fixpoint[T any](t *testing.T, body []byte, decode func([]byte, ...model.DecodeOption) (*model.Page[T], error)) *model.Page[T] {
	t.Helper()
	page, err := decode(body)
	if err != nil {
		checkDecodeError(t, body, err)
		return nil
	}
	if !json.Valid(body) {
		t.Fatal("accepted what is not JSON")
	}
	once, err := json.Marshal(page)
	if err != nil {
		t.Fatalf("what was decoded does not encode: %v", err)
	}
	again, err := decode(once)
	if err != nil {
		t.Fatalf("what was encoded does not decode: %v\n%s", err, once)
	}
	if twice, err := json.Marshal(again); err != nil || !bytes.Equal(once, twice) {
		t.Fatalf("no fixpoint: %v\n%s\n%s", err, once, twice)
	}
	return page
}

func checkDecodeError(t *testing.T, body []byte, err error) {
	t.Helper()
	var e *model.DecodeError
	if !errors.As(err, &e) {
		t.Fatalf("untyped error %T: %v", err, err)
	}
	malformed := errors.Is(err, model.ErrMalformed)
	if malformed == errors.Is(err, model.ErrUnexpected) {
		t.Fatalf("not of exactly one class: %v", err)
	}
	// The other way round does not hold: names that are repeated and text that is
	// not UTF-8 are JSON to encoding/json.
	if valid := json.Valid(body); !valid && !malformed {
		t.Fatalf("not JSON, and yet %v", err)
	}
	if e.Offset < 0 || e.Offset > int64(len(body)) || len(err.Error()) > 2048 {
		t.Fatalf("byte %d of %d, text of %d bytes", e.Offset, len(body), len(err.Error()))
	}
}

// readAll reads every row in every way.
func readAll(page *model.Page[shipstream.User]) {
	page.Unresolved()
	n := shipstream.UserSchema().Len()
	for i := range page.Rows {
		u := &page.Rows[i]
		for f := range n {
			u.Value(f)
			for j := range u.Len(f) {
				u.At(f, j)
			}
		}
	}
}
