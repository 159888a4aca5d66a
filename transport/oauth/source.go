package oauth

import (
	"context"
	"sync"
	"time"

	"github.com/muster-go/muster/transport"
	"github.com/muster-go/muster/transport/internal/limit"
)

// Source is a [transport.TokenRenewer] that has an OAuth 2.0 endpoint issue its tokens. It
// is safe for concurrent use, and clients may share one. Formatting it shows no secret.
// Make one with [New].
type Source struct {
	options Options
	line    limit.FIFO // of those who need a new token

	mu      sync.Mutex
	token   token
	refresh string // the latest refresh token; "" = Options.RefreshToken has it
	fetches int    // that ended
	err     error  // of the last fetch
}

var _ transport.TokenRenewer = (*Source)(nil)

// token is an access token. The zero time never comes.
type token struct {
	access string
	due    time.Time // when to renew it
	ends   time.Time
}

func (t token) good(now time.Time, refused string) bool {
	return t.access != "" && t.access != refused && (t.due.IsZero() || now.Before(t.due))
}

// lives reports whether a token that is due may still be used.
func (t token) lives(now time.Time, refused string) bool {
	return t.access != "" && t.access != refused && now.Before(t.ends)
}

// New returns a source, and asks nobody yet. It fails with [*transport.OptionError]s,
// joined.
func New(o Options) (*Source, error) {
	if err := o.check(); err != nil {
		return nil, err
	}
	return &Source{options: o.withDefaults(), line: limit.NewFIFO()}, nil
}

// String returns the endpoint and the grant.
func (s *Source) String() string { return "oauth: " + s.grant() + " at " + s.shownURL() }

// GoString is String.
func (s *Source) GoString() string { return s.String() }

// Token implements [transport.TokenSource]. It fails with an [*Error], the error of
// Options.ClientSecret or Options.RefreshToken, or the cause of ctx.
func (s *Source) Token(ctx context.Context) (string, error) { return s.get(ctx, "") }

// Renew implements [transport.TokenRenewer].
func (s *Source) Renew(ctx context.Context, refused string) (string, error) {
	return s.get(ctx, refused)
}

// get returns a token that is not due and not the refused one. Of all callers that need a
// new one, one fetches it; the others wait in line, and take its token or its error.
func (s *Source) get(ctx context.Context, refused string) (string, error) {
	known, fetches, _ := s.known()
	if known.good(now(), refused) {
		return known.access, nil
	}
	if err := s.line.Enter(ctx); err != nil {
		return "", err
	}
	defer s.line.Leave()
	known, ended, err := s.known()
	switch {
	case known.good(now(), refused):
		return known.access, nil
	case ended != fetches && err != nil:
		return "", err
	}
	fresh, err := s.fetch(ctx, known.lives(now(), refused))
	if err != nil && ctx.Err() != nil {
		return "", context.Cause(ctx) // the next in line fetches
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if err != nil && known.lives(now(), refused) {
		s.token.due = now().Add(retryEarly)
		return known.access, nil
	}
	s.fetches, s.err = s.fetches+1, err
	if err == nil {
		s.token = fresh
	}
	return fresh.access, err
}

// retryEarly is the wait after a renewal that failed while the token can still be used.
const retryEarly = 5 * time.Second

func (s *Source) known() (t token, fetches int, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.token, s.fetches, s.err
}

// now returns the time of the wall clock: a token ends while the machine sleeps, too.
func now() time.Time { return time.Now().Round(0) }
