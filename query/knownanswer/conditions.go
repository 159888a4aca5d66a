package knownanswer

import (
	"regexp"
	"strings"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model"
)

// Condition is a condition on one field.
type Condition struct {
	Operator string // as the language spells it: "=", "starts with"; "not in" for a negation by `not`
	Text     string // the whole condition
	opposite bool   // of the condition before it
}

// Conditions returns conditions on every field that has a value in some row, through
// references too. They ask for values of the rows, for strings that are equal to them only
// under another collation, and for texts that a server misreads if it escapes them wrongly.
func (r Rows[K]) Conditions() []string {
	var out []string
	for i := range r.schema.Len() {
		f := r.schema.Field(i)
		all := Values(f, r.records)
		if f.Type == model.TypeRefs || f.Returned != model.ReturnedAlways && len(all) == 0 {
			continue
		}
		if f.Nullable {
			for _, c := range onNull(f) {
				out = append(out, c.Text)
			}
		}
		if f.Type == model.TypeRef || f.Type == model.TypeJSON {
			continue
		}
		values := sample(f, all, spread)
		for k, v := range values {
			for _, c := range onValue(f, v, values[(k+1)%len(values)]) {
				if k < spread || !c.opposite {
					out = append(out, c.Text)
				}
			}
		}
		if texts := cutOff(values); f.Element() == model.TypeString && len(texts) > 0 {
			for _, v := range texts {
				out = append(out, quoted(f)+" = "+literal(v))
			}
			out = append(out, quoted(f)+listed(texts))
		}
	}
	return out
}

// quoted returns the field's path as a filter writes it.
func quoted(f *model.Field) string { return "`" + strings.ReplaceAll(f.Name, ".", "`.`") + "`" }

// On returns conditions on the field, with every operator that its type has: on values of
// the rows, on others that a server may confuse with them, and on null. There are none if
// no row has a value, and the field must be neither a reference nor JSON.
func (r Rows[K]) On(f *model.Field) []Condition {
	values := sample(f, Values(f, r.records), many)
	var out []Condition
	if len(values) > 0 && f.Nullable {
		out = onNull(f)
	}
	for k, v := range values {
		out = append(out, onValue(f, v, values[(k+1)%len(values)])...)
		if f.Nullable && f.Element() != model.TypeBool {
			out = append(out, Condition{"or is null", quoted(f) + " > " + literal(v) + " or " + quoted(f) + " is null", false})
		}
	}
	if texts := cutOff(values); f.Element() == model.TypeString && len(texts) > 0 {
		out = append(out, Condition{"in", quoted(f) + listed(texts), false})
	}
	return out
}

// listed is `in` a list of values.
func listed(values []model.Value) string {
	texts := make([]string, len(values))
	for i, v := range values {
		texts[i] = literal(v)
	}
	return " in (" + strings.Join(texts, ", ") + ")"
}

func onNull(f *model.Field) []Condition {
	return []Condition{{"is null", quoted(f) + " is null", false}, {"is not null", quoted(f) + " is not null", true}}
}

// onValue returns conditions on a value; other is a second one, for operators that take two.
func onValue(f *model.Field, value, other model.Value) []Condition {
	c := conditions{field: quoted(f)}
	text := literal(value)
	c.add("=", text, "!=", text)
	if f.Element() == model.TypeBool {
		c.add("is true", "", "is not true", "")
		c.add("is false", "", "is not false", "")
		return c.all
	}
	low, high := value, other
	if dsl.CompareValues(f, low, high) > 0 {
		low, high = high, low
	}
	c.add("<", text, ">=", text)
	c.add("<=", text, ">", text)
	c.negated("in", "("+text+", "+literal(other)+")")
	c.negated("between", literal(low)+" and "+literal(high))
	if f.Element() == model.TypeString {
		c.onText([]rune(value.Str()))
	}
	return c.all
}

// conditions gathers conditions on a field.
type conditions struct {
	field string
	all   []Condition
}

// add adds a condition and its opposite.
func (c *conditions) add(operator, operand, opposite, operand2 string) {
	c.all = append(
		c.all, Condition{operator, strings.TrimSpace(c.field + " " + operator + " " + operand), false},
		Condition{opposite, strings.TrimSpace(c.field + " " + opposite + " " + operand2), true},
	)
}

// negated adds a condition and its negation by `not`.
func (c *conditions) negated(operator, operand string) {
	c.add(operator, operand, "not "+operator, operand)
}

// onText adds conditions on the beginning, the middle and the end of a text, and on all of
// it as a pattern.
func (c *conditions) onText(text []rune) {
	n := min(2, (len(text)+1)/2)
	begin, middle, end := string(text[:n]), text[n/2:len(text)-n/2], string(text[len(text)-n:])
	escape := strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace
	quote := func(s string) string { return literal(model.String(s)) }
	c.negated("starts with", quote(begin))
	c.negated("ends with", quote(end))
	c.negated("contains", quote(string(middle)))
	c.negated("like", quote(escape(string(text))))
	if n < 2 {
		return
	}
	c.negated("like", quote(escape(begin)+"%"))
	c.negated("like", quote("%"+escape(end)))
	c.negated("like", quote("_"+escape(string(text[1:]))))
	c.negated("matches", quote("^"+regexp.QuoteMeta(begin)))
	c.negated("matches", quote(regexp.QuoteMeta(end)+"$"))
}
