package fuzz_test

import (
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/muster-go/muster/model"
)

// FuzzInside holds the decoding of pages whose members, and rows whose fields, are found
// by paths to a judge over encoding/json, which gathers what is at every path.
func FuzzInside(f *testing.F) {
	for _, s := range []string{
		`{"r":{"items":[{"m":{"id":7},"a":{"b":"x","c":{"d":5,"t":[1]}},"x":{"y":true}}]},"p":{"more":true,"n":{"x":"t"},"total":9}}`,
		`{"p.more":false,"p":{"n.x":3,"total":null},"r.items":[{"m.id":7,"x.y":true,"a":null},{"m":{"id":8},"x":{"y":false},"a":{"c":[],"b":null}}]}`,
		`{"r":{"items":[{"m":{"id":7},"x.y":true,"x":{"y":true}}]},"p":{"more":true}}`,
		`{"r":{"items":[{"m":{"id":7},"x":7}]},"p":{"more":true}}`,
		`{"r":{"items":[]},"r.items":[],"p":{"more":true}}`,
		`{"p":{"more":false,"z":1},"r":{"it\u0065ms":[{"m":{"id":7,"id":8}}]}}`,
		`{"r":{"items":null},"p":{"more":"True","n":{"x":false},"total":"12"}}`, `{"p":{"more":0,"total":"+1"}}`, `{"p":{"more":"t"},"r":{"items":[]}}`,
		"{\"r\":{\"items\":[{\"a\":{\"b\":\"\\u00e9\",\n\"q\":1},\"x\":{\"y\":true},\"m\":{\"id\":1}}]},\"p\":{\"more\":false,\"n\":[]}}",
	} {
		f.Add([]byte(s))
	}
	schema, err := model.NewSchema(
		"things",
		model.Field{Name: "m.id", Type: model.TypeInt},
		model.Field{Name: "a.b", Type: model.TypeString, Collation: model.CI, Nullable: true},
		model.Field{Name: "a.c.d", Type: model.TypeInt, Nullable: true},
		model.Field{Name: "a.c.t", Type: model.TypeJSON},
		model.Field{Name: "x.y", Type: model.TypeBool, Returned: model.ReturnedAlways},
	)
	if err != nil {
		f.Fatal(err)
	}
	decoder, err := model.NewDynamicDecoder(schema, model.Layout{Rows: "r.items", ID: "m.id", HasMore: "p.more", Next: "p.n.x", Total: "p.total"})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		sameLeniently(t, decoder, body)
		want, wantErr := judgeInside(body, false)
		page, err := decoder.Decode(body)
		if wellFormed := jsontext.Value(body).IsValid(); errors.Is(err, model.ErrMalformed) == wellFormed || (wellFormed && wantErr == nil) != (err == nil) {
			t.Fatalf("well-formed %v, the judge: %v, Decode: %v", wellFormed, wantErr, err)
		}
		if err != nil {
			return
		}
		if page.HasMore != want.more || page.Next != want.next || page.Meta.Count.Or(-1) != want.total || len(page.Rows) != len(want.rows) {
			t.Fatalf("got %+v, want %+v", page, want)
		}
		for i, w := range want.rows {
			row := &page.Rows[i]
			sameInside(t, row, w)
			names := []string{"x.y", "a.c.t", "a.b", "a.c.d"}
			chosen, err := row.AppendJSONFields(nil, names)
			if err != nil {
				t.Fatal(err)
			}
			again, err := decoder.DecodeRow(chosen, page.Included)
			if err != nil {
				t.Fatalf("%s: %v", chosen, err)
			}
			sameInside(t, &again, w)
			again.Hide([]*model.Field{schema.Field(1), schema.Field(2), schema.Field(3)})
			w[1], w[2], w[3] = model.Value{}, model.Value{}, model.Value{}
			sameInside(t, &again, w)
			if text := string(again.AppendJSON(nil)); strings.Contains(text, `"a"`) || strings.Contains(text, `"a.`) {
				t.Fatalf("hidden, and still there: %s", text)
			}
		}
	})
}

// sameLeniently holds the lenient decoding of a page to the judge.
func sameLeniently(t *testing.T, decoder *model.DynamicDecoder, body []byte) {
	t.Helper()
	want, wantErr := judgeInside(body, true)
	page, err := decoder.Decode(body, model.LenientPage())
	if accepted := jsontext.Value(body).IsValid() && wantErr == nil; accepted != (err == nil) {
		t.Fatalf("leniently, the judge: %v, Decode: %v", wantErr, err)
	}
	if err != nil {
		return
	}
	if page.HasMore != want.more || page.Next != want.next || page.Meta.Count.Or(-1) != want.total || len(page.Rows) != len(want.rows) ||
		page.Told.NoRows != want.noRows || page.Told.NoFlag != want.noFlag {
		t.Fatalf("leniently, got %+v, want %+v", page, want)
	}
	for i, w := range want.rows {
		sameInside(t, &page.Rows[i], w)
	}
}

