package redact

import (
	"cmp"
	"errors"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// Mask is a secret and what a text shows in its place.
type Mask struct{ Secret, Shown string }

// Masks returns the masks of secrets, in each form that texts have them in: as they are,
// escaped for a URL, and quoted. It skips empty secrets.
func Masks(shown string, secrets ...string) (all []Mask) {
	for _, secret := range secrets {
		if secret == "" {
			continue
		}
		quoted := strconv.Quote(secret) // as errors show what they do not understand
		for _, form := range []string{secret, url.QueryEscape(secret), url.PathEscape(secret), quoted[1 : len(quoted)-1]} {
			if m := (Mask{form, shown}); !slices.Contains(all, m) {
				all = append(all, m)
			}
		}
	}
	return all
}

// Text returns a text with each secret masked. Of two secrets that begin at one place it
// masks the longer one, so that no rest of it stays.
func Text(text string, masks []Mask) string {
	masks = slices.Clone(masks)
	slices.SortStableFunc(masks, func(a, b Mask) int { return cmp.Compare(len(b.Secret), len(a.Secret)) })
	pairs := make([]string, 0, 2*len(masks))
	for _, m := range masks {
		pairs = append(pairs, m.Secret, m.Shown)
	}
	return strings.NewReplacer(pairs...).Replace(text)
}

// Error returns err, without the secrets if its text holds one: net/http quotes malformed
// headers, and a server may echo the request in them. What it returns then matches what err
// matches, but has no Unwrap, which would give the secret away.
func Error(err error, masks []Mask) error {
	if err == nil {
		return nil
	}
	text := err.Error()
	if clean := Text(text, masks); clean != text {
		return &redacted{clean, err}
	}
	return err
}

// redacted shows another text than its error.
type redacted struct {
	text string
	err  error
}

func (e *redacted) Error() string        { return e.text }
func (e *redacted) Is(target error) bool { return errors.Is(e.err, target) }
