package redact_test

import (
	"errors"
	"testing"

	"github.com/muster-go/muster/transport/internal/redact"
)

func TestText(t *testing.T) {
	t.Parallel()
	masks := append(redact.Masks("[token]", "", "a b/c\""), redact.Masks("[signature]", "sesame", "sesame-open", "sesame")...)
	for text, want := range map[string]string{
		`said a b/c"!`:        "said [token]!",
		"?k=a+b%2Fc%22&x=1":   "?k=[token]&x=1",
		"/a%20b%2Fc%22/":      "/[token]/",
		`"a b/c\""`:           `"[token]"`,
		"sesame, sesame-open": "[signature], [signature]",
		"sesamesesame":        "[signature][signature]",
		"nothing":             "nothing",
		"":                    "",
	} {
		if got := redact.Text(text, masks); got != want {
			t.Errorf("%q: %q, not %q", text, got, want)
		}
	}
	cause := errors.New("broken by sesame")
	if err := redact.Error(cause, masks); err.Error() != "broken by [signature]" || !errors.Is(err, cause) || errors.Unwrap(err) != nil {
		t.Error(err)
	}
	if redact.Error(nil, masks) != nil || redact.Error(cause, nil) != cause { //nolint:errorlint // it is the same one
		t.Error("an error without a secret is another one")
	}
	if got := redact.Text("as it is", nil); got != "as it is" {
		t.Error(got)
	}
}
