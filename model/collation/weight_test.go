package collation_test

import (
	"fmt"
	"hash/fnv"
	"testing"
	"unicode/utf8"

	"github.com/muster-go/muster/model/collation"
)

func TestWeight(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		r    rune
		want uint16
	}{
		{0, 0},
		{' ', ' '},
		{'a', 'A'},
		{'z', 'Z'},
		{'{', '{'},
		{'é', 'E'},
		{'ß', 'S'},
		{'Ø', 'Ø'},
		{'ø', 'Ø'},
		{'ÿ', 'Y'},
		{'\u0100', 'A'},   // the first of the second page
		{'\u0301', 0x301}, // a combining accent
		{'я', 'Я'},
		{0x4E00, 0x4E00}, // a page without a difference
		{0xFFFF, 0xFFFF},
		{utf8.RuneError, collation.Supplementary},
		{0x10000, collation.Supplementary},
		{utf8.MaxRune, collation.Supplementary},
	} {
		if got := collation.Weight(test.r); got != test.want {
			t.Errorf("%U weighs %#x, want %#x", test.r, got, test.want)
		}
	}
}

// The whole table as MariaDB computed it; query/judgetest asks MariaDB again.
func TestWeightsAreMariaDBs(t *testing.T) {
	t.Parallel()
	h := fnv.New64a()
	for r := range rune(1 << 16) {
		w := collation.Weight(r)
		_, _ = h.Write([]byte{byte(w >> 8), byte(w)})
	}
	if got, want := h.Sum64(), uint64(0x80e9a3fc705b42c2); got != want {
		t.Errorf("the table's hash is %#x, want %#x", got, want)
	}
}

func ExampleWeight() {
	fmt.Println(collation.Weight('é') == collation.Weight('E'), collation.Weight('ø') == collation.Weight('O'))
	// Output: true false
}
