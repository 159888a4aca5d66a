package expressiontest_test

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/model/modeltest"
	"github.com/muster-go/muster/query/rest/expression/expressiontest"
)

// things has fields to compute with, one reference, a collection of objects and one of texts.
func things(tb testing.TB, c model.Collation) *model.Schema {
	tb.Helper()
	var fields []model.Field
	add := func(through, prefix string) {
		for _, f := range []model.Field{
			{Name: "int", Type: model.TypeInt},
			{Name: "int_n", Type: model.TypeInt, Nullable: true},
			{Name: "big_n", Type: model.TypeInt, Nullable: true},
			{Name: "dec", Type: model.TypeDecimal},
			{Name: "dec_n", Type: model.TypeDecimal, Nullable: true},
			{Name: "flag", Type: model.TypeBool},
			{Name: "flag_n", Type: model.TypeBool, Nullable: true},
			{Name: "text", Type: model.TypeString, Collation: c},
			{Name: "text_n", Type: model.TypeString, Collation: c, Nullable: true},
			{Name: "at", Type: model.TypeDateTime},
			{Name: "at_n", Type: model.TypeDateTime, Nullable: true},
			{Name: "marks", Type: model.TypeList, Of: model.TypeString, Collation: c, Nullable: true},
		} {
			f.Name, f.Through = prefix+f.Name, through
			fields = append(fields, f)
		}
	}
	add("", "")
	fields = append(fields, model.Field{Name: "one", Type: model.TypeRef, Nullable: true}, model.Field{Name: "many", Type: model.TypeRefs})
	add("one", "one.")
	add("many", "many.")
	s, err := model.NewSchema("things", fields...)
	if err != nil {
		tb.Fatal(err)
	}
	return s
}

// object draws the values of a row or of an object.
func (r *random) object() map[string]any {
	orNull := func(v any) any {
		if r.IntN(3) == 0 {
			return nil
		}
		return v
	}
	text := func() any { return pick(r, "", "a", "A", "ab", "b", "É", "é", "abc", "ß", " a") }
	number := func() any { return r.IntN(5) - 1 }
	decimal := func() any {
		v, err := model.ParseDecimal(pick(r, "0", "-0.5", "0.5", "1", "2.5", "1.25"))
		if err != nil {
			panic(err)
		}
		return v
	}
	at := func() any {
		day := time.Date(2024, 1, 30+r.IntN(3), 0, 0, 0, 0, time.UTC)
		return day.Add(pick[time.Duration](r, 0, time.Hour, 24*time.Hour-1, 7*time.Hour/2))
	}
	o := map[string]any{
		"int": number(), "int_n": orNull(number()), "big_n": orNull(pick[int64](r, math.MaxInt64, math.MinInt64, 1<<62)),
		"dec": decimal(), "dec_n": orNull(decimal()), "flag": r.IntN(2) == 0, "flag_n": orNull(r.IntN(2) == 0),
		"text": text(), "text_n": orNull(text()), "at": at(), "at_n": orNull(at()),
	}
	if r.IntN(4) > 0 {
		marks := []any{}
		for range r.IntN(3) {
			marks = append(marks, orNull(text()))
		}
		o["marks"] = marks
	}
	return o
}

// thing draws a row of things.
func (r *random) thing(s *model.Schema) *modeltest.Record {
	o := r.object()
	if r.IntN(3) > 0 {
		o["one"] = modeltest.Object(r.object())
	}
	many := make([]modeltest.Object, r.IntN(3))
	for i := range many {
		many[i] = r.object()
	}
	o["many"] = many
	return modeltest.MustRecord(s, o)
}

// computing writes conditions of OData that compute and ask about collections.
type computing struct {
	*random
	element string // what the variable of the condition is called; "" outside of any and all
	depth   int    // of any and all
}

// field names a field, often one that may be null and outside of any and all one of an object.
func (c *computing) field(name string) string {
	name += pick(c.random, "", "_n", "_n")
	switch {
	case c.element != "":
		return c.element + "/" + name
	case c.IntN(4) == 0:
		return "one/" + name
	}
	return name
}

func (c *computing) whole(depth int) string {
	if depth == 0 {
		if c.IntN(8) == 0 {
			return strings.TrimSuffix(strings.Replace(c.field("int"), "int", "big", 1), "_n") + "_n"
		}
		return c.field("int")
	}
	inner := func() string { return c.whole(depth - 1) }
	switch c.IntN(8) {
	case 0:
		return "length(" + c.text(depth-1) + ")"
	case 1:
		return pick(c.random, "year", "month", "day", "hour") + "(" + c.instant(depth-1) + ")"
	case 2:
		return "-(" + inner() + ")"
	case 3:
		return inner() + pick(c.random, " add ", " sub ", " mul ") + "(" + inner() + ")"
	case 4:
		return "(" + inner() + ") " + pick(c.random, "add", "sub", "mul") + pick(c.random, " 1", " 2", " -1", " 9223372036854775807")
	case 5:
		return inner() + pick(c.random, " add ", " sub ", " mul ") + inner() + pick(c.random, " add ", " sub ", " mul ") + inner()
	}
	return inner()
}

