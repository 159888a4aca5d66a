package complete

import (
	"cmp"
	"strings"

	"github.com/muster-go/muster/dsl/check"
	"github.com/muster-go/muster/dsl/internal/token"
	"github.com/muster-go/muster/dsl/syntax"
	"github.com/muster-go/muster/model"
)

// propose collects the candidates of the state.
func (c *completer) propose() {
	switch c.state {
	case wantCondition:
		c.fields("")
		c.add(KindKeyword, "", "not", "true", "false")
	case afterDot:
		c.fields(string(c.path))
	case afterPath:
		c.operators(false)
		if c.field != nil && c.field.Type == model.TypeBool {
			c.connectives()
		}
	case afterPathNot:
		c.operators(true)
	case afterIs:
		c.isTests("", "not ")
	case afterIsNot:
		c.isTests("")
	case afterStarts:
		c.add(KindKeyword, "", "with")
	case wantList:
		c.add(KindKeyword, "", "(")
	case wantValue:
		c.values()
	case wantDuration:
		c.durations()
	case afterRelative:
		c.add(KindOperator, "", "-", "+")
		c.endValue()
		c.propose()
	case afterItem:
		c.add(KindKeyword, "", ",", ")")
	case afterLow:
		c.add(KindKeyword, "", "and")
	case afterCondition:
		c.connectives()
	case wantDay:
	}
}

// add adds the candidates that start with the word, in any letter case.
func (c *completer) add(kind Kind, detail string, texts ...string) {
	for _, text := range texts {
		if len(text) >= len(c.word) && strings.EqualFold(text[:len(c.word)], c.word) {
			c.found = append(c.found, Candidate{Text: text, Kind: kind, Detail: detail})
		}
	}
}

// fields proposes the schema's fields, or the continuations of the path typed so far. It
// proposes fields behind a reference only after the word has passed the reference's name, so
// that the first menu is short.
func (c *completer) fields(path string) {
	typed := path + c.word
	for i := range c.schema.Len() {
		f := c.schema.Field(i)
		if len(f.Name) < len(typed) || !strings.EqualFold(f.Name[:len(typed)], typed) {
			continue
		}
		if f.Through == "" || len(typed) > len(f.Through) {
			c.found = append(c.found, Candidate{Text: syntax.FormatPath(f.Name[len(path):]), Kind: KindField, Detail: fieldDetail(f)})
		}
	}
}

func fieldDetail(f *model.Field) string {
	if f.Doc == "" {
		return f.Type.String()
	}
	return f.Type.String() + ": " + f.Doc
}

// operators proposes the operators of the field's type; every operator for an unknown field.
func (c *completer) operators(afterNot bool) {
	t := model.TypeNull
	if c.field != nil {
		t = c.field.Type
	}
	ops := check.Operators(t)
	if t == model.TypeNull {
		ops = append(check.Operators(model.TypeString), "on", "is true", "is false")
	}
	for _, op := range ops {
		word := token.IsLetter(op[0])
		is := strings.HasPrefix(op, "is ")
		switch {
		case afterNot && word && !is:
			c.add(KindOperator, "", op)
		case afterNot:
		case op == "=":
			c.add(KindOperator, "", "=", "!=")
		case is:
			c.add(KindOperator, "", op, "is not"+strings.TrimPrefix(op, "is"))
		case op == "matches" && c.word == bang: // as a mark only for those who type marks
			c.add(KindOperator, "", "!~")
		case word:
			c.add(KindOperator, "", op, "not "+op)
		default:
			c.add(KindOperator, "", op)
		}
	}
}

func (c *completer) isTests(prefixes ...string) {
	tests := []string{"null"}
	if c.field == nil || c.field.Type == model.TypeBool {
		tests = []string{"null", "true", "false"}
	}
	for _, p := range prefixes {
		for _, t := range tests {
			c.add(KindKeyword, "", p+t)
		}
	}
}

func (c *completer) values() {
	if c.field == nil {
		return
	}
	switch c.field.Type {
	case model.TypeBool:
		c.add(KindValue, "", "true", "false")
	case model.TypeDateTime:
		c.add(KindValue, "the first second of today", "today")
		c.add(KindValue, "the time of the query", "now", "now - 1h", "now - 7d")
	case model.TypeInt, model.TypeDecimal, model.TypeString, model.TypeNull, model.TypeRef, model.TypeRefs, model.TypeJSON:
	}
}

// durations proposes the units for the digits typed so far.
func (c *completer) durations() {
	digits := strings.TrimRightFunc(c.word, func(r rune) bool { return r < '0' || r > '9' })
	for _, unit := range []string{"s", "min", "h", "d", "w", "mo", "y"} {
		c.add(KindValue, "", cmp.Or(digits, "1")+unit)
	}
}

func (c *completer) connectives() {
	c.add(KindKeyword, "", "and", "or")
	if c.open > 0 {
		c.add(KindKeyword, "", ")")
	}
}
