package dsl_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/dsl/dsltest"
	"github.com/muster-go/muster/model/modeltest"
)

// TestParseCounts: a count stands wherever a number may, with its range.
func TestParseCounts(t *testing.T) {
	t.Parallel()
	span := func(start, end int) dsl.Span { return dsl.Span{Start: start, End: end} }
	path := func(name string, start, end int) *dsl.Path { return &dsl.Path{Name: name, Range: span(start, end)} }
	for _, tt := range []struct {
		text string
		want dsl.Node
	}{
		{"a > count(b)", &dsl.Relation{
			Left: path("a", 0, 1), Op: dsl.Gt, Right: &dsl.Cardinality{Path: path("b", 10, 11), Range: span(4, 12)}, Range: span(0, 12),
		}},
		{"Count( b where c ) is null", &dsl.Computed{
			X: &dsl.Cardinality{
				Path: path("b", 7, 8), Block: &dsl.Truth{Path: path("c", 15, 16), Range: span(15, 16)}, Range: span(0, 18),
			},
			Test:  &dsl.Is{Path: path("", 0, 18), What: dsl.IsNull, Range: span(0, 26)},
			Range: span(0, 26),
		}},
	} {
		if diff := cmp.Diff(tt.want, parseBoth(t, tt.text).Root, values); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.text, diff)
		}
	}
}

// TestFormatCounts shows the canonical spelling of counts.
func TestFormatCounts(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"3<count(roles)":                               "3 < count(roles)",
		"id >= COUNT(roles WHERE a or b)":              "id >= count(roles where a or b)",
		"count(roles)+1>3":                             "count(roles) + 1 > 3",
		"2*(count(a)-count(b))!=0":                     "2 * (count(a) - count(b)) != 0",
		"count(roles) in (1,2,)":                       "count(roles) in (1, 2)",
		"count(roles) not between 1 and 3":             "count(roles) not between 1 and 3",
		"(count(roles))>2":                             "count(roles) > 2",
		"count(roles) > 2.0":                           "count(roles) > 2",
		"count(roles) > count(tags where this = 'x')":  "count(roles) > count(tags where this = 'x')",
		"max(count(a), 3) = 3":                         "max(count(a), 3) = 3",
		"count(a where count(b) + 1 = c) - 1 < 2":      "count(a where count(b) + 1 = c) - 1 < 2",
		"count > count(count where count(count) = 1)":  "count > count(count where count(count) = 1)",
		"not count(a) = count(b)":                      "count(a) != count(b)",
		"any a (count(b) > c) and x between 1 and 2":   "any a (count(b) > c) and x between 1 and 2",
		"count(`a b`.c where not (d and e)) = -x * -1": "",
	} {
		if want == "" {
			if _, err := dsl.Parse(text); err == nil {
				t.Errorf("%s parses", text)
			}
			continue
		}
		f := parseBoth(t, text)
		if got := f.String(); got != want {
			t.Errorf("%s prints as %s, want %s", text, got, want)
		}
		checkFormat(t, f)
	}
}

// TestBuildCounts: the builder makes the trees that the text parses to.
func TestBuildCounts(t *testing.T) {
	t.Parallel()
	roles, tags, id := dsl.Field("roles"), dsl.Field("tags"), dsl.Field("id")
	for text, n := range map[string]dsl.Node{
		"id > count(roles)":                   id.Gt(roles.Count(nil)),
		"count(roles) = id":                   roles.Count(nil).Eq(id),
		"count(roles where id = 1) + 1 > 3":   roles.Count(id.Eq(1)).Expr().Plus(1).Gt(3),
		"count(roles) - count(tags) <= 0":     roles.Count(nil).Expr().Minus(tags.Count(nil)).Le(0),
		"count(roles) in (1, 2)":              roles.Count(nil).Expr().In(1, 2),
		"count(roles) between 1 and 3":        roles.Count(nil).Expr().Between(1, 3),
		"count(roles) > 2":                    roles.Count(nil).Expr().Gt(2),
		"abs(count(roles) - count(tags)) = 1": dsl.Func("abs", roles.Count(nil).Expr().Minus(tags.Count(nil))).Eq(1),
	} {
		if parsed := mustParse(t, text).Root; !dsl.Equal(parsed, n) {
			t.Errorf("%s is not %s", text, dsl.Format(n))
		}
	}
}

