package model_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/muster-go/muster/model"
)

func TestDecodeRaw(t *testing.T) {
	t.Parallel()
	const (
		first  = `{"roles":[{"type":"R","id":1}],"x":{"id":2},"id":7, "name":"A\/\u00e9","n":[-0.5e+3,[],{}]}`
		second = `{"id":6}`
		body   = `{"included":{"R":[{"id":1,"name":"N"}]},"collection":[` + first + ` , ` + second + `],"has_more":true,"next":"/n",` +
			`"meta":{"cursor_start":5},"warnings":[]}`
	)
	page, err := model.DecodeRaw([]byte(body))
	if err != nil {
		t.Fatal(err)
	}
	want := []model.RawRow{{ID: 7, JSON: []byte(first)}, {ID: 6, JSON: []byte(second)}}
	if diff := cmp.Diff(want, page.Rows); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}
	drone, ok := page.Included.Lookup(model.Ref{Type: "R", ID: 1})
	if !ok || drone.Ref().ID != 1 || !page.HasMore || page.Next != "/n" || page.Meta.CursorStart != model.Some[int64](5) {
		t.Errorf("page %+v", page)
	}
	again, err := json.Marshal(page)
	if err != nil {
		t.Fatal(err)
	}
	wantSameJSON(t, []byte(`{"previous":"x",`+body[1:]), []byte(`{"previous":"x",`+string(again[1:])))
}

// TestDecodeRawOneLine: a row is a line whatever the server's layout.
func TestDecodeRawOneLine(t *testing.T) {
	t.Parallel()
	for row, want := range map[string]string{
		"{ \"id\" : 7 ,\t\"x\" : [ ] }":       "{ \"id\" : 7 ,\t\"x\" : [ ] }",
		"{\n\t\"id\": 7,\n\t\"x\": \" \\n\"}": `{"id":7,"x":" \n"}`,
		"{\"id\":7,\r\"x\":1.0}":              `{"id":7,"x":1.0}`,
	} {
		body := []byte(pageOf(row))
		before := bytes.Clone(body)
		page, err := model.DecodeRaw(body)
		if err != nil || string(page.Rows[0].JSON) != want {
			t.Errorf("%q decodes as %v, %v", row, page, err)
		}
		if !bytes.Equal(body, before) {
			t.Errorf("decoding changed the body to %q", body)
		}
	}
}

// TestDecodeRawRowsDoNotShareRoom appends to a row, which must not write into
// the next.
func TestDecodeRawRowsDoNotShareRoom(t *testing.T) {
	t.Parallel()
	page, err := model.DecodeRaw([]byte(pageOf(`{"id":2}`, `{"id":1}`)))
	if err != nil {
		t.Fatal(err)
	}
	_ = append(page.Rows[0].JSON, "overwritten"...)
	if got := string(page.Rows[1].JSON); got != `{"id":1}` {
		t.Errorf("the second row is %s", got)
	}
}

func TestDecodeRawErrors(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, body, path string
		id               int64
		class            error
	}{
		{"id only in a reference", pageOf(`{"roles":[{"id":3}]}`), "/collection/0", 0, model.ErrUnexpected},
		{"id a string", pageOf(`{"id":"3"}`), "/collection/0/id", 0, model.ErrUnexpected},
		{"id zero", pageOf(`{"id":0}`), "/collection/0/id", 0, model.ErrUnexpected},
		{"row a list", pageOf(`[{"id":1}]`), "/collection/0", 0, model.ErrUnexpected},
		{"repeated", pageOf(`{"id":5,"a":1,"a":2}`), "/collection/0/a", 5, model.ErrMalformed},
		{"repeated below", pageOf(`{"id":5,"a":[{"b":1,"c":[{"b":1}],"b":2}]}`), "/collection/0/a/0/b", 5, model.ErrMalformed},
		{"repeated by escapes", pageOf(`{"id":5,"a":{"b":1,"\u0062":2}}`), "/collection/0/a/b", 5, model.ErrMalformed},
		{"not UTF-8", pageOf(`{"id":5,"a":"1234567890` + "\xc3\x28" + `"}`), "/collection/0/a", 5, model.ErrMalformed},
		{"NUL", pageOf(`{"id":5,"a":"12` + "\x00" + `34567890"}`), "/collection/0/a", 5, model.ErrMalformed},
		{"half a pair", pageOf(`{"id":5,"a":"\ud800"}`), "/collection/0/a", 5, model.ErrMalformed},
		{"trailing comma", pageOf(`{"id":5,"a":[1,]}`), "/collection/0/a/1", 5, model.ErrMalformed},
		{"no comma", pageOf(`{"id":5,"a":[1 2]}`), "/collection/0/a", 5, model.ErrMalformed},
		{"wrong bracket", pageOf(`{"id":5,"a":[1}}`), "/collection/0/a", 5, model.ErrMalformed},
		{"bare minus", pageOf(`{"id":5,"a":-}`), "/collection/0/a", 5, model.ErrMalformed},
		{"bare fraction", pageOf(`{"id":5,"a":1.}`), "/collection/0/a", 5, model.ErrMalformed},
		{"bare exponent", pageOf(`{"id":5,"a":1e+}`), "/collection/0/a", 5, model.ErrMalformed},
		{"type before what is malformed", pageOf(`{"id":"5","a":1e+}`), "/collection/0/a", 0, model.ErrMalformed},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			page, err := model.DecodeRaw([]byte(tt.body))
			var e *model.DecodeError
			if !errors.As(err, &e) || page != nil || e.Path != tt.path || e.ID != tt.id || !errors.Is(err, tt.class) {
				t.Errorf("DecodeRaw(%s) = %v, %v, want path %q, id %d, %v", tt.body, page, err, tt.path, tt.id, tt.class)
			}
		})
	}
}
