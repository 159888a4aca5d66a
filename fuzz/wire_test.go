package fuzz

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query/shipstream"
	"github.com/muster-go/muster/query/shipstream/wire"
)

// wireSeeds are filters, each of which meets another branch of the encoder.
var wireSeeds = []string{
	"", "true", "false", "id = 15", "id != 15", "is_active", "not is_active", "is_active = true and created_at > 2024-01-01",
	"id > 15 and id < 50", "id < 15 or id > 50", "id = 1 or name = 'x'", "id in (1, 2, 3)", "id not in (1, 2, 3)",
	"email is null or email not in ('a', 'b')", "last_login_at is not null", "login_via_badge is not true", "email is not null and id = 3",
	"created_at between 2024-01-01 and 2024-02-01", "not created_at on 2024-01-01", "id between 9 and 1", "not id between 9 and 1",
	"name like 'abc'", "name like 'abc%'", "name like '%abc'", "name like 'box%case'", "name like 'ab%ba'", "name like 'a_c%d'", "name like '%'",
	`name like '100\%'`, `name starts with 'a%'`, `name ends with '\'`, "name contains 'x'", "name contains ''", "name ~ '^A'", "name !~ '^A'",
	`name = 'q"b\\n` + "\n\u2028🙂" + `'`, "name = 'ünïcode' or name = 'Straße'", "not (id = 1 and (id = 2 or id > 3))",
	"(id = 1 and is_active) or (id = 2 and is_active)", "(id = 1 and name = 'a') or (id = 2 and name = 'b')",
	"(id in (1, 2) and id > 0) or id < -5", "roles.name = 'x' and id = 1", "merchant is null", "not name like 'a%b'", "name > 'a ' and name <= 'b'",
	"(email = 'a' or email is null) and (email is not null or id = 3)", "id = 9223372036854775807 or id = -9223372036854775808",
}

// wireRecord is a row of values in the order of the schema.
type wireRecord []model.Value

func (r wireRecord) Value(i int) model.Value { return r[i] }
func (r wireRecord) Len(int) int             { return 0 }
func (r wireRecord) At(int, int) model.Value { return model.Null() }

