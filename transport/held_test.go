package transport_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/muster-go/muster/transport"
)

// lastRead is a body that calls a function once it was read to its end.
type lastRead struct {
	io.Reader
	end func()
}

func (b lastRead) Read(p []byte) (int, error) {
	n, err := b.Reader.Read(p)
	if errors.Is(err, io.EOF) {
		b.end()
	}
	return n, err
}

func (lastRead) Close() error { return nil }

// TestFailedCallsHoldNoMemory: a call that fails gives the memory of its last answer back,
// so that the next large answer need not wait.
func TestFailedCallsHoldNoMemory(t *testing.T) {
	t.Parallel()
	large := strings.Repeat("x", 3<<20)
	for name, test := range map[string]struct {
		status int
		ends   bool // the context ends once the answer was read
		want   error
	}{
		"the context ends behind the answer": {200, true, context.Canceled},
		"a refused token, and no other":      {401, false, transport.ErrUnauthorized},
	} {
		synctest.Test(t, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			w := &wire{answer: func(n int, _ *http.Request) (*http.Response, error) {
				if n > 1 {
					return answer(200, large), nil
				}
				first := answer(test.status, large)
				if test.ends {
					first.Body = lastRead{strings.NewReader(large), cancel}
				}
				return first, nil
			}}
			tokens := 0
			source := transport.TokenFunc(func(context.Context) (string, error) {
				if tokens++; tokens > 1 {
					return "", errors.New("the vault is closed")
				}
				return secret, nil
			})
			c := newClient(t, transport.Options{Transport: w, Token: source, Rate: -1, MaxBodies: 1 << 20})
			if _, err := c.Get(ctx, "/v1/x", nil); !errors.Is(err, test.want) || w.n != 1 {
				t.Fatalf("%s: %d requests, %v", name, w.n, err)
			}
			start := time.Now()
			resp, err := c.Get(t.Context(), "/v1/y", nil)
			if err != nil || len(resp.Body) != len(large) {
				t.Fatalf("%s: %v", name, err)
			}
			if waited := time.Since(start); waited > 0 {
				t.Errorf("%s: the next answer waited %v for memory", name, waited)
			}
		})
	}
}

// TestRedirectsOfAnAttempt: redirects are counted for each attempt.
func TestRedirectsOfAnAttempt(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := &wire{answer: func(n int, _ *http.Request) (*http.Response, error) {
			switch n {
			case 7:
				return answer(503, ""), nil
			case 14:
				return answer(200, "there"), nil
			}
			return answer(302, "", "Location", "x"), nil
		}}
		c := newClient(t, transport.Options{Transport: w, Rate: -1, FollowRedirects: true})
		resp, err := c.Get(t.Context(), "/v1/x", nil)
		if err != nil || string(resp.Body) != "there" || w.n != 14 {
			t.Errorf("%d requests: %v", w.n, err)
		}
	})
}