// TestCountsChecked: a comparison of a count with a constant is one node, on whichever side it
// stands, and everything that counts is an integer.
func TestCountsChecked(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"3 < count(tags)":                            "count(tags) > 3",
		"1 + 2 != count(tags)":                       "count(tags) != 3",
		"id < count(tags where id > 1)":              "id < count(tags where id > 1)",
		"count(labels) + 1 > 3":                      "count(labels) + 1 > 3",
		"count(tags) in (1, 2.0)":                    "count(tags) in (1, 2)",
		"count(tags) between 1 and 1 + 2":            "",
		"count(tags) / 2 > 1.5":                      "count(tags) / 2 > 1.5",
		"any tags (id > 1) and count(tags) > size":   "any tags (id > 1) and count(tags) > size",
		"count(tags where active) = count(tags)":     "",
		"coalesce(size, count(tags)) = count(owner)": "coalesce(size, count(tags)) = count(owner)",
	} {
		f, err := dsl.Parse(text)
		var c *dsl.Checked
		if err == nil {
			c, err = dsl.Check(f, modeltest.Schema())
		}
		switch {
		case err != nil && want != "":
			t.Errorf("%s: %v", text, err)
		case err == nil && dsl.Format(c.Root) != want:
			t.Errorf("%s becomes %s, want %s", text, dsl.Format(c.Root), want)
		case err == nil:
			readAgain(t, c.Root)
		}
	}
}

// TestCountsEvaluated compares counts with the reference and with what they must be.
func TestCountsEvaluated(t *testing.T) {
	t.Parallel()
	schema := modeltest.Schema()
	record := modeltest.MustRecord(schema, map[string]any{
		"id": 2, "size": nil, "labels": []any{"a", "b", nil},
		"tags": []modeltest.Object{{"id": 1, "name": "a", "weight": 2}, {"id": 3, "weight": 1}, {"id": 5}},
	})
	for text, want := range map[string]dsl.Tri{
		"count(tags) = id + 1":                               dsl.True,
		"id < count(tags)":                                   dsl.True,
		"2 < count(tags)":                                    dsl.True,
		"count(tags) + 1 > 4":                                dsl.False,
		"count(tags where weight > 0) = id":                  dsl.True,
		"count(labels) = count(tags)":                        dsl.True,
		"count(labels where this is not null) != id":         dsl.False,
		"count(tags) in (1, 3)":                              dsl.True,
		"count(tags) not in (1, 3)":                          dsl.False,
		"count(tags) between 4 and 5":                        dsl.False,
		"count(ratings) = 0 + id - 2":                        dsl.True, // null
		"count(owner) + 0 = 0":                               dsl.True,
		"count(tags) > size":                                 dsl.Unknown,
		"not count(tags) > size":                             dsl.Unknown,
		"count(tags) is null":                                dsl.False,
		"tags.id = count(tags)":                              dsl.True, // one of them
		"tags.id > count(tags where id > 1) and id = 2":      dsl.True,
		"count(tags where weight + 1 > id) = id - 1":         dsl.True,
		"any tags (weight = 2) and count(tags) * 2 = id * 3": dsl.True,
		"min(count(tags), id) = 2":                           dsl.True,
	} {
		c, err := dsl.Check(mustParse(t, text), schema)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		p, err := dsl.Compile(c.Root, schema)
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		if got, reference := p.Eval(record), dsltest.Eval(c.Root, record); got != want || reference != want {
			t.Errorf("%s is %v, by the reference %v, want %v", text, got, reference, want)
		}
	}
}
