package dsltest

import (
	"math/big"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model"
)

// textCall computes a function of texts.
func textCall(c *dsl.Call, args []model.Value) model.Value {
	text := args[0].Str()
	switch c.Name {
	case "lower":
		return model.String(eachCharacter(c.Result.Collation, text, unicode.ToLower))
	case "upper":
		return model.String(eachCharacter(c.Result.Collation, text, unicode.ToUpper))
	case "trim":
		for strings.HasPrefix(text, " ") {
			text = text[1:]
		}
		for strings.HasSuffix(text, " ") {
			text = text[:len(text)-1]
		}
		return model.String(text)
	case "length":
		return model.Int(int64(len(characters(text))))
	case "substring":
		var out strings.Builder
		end := new(big.Int).Add(big.NewInt(args[1].Int()), big.NewInt(args[2].Int()))
		for i, ch := range characters(text) {
			if place := int64(i) + 1; place >= args[1].Int() && big.NewInt(place).Cmp(end) < 0 {
				out.WriteString(ch)
			}
		}
		return model.String(out.String())
	case "concat":
		var out strings.Builder
		for _, a := range args {
			out.WriteString(a.Str())
		}
		return model.String(out.String())
	}
	panic("dsltest: the function " + c.Name)
}

// eachCharacter maps the characters whose pair is equal to them, or all under binary.
func eachCharacter(c model.Collation, text string, f func(rune) rune) string {
	var out strings.Builder
	for _, ch := range characters(text) {
		r, n := utf8.DecodeRuneInString(ch)
		pair := string(f(r))
		if (n == 1 && r == utf8.RuneError) || (c != model.Binary && dsl.CompareStrings(c, ch, pair) != 0) {
			pair = ch
		}
		out.WriteString(pair)
	}
	return out.String()
}
