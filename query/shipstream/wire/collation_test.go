package wire_test

import (
	"strings"
	"testing"
	"unicode"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model"
)

// nameIs is a record with nothing but a name.
type nameIs struct {
	field int
	name  string
}

func (r nameIs) Value(field int) model.Value {
	if field != r.field {
		return model.Null()
	}
	return model.String(r.name)
}
func (nameIs) Len(int) int             { return 0 }
func (nameIs) At(int, int) model.Value { return model.Null() }

func (m maker) equal(a, b string) bool {
	m.t.Helper()
	p, err := dsl.Compile(m.eq("name", a), m.s)
	if err != nil {
		m.t.Fatal(err)
	}
	return p.Match(nameIs{m.path("name").Field.Index(), b})
}

// TestLetterIsNoPadding: {eq:"x",end:"x"} is `like 'x'` under ci because no
// letter or digit, which x must end in, weighs the same as a space.
func TestLetterIsNoPadding(t *testing.T) {
	m := newMaker(t)
	if !m.equal("x", "x ") {
		t.Fatal("comparison does not pad")
	}
	p, err := dsl.Compile(m.eq("name", "x"), m.s)
	if err != nil {
		t.Fatal(err)
	}
	at := m.path("name").Field.Index()
	for r := rune(1); r <= unicode.MaxRune; r++ {
		if (unicode.IsLetter(r) || unicode.IsDigit(r)) && p.Match(nameIs{at, "x" + string(r)}) {
			t.Errorf("%U weighs as a space", r)
		}
	}
}

// TestASCIIWeighsByUpperCase: `like 'box%case'` is {start:"box",end:"case"}
// under ci because two ASCII characters that weigh the same are the same in
// upper case, so that it is known whether the two can overlap.
func TestASCIIWeighsByUpperCase(t *testing.T) {
	m := newMaker(t)
	for a := range 128 {
		for b := range 128 {
			x, y := string(rune(a)), string(rune(b))
			if got := m.equal("<"+x+">", "<"+y+">"); got != strings.EqualFold(x, y) {
				t.Errorf("%q equals %q: %v", x, y, got)
			}
		}
	}
}