func (c *computing) fraction(depth int) string {
	if depth == 0 {
		return c.field("dec")
	}
	inner := func() string { return c.fraction(depth - 1) }
	switch c.IntN(5) {
	case 0:
		return "round(" + inner() + ")"
	case 1:
		return "(" + inner() + ")" + pick(c.random, " div 2", " div 3.0", " divby -7", " mul 0.5")
	case 2:
		return "(" + c.whole(depth-1) + ")" + pick(c.random, " divby 2", " divby 3", " div 2.0")
	case 3:
		return inner() + pick(c.random, " add ", " sub ", " mul ") + c.whole(0)
	}
	return inner()
}

func (c *computing) text(depth int) string {
	if depth == 0 {
		return c.field("text")
	}
	inner := func() string { return c.text(depth - 1) }
	switch c.IntN(6) {
	case 0, 1:
		return pick(c.random, "tolower(", "toupper(") + inner() + ")"
	case 2:
		return "concat(" + inner() + "," + pick(c.random, inner(), "'a'") + ")"
	case 3:
		return fmt.Sprintf("substring(%s,%d)", inner(), c.IntN(3))
	case 4:
		return fmt.Sprintf("substring(%s,%d,%d)", inner(), c.IntN(3), c.IntN(3))
	}
	return inner()
}

func (c *computing) duration() string {
	return "duration'" + pick(c.random, "PT0S", "P1D", "PT1H", "P1DT30M", "PT90S") + "'"
}

func (c *computing) instant(depth int) string {
	if depth > 0 && c.IntN(2) == 0 {
		return c.field("at") + pick(c.random, " add ", " sub ") + c.duration()
	}
	return c.field("at")
}

// test writes a condition without a join.
func (c *computing) test() string {
	op := func() string { return pick(c.random, " eq ", " ne ", " eq ", " ne ", " gt ", " ge ", " lt ", " le ") }
	d := c.IntN(3)
	switch c.IntN(15) {
	case 14:
		return pick(c.random, "1"+op()+c.whole(d), "'a'"+op()+c.text(d), "0.5"+op()+c.fraction(d), "null eq "+c.text(d), "now()"+op()+c.instant(d), "not ("+strings.TrimSuffix(c.field("int"), "_n")+" mul 9223372036854775807"+op()+"1)")
	case 0, 1:
		return c.whole(d) + op() + pick(c.random, c.whole(d), c.fraction(d), "1", "2")
	case 2:
		return c.fraction(d) + op() + pick(c.random, c.fraction(d), "0.5", "1")
	case 3, 4:
		return c.text(d) + op() + pick(c.random, c.text(d), c.text(0), "'a'")
	case 5:
		return c.instant(d) + op() + pick(c.random, c.instant(d), "2024-01-31T01:00:00Z", "now()")
	case 6:
		return "date(" + c.instant(d) + ")" + op() + pick(c.random, "date("+c.instant(d)+")", "2024-01-31")
	case 7:
		return pick(c.random, c.instant(0)+" sub "+pick(c.random, c.instant(0), "now()"), "now() sub "+c.instant(0)) + op() + c.duration()
	case 8:
		return c.field("flag") + pick(c.random, " eq ", " ne ") + pick(c.random, c.field("flag"), "true")
	case 9:
		return pick(c.random, c.whole(d), c.text(d), c.fraction(d)) + pick(c.random, " eq null", " ne null")
	case 10:
		return pick(c.random, "contains(", "startswith(", "endswith(") + c.text(d) + "," + pick(c.random, "'a'", "'b'", "''") + ")" + pick(c.random, "", "", " eq true", " eq false", " ne true", " ne false")
	case 11:
		return pick(c.random, c.whole(d)+" in (1,2", "("+c.text(d)+") in ('a','ab'") + pick(c.random, ")", ",null)")
	case 12:
		return c.counted()
	}
	return c.lambda()
}

// collection names a collection, and what its elements have.
func (c *computing) collection() (name string, objects bool) {
	switch {
	case c.element != "":
		return c.element + "/marks", false
	case c.IntN(3) > 0:
		return "many", true
	}
	return pick(c.random, "marks", "one/marks"), false
}

func (c *computing) counted() string {
	name, _ := c.collection()
	if c.IntN(3) == 0 {
		return "1" + pick(c.random, " lt ", " ge ", " ne ") + name + "/$count"
	}
	if c.depth > 1 {
		return c.element + " eq 'a'"
	}
	return name + "/$count" + pick(c.random, " eq ", " ne ", " gt ", " le ") + pick(c.random, "0", "1", "2")
}

