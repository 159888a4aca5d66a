package transport

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"math"
	"strings"
	"time"
)

// Claims is what a token says about itself, unverified. It suffices to tell a user that
// a token has expired or is for another server; do not trust it further.
type Claims struct {
	Audience  []string  // aud: the servers that the token is for
	ExpiresAt time.Time // exp; zero when the token does not say
	IssuedAt  time.Time // iat; zero when the token does not say
}

// errNoJWT says nothing about the token, and so keeps it secret.
var errNoJWT = errors.New("the token is not a JWT with readable claims")

// ReadClaims reads the claims of a JWT. It verifies nothing; the server does. Its error
// does not hold the token.
func ReadClaims(token string) (Claims, error) {
	parts := strings.Split(strings.TrimSpace(token), ".")
	if len(parts) != 3 {
		return Claims{}, errNoJWT
	}
	payload, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(parts[1], "="))
	if err != nil {
		return Claims{}, errNoJWT
	}
	var raw struct {
		Audience audience `json:"aud"`
		Expires  *float64 `json:"exp"`
		Issued   *float64 `json:"iat"`
	}
	if json.Unmarshal(payload, &raw) != nil {
		return Claims{}, errNoJWT
	}
	return Claims{Audience: raw.Audience, ExpiresAt: numericDate(raw.Expires), IssuedAt: numericDate(raw.Issued)}, nil
}

// Expired reports whether the token says that it has expired at now.
func (c Claims) Expired(now time.Time) bool {
	return !c.ExpiresAt.IsZero() && !now.Before(c.ExpiresAt)
}

// audience is one string or a list of strings (RFC 7519, section 4.1.3).
type audience []string

// UnmarshalJSON implements [json.Unmarshaler].
func (a *audience) UnmarshalJSON(b []byte) error {
	var one string
	if json.Unmarshal(b, &one) == nil {
		*a = audience{one}
		return nil
	}
	return json.Unmarshal(b, (*[]string)(a))
}

// maxUnix is the last second that formats as a date of four digits.
const maxUnix = 253402300799

func numericDate(seconds *float64) time.Time {
	if seconds == nil {
		return time.Time{}
	}
	return time.Unix(int64(math.Min(math.Max(*seconds, 0), maxUnix)), 0).UTC()
}
