package transport

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"time"
)

// TokenSource returns the token. The client asks before the first request and keeps the
// token. After a 401 it asks again, once for all refused requests; if the source then
// returns the same token, they end with [ErrUnauthorized].
//
// The client makes one call at a time.
type TokenSource interface {
	Token(ctx context.Context) (string, error)
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
			return "", fmt.Errorf("%s: longer than %d bytes", path, maxTokenBytes)
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
			return "", fmt.Errorf("command %s: printed more than %d bytes", name, maxTokenBytes)
		}
		return string(out), nil
	})
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
