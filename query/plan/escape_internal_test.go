package plan

import (
	"net/url"
	"testing"

	"pgregory.net/rapid"
)

// TestEscapedLen: escapedLen agrees with url.QueryEscape.
func TestEscapedLen(t *testing.T) {
	for c := range 256 {
		s := string([]byte{byte(c)})
		if got, want := escapedLen(s), len(url.QueryEscape(s)); got != want {
			t.Errorf("%q: %d, want %d", s, got, want)
		}
	}
	rapid.Check(t, func(rt *rapid.T) {
		s := rapid.OneOf(rapid.String(), rapid.StringMatching(`[ -~]*`)).Draw(rt, "text")
		if got, want := escapedLen(s), len(url.QueryEscape(s)); got != want {
			rt.Fatalf("%q: %d, want %d", s, got, want)
		}
	})
}
