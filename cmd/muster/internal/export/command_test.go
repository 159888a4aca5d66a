package export_test

import (
	"testing"

	"github.com/muster-go/muster/cmd/muster/internal/export"
)

func TestCommand(t *testing.T) {
	t.Parallel()
	tests := []struct {
		args   []string
		filter string
		want   string
	}{
		{[]string{"muster", "export", "-o", "a.csv"}, "", "muster export -o a.csv --resume"},
		{[]string{"muster", "export", "--restart", "id > 1"}, "id > 1", "muster export 'id > 1' --resume"},
		{[]string{"muster", "export", "--", "-"}, "name = 'a'", `muster export --resume -- 'name = '\''a'\'''`},
		{[]string{"muster", "export", "a\n= 1", ""}, "", "muster export 'a\n= 1' '' --resume"},
		{[]string{"muster", "export", "a\x1b\t'\\\u202e"}, "", `muster export $'a\x1b\x09\'\\\xe2\x80\xae' --resume`},
	}
	for _, tt := range tests {
		if got := export.Command("--resume", tt.args, tt.filter); got != tt.want {
			t.Errorf("Command(%q) = %s, want %s", tt.args, got, tt.want)
		}
	}
}
