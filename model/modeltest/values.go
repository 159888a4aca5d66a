package modeltest

import (
	"math"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/muster-go/muster/model"
)

// Text generates a string: mostly one of a small set, so that two of them are often equal, or
// equal under a collation. The set has what breaks parsers and patterns: quotes, wildcards,
// backslashes, controls, trailing spaces, many scripts. All are valid UTF-8.
func (c Choices) Text() string {
	if c.N(3) < 2 {
		return Pick(c,
			"", " ", "a", "A", "á", "a ", "a\t", "ab", "Ab", "b", "100%", "100\\%", "a_b", "a*b", `\`, `\\`, `"`, "'", "O'Neil", "''",
			"null", "true", "1", "2024-01-01", "ß", "ss", "s", "ẞ", "ſ", "S", "k", "K", "\u212a", "Ø", "O", "é", "e\u0301", "🙂", "🙃", "\u0000", "\u007f", "\u2028", "\ufeff",
			"Смирнова", "渡辺", "محمد", "admin@example.com", "</script>", "{}", "[1]", "a,b", "a:b", "\r\n",
		)
	}
	const most = 40 // bytes
	var b strings.Builder
	for range c.N(13) {
		if r := c.character(); b.Len()+utf8.RuneLen(r) <= most {
			b.WriteRune(r)
		}
	}
	return b.String()
}

func (c Choices) character() rune {
	switch c.N(4) {
	case 0:
		return 'a' + rune(c.N(26)) //nolint:gosec // less than 26
	case 1:
		return rune(c.N(0x80)) //nolint:gosec // ASCII
	case 2:
		return 0x80 + rune(c.N(0x700)) //nolint:gosec // two bytes
	}
	if r := rune(c.N(utf8.MaxRune + 1)); utf8.ValidRune(r) { //nolint:gosec // at most MaxRune
		return r
	}
	return utf8.RuneError
}

// Instant generates a whole second in UTC, near others and near the ends of days, months and
// years. [Choices.Moment] adds fractions.
func (c Choices) Instant() time.Time {
	edge := Pick(c,
		time.Unix(0, 0), time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(2024, 2, 29, 0, 0, 0, 0, time.UTC),
		time.Date(2023, 12, 31, 23, 59, 59, 0, time.UTC), time.Date(2024, 3, 31, 1, 0, 0, 0, time.UTC),
	)
	far := c.Bool()
	shift := Pick(c, 0, 1, 2, -1, -2)
	if far {
		shift = c.N(200_001) - 100_000
	}
	return edge.Add(time.Duration(shift) * time.Second).UTC()
}

// Moment generates an instant as [Choices.Instant] does, one in two with a fraction of a second,
// in steps of no less than step: from time.Nanosecond to time.Second.
func (c Choices) Moment(step time.Duration) time.Time {
	fraction := Pick(c, 0, 0, 0, 0, time.Second/2, time.Second/4, time.Nanosecond, time.Second-1)
	return c.Instant().Add(fraction.Truncate(step))
}

// Int generates an integer: mostly a small one, sometimes one at an end of the 64-bit range.
func (c Choices) Int() int64 {
	if c.N(3) == 2 {
		return Pick[int64](c, math.MinInt64, math.MinInt64+1, math.MaxInt64-1, math.MaxInt64, 1<<53)
	}
	const most, least = 12, -3
	n := int64(c.N(most - least + 1))
	if n > most {
		return most - n
	}
	return n
}

// decimal generates a decimal: mostly a small one with few digits behind the point, of which many
// are equal or close, and the ends of what can be kept.
func (c Choices) decimal() model.Value {
	sign := Pick(c, "", "-")
	text := ""
	switch c.N(3) {
	case 0:
		text = sign + strconv.Itoa(c.N(4)) + Pick(c, "", "."+strconv.Itoa(c.N(10)))
	case 1:
		text = sign + strconv.Itoa(1+c.N(9_999_999)) + "."
		for range 1 + c.N(4) {
			text += strconv.Itoa(c.N(10))
		}
	case 2:
		text = Pick(c, "9223372036854775807", "-9223372036854775808", "922337203685477580.7", "1e-38", "-1e-38", "0.1")
	}
	v, err := model.ParseDecimal(text)
	if err != nil {
		return model.DecimalInt(0)
	}
	return v
}

// float generates a float: mostly one that is near small integers and decimals, or equal to one,
// and the ends of the range.
func (c Choices) float() model.Value {
	switch c.N(3) {
	case 0:
		return model.Float(float64(c.N(41)-20) / Pick(c, 1.0, 2, 4, 10))
	case 1:
		f := float64(c.N(2_000_001)-1_000_000) / Pick(c, 1.0, 10, 100, 1000)
		return model.Float(math.Nextafter(f, f+float64(c.N(3)-1)))
	}
	return model.Float(Pick(c, 0.1, 0.3, 1<<53, 1<<53+2, 1<<63, -1<<63, math.MaxFloat64, -math.MaxFloat64, math.SmallestNonzeroFloat64, 1e-38))
}

// Value generates a value of type typ, never null; null for [model.TypeNull], JSON, lists and the
// types of references. [Choices.List] generates lists.
func (c Choices) Value(typ model.Type) model.Value {
	switch typ {
	case model.TypeInt:
		return model.Int(c.Int())
	case model.TypeString:
		return model.String(c.Text())
	case model.TypeBool:
		return model.Bool(c.Bool())
	case model.TypeDateTime:
		return model.DateTime(c.Moment(time.Nanosecond))
	case model.TypeDecimal:
		return c.decimal()
	case model.TypeFloat:
		return c.float()
	case model.TypeNull, model.TypeRef, model.TypeRefs, model.TypeJSON, model.TypeList:
	}
	return model.Null()
}

// List generates a list of up to four elements. Some elements are null.
func (c Choices) List(of model.Type) model.Value {
	elements := make([]model.Value, c.N(5))
	for i := range elements {
		if c.N(6) != 5 {
			elements[i] = c.Value(of)
		}
	}
	return model.List(elements...)
}

// Record generates a record over s: null only where the field is nullable, with up to three
// references where it is a list of them.
func (c Choices) Record(s *model.Schema) *Record {
	r := &Record{schema: s, values: make([]model.Value, s.Len()), paths: make([][]model.Value, s.Len())}
	objects := make([]int, s.Len()) // of a reference, all of them
	for i := range s.Len() {
		f := s.Field(i)
		most := 3
		if f.Type == model.TypeRef {
			most = 1
		}
		switch isReference := f.Type == model.TypeRef || f.Type == model.TypeRefs; {
		case isReference && f.Through != "":
			for range objects[f.Reference().Index()] {
				n := model.Null()
				if k := c.N(most + 1); k > 0 {
					n = model.Int(int64(k))
					objects[i] += k
				}
				r.paths[i] = append(r.paths[i], n)
			}
		case f.Through != "":
			for range objects[f.Reference().Index()] {
				r.paths[i] = append(r.paths[i], c.field(f))
			}
		case isReference:
			objects[i] = c.N(most + 1)
			for range objects[i] {
				r.paths[i] = append(r.paths[i], model.Int(1))
				r.values[i] = model.Int(1)
			}
		default:
			r.values[i] = c.field(f)
		}
	}
	return r
}

func (c Choices) field(f *model.Field) model.Value {
	if f.Nullable && c.N(4) == 3 {
		return model.Null()
	}
	if f.Type == model.TypeList {
		return c.List(f.Of)
	}
	return c.Value(f.Type)
}