func sameInside(t *testing.T, row *model.DynamicRow, want []model.Value) {
	t.Helper()
	for i, w := range want {
		if got := row.Value(i); got != w && compact(got.String()) != compact(w.String()) {
			t.Fatalf("field %d of %s is %v, want %v", i, row.AppendJSON(nil), got, w)
		}
	}
}

// compact is a text without its white space where it is JSON, which a row of several
// lines loses.
func compact(text string) string {
	v := jsontext.Value(text)
	if v.Compact() != nil {
		return text
	}
	return string(v)
}

// insidePage is a page as encoding/json reads it.
type insidePage struct {
	rows  [][]model.Value // a value for each field
	more  bool
	next  string
	total int64 // -1: there is none

	noRows, noFlag bool // leniently
}

// usually writes what LenientPage reads as pages usually have it.
func (p *insidePage) usually(members map[string]json.RawMessage) {
	if p.noRows = members["r.items"] == nil; p.noRows || string(members["r.items"]) == "null" {
		members["r.items"] = json.RawMessage("[]")
	}
	text := func(name string) string {
		text := string(members[name])
		_ = json.Unmarshal(members[name], &text) // a string
		return strings.ToLower(text)
	}
	switch text("p.more") {
	case "1", "true":
		members["p.more"] = json.RawMessage("true")
	case "0", "false":
		members["p.more"] = json.RawMessage("false")
	}
	if p.noFlag = members["p.more"] == nil || string(members["p.more"]) == "null"; p.noFlag {
		members["p.more"] = json.RawMessage("false")
	}
	if n, err := strconv.ParseInt(text("p.total"), 10, 64); err == nil {
		members["p.total"] = json.RawMessage(strconv.FormatInt(n, 10))
	}
	if string(members["p.n.x"]) == "false" {
		delete(members, "p.n.x")
	}
}

func judgeInside(body []byte, leniently bool) (p insidePage, err error) {
	members, err := gather(body, "r.items", "p.more", "p.n.x", "p.total")
	if err == nil && leniently {
		p.usually(members)
	}
	if err != nil || members["r.items"] == nil {
		return p, errors.Join(err, errJudge)
	}
	more, err1 := member[bool](members, "p.more")
	total, err2 := member[int64](members, "p.total")
	p.more, p.total = more.Or(false), total.Or(-1)
	if n, err := member[int64](members, "p.n.x"); err == nil && n.IsSet() {
		p.next = strconv.FormatInt(n.Or(0), 10)
	} else if text, err := member[string](members, "p.n.x"); err == nil {
		p.next = text.Or("")
	} else {
		return p, errJudge
	}
	var list []json.RawMessage
	if err := errors.Join(err1, err2, json.Unmarshal(members["r.items"], &list)); err != nil || !more.IsSet() || list == nil {
		return p, errors.Join(err, errJudge)
	}
	for _, raw := range list {
		row, err := judgeInsideRow(raw)
		if err != nil {
			return p, err
		}
		p.rows = append(p.rows, row)
	}
	return p, nil
}

func judgeInsideRow(raw json.RawMessage) ([]model.Value, error) {
	members, err := gather(raw, "m.id", "a.b", "a.c.d", "a.c.t", "x.y")
	if err != nil {
		return nil, err
	}
	id, err1 := member[int64](members, "m.id")
	b, err2 := member[string](members, "a.b")
	d, err3 := member[int64](members, "a.c.d")
	y, err4 := member[bool](members, "x.y")
	if err := errors.Join(err1, err2, err3, err4); err != nil || id.Or(0) < 1 || !y.IsSet() {
		return nil, errors.Join(err, errJudge)
	}
	out := []model.Value{model.Int(id.Or(0)), {}, {}, {}, model.Bool(y.Or(false))}
	if b.IsSet() {
		out[1] = model.String(b.Or(""))
	}
	if d.IsSet() {
		out[2] = model.Int(d.Or(0))
	}
	if text := members["a.c.t"]; text != nil && string(text) != "null" {
		out[3] = model.JSON(string(text))
	}
	return out, nil
}

// gather is what an object has at each of the paths.
func gather(raw json.RawMessage, paths ...string) (map[string]json.RawMessage, error) {
	out := map[string]json.RawMessage{}
	var in func(raw json.RawMessage, prefix string) error
	in = func(raw json.RawMessage, prefix string) error {
		var members map[string]json.RawMessage
		if err := json.Unmarshal(raw, &members); err != nil {
			return err
		}
		for name, value := range members {
			path := prefix + name
			switch {
			case slices.Contains(paths, path):
				if out[path] != nil {
					return errJudge
				}
				out[path] = value
			case !slices.ContainsFunc(paths, func(p string) bool { return strings.HasPrefix(p, path+".") }):
			default:
				var list []json.RawMessage
				if json.Unmarshal(value, &list) == nil && len(list) == 0 { // null, or the empty list
					continue
				}
				if err := in(value, path+"."); err != nil {
					return err
				}
			}
		}
		return nil
	}
	if string(raw) == "null" {
		return nil, errJudge
	}
	return out, in(raw, "")
}
