package fuzz

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/model/modeltest"
	"github.com/muster-go/muster/query/rest/expression/expressiontest"
)

// FuzzOData, FuzzSCIM and FuzzAIP160 hold the readers of other languages to the promises of
// [FuzzParse] and to the evaluator of the language: what both read selects the same rows.
func FuzzOData(f *testing.F) { fuzzForeign(f, "odata", "/", model.Binary, dsl.ParseOData) }

func FuzzSCIM(f *testing.F) { fuzzForeign(f, "scim", ".", model.Case, dsl.ParseSCIM) }

func FuzzAIP160(f *testing.F) { fuzzForeign(f, "aip160", ".", model.Binary, dsl.ParseAIP160) }

func fuzzForeign(f *testing.F, language, separator string, text model.Collation, read func(string, *model.Schema, ...dsl.ParseOption) (*dsl.Filter, error)) {
	f.Helper()
	archive, err := txtar.ParseFile("../dsl/testdata/foreign/" + language + ".txtar")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range archive.Files {
		if strings.HasSuffix(file.Name, ".filter") {
			f.Add(strings.TrimSuffix(string(file.Data), "\n"))
		}
	}
	schema := modeltest.Schema().With(func(f *model.Field) {
		f.Collation = text
	})
	now := time.Unix(1_700_000_001, 0)
	types := expressiontest.TypesOf(schema, separator)
	judge, err := expressiontest.Language(language, expressiontest.Options{Fields: types.Fields, Lists: types.Lists, OData401: true, Now: now})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text string) {
		filter, err := read(text, schema)
		if err != nil {
			checkSyntaxError(t, text, err)
			return
		}
		if filter.Root == nil {
			return
		}
		checkSpans(t, filter)
		printed := filter.String()
		again, err := dsl.Parse(printed, dsl.MaxDepth(10_000), dsl.MaxBytes(1<<26), dsl.MaxTokens(1<<24))
		if err != nil || !dsl.Equal(again.Root, filter.Root) {
			t.Fatalf("%q is printed as %s, which is read again as %v, %v", text, printed, again, err)
		}
		checked, err := dsl.Check(filter, schema, dsl.Now(now))
		if err != nil {
			return
		}
		want, err := judge.Parse(text)
		if err != nil || ordersFolded(checked.Root) {
			return
		}
		predicate, err := dsl.Compile(checked.Root, schema)
		if err != nil {
			t.Fatal(err)
		}
		for seed := range uint64(16) {
			row := foreignRow(schema, checked.Root, seed)
			if got, want := predicate.Match(row), want.MatchRecord(expressiontest.RecordOf(schema, row, separator)); got != want {
				t.Fatalf("%q is read as %s, which is %v for %v, want %v", text, printed, got, expressiontest.RecordOf(schema, row, separator), want)
			}
		}
	})
}

// ordersFolded reports whether a filter orders text that is compared without case: the tree
// orders it by its collation, the evaluator by code points, and the RFC says neither.
func ordersFolded(n dsl.Node) (found bool) {
	dsl.Walk(n, func(n dsl.Node) bool {
		c, ok := n.(*dsl.Compare)
		found = found || ok && c.Op != dsl.Eq && c.Path.Field.Type == model.TypeString && c.Path.Field.Collation != model.Binary
		return true
	})
	return found
}

// foreignRow draws a row whose values are often those of a filter.
func foreignRow(s *model.Schema, n dsl.Node, seed uint64) *modeltest.Record {
	r := rand.New(rand.NewPCG(seed, 3))
	literals := dsl.Literals(n)
	value := func(t model.Type) model.Value {
		if len(literals) > 0 && r.IntN(2) == 0 {
			if v := literals[r.IntN(len(literals))].Value; v.Type() == t {
				return v
			}
		}
		switch t { //nolint:exhaustive // the others are no values of a row
		case model.TypeInt:
			return model.Int([]int64{-1, 0, 1, 2, 5, math.MaxInt64}[r.IntN(6)])
		case model.TypeDecimal:
			return model.DecimalInt(r.Int64N(7) - 1)
		case model.TypeFloat:
			return model.Float(float64(r.IntN(3)))
		case model.TypeBool:
			return model.Bool(r.IntN(2) == 0)
		case model.TypeString:
			return model.String([]string{"", "a", "abc", "x"}[r.IntN(4)])
		}
		return model.DateTimeUnix(1_700_000_000 + r.Int64N(3))
	}
	object := func(through string) map[string]any {
		out := map[string]any{}
		for i := range s.Len() {
			f := s.Field(i)
			name := strings.TrimPrefix(f.Name, through+".")
			switch {
			case f.Through != through || f.Type == model.TypeRef || f.Type == model.TypeRefs || f.Nullable && r.IntN(3) == 0:
			case f.Type == model.TypeList:
				list := make([]any, r.IntN(3))
				for i := range list {
					list[i] = value(f.Of)
				}
				out[name] = list
			default:
				out[name] = value(f.Type)
			}
		}
		return out
	}
	row := object("")
	if r.IntN(3) > 0 {
		row["owner"] = modeltest.Object(object("owner"))
	}
	tags := make([]modeltest.Object, r.IntN(3))
	for i := range tags {
		tags[i] = object("tags")
	}
	row["tags"] = tags
	return modeltest.MustRecord(s, row)
}
