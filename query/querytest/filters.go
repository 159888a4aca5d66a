package querytest

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/muster-go/muster/model"
)

// samples is how many of the rows' values of each field are put into conditions.
const samples = 3

// wild are the characters that LIKE, GLOB and those who escape by others may read
// as more than themselves: a text with each is put into conditions where there is
// one.
const wild = `%_\*?[!`

// conditions are filters over every field that rows carry, with values that the
// rows have, and strings also as they would be under a collation that is not
// declared.
func conditions(schema *model.Schema, rows []model.Record) []string {
	var out []string
	for i := range schema.Len() {
		f := schema.Field(i)
		if f.Through != "" || f.Type == model.TypeRef || f.Type == model.TypeRefs || f.Returned != model.ReturnedAlways {
			continue
		}
		name := "`" + f.Name + "`"
		if f.Nullable {
			out = append(out, name+" is null", name+" is not null")
		}
		for _, v := range valuesOf(f, i, rows) {
			out = append(out, onValue(name, f, v)...)
		}
	}
	return out
}

// valuesOf is some of a field's values, spread over the rows.
func valuesOf(f *model.Field, index int, rows []model.Record) []model.Value {
	var values []model.Value
	add := func(v model.Value) {
		if !v.IsNull() && !slices.Contains(values, v) {
			values = append(values, v)
		}
	}
	for k := range samples {
		if len(rows) > 0 {
			add(rows[k*(len(rows)-1)/(samples-1)].Value(index))
		}
	}
	if f.Type == model.TypeString {
		for _, v := range slices.Clone(values) {
			add(model.String(swapCase(v.Str())))
			add(model.String(v.Str() + " "))
		}
		for _, special := range wild {
			for _, r := range rows {
				if s := r.Value(index).Str(); strings.ContainsRune(s, special) {
					add(model.String(s))
					break
				}
			}
		}
	}
	return values
}

func onValue(name string, f *model.Field, v model.Value) []string {
	text := literal(v)
	out := []string{name + " = " + text, name + " != " + text}
	if f.Type == model.TypeBool {
		return append(out, name+" is true", name+" is not true", name+" is false", name+" is not false")
	}
	for _, op := range []string{"<", "<=", ">", ">="} {
		out = append(out, name+" "+op+" "+text)
	}
	out = append(out, fmt.Sprintf("%s in (%s, %s)", name, text, text), name+" not in ("+text+")", fmt.Sprintf("%s between %s and %s", name, text, text))
	if f.Type == model.TypeString {
		part := v.Str()
		if r := []rune(part); len(r) > 2 {
			part = string(r[:2])
		}
		quoted := literal(model.String(part))
		for _, pattern := range patterns(v.Str()) {
			out = append(out, name+" like "+pattern, name+" not like "+pattern)
		}
		for _, op := range []string{"starts with", "ends with", "contains"} {
			out = append(out, name+" "+op+" "+quoted, name+" not "+op+" "+quoted)
		}
	}
	return out
}

// patterns are some that a text fits: what it begins with, what follows its first
// character, and itself.
func patterns(s string) []string {
	escape := strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace
	out := []string{literal(model.String(escape(s)))}
	if r := []rune(s); len(r) > 2 {
		out = append(out, literal(model.String(escape(string(r[:2]))+"%")), literal(model.String("_"+escape(string(r[1:])))))
	}
	return out
}

func swapCase(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsUpper(r) {
			return unicode.ToLower(r)
		}
		return unicode.ToUpper(r)
	}, s)
}

// literal is a value as a filter writes it.
func literal(v model.Value) string {
	switch v.Type() {
	case model.TypeString:
		return "'" + strings.NewReplacer(`\`, `\\`, `'`, `''`).Replace(v.Str()) + "'"
	case model.TypeDateTime:
		return v.Time().Format(time.RFC3339)
	case model.TypeNull, model.TypeInt, model.TypeBool, model.TypeRef, model.TypeRefs, model.TypeJSON:
	}
	return v.String()
}

// mostTogether is how many conditions are joined with another.
const mostTogether = 150

// together joins conditions, spread over all, with one a few places on, by either
// conjunction: verdicts that rest on the set are tried too.
func together(conditions []string) []string {
	step := 1 + len(conditions)/mostTogether
	out := make([]string, 0, 2*mostTogether)
	for i := 0; i < len(conditions); i += step {
		c, other := conditions[i], conditions[(i+7)%len(conditions)]
		out = append(out, c+" and "+other, c+" or "+other)
	}
	return out
}
