package shipstreamtest

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

// tokens are the bearer tokens that are accepted now.
type tokens struct {
	mu      sync.Mutex
	valid   map[string]time.Time // token → expiry, zero for never
	current string
	serial  int
}

func newTokens(first string) *tokens {
	return &tokens{valid: map[string]time.Time{first: {}}, current: first}
}

func (t *tokens) accepts(r *http.Request, now time.Time) bool {
	token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if !ok {
		return false
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	exp, ok := t.valid[token]
	return ok && (exp.IsZero() || now.Before(exp))
}

// Token returns the token that was accepted from the start, or the one issued
// last.
func (e *Emulator) Token() string {
	e.tokens.mu.Lock()
	defer e.tokens.mu.Unlock()
	return e.tokens.current
}

// IssueToken returns a new token that is accepted, beside the others, for
// lifetime; zero means for ever. It is a JSON Web Token whose claims are aud,
// iat and, with a lifetime, exp.
func (e *Emulator) IssueToken(lifetime time.Duration) string {
	now := time.Now()
	e.tokens.mu.Lock()
	defer e.tokens.mu.Unlock()
	e.tokens.serial++
	claims := map[string]any{
		"aud": strings.TrimSuffix(e.baseURL, basePath),
		"iat": now.Unix(),
		"jti": strconv.Itoa(e.tokens.serial),
	}
	var exp time.Time
	if lifetime > 0 {
		exp = now.Add(lifetime)
		claims["exp"] = exp.Unix()
	}
	token := signJWT(claims, e.opts.Seed)
	e.tokens.valid[token] = exp
	e.tokens.current = token
	return token
}

// RevokeTokens makes every token issued so far expired: requests that carry one
// are answered 401.
func (e *Emulator) RevokeTokens() {
	e.tokens.mu.Lock()
	defer e.tokens.mu.Unlock()
	clear(e.tokens.valid)
}

// signJWT signs claims with a key made of the seed: the emulator compares
// tokens and never verifies one, so the signature only has to look like one.
func signJWT(claims map[string]any, seed uint64) string {
	payload, err := json.Marshal(claims)
	if err != nil {
		panic(err) // strings and integers always encode
	}
	enc := base64.RawURLEncoding
	signed := enc.EncodeToString([]byte(`{"alg":"HS256","typ":"JWT"}`)) + "." + enc.EncodeToString(payload)
	mac := hmac.New(sha256.New, []byte(strconv.FormatUint(seed, 16)))
	mac.Write([]byte(signed))
	return signed + "." + enc.EncodeToString(mac.Sum(nil))
}