func (c *computing) lambda() string {
	name, objects := c.collection()
	variable := pick(c.random, "x", "y", "text")
	if c.element == variable {
		variable = "z"
	}
	if c.IntN(6) == 0 {
		return name + "/any()"
	}
	name += pick(c.random, "/any(", "/all(") + variable + ":"
	if !objects {
		return name + pick(c.random, " ", "not ", "") + "(" + variable + pick(c.random, " eq 'a'", " ne 'a'", " eq null", " gt 'A'") + " or startswith(" + variable + ",'b') or length(" + variable + ") eq 3))"
	}
	inner := &computing{random: c.random, element: variable, depth: c.depth + 1}
	return name + inner.condition(c.IntN(2)) + ")"
}

// condition joins tests.
func (c *computing) condition(depth int) string {
	if depth == 0 {
		return c.test()
	}
	inner := func() string { return "(" + c.condition(depth-1) + ")" }
	return pick(c.random, inner()+" and "+inner(), inner()+" or "+inner(), "not "+inner(), "not "+inner())
}

// valuesOfSCIM writes conditions on one value of an attribute.
func (r *random) valuesOfSCIM() string {
	test := func() string {
		return pick(r, "text_n", "TEXT", "int_n", "flag_n")
	}
	one := func() string {
		switch name := test(); name {
		case "int_n":
			return name + pick(r, " eq 1", " ne 1", " gt 0", " pr")
		case "flag_n":
			return name + pick(r, " eq true", " ne true", " pr")
		default:
			return name + pick(r, ` eq "a"`, ` ne "A"`, ` co "B"`, " pr", ` sw "a"`)
		}
	}
	join := func() string {
		return pick(r, one(), one()+pick(r, " and ", " or ")+one(), "not ("+one()+")", "not ("+one()+pick(r, " and ", " or ")+one()+")")
	}
	path := "many[" + join() + "]"
	return pick(r, path, "not ("+path+")", join()+pick(r, " and ", " or ")+path, path+" and not (Many["+join()+"] or "+join()+")", "one.text_n"+pick(r, " pr", ` ne "a"`, ` co "b"`)+" or "+path)
}

// TestForeignComputed is [TestForeign] for what is computed, and for collections.
func TestForeignComputed(t *testing.T) {
	t.Parallel()
	now := time.Date(2024, 1, 31, 1, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		language, separator string
		collation           model.Collation
	}{{"odata", "/", model.Binary}, {"scim", ".", model.Case}} {
		t.Run(c.language, func(t *testing.T) {
			t.Parallel()
			s := things(t, c.collation)
			types := expressiontest.TypesOf(s, c.separator)
			e := language(t, c.language, expressiontest.Options{Fields: types.Fields, Lists: types.Lists, OData401: true, Now: now})
			r := newRandom(7, 1)
			rows := make([]foreignRow, 400)
			for i := range rows {
				row := r.thing(s)
				rows[i] = foreignRow{row, expressiontest.RecordOf(s, row, c.separator)}
			}
			texts := 20_000
			if testing.Short() {
				texts = 2000
			}
			selected := 0
			for range texts {
				text := (&computing{random: r}).condition(r.IntN(3))
				if c.language == "scim" {
					text = r.valuesOfSCIM()
				}
				from := r.IntN(len(rows) - 8)
				selected += compareForeign(t, e, c.language, text, s, rows[from:from+8])
			}
			t.Logf("%d rows of %d were selected", selected, texts*8)
			if selected < texts*2 || selected > texts*7 {
				t.Error("too few or too many to tell")
			}
		})
	}
}

// foreignRow is a row for both evaluators.
type foreignRow struct {
	ours   model.Record
	theirs expressiontest.Record
}

// compareForeign holds what is read of a text to its evaluator, and to what is read of the text
// that it is printed as. It returns how many rows were selected.
func compareForeign(t *testing.T, e *expressiontest.Evaluator, language, text string, s *model.Schema, rows []foreignRow) (selected int) {
	t.Helper()
	want, err := e.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	f, err := readers()[language](text, s)
	if err != nil && strings.Contains(err.Error(), "of two nulls") {
		return 0 // the specification does not settle it
	}
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	again, err := dsl.Parse(f.String())
	if err != nil || !dsl.Equal(again.Root, f.Root) {
		t.Fatalf("%s\nread as %s, which is read again as %v, %v", text, f, again, err)
	}
	checked, err := dsl.Check(f, s, dsl.Now(e.Now))
	if err != nil {
		t.Fatalf("%s\nread as %s: %v", text, f, err)
	}
	got, err := dsl.Compile(checked.Root, s)
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows {
		wanted := want.MatchRecord(row.theirs)
		if got.Match(row.ours) != wanted {
			t.Fatalf("%s\nread as %s\nselects %v, want %v: %v", text, f, !wanted, wanted, row.theirs)
		}
		if wanted {
			selected++
		}
	}
	return selected
}
