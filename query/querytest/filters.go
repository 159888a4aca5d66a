package querytest

import (
	"regexp"
	"strings"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model"
)

// conditions are filters over every field of which rows say something, through
// references too, with values that the rows have, and strings also as they would be
// under a collation that is not declared.
func conditions(schema *model.Schema, rows []model.Record) []string {
	var out []string
	for i := range schema.Len() {
		f := schema.Field(i)
		all := distinct(f, rows)
		if f.Type == model.TypeRefs || f.Returned != model.ReturnedAlways && len(all) == 0 {
			continue
		}
		name := "`" + strings.ReplaceAll(f.Name, ".", "`.`") + "`"
		if f.Nullable {
			out = append(out, name+" is null", name+" is not null")
		}
		if f.Type == model.TypeRef || f.Type == model.TypeJSON {
			continue
		}
		values := sample(f, all)
		for k, v := range values {
			forms := onValue(f, v, values[(k+1)%len(values)])
			for _, form := range forms {
				out = append(out, name+" "+form.is)
				if k < spread {
					out = append(out, name+" "+form.isNot)
				}
			}
		}
		if texts := cutOff(values); f.Type == model.TypeString && len(texts) > 0 {
			list := make([]string, len(texts))
			for k, v := range texts {
				list[k] = literal(v)
				out = append(out, name+" = "+list[k])
			}
			out = append(out, name+" in ("+strings.Join(list, ", ")+")")
		}
	}
	return out
}

// form is a condition without its field, and its negation.
type form struct{ is, isNot string }

// onValue is what can be asked about a value, and about another one beside it.
func onValue(f *model.Field, v, other model.Value) []form {
	text := literal(v)
	out := []form{{"= " + text, "!= " + text}}
	if f.Type == model.TypeBool {
		return append(out, form{"is true", "is not true"}, form{"is false", "is not false"})
	}
	low, high := v, other
	if dsl.CompareValues(f, low, high) > 0 {
		low, high = high, low
	}
	out = append(
		out, form{"< " + text, ">= " + text}, form{"<= " + text, "> " + text},
		either("in", "("+text+", "+literal(other)+")"), either("between", literal(low)+" and "+literal(high)),
	)
	if f.Type == model.TypeString {
		out = append(out, onText([]rune(v.Str()))...)
	}
	return out
}

// onText is what can be asked about parts of a text: what it begins and ends with,
// what stands between, and itself.
func onText(text []rune) []form {
	n := min(2, (len(text)+1)/2)
	begin, middle, end := string(text[:n]), text[n/2:len(text)-n/2], string(text[len(text)-n:])
	escape := strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace
	quoted := func(s string) string { return literal(model.String(s)) }
	out := append(
		make([]form, 0, 9), either("starts with", quoted(begin)), either("ends with", quoted(end)), either("contains", quoted(string(middle))),
		either("like", quoted(escape(string(text)))),
	)
	if n < 2 {
		return out
	}
	return append(
		out, either("like", quoted(escape(begin)+"%")), either("like", quoted("%"+escape(end))), either("like", quoted("_"+escape(string(text[1:])))),
		either("matches", quoted("^"+regexp.QuoteMeta(begin))), either("matches", quoted(regexp.QuoteMeta(end)+"$")),
	)
}

// either is a condition that is negated by a not before it.
func either(operator, operand string) form {
	return form{operator + " " + operand, "not " + operator + " " + operand}
}
