package console_test

import (
	"errors"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/muster-go/muster/cmd/muster/internal/console"
	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query/shipstream"
)

// FuzzDecodeError: whatever a body holds, the error of decoding it is short, and shows
// nothing that a terminal obeys.
func FuzzDecodeError(f *testing.F) {
	for _, body := range []string{
		`{"collection":[{"type":"OrganizationUser","id":1,"name":"a","` + "\u009b2J" + `":1,"` + "\u009b2J" + `":2}]}`,
		`{"collection":[{"type":"OrganizationUser","id":1,"\u001b]0;t\u0007":1,"\u001b]0;t\u0007":2}]}`,
		`{"collection":[{"type":"\u202e","id":1}]}`,
		`{"collection":[{"id":"\u001b[31m"}]}`,
		`{"collection":[{"type":"OrganizationUser","id":1,"name":7}],"` + strings.Repeat("k", 5000) + `":1}`,
		"{\"collection\":\x1b[31m",
		"{\"collection\":[{\"a\xff\":1}]}",
		"\x1b]8;;http://x\x1b\\",
	} {
		f.Add([]byte(body))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		_, err := shipstream.DecodeUsers(body)
		if err == nil {
			return
		}
		if !errors.As(err, new(*model.DecodeError)) {
			t.Fatalf("%v is not a DecodeError", err)
		}
		shown := console.Clean(err.Error())
		if !utf8.ValidString(shown) || len(shown) > 8<<10 {
			t.Fatalf("%d bytes: %q", len(shown), shown)
		}
		for _, r := range shown {
			if r != '\n' && (unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r)) {
				t.Fatalf("%U in %q", r, shown)
			}
		}
	})
}
