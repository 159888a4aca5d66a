package textwidth_test

import (
	"fmt"
	"testing"

	"github.com/muster-go/muster/model/textwidth"
)

func TestWidth(t *testing.T) {
	t.Parallel()
	tests := []struct {
		text string
		want int
	}{
		{"", 0},
		{"abc", 3},
		{"é", 1},
		{"e\u0301", 1},
		{"東京", 4},
		{"ｱ", 1},
		{"Ａ", 2},
		{"🙂", 2},
		{"👍🏽", 2},
		{"한국", 4},
		{"\u200d", 0},
		{"שלום", 4},
		{"↔", 1},
		{"ก็", 1},
	}
	for _, tt := range tests {
		if got := textwidth.String(tt.text); got != tt.want {
			t.Errorf("textwidth.String(%q) = %d, want %d", tt.text, got, tt.want)
		}
	}
}

func ExampleString() {
	fmt.Println(textwidth.String("Ada"), textwidth.String("山田"), textwidth.String("e\u0301"))
	// Output: 3 4 1
}

func ExampleRune() {
	fmt.Println(textwidth.Rune('a'), textwidth.Rune('山'), textwidth.Rune('\u0301'))
	// Output: 1 2 0
}