// nearValues returns v and values that a careless encoding would confuse with it.
func nearValues(v model.Value) []model.Value {
	switch v.Type() {
	case model.TypeString:
		s := v.Str()
		return []model.Value{
			v, model.String(s + " "), model.String(" " + s), model.String(s + "x"), model.String("x" + s), model.String(strings.ToUpper(s)),
			model.String(strings.NewReplacer("%", "", "_", "y", `\`, "").Replace(s)), model.String(s + s),
		}
	case model.TypeInt:
		return []model.Value{v, model.Int(v.Int() - 1), model.Int(v.Int() + 1)}
	case model.TypeDateTime:
		return []model.Value{v, model.DateTimeUnix(v.Int() - 1), model.DateTimeUnix(v.Int() + 1)}
	case model.TypeBool, model.TypeNull, model.TypeRef, model.TypeRefs, model.TypeJSON, model.TypeDecimal, model.TypeFloat, model.TypeList:
	}
	return []model.Value{v}
}

// wireRecords returns rows made of values near the constants of n, so that every
// bound of it is met from both sides, and of null.
func wireRecords(n dsl.Node, s *model.Schema) []wireRecord {
	pool := map[model.Type][]model.Value{
		model.TypeInt:      {model.Int(0), model.Int(7)},
		model.TypeString:   {model.String(""), model.String("m"), model.String("\t")},
		model.TypeBool:     {model.Bool(true), model.Bool(false)},
		model.TypeDateTime: {model.DateTimeUnix(946684800)},
	}
	add := func(ls ...*dsl.Literal) {
		for _, l := range ls {
			if t := l.Value.Type(); len(pool[t]) < 64 {
				pool[t] = append(pool[t], nearValues(l.Value)...)
			}
		}
	}
	dsl.Walk(n, func(n dsl.Node) bool {
		switch n := n.(type) {
		case *dsl.Compare:
			add(n.Value)
		case *dsl.In:
			add(n.Values...)
		case *dsl.Between:
			add(n.Lo, n.Hi)
		case *dsl.Match:
			add(n.Pattern)
		case *dsl.And, *dsl.Or, *dsl.Not, *dsl.Const, *dsl.Truth, *dsl.Is, *dsl.On:
		}
		return true
	})
	rows := make([]wireRecord, 96)
	for i := range rows {
		rows[i] = make(wireRecord, s.Len())
		for j := range s.Len() {
			f := s.Field(j)
			choices := pool[f.Type]
			// Steps without a common factor pair the values of different fields.
			k := i*(2*j+1) + j
			if len(choices) > 0 && (!f.Nullable || k%5 != 0) {
				rows[i][j] = choices[k%len(choices)]
			}
		}
	}
	return rows
}

func wireProfile(bits uint16) wire.Profile {
	var p wire.Profile
	for i, s := range p.Switches() {
		if bits>>i&1 == 1 {
			p, _ = p.With(s.Name)
		}
	}
	return p
}

// FuzzWire holds the parameters to the meaning of the filter: read back by a JSON5
// library, they select the same rows, and weakened ones no fewer.
func FuzzWire(f *testing.F) {
	for i, seed := range wireSeeds {
		f.Add(seed, uint16(0))
		f.Add(seed, uint16(1<<(i%9)))
		f.Add(seed, uint16(1<<9-1))
	}
	schema := shipstream.UserSchema()
	now := time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)
	f.Fuzz(func(t *testing.T, text string, bits uint16) {
		filter, err := dsl.Parse(text)
		if err != nil {
			return
		}
		checked, err := dsl.Check(filter, schema, dsl.Now(now), dsl.Zone(time.UTC))
		if err != nil {
			return
		}
		p := wireProfile(bits)
		rows := wireRecords(checked.Root, schema)
		params, err := p.Encode(checked.Root)
		if err == nil {
			wireSame(t, checked.Root, params, schema, rows)
		} else if !errors.Is(err, wire.ErrUnsupported) {
			t.Fatalf("%q: %v", text, err)
		}
		wireRelaxed(t, p, checked.Root, err, schema, rows)
	})
}

func wireCompile(t *testing.T, n dsl.Node, s *model.Schema) *dsl.Predicate {
	t.Helper()
	p, err := dsl.Compile(n, s)
	if err != nil {
		t.Fatalf("%s: %v", dsl.Format(n), err)
	}
	return p
}

// wireRead reads the params that n became.
func wireRead(t *testing.T, n dsl.Node, params []string, s *model.Schema) dsl.Node {
	t.Helper()
	back := new(dsl.And)
	for _, param := range params {
		term, err := readWire(param, s)
		if err != nil {
			t.Fatalf("%s became %q: %v", dsl.Format(n), param, err)
		}
		back.Terms = append(back.Terms, term)
	}
	return back
}

// wireSame fails unless params, read by a JSON5 library, select what n does.
func wireSame(t *testing.T, n dsl.Node, params []string, s *model.Schema, rows []wireRecord) {
	t.Helper()
	back := wireRead(t, n, params, s)
	want, got := wireCompile(t, n, s), wireCompile(t, back, s)
	for _, r := range rows {
		if got.Match(r) != want.Match(r) {
			t.Fatalf("%s became %q, which reads as %s: they differ on %v", dsl.Format(n), params, dsl.Format(back), r)
		}
	}
}

// wireRelaxed fails unless what Relax sends selects all rows for which n is true.
func wireRelaxed(t *testing.T, p wire.Profile, n dsl.Node, encodeErr error, s *model.Schema, rows []wireRecord) {
	t.Helper()
	w, ok := p.Relax(n)
	never := errors.Is(encodeErr, wire.ErrNever)
	if w.Exact != (encodeErr == nil || never) || ok && never || ok != (len(w.Params) > 0) {
		t.Fatalf("%s: Relax says %+v, %v; Encode says %v", dsl.Format(n), w, ok, encodeErr)
	}
	relaxed := wireRead(t, n, w.Params, s)
	narrow, wide := wireCompile(t, n, s), wireCompile(t, relaxed, s)
	for _, r := range rows {
		if narrow.Match(r) && (never || !wide.Match(r)) {
			t.Fatalf("%s relaxed to %s loses %v", dsl.Format(n), dsl.Format(relaxed), r)
		}
	}
}
