package knownanswer

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/muster-go/muster/model"
)

// Of returns the values that a row has at a field: one, or one of each reference that the
// path goes through.
func Of(r model.Record, f *model.Field) []model.Value {
	if f.Through == "" && f.Type != model.TypeRefs {
		return []model.Value{r.Value(f.Index())}
	}
	values := make([]model.Value, r.Len(f.Index()))
	for i := range values {
		values[i] = r.At(f.Index(), i)
	}
	return values
}

// Values returns the values of a field that are not null, each once, in order of the rows.
// Those of a list are its elements.
func Values(f *model.Field, rows []model.Record) []model.Value {
	var values []model.Value
	seen := make(map[model.Value]bool)
	for _, r := range rows {
		for _, v := range elements(Of(r, f), f) {
			if !v.IsNull() && !seen[v] {
				seen[v] = true
				values = append(values, v)
			}
		}
	}
	return values
}

// elements returns the elements of values that are lists.
func elements(values []model.Value, f *model.Field) (out []model.Value) {
	if f.Type != model.TypeList {
		return values
	}
	for _, list := range values {
		out = slices.AppendSeq(out, list.Elements())
	}
	return out
}

// How many values of each field go into conditions of every kind, and into those from which
// a few are chosen.
const (
	spread = 3
	many   = 6
)

// special are the characters that quote texts, separate lists and parameters, and stand in
// patterns. A server that escapes one of them wrongly reads a text as something else.
const special = "%_\\*?[!'\"`,;:&=+#|{}]\n"

// sample returns some of a field's values: a number of them that are spread over all, and
// those that a server may confuse with them.
func sample(f *model.Field, all []model.Value, number int) (values []model.Value) {
	add := func(v model.Value) {
		if !slices.Contains(values, v) {
			values = append(values, v)
		}
	}
	if f.Element() == model.TypeFloat {
		all = slices.DeleteFunc(slices.Clone(all), func(v model.Value) bool { return !isWritten(v) })
	}
	n := min(number, len(all))
	for k := range n {
		add(all[k*(len(all)-1)/max(n-1, 1)])
	}
	few := slices.Clone(values)
	switch f.Element() {
	case model.TypeDateTime:
		for _, v := range few {
			add(model.DateTimeUnix(v.Int() + 1))
			if number == many {
				add(model.DateTimeUnix(v.Int() - 1))
			}
		}
		for _, v := range few[:min(len(few), 1)] { // with a fraction, which a server that rounds drops
			add(model.DateTime(v.Time().Add(time.Second / 2)))
		}
	case model.TypeString:
		for c := range strings.SplitSeq(special, "") {
			if !slices.ContainsFunc(values, holds(c)) {
				if i := slices.IndexFunc(all, holds(c)); i >= 0 {
					add(all[i])
				}
			}
		}
		for _, v := range few {
			add(model.String(swapCase(v.Str())))
			add(model.String(v.Str() + " "))
		}
	case model.TypeDecimal:
		for _, v := range few { // with one more digit, which a server that rounds drops
			more := ".1"
			if _, scale := v.Decimal(); scale > 0 {
				more = "1"
			}
			if near, err := model.ParseDecimal(v.String() + more); err == nil {
				add(near)
			}
		}
	case model.TypeFloat:
		for _, v := range few { // the next float, which a server that rounds takes for the same
			if next := model.Float(math.Nextafter(v.Float(), math.Inf(1))); isWritten(next) {
				add(next)
			}
		}
	case model.TypeNull, model.TypeInt, model.TypeBool, model.TypeRef, model.TypeRefs, model.TypeJSON, model.TypeList:
	}
	return values
}

// isWritten reports whether a filter writes a float without an exponent, which servers may not read.
func isWritten(v model.Value) bool {
	_, err := model.ParseDecimal(literal(v))
	return err == nil
}

// cutOff returns texts that no row has: the text of a row and, behind it, a special
// character that no text of the sample has. A server that reads only up to that character
// finds the row.
func cutOff(values []model.Value) []model.Value {
	i := slices.IndexFunc(values, func(v model.Value) bool { return v.Str() != "" })
	if i < 0 {
		return nil
	}
	var texts []model.Value
	for c := range strings.SplitSeq(special, "") {
		if !slices.ContainsFunc(values, holds(c)) {
			texts = append(texts, model.String(values[i].Str()+c))
		}
	}
	return texts
}

func holds(char string) func(model.Value) bool {
	return func(v model.Value) bool { return strings.Contains(v.Str(), char) }
}

func swapCase(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsUpper(r) {
			return unicode.ToLower(r)
		}
		return unicode.ToUpper(r)
	}, s)
}

// literal returns a value as a filter writes it.
func literal(v model.Value) string {
	switch v.Type() {
	case model.TypeString:
		return "'" + strings.NewReplacer(`\`, `\\`, `'`, `''`).Replace(v.Str()) + "'"
	case model.TypeDateTime:
		return v.Time().Format(time.RFC3339Nano)
	case model.TypeFloat:
		digits := -1
		if math.Abs(v.Float()) >= 1<<53 {
			digits = 0 // a whole number in a filter is exact
		}
		return strconv.FormatFloat(v.Float(), 'f', digits, 64)
	case model.TypeNull, model.TypeInt, model.TypeDecimal, model.TypeBool, model.TypeRef, model.TypeRefs, model.TypeJSON, model.TypeList:
	}
	return v.String()
}
