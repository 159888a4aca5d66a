package fuzz_test

import (
	"cmp"
	"encoding/json"
	"errors"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json/jsontext"
	gocmp "github.com/google/go-cmp/cmp"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query/shipstream"
	"github.com/muster-go/muster/query/shipstream/usertest"
)

// FuzzDecode holds the three ways of decoding a page to a judge that is written
// over encoding/json: what it accepts they accept, with the values that it reads,
// and nothing else. Stricter than encoding/json they all are in what jsontext
// says: a name is not repeated, text is UTF-8, values are at most 10 000 deep.
func FuzzDecode(f *testing.F) {
	for _, s := range decodeSeeds {
		f.Add([]byte(s))
	}
	schema := shipstream.UserSchema().With(func(f *model.Field) { f.Nullable = true })
	dynamic, err := model.NewDynamicDecoder(schema, model.DefaultLayout())
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		wellFormed := jsontext.Value(body).IsValid()
		page, err := shipstream.DecodeUsers(body)
		if errors.Is(err, model.ErrMalformed) == wellFormed {
			t.Fatalf("jsontext accepts: %v, DecodeUsers: %v", wellFormed, err)
		}
		raw, rawErr := model.DecodeRaw(body)
		if errors.Is(rawErr, model.ErrMalformed) == wellFormed {
			t.Fatalf("jsontext accepts: %v, DecodeRaw: %v", wellFormed, rawErr)
		}
		dyn, dynErr := dynamic.Decode(body)
		if errors.Is(dynErr, model.ErrMalformed) == wellFormed {
			t.Fatalf("jsontext accepts: %v, Decode: %v", wellFormed, dynErr)
		}
		want, wantErr := judgePage(body)
		if accepted := wellFormed && wantErr == nil; accepted != (err == nil) {
			t.Fatalf("the judge: %v, DecodeUsers: %v", wantErr, err)
		}
		if err != nil {
			return
		}
		if rawErr != nil || len(raw.Rows) != len(want.users) || len(page.Rows) != len(want.users) {
			t.Fatalf("%d rows and %d, want %d: %v", len(page.Rows), len(raw.Rows), len(want.users), rawErr)
		}
		samePage(t, want, page.HasMore, page.Next, page.Previous, page.Meta, page.Included)
		samePage(t, want, raw.HasMore, raw.Next, raw.Previous, raw.Meta, raw.Included)
		for i := range want.users {
			if diff := gocmp.Diff(want.users[i], known(&page.Rows[i]), usertest.EquateUsers()); diff != "" {
				t.Fatal(diff)
			}
			sameMembers(t, want.rows[i], &page.Rows[i])
			sameRow(t, want.raw[i], raw.Rows[i])
		}
		if dynErr == nil {
			samePage(t, want, dyn.HasMore, dyn.Next, dyn.Previous, dyn.Meta, dyn.Included)
			sameRecords(t, schema, page, dyn)
		}
	})
}

// samePage compares what a page says beside its rows. Included objects are compared by
// what their JSON says, read by the judge.
func samePage(t *testing.T, want judged, hasMore bool, next, previous string, meta model.Meta, included *model.Included) {
	t.Helper()
	if want.hasMore != hasMore || want.next != next || want.previous != previous {
		t.Fatalf("has_more %v, next %q, previous %q, want %v, %q, %q", hasMore, next, previous, want.hasMore, want.next, want.previous)
	}
	if m := want.meta; m.CursorStart != meta.CursorStart || m.CursorEnd != meta.CursorEnd || m.Count != meta.Count || m.ProcessingTime != meta.ProcessingTime {
		t.Fatalf("meta %+v, want %+v", meta, m)
	}
	got, err := judgeIncluded(included.AppendJSON(nil))
	if err != nil || !reflect.DeepEqual(got, want.included) {
		t.Fatalf("included %v, want %v, %v", got, want.included, err)
	}
}

// known returns a user that has no more than the known fields of u.
func known(u *shipstream.User) shipstream.User {
	return shipstream.User{
		Kind: u.Kind, ID: u.ID, Name: u.Name, Email: u.Email, Username: u.Username, IsActive: u.IsActive, Roles: u.Roles,
		LoginViaBadge: u.LoginViaBadge, DefaultWarehouse: u.DefaultWarehouse, Merchant: u.Merchant, CreatedAt: u.CreatedAt, LastLoginAt: u.LastLoginAt,
	}
}

// sameMembers compares what is not known of a user.
func sameMembers(t *testing.T, want map[string]json.RawMessage, u *shipstream.User) {
	t.Helper()
	known := []string{
		"type", "id", "name", "email", "username", "is_active", "roles", "login_via_badge", "default_warehouse", "merchant", "created_at", "last_login_at",
	}
	for _, name := range known {
		delete(want, name)
	}
	for name, raw := range u.Unknown() {
		if string(want[name]) != string(raw) {
			t.Fatalf("%s: %s, want %s", name, raw, want[name])
		}
		delete(want, name)
	}
	if len(want) > 0 {
		t.Fatalf("lost %s", want)
	}
}

