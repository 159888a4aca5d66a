package model_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/muster-go/muster/model"
)

// crate is a row of a typed listing.
type crate struct {
	ID       int64
	State    string
	Label    model.Opt[string]
	PackedAt model.Opt[time.Time]
	Shelf    model.Opt[model.Ref]

	unknown  model.Unknown
	included *model.Included
}

func (c *crate) read(d *model.Decoder, inc *model.Included) {
	c.included = inc
	start, ok := d.BeginObject()
	if !ok {
		return
	}
	for name, ok := d.RowMember(); ok; name, ok = d.RowMember() {
		switch name {
		case "id":
			c.ID = d.ID()
		case "state":
			c.State = d.Word()
		case "label":
			c.Label = d.OptString()
		case "packed_at":
			c.PackedAt = d.OptTime()
		case "shelf":
			c.Shelf = d.OptRef("shelf", &c.unknown)
		default:
			d.Keep(&c.unknown, name)
		}
	}
	d.RequireID(start, c.ID)
}

func (c *crate) AppendJSON(dst []byte) []byte {
	dst = model.AppendIdentity(dst, model.Ref{ID: c.ID})
	if c.State != "" {
		dst = model.AppendString(model.AppendKey(dst, "state"), c.State)
	}
	dst = c.Label.AppendMember(dst, "label", model.AppendString)
	dst = c.PackedAt.AppendMember(dst, "packed_at", model.AppendTime)
	dst = c.Shelf.AppendMember(dst, "shelf", func(dst []byte, r model.Ref) []byte { return c.unknown.AppendRef(dst, "shelf", r) })
	return append(c.unknown.AppendMembers(dst), '}')
}

func (c *crate) CheckTimes() error { return model.CheckTimes(c.PackedAt) }

func (*crate) PageDecoder() *model.PageDecoder[crate] { return cratePages() }

// shelf is what crates refer to.
type shelf struct {
	id    int64
	floor model.Opt[int64]
	holds model.Opt[[]model.Ref]
	tags  model.Opt[[]string]
	full  model.Opt[bool]

	unknown model.Unknown
}

func readShelf(d *model.Decoder, _ string) model.Object {
	s := new(shelf)
	start, ok := d.BeginObject()
	if !ok {
		return s
	}
	for name, ok := d.ObjectMember(); ok; name, ok = d.ObjectMember() {
		switch name {
		case "id":
			s.id = d.ID()
		case "floor":
			s.floor = d.OptInt()
		case "holds":
			s.holds = d.OptRefs("holds", &s.unknown)
		case "tags":
			s.tags = d.OptStrings()
		case "full":
			s.full = d.OptBool()
		default:
			d.Keep(&s.unknown, name)
		}
	}
	d.RequireID(start, s.id)
	return s
}

func (s *shelf) Ref() model.Ref                  { return model.Ref{Type: "Shelf", ID: s.id} }
func (s *shelf) References() iter.Seq[model.Ref] { return slices.Values(s.holds.Or(nil)) }

func (s *shelf) AppendJSON(dst []byte) []byte {
	dst = model.AppendIdentity(dst, model.Ref{ID: s.id})
	dst = s.floor.AppendMember(dst, "floor", appendInt)
	dst = s.holds.AppendMember(dst, "holds", func(dst []byte, refs []model.Ref) []byte { return s.unknown.AppendRefs(dst, "holds", refs) })
	dst = s.tags.AppendMember(dst, "tags", model.AppendStrings)
	dst = s.full.AppendMember(dst, "full", strconv.AppendBool)
	return append(s.unknown.AppendMembers(dst), '}')
}

func appendInt(dst []byte, n int64) []byte { return strconv.AppendInt(dst, n, 10) }

func shelfTypes() *model.ObjectTypes {
	return model.NewObjectTypes(map[string]model.ReadObject{"Shelf": readShelf}, "packed")
}

func cratePages() *model.PageDecoder[crate] {
	return &model.PageDecoder[crate]{Objects: shelfTypes(), Read: (*crate).read}
}

