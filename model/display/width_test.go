package display_test

import (
	"testing"

	"github.com/muster-go/muster/model/display"
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
		if got := display.Width(tt.text); got != tt.want {
			t.Errorf("display.Width(%q) = %d, want %d", tt.text, got, tt.want)
		}
	}
}
