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

// TokenSource yields the token. The client asks for it before the first
// request and keeps it; it asks again after a 401, once for all the requests that
// were refused. A source that then returns the same token ends them with
// [ErrUnauthorized].
//
// The client never calls a source twice at a time.
type TokenSource interface {
	Token(ctx context.Context) (string, error)
}

// TokenFunc is a function that serves as a [TokenSource]. Its errors must not
// hold the token: they are shown.
type TokenFunc func(ctx context.Context) (string, error)

// Token calls f.
func (f TokenFunc) Token(ctx context.Context) (string, error) { return f(ctx) }

// StaticToken returns a source of one token that never changes, so that a 401
// ends a request at once. Formatting the source does not show the token.
func StaticToken(token string) TokenSource { return &staticToken{token} }

// staticToken is used by pointer and prints as its String, lest a %+v of the
// options show the token.
type staticToken struct{ token string }

func (s *staticToken) Token(context.Context) (string, error) { return s.token, nil }
func (s *staticToken) String() string                        { return "static token" }
func (s *staticToken) GoString() string                      { return "transport.StaticToken(…)" }

// maxTokenBytes bounds what is read as a token; servers refuse headers far
// shorter.
const maxTokenBytes = 64 << 10

// FileToken returns a source that reads the token from a file, which is read
// again after a 401: a process beside may keep it fresh. Space around the token
// is dropped.
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

// CommandToken returns a source that runs a command, without a shell, and takes
// its standard output for the token. Neither its arguments nor what it prints
// appear in errors.
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

// cleanToken strips the space around a token and refuses what can be none: it
// would end as an invalid header, far from its cause.
func cleanToken(token string) (string, error) {
	token = strings.TrimSpace(token)
	if token == "" {
		return "", errors.New("the token is empty")
	}
	for i := range len(token) {
		if token[i] <= ' ' || token[i] > '~' {
			return "", fmt.Errorf("byte %d of the token is no visible ASCII character", i+1)
		}
	}
	return token, nil
}