func pageOf(rows ...string) string {
	return `{"collection":[` + strings.Join(rows, ",") + `],"has_more":false}`
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

// TestTypedRows reads a page in each way that decodes typed rows and writes it again.
func TestTypedRows(t *testing.T) {
	t.Parallel()
	const (
		row  = `{"id":1,"state":"packed","label":null,"packed_at":"2024-01-31T09:30:00Z","shelf":{"type":"Shelf","id":7,"row":2},"x":[1]}`
		inc  = `{"Shelf":[{"id":7,"floor":3,"holds":[{"type":"Box","id":1,"y":2}],"tags":["a","b"],"full":false,"z":{}}],"Kite":[{"type":"Kite","id":1}]}`
		body = `{"collection":[` + row + `],"included":` + inc + `,"has_more":true,"next":"/n","meta":{"count":1}}`
	)
	page, err := cratePages().Decode([]byte(body))
	if err != nil {
		t.Fatal(err)
	}
	var again model.Page[crate]
	if err := json.Unmarshal([]byte(body), &again); err != nil {
		t.Fatal(err)
	}
	for name, p := range map[string]*model.Page[crate]{"decoded": page, "unmarshalled": &again} {
		text, err := json.Marshal(p)
		if err != nil {
			t.Fatal(name, err)
		}
		wantSameJSON(t, []byte(body), text)
		if s, ok := model.LookupAs[*shelf](p.Rows[0].included, model.Ref{Type: "Shelf", ID: 7}); !ok || s.floor != model.Some[int64](3) {
			t.Errorf("%s: shelf 7 is %v, %t", name, s, ok)
		}
		if _, ok := model.LookupAs[*shelf](p.Included, model.Ref{Type: "Kite", ID: 1}); ok {
			t.Errorf("%s: a kite is a shelf", name)
		}
		if got, want := p.Unresolved(), (model.Ref{Type: "Box", ID: 1}); len(got) != 1 || got[0] != want {
			t.Errorf("%s: unresolved %v", name, got)
		}
	}
	one, err := cratePages().DecodeOne([]byte(`{"resource":` + row + `,"included":` + inc + `}`))
	if err != nil || string(one.AppendJSON(nil)) != row || one.included.Len() != 2 {
		t.Errorf("one row: %v, %v", one, err)
	}
	alone, err := cratePages().DecodeRow([]byte(row), page.Included)
	if err != nil || string(alone.AppendJSON(nil)) != row || alone.included != page.Included {
		t.Errorf("a row alone: %v, %v", alone, err)
	}
	objects, err := shelfTypes().DecodeIncluded([]byte(inc))
	if err != nil || string(objects.AppendJSON(nil)) != inc {
		t.Errorf("objects: %s, %v", objects.AppendJSON(nil), err)
	}
	var raw model.Included
	if err := json.Unmarshal([]byte(inc), &raw); err != nil || string(raw.AppendJSON(nil)) != inc {
		t.Errorf("raw objects: %s, %v", raw.AppendJSON(nil), err)
	}
}

func TestTypedRowErrors(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		pageOf(`{"id":2}`, `{"state":"x"}`):                          `decode /collection/1 at byte 24: unexpected JSON: the object has no id`,
		pageOf(`{"id":2,"label":3}`):                                 `decode /collection/0/label (id 2) at byte 31: unexpected JSON: want a string or null, got a number`,
		pageOf(`{"id":2,"state":null}`):                              `decode /collection/0/state (id 2) at byte 31: unexpected JSON: want a string, got null`,
		`{"collection":[],"included":{"Shelf":[{"floor":1}]}}`:       `decode /included/Shelf/0 at byte 38: unexpected JSON: the object has no id`,
		`{"collection":[],"included":{"Shelf":[7]}}`:                 `decode /included/Shelf/0 at byte 38: unexpected JSON: want an object, got a number`,
		`{"collection":[],"has_more":false,"included":{"Shelf":{}}}`: `decode /included/Shelf at byte 54: unexpected JSON: want a list, got an object`,
	} {
		_, err := cratePages().Decode([]byte(text))
		if err == nil || err.Error() != want {
			t.Errorf("%s: %v\nwant %s", text, err, want)
		}
	}
	if c, err := cratePages().DecodeRow([]byte(`{"id":0}`), nil); err == nil || c.ID != 0 {
		t.Errorf("id 0: %v, %v", c, err)
	}
	if c, err := cratePages().DecodeOne([]byte(`{"included":{}}`)); err == nil || c != nil {
		t.Errorf("no resource: %v, %v", c, err)
	}
	late := crate{ID: 1, PackedAt: model.Some(time.Date(10_000, 1, 1, 0, 0, 0, 0, time.UTC))}
	if _, err := (model.Page[crate]{Rows: []crate{late}}).MarshalJSON(); !errors.Is(err, model.ErrDateTime) {
		t.Errorf("a time of the year 10000: %v", err)
	}
}

// TestWords: one copy of a word serves all rows, however many words there are.
func TestWords(t *testing.T) {
	t.Parallel()
	var rows []string
	for i := range 60 {
		rows = append(rows, fmt.Sprintf(`{"id":%d,"state":"state %d"}`, i+1, i%20))
	}
	page, err := cratePages().Decode([]byte(pageOf(rows...)))
	if err != nil {
		t.Fatal(err)
	}
	for i, row := range page.Rows {
		if want := fmt.Sprintf("state %d", i%20); row.State != want {
			t.Errorf("row %d: %q, want %q", row.ID, row.State, want)
		}
	}
}