// sameRow wants a raw row to be what was received but for white space.
func sameRow(t *testing.T, want jsontext.Value, got model.RawRow) {
	t.Helper()
	g := jsontext.Value(got.JSON).Clone()
	if err := errors.Join(want.Compact(), g.Compact()); err != nil || string(g) != string(want) {
		t.Fatalf("raw row %s, want %s, %v", g, want, err)
	}
}

func sameRecords(t *testing.T, schema *model.Schema, page *model.Page[shipstream.User], dyn *model.Page[model.DynamicRow]) {
	t.Helper()
	for n := range page.Rows {
		u, r := &page.Rows[n], &dyn.Rows[n]
		if u.ID != r.ID {
			t.Fatalf("id %d, want %d", r.ID, u.ID)
		}
		for i := range schema.Len() {
			got, want := r.Value(i), u.Value(i)
			if got.IsNull() && want == model.String("") && schema.Field(i).Name == "type" {
				continue // what a user without a type has
			}
			if got != want || u.Len(i) != r.Len(i) {
				t.Fatalf("%s: %v, %d, want %v, %d", schema.Field(i).Name, got, r.Len(i), want, u.Len(i))
			}
		}
	}
}

// judged is a page as encoding/json reads it.
type judged struct {
	users   []shipstream.User
	rows    []map[string]json.RawMessage
	raw     []jsontext.Value
	hasMore bool

	next, previous string
	meta           model.Meta
	included       map[string][][]any // the objects of known types, by type, as values of their members
}

var errJudge = errors.New("not what the API documents")

func judgePage(body []byte) (j judged, err error) {
	var (
		members map[string]json.RawMessage
		list    []json.RawMessage
	)
	if json.Unmarshal(body, &members) != nil || json.Unmarshal(members["collection"], &list) != nil || list == nil {
		return j, errJudge
	}
	more, err1 := member[bool](members, "has_more")
	next, err2 := member[string](members, "next")
	previous, err3 := member[string](members, "previous")
	var err4, err5 error
	j.meta, err4 = judgeMeta(members["meta"])
	j.included, err5 = judgeIncluded(members["included"])
	if err := errors.Join(err1, err2, err3, err4, err5); err != nil || !more.IsSet() {
		return j, errors.Join(err, errJudge)
	}
	j.hasMore, j.next, j.previous = more.Or(false), next.Or(""), previous.Or("")
	for _, raw := range list {
		var row map[string]json.RawMessage
		if json.Unmarshal(raw, &row) != nil || row == nil {
			return j, errJudge
		}
		u, err := judgeUser(row)
		if err != nil {
			return j, err
		}
		j.users, j.rows, j.raw = append(j.users, u), append(j.rows, row), append(j.raw, jsontext.Value(raw))
	}
	return j, nil
}

func judgeUser(row map[string]json.RawMessage) (u shipstream.User, err error) {
	var errs []error
	read := func(e error) { errs = append(errs, e) }
	kind, e := judgeType(row)
	read(e)
	u.Kind = shipstream.Kind(kind)
	u.ID, e = judgeID(row)
	read(e)
	u.Name, e = member[string](row, "name")
	read(e)
	u.Email, e = member[string](row, "email")
	read(e)
	u.Username, e = member[string](row, "username")
	read(e)
	u.IsActive, e = member[bool](row, "is_active")
	read(e)
	u.LoginViaBadge, e = member[bool](row, "login_via_badge")
	read(e)
	u.Roles, e = judgeRefs(row, "roles")
	read(e)
	u.DefaultWarehouse, e = judgeRef(row, "default_warehouse")
	read(e)
	u.Merchant, e = judgeRef(row, "merchant")
	read(e)
	u.CreatedAt, e = judgeTime(row, "created_at")
	read(e)
	u.LastLoginAt, e = judgeTime(row, "last_login_at")
	read(e)
	return u, errors.Join(errs...)
}

// member reads an optional member by encoding/json.
func member[T any](m map[string]json.RawMessage, name string) (o model.Opt[T], err error) {
	if raw, ok := m[name]; ok {
		err = json.Unmarshal(raw, &o)
	}
	return o, err
}

func judgeType(m map[string]json.RawMessage) (string, error) {
	typ, err := member[string](m, "type")
	if typ.IsNull() {
		return "", errJudge
	}
	return typ.Or(""), err
}

func judgeID(m map[string]json.RawMessage) (int64, error) {
	id, err := member[int64](m, "id")
	if err != nil || id.Or(0) < 1 {
		return 0, errJudge
	}
	return id.Or(0), nil
}

// rfc3339 is the grammar of RFC 3339, to which time.Parse is lenient.
var rfc3339 = regexp.MustCompile(`^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]([01]\d|2[0-3]):[0-5]\d)$`)

