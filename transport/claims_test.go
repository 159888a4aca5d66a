package transport_test

import (
	"encoding/base64"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/muster-go/muster/transport"
)

func jwt(payload string) string {
	return "eyJhbGciOiJub25lIn0." + base64.RawURLEncoding.EncodeToString([]byte(payload)) + ".c2ln"
}

func TestReadClaims(t *testing.T) {
	t.Parallel()
	exp := time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)
	for _, test := range []struct {
		name, token string
		want        transport.Claims
		ok          bool
	}{
		{
			"all", jwt(`{"aud":"https://api.example.com","exp":1772600767,"iat":1772600767.5}`),
			transport.Claims{Audience: []string{"https://api.example.com"}, ExpiresAt: exp, IssuedAt: exp},
			true,
		},
		{"list of audiences", jwt(`{"aud":["a","b"]}`), transport.Claims{Audience: []string{"a", "b"}}, true},
		{"none", jwt(`{}`), transport.Claims{}, true},
		{"padding and space", " " + strings.Replace(jwt(`{"x":"12"}`), ".c2ln", "=.c2ln", 1) + "\n", transport.Claims{}, true},
		{"absurd", jwt(`{"exp":1e300,"iat":-1}`), transport.Claims{
			ExpiresAt: time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC), IssuedAt: time.Unix(0, 0).UTC(),
		}, true},
		{"opaque", "sesame", transport.Claims{}, false},
		{"not base64", "a.!.c", transport.Claims{}, false},
		{"not JSON", jwt("text"), transport.Claims{}, false},
		{"other types", jwt(`{"exp":"soon"}`), transport.Claims{}, false},
		{"other audience", jwt(`{"aud":5}`), transport.Claims{}, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got, err := transport.ReadClaims(test.token)
			if diff := cmp.Diff(test.want, got); diff != "" || (err == nil) != test.ok {
				t.Errorf("%v\n%s", err, diff)
			}
			if err != nil && strings.Contains(err.Error(), test.token) {
				t.Error("the error holds the token")
			}
		})
	}
}

func TestClaimsExpired(t *testing.T) {
	t.Parallel()
	exp := time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)
	c := transport.Claims{ExpiresAt: exp}
	if c.Expired(exp.Add(-1)) || !c.Expired(exp) || (transport.Claims{}).Expired(exp) {
		t.Error("expired at another time than it says")
	}
}

func ExampleReadClaims() {
	claims, err := transport.ReadClaims(jwt(`{"aud":"https://api.example.com","exp":1772600767}`))
	fmt.Println(claims.Audience, claims.ExpiresAt, err)
	// Output: [https://api.example.com] 2026-03-04 05:06:07 +0000 UTC <nil>
}
