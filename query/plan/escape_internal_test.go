package plan

import (
	"net/url"
	"testing"

	"pgregory.net/rapid"
)

// TestEscapedLen: escapedLen agrees with url.QueryEscape.
func TestEscapedLen(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		s := rapid.OneOf(rapid.String(), rapid.StringMatching(`[ -~]*`)).Draw(rt, "text")
		if got, want := escapedLen(s), len(url.QueryEscape(s)); got != want {
			rt.Fatalf("%q: %d, want %d", s, got, want)
		}
	})
}