func judgeTime(m map[string]json.RawMessage, name string) (o model.Opt[time.Time], err error) {
	text, err := member[string](m, name)
	if !text.IsSet() {
		if text.IsNull() {
			o = model.NullOpt[time.Time]()
		}
		return o, err
	}
	if !rfc3339.MatchString(text.Or("")) {
		return o, errJudge
	}
	at, err := time.Parse(time.RFC3339, strings.ToUpper(text.Or("")))
	return model.Some(at), err
}

func judgeRef(m map[string]json.RawMessage, name string) (o model.Opt[model.Ref], err error) {
	ref, err := member[map[string]json.RawMessage](m, name)
	if !ref.IsSet() {
		if ref.IsNull() {
			o = model.NullOpt[model.Ref]()
		}
		return o, err
	}
	typ, err1 := member[string](ref.Or(nil), "type")
	id, err2 := member[int64](ref.Or(nil), "id")
	if err := errors.Join(err1, err2); err != nil || !typ.IsSet() || !id.IsSet() {
		return o, errJudge
	}
	return model.Some(model.Ref{Type: typ.Or(""), ID: id.Or(0)}), nil
}

func judgeRefs(m map[string]json.RawMessage, name string) (o model.Opt[[]model.Ref], err error) {
	list, err := member[[]json.RawMessage](m, name)
	if !list.IsSet() {
		if list.IsNull() {
			o = model.NullOpt[[]model.Ref]()
		}
		return o, err
	}
	refs := []model.Ref{}
	for _, raw := range list.Or(nil) {
		ref, err := judgeRef(map[string]json.RawMessage{"": raw}, "")
		if err != nil || !ref.IsSet() {
			return o, errJudge
		}
		refs = append(refs, ref.Or(model.Ref{}))
	}
	return model.Some(refs), nil
}

// judgeObject reads an object, null or the empty list.
func judgeObject(raw json.RawMessage) (m map[string]json.RawMessage, err error) {
	var list []json.RawMessage
	if raw != nil && (json.Unmarshal(raw, &list) != nil || len(list) > 0) {
		err = json.Unmarshal(raw, &m)
	}
	return m, err
}

func judgeMeta(raw json.RawMessage) (meta model.Meta, err error) {
	m, err := judgeObject(raw)
	took, err1 := member[float64](m, "processing_time")
	var err2, err3, err4 error
	meta.ProcessingTime = took.Or(0)
	meta.CursorStart, err2 = member[int64](m, "cursor_start")
	meta.CursorEnd, err3 = member[int64](m, "cursor_end")
	meta.Count, err4 = member[int64](m, "count")
	return meta, errors.Join(err, err1, err2, err3, err4)
}

func judgeIncluded(raw json.RawMessage) (map[string][][]any, error) {
	objects := make(map[string][][]any)
	lists, err := judgeObject(raw)
	for typ, raw := range lists {
		read := judgeKnown(typ)
		if read == nil {
			continue
		}
		var list []json.RawMessage
		if json.Unmarshal(raw, &list) != nil {
			return nil, errJudge
		}
		for _, raw := range list {
			var o map[string]json.RawMessage
			if json.Unmarshal(raw, &o) != nil || o == nil {
				return nil, errJudge
			}
			own, err1 := judgeType(o)
			id, err2 := judgeID(o)
			values := []any{cmp.Or(own, typ), id}
			errs := []error{err1, err2}
			for _, r := range read {
				v, err := r(o)
				values, errs = append(values, v), append(errs, err)
			}
			if err := errors.Join(errs...); err != nil {
				return nil, err
			}
			objects[typ] = append(objects[typ], values)
		}
	}
	return objects, err
}

// reading reads one member of an object.
type reading func(map[string]json.RawMessage) (any, error)

func reads[T any](name string) reading {
	return func(m map[string]json.RawMessage) (any, error) { return member[T](m, name) }
}

// judgeKnown is what reads an object of a known type; nil for others.
func judgeKnown(typ string) []reading {
	switch typ {
	case shipstream.RefOrganizationUserRole, shipstream.RefClientUserRole:
		return []reading{reads[string]("name"), func(m map[string]json.RawMessage) (any, error) {
			list, err := member[[]*string](m, "permissions")
			for _, s := range list.Or(nil) {
				if s == nil {
					return nil, errJudge
				}
			}
			return list, err
		}}
	case shipstream.RefWarehouse:
		return []reading{reads[string]("name"), reads[bool]("is_active")}
	case shipstream.RefMerchant, shipstream.RefBrand:
		common := []reading{reads[string]("code"), reads[string]("name"), reads[bool]("is_active"), reads[bool]("is_deleted"), reads[int64]("sort_order")}
		if typ == shipstream.RefBrand {
			return common
		}
		return append(
			common,
			func(m map[string]json.RawMessage) (any, error) {
				at, err := judgeTime(m, "created_at")
				return [...]any{at.IsSet(), at.IsNull(), at.Or(time.Time{}).UnixNano()}, err
			},
			func(m map[string]json.RawMessage) (any, error) { return judgeRefs(m, "brands") },
			func(m map[string]json.RawMessage) (any, error) { return judgeRef(m, "default_brand") },
		)
	}
	return nil
}
