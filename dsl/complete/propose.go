package complete

import (
	"cmp"
	"slices"
	"strings"

	"github.com/muster-go/muster/dsl/check"
	"github.com/muster-go/muster/dsl/internal/function"
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
		c.proposeNow(c.word != "")
		c.proposeFunctions(anyFunction)
		c.proposeQuantifiers()
		c.proposeCount()
	case wantOperand:
		c.inOperand()
	case afterName, afterOperand:
		c.behindOperand()
	case afterDot:
		c.fieldsThat(string(c.path), c.fits())
	case afterNot:
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
	case wantElements:
		c.fieldsThat(string(c.path), c.isList)
	case afterElements:
		c.proposeElements()
	case afterSign, wantNumber, wantDay, nothing:
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
	c.fieldsThat(path, func(*model.Field) bool { return true })
}

// fieldsThat is fields for those that accepts takes.
func (c *completer) fieldsThat(path string, accepts func(f *model.Field) bool) {
	typed := path + c.word
	for i := range c.schema.Len() {
		f := c.schema.Field(i)
		if len(f.Name) < len(typed) || !strings.EqualFold(f.Name[:len(typed)], typed) {
			continue
		}
		if !accepts(f) {
			continue
		}
		if f.Through == "" || len(typed) > len(f.Through) {
			c.found = append(c.found, Candidate{Text: syntax.FormatPath(f.Name[len(path):]), Kind: KindField, Detail: fieldDetail(f)})
		}
	}
}

func fieldDetail(f *model.Field) string {
	if f.Doc == "" {
		return f.TypeName()
	}
	return f.TypeName() + ": " + f.Doc
}

// operators proposes the operators of the field's type; every operator for an unknown field.
func (c *completer) operators(afterNot bool) {
	var ops []string
	if c.field != nil {
		ops = check.Operators(c.field)
	} else {
		ops = append(check.Operators(&model.Field{Type: model.TypeString}), "on", "is true", "is false", "is empty")
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
	tests := []string{"null", "true", "false", "empty"}
	if c.field != nil {
		ops := check.Operators(c.field)
		tests = slices.DeleteFunc(tests, func(t string) bool { return !slices.Contains(ops, "is "+t) })
	}
	for _, p := range prefixes {
		for _, t := range tests {
			c.add(KindKeyword, "", p+t)
		}
	}
}

// values proposes constants of the field.
func (c *completer) values() {
	if c.field != nil {
		c.constants(function.Set(c.field.Element()), true)
	}
}

// constants proposes those of some types that have names; offsets adds times of the query with
// an offset.
func (c *completer) constants(of function.Types, offsets bool) {
	if of.Has(model.TypeBool) {
		c.add(KindValue, "", "true", "false")
	}
	if of.Has(model.TypeDateTime) {
		c.proposeNow(true)
		if offsets {
			c.add(KindValue, nowDetail, "now - 1h", "now - 7d")
		}
	}
}

const nowDetail = "the time of the query"

// proposeNow proposes the times of the query, if they are wanted.
func (c *completer) proposeNow(wanted bool) {
	if wanted {
		c.add(KindValue, "the first second of today", "today")
		c.add(KindValue, nowDetail, "now")
	}
}

// durations proposes the units for the digits typed so far.
func (c *completer) durations() {
	digits := strings.TrimRightFunc(c.word, func(r rune) bool { return r < '0' || r > '9' })
	for _, unit := range []string{"s", "min", "h", "d", "w", "mo", "y"} {
		c.add(KindValue, "", cmp.Or(digits, "1")+unit)
	}
}

func (c *completer) comparisons() { c.add(KindOperator, "", "=", "!=", "<", "<=", ">", ">=") }

func (c *completer) connectives() {
	c.add(KindKeyword, "", "and", "or")
	if c.open > 0 || len(c.blocks) > 0 {
		c.add(KindKeyword, "", ")")
	}
}
