package transport_test

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"github.com/muster-go/muster/transport"
)

const signingKey = "key-of-the-embedder"

func signatureOf(method, path string, body []byte, token string) string {
	mac := hmac.New(sha256.New, []byte(signingKey))
	_, _ = fmt.Fprintf(mac, "%s %s %s %s", method, path, body, token)
	return hex.EncodeToString(mac.Sum(nil))
}

// sign signs method, path, body and token, as APIs with an HMAC want it.
func sign(req *http.Request) error {
	var body []byte
	if req.GetBody != nil {
		r, err := req.GetBody()
		if err != nil {
			return err
		}
		if body, err = io.ReadAll(r); err != nil {
			return err
		}
	}
	signature := signatureOf(req.Method, req.URL.Path, body, req.Header.Get("Authorization"))
	req.Header.Set("X-Signature", `keyId="muster",signature="`+signature+`"`)
	query := req.URL.Query()
	query.Set("sig", signature[:20])
	req.URL.RawQuery = query.Encode()
	return nil
}

// verified answers a request whose signature is right as with says.
func verified(t *testing.T, with script) script {
	t.Helper()
	return func(n int, req *http.Request) (*http.Response, error) {
		var body []byte
		if req.Body != nil {
			body, _ = io.ReadAll(req.Body)
		}
		want := signatureOf(req.Method, req.URL.Path, body, req.Header.Get("Authorization"))
		if !strings.Contains(req.Header.Get("X-Signature"), want) || req.URL.Query()["sig"][0] != want[:20] {
			t.Errorf("request %d: %s with %q", n, req.URL, req.Header)
		}
		return with(n, req)
	}
}

// Each attempt is signed anew, with the token that it has: after a failure, a 401 and a
// redirect.
func TestEachAttemptIsSigned(t *testing.T) {
	t.Parallel()
	for _, request := range []transport.Request{{Path: "/v1/x"}, posted()} {
		synctest.Test(t, func(t *testing.T) {
			var signed, tokens atomic.Int32
			w := &wire{answer: verified(t, func(n int, _ *http.Request) (*http.Response, error) {
				if n == 3 {
					return answer(307, "", "Location", "there"), nil
				}
				return answer([]int{503, 401, 0, 429, 200}[n-1], `{}`), nil
			})}
			c := newClient(t, transport.Options{
				Transport: w, Backoff: -1, FollowRedirects: true,
				Token: transport.TokenFunc(func(context.Context) (string, error) { return fmt.Sprint("token-", tokens.Add(1)), nil }),
				Sign: func(req *http.Request) error {
					signed.Add(1)
					return sign(req)
				},
			})
			resp, err := c.Do(t.Context(), request)
			if err != nil || resp.Attempts != 5 || signed.Load() != 5 {
				t.Errorf("%d signatures, %+v, %v", signed.Load(), resp, err)
			}
		})
	}
}

// Requests without a token are signed too, and Sign may read the request's own body.
func TestSignWithoutToken(t *testing.T) {
	t.Parallel()
	var got []string
	c := newClient(t, transport.Options{
		Transport: &wire{answer: asked(&got, sequence(200))},
		Sign: func(req *http.Request) error {
			_, err := io.ReadAll(req.Body)
			req.Header.Set("X-Signature", "signed")
			return err
		},
	})
	if _, err := c.Do(t.Context(), posted()); err != nil || len(got) != 1 || got[0] != received {
		t.Errorf("%q, %v", got, err)
	}
}

