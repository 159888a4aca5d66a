package transport

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"time"

	"github.com/muster-go/muster/model"
)

// TokenSource returns the token. The client asks before the first request and keeps the
// token. After a 401 it asks again, once for all refused requests; if the source then
// returns the same token, they end with [ErrUnauthorized].
//
// The client makes one call at a time, except to a [TokenRenewer].
type TokenSource interface {
	Token(ctx context.Context) (string, error)
}

// TokenRenewer is a [TokenSource] that keeps its token, as one that knows when it ends.
// The client then asks Token before each attempt. It must be safe for concurrent use, and
// have one caller fetch for all.
type TokenRenewer interface {
	TokenSource
	// Renew returns a token other than the one that the API refused with a 401. If there
	// is none it returns that one again, and the refusal stands.
	Renew(ctx context.Context, refused string) (string, error)
}

// TokenFunc is a function that serves as a [TokenSource]. Its errors are shown, and so
// must not hold the token.
type TokenFunc func(ctx context.Context) (string, error)

// Token calls f.
func (f TokenFunc) Token(ctx context.Context) (string, error) { return f(ctx) }

// StaticToken returns a source of one token that never changes: a 401 then ends a
// request at once. Formatting the source does not show the token.
func StaticToken(token string) TokenSource { return &staticToken{token} }

// staticToken is used by pointer and prints as its String: a %+v of the options must
// not show the token.
type staticToken struct{ token string }

func (s *staticToken) Token(context.Context) (string, error) { return s.token, nil }
func (s *staticToken) String() string                        { return "static token" }
func (s *staticToken) GoString() string                      { return "transport.StaticToken(…)" }

// maxTokenBytes bounds a token; servers refuse far shorter headers.
const maxTokenBytes = 64 << 10

// FileToken returns a source that reads the token from a file, and again after a 401:
// another process may renew it. It drops space around the token.
func FileToken(path string) TokenSource {
	return TokenFunc(func(context.Context) (string, error) {
		f, err := os.Open(path) //nolint:gosec // G304: the path is the caller's own setting
		if err != nil {
			return "", err
		}
		defer func() { _ = f.Close() }() // opened for reading: closing loses nothing
		b, err := io.ReadAll(io.LimitReader(f, maxTokenBytes+1))
		if err != nil {
			return "", err
		}
		if len(b) > maxTokenBytes {
			return "", fmt.Errorf("%s: longer than %d bytes: %w", path, maxTokenBytes, model.ErrLimit)
		}
		return string(b), nil
	})
}

// CommandToken returns a source that runs a command, without a shell, and reads the
// token from its standard output. Errors show neither its arguments nor its output.
func CommandToken(name string, args ...string) TokenSource {
	return TokenFunc(func(ctx context.Context) (string, error) {
		cmd := exec.CommandContext(ctx, name, args...) //nolint:gosec // G204: the command is the caller's own setting
		// A grandchild that keeps the pipe open must not hold the client up.
		cmd.WaitDelay = time.Second
		out, err := cmd.Output()
		if err != nil {
			return "", fmt.Errorf("command %s: %w", name, err)
		}
		if len(out) > maxTokenBytes {
			return "", fmt.Errorf("command %s: printed more than %d bytes: %w", name, maxTokenBytes, model.ErrLimit)
		}
		return string(out), nil
	})
}

// CheckTokenURL returns why a text cannot be the address of an OAuth 2.0 token endpoint, or
// "". It does not repeat the text, which may hold a password.
func CheckTokenURL(text string) string {
	u, err := url.Parse(text)
	switch {
	case text == "":
		return "it is empty"
	case err != nil || u.Hostname() == "" || u.Scheme != "https" && u.Scheme != "http":
		return "it must begin with https:// and a host"
	case u.User != nil || u.Fragment != "":
		return "it must hold no user name, password or fragment"
	case u.Scheme == "http" && !isLoopback(u.Hostname()):
		return "plain http shows the secret to the network: use https"
	}
	return ""
}

// cleanToken strips the space around a token and refuses text that cannot be one: it
// would fail as an invalid header, far from its cause.
func cleanToken(token string) (string, error) {
	token = strings.TrimSpace(token)
	if token == "" {
		return "", errors.New("the token is empty")
	}
	for i := range len(token) {
		if token[i] <= ' ' || token[i] > '~' {
			return "", fmt.Errorf("byte %d of the token is not a visible ASCII character", i+1)
		}
	}
	return token, nil
}
