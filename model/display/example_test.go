package display_test

import (
	"fmt"

	"github.com/muster-go/muster/model/display"
)

func ExampleWidth() {
	fmt.Println(display.Width("Ada"), display.Width("山田"), display.Width("e\u0301"))
	// Output: 3 4 1
}

func ExampleRuneWidth() {
	fmt.Println(display.RuneWidth('a'), display.RuneWidth('山'), display.RuneWidth('\u0301'))
	// Output: 1 2 0
}

func ExampleClean() {
	fmt.Println(display.Clean("Ada\x1b]0;title\a\u202e\tend\n"))
	// Output: Ada␛]0;title␇�    end␊
}

func ExampleRune() {
	shown, cells := display.Rune('\x1b', 1)
	fmt.Println(shown, cells)
	// Output: ␛ 1
}

func ExampleCut() {
	fmt.Println(display.Cut("Ada Lovelace", 5), display.Cut("山田太郎", 5), display.Cut("Ada", 5))
	// Output: Ada … 山田… Ada
}

func ExampleCutBytes() {
	fmt.Println(display.CutBytes("Ada Lovelace", 8), display.CutBytes("Ada", 8))
	// Output: Ada L… Ada
}

func ExampleBounded() {
	fmt.Println(display.Bounded("Ada\x1b[2J Lovelace", 10))
	// Output: Ada␛[…
}