// A server that echoes the request into refusals, broken answers, redirects and pages
// gives no signature away: not in errors, hooks or logs.
func TestSignaturesAreRedacted(t *testing.T) {
	t.Parallel()
	for name, with := range map[string]func(echo string) (*http.Response, error){
		"refusal": func(echo string) (*http.Response, error) {
			text, err := json.Marshal(map[string]string{"message": echo})
			return answer(400, string(text)), err
		},
		"trouble": func(echo string) (*http.Response, error) { return nil, errors.New("malformed header " + echo) },
		"redirect": func(echo string) (*http.Response, error) {
			return answer(302, "", "Location", "/"+url.PathEscape(echo)), nil
		},
	} {
		var signatures []string
		w := &wire{answer: func(_ int, req *http.Request) (*http.Response, error) {
			whole := req.Header.Get("X-Signature")
			_, bare, _ := strings.Cut(whole, `signature="`)
			signatures = append(signatures, strings.Trim(bare, `"`))
			return with(whole + " " + strings.Trim(bare, `"`) + " " + req.URL.RawQuery)
		}}
		r, log := &record{}, new(bytes.Buffer)
		c := newClient(t, transport.Options{
			Transport: w, Sign: sign, Retries: 1, Backoff: -1, Hooks: transport.Hooks{Request: r, Retry: r},
			Logger: slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug})),
		})
		_, err := c.Do(t.Context(), posted())
		if err == nil || len(signatures) == 0 {
			t.Fatalf("%s: %v after %d requests", name, err, len(signatures))
		}
		said := c.Said([]byte(`{"message":"` + signatures[0] + `"}`))
		_, _, linkErr := c.ResolveNext("https://evil.test/" + signatures[0])
		all := fmt.Sprintf("%v %+v %s %s %v", err, r.events, log, said, linkErr)
		for _, s := range signatures {
			if strings.Contains(all, s[:20]) {
				t.Errorf("%s: %s gives away %s", name, all, s)
			}
		}
		if !strings.Contains(err.Error(), "[signature]") || said != "[signature]" {
			t.Errorf("%s: %v, %s", name, err, said)
		}
	}
}

// A constant that Sign sets stays redacted however many other values it has set, and short
// values are no secrets.
func TestRedactionOfManySignatures(t *testing.T) {
	t.Parallel()
	var n int
	c := newClient(t, transport.Options{
		Transport: &wire{answer: sequence(200)}, Rate: -1,
		Sign: func(req *http.Request) error {
			n++
			req.Header.Set("X-Key", signingKey)
			req.Header.Set("X-Version", "2026")
			req.Header.Set("X-Signature", fmt.Sprintf("signature-%d", n))
			return nil
		},
	})
	for range 1024 {
		get(t, c)
	}
	if got := c.Said([]byte(signingKey + ", signature-1024, in 2026")); got != "[signature], [signature], in 2026" {
		t.Error(got)
	}
}

// An error of Sign ends the request at once, and so does a change that Sign must not make.
func TestSignThatFails(t *testing.T) {
	t.Parallel()
	w := &wire{answer: sequence(200)}
	cause := errors.New("the key store is closed")
	for name, change := range map[string]func(*http.Request) error{
		"error":  func(*http.Request) error { return cause },
		"method": func(r *http.Request) error { r.Method = http.MethodPut; return nil },
		"host":   func(r *http.Request) error { r.Host = "evil.test"; return nil },
		"origin": func(r *http.Request) error { r.URL.Host = "evil.test"; return nil },
		"path":   func(r *http.Request) error { r.URL.Path = "/v1/y"; return nil },
		"length": func(r *http.Request) error { r.ContentLength = 1; return nil },
	} {
		c := newClient(t, transport.Options{Transport: w, Sign: change})
		_, err := c.Do(t.Context(), posted())
		unsigned, ok := errors.AsType[*transport.SignError](err)
		if !ok || unsigned.Method != http.MethodPost || unsigned.URL != testBase+"/v1/x" || errors.Is(err, cause) != (name == "error") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if w.n != 0 {
		t.Errorf("%d requests were sent", w.n)
	}
}

// renewer is a source whose tokens end when the test says so.
type renewer struct {
	now     atomic.Int32
	refused atomic.Value
}

func (r *renewer) Token(context.Context) (string, error) {
	return fmt.Sprint("token-", r.now.Load()), nil
}

func (r *renewer) Renew(ctx context.Context, refused string) (string, error) {
	r.refused.Store(refused)
	r.now.Add(1)
	return r.Token(ctx)
}

// A source that knows when its token ends is asked before each attempt, and is told which
// one the server refused.
func TestTokenRenewer(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		source := &renewer{}
		w := &wire{answer: guarded("token-3")}
		c := newClient(t, transport.Options{Transport: w, Token: source})
		source.now.Store(3)
		get(t, c)
		source.now.Store(2)
		get(t, c)
		if source.refused.Load() != "token-2" || w.n != 3 {
			t.Errorf("%v was refused, %d requests", source.refused.Load(), w.n)
		}
		if got := c.Said([]byte("token-2 and token-3")); got != "[token] and [token]" {
			t.Error(got)
		}
		w.answer = guarded("")
		if _, err := c.Get(t.Context(), "/v1/x", nil); !errors.Is(err, transport.ErrUnauthorized) {
			t.Error(err)
		}
	})
}
