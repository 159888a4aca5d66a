package modeltest

import (
	"math"
	"time"

	"pgregory.net/rapid"

	"github.com/muster-go/muster/model"
)

// Strings generates strings: mostly from a small set, so that two of them are
// often equal or equal under the ci collation, and with what breaks parsers and
// patterns: quotes, wildcards, backslashes, controls, trailing spaces, many
// scripts. All are valid UTF-8.
func Strings() *rapid.Generator[string] {
	awkward := rapid.SampledFrom([]string{
		"", " ", "a", "A", "á", "a ", "a\t", "ab", "Ab", "b", "100%", "100\\%", "a_b", "a*b", `\`, `\\`, `"`, "'", "O'Neil", "''",
		"null", "true", "1", "2024-01-01", "ß", "ss", "s", "Ø", "O", "é", "e\u0301", "🙂", "🙃", "\u0000", "\u007f", "\u2028", "\ufeff",
		"Смирнова", "渡辺", "محمد", "admin@example.com", "</script>", "{}", "[1]", "a,b", "a:b", "\r\n",
	})
	return rapid.OneOf(awkward, awkward, rapid.StringN(0, 12, 40))
}

// Instants generates whole seconds in UTC, near one another and near the ends of
// days, months and years.
func Instants() *rapid.Generator[time.Time] {
	return rapid.Custom(func(t *rapid.T) time.Time {
		edge := rapid.SampledFrom([]time.Time{
			time.Unix(0, 0), time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(2024, 2, 29, 0, 0, 0, 0, time.UTC),
			time.Date(2023, 12, 31, 23, 59, 59, 0, time.UTC), time.Date(2024, 3, 31, 1, 0, 0, 0, time.UTC),
		}).Draw(t, "edge")
		shift := rapid.OneOf(rapid.IntRange(-2, 2), rapid.IntRange(-100_000, 100_000)).Draw(t, "shift")
		return edge.Add(time.Duration(shift) * time.Second).UTC()
	})
}

// Ints generates integers: small ones mostly, and the ends of the 64-bit range.
func Ints() *rapid.Generator[int64] {
	return rapid.OneOf(rapid.Int64Range(-3, 12), rapid.Int64Range(-3, 12),
		rapid.SampledFrom([]int64{math.MinInt64, math.MinInt64 + 1, math.MaxInt64 - 1, math.MaxInt64, 1 << 53}))
}

// decimals generates decimals: mostly small ones with few digits behind the point, of
// which many are equal or close, and the ends of what can be kept.
func decimals() *rapid.Generator[model.Value] {
	texts := rapid.OneOf(
		rapid.StringMatching(`-?[0-3](\.[0-9])?`),
		rapid.StringMatching(`-?[1-9][0-9]{0,6}\.[0-9]{1,4}`),
		rapid.SampledFrom([]string{"9223372036854775807", "-9223372036854775808", "922337203685477580.7", "1e-38", "-1e-38", "0.1"}),
	)
	return rapid.Map(texts, func(text string) model.Value {
		v, err := model.ParseDecimal(text)
		if err != nil {
			panic(err)
		}
		return v
	})
}

// Values generates values of type typ, never null; null for [model.TypeNull] and
// the types of references.
func Values(typ model.Type) *rapid.Generator[model.Value] {
	switch typ {
	case model.TypeInt:
		return rapid.Map(Ints(), model.Int)
	case model.TypeString:
		return rapid.Map(Strings(), model.String)
	case model.TypeBool:
		return rapid.Map(rapid.Bool(), model.Bool)
	case model.TypeDateTime:
		return rapid.Map(Instants(), model.DateTime)
	case model.TypeDecimal:
		return decimals()
	case model.TypeNull, model.TypeRef, model.TypeRefs, model.TypeJSON:
	}
	return rapid.Just(model.Null())
}

// Records generates records over s: null only where the field is nullable, with
// up to three references where it is a list of them.
func Records(s *model.Schema) *rapid.Generator[*Record] {
	return rapid.Custom(func(t *rapid.T) *Record {
		r := &Record{schema: s, values: make([]model.Value, s.Len()), paths: make([][]model.Value, s.Len())}
		for i := range s.Len() {
			f := s.Field(i)
			switch {
			case f.Through != "":
				through, _ := s.Lookup(f.Through)
				for range r.paths[through.Index()] {
					r.paths[i] = append(r.paths[i], fieldValue(t, f))
				}
			case f.Type == model.TypeRef, f.Type == model.TypeRefs:
				most := 3
				if f.Type == model.TypeRef {
					most = 1
				}
				for range rapid.IntRange(0, most).Draw(t, f.Name) {
					r.paths[i] = append(r.paths[i], model.Int(1))
					r.values[i] = model.Int(1)
				}
			default:
				r.values[i] = fieldValue(t, f)
			}
		}
		return r
	})
}

func fieldValue(t *rapid.T, f *model.Field) model.Value {
	if f.Nullable && rapid.IntRange(0, 3).Draw(t, f.Name+" null") == 0 {
		return model.Null()
	}
	return Values(f.Type).Draw(t, f.Name)
}
