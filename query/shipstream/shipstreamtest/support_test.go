package shipstreamtest_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/muster-go/muster/query/shipstream/shipstreamtest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// caller is what a Server and a Transport have in common.
type caller interface {
	Client() *http.Client
	BaseURL() string
	Token() string
}

// unlimited returns o without rate and concurrency limits.
func unlimited(o shipstreamtest.Options) shipstreamtest.Options {
	o.Rate, o.Concurrency = -1, -1
	return o
}

// start returns an in-process emulator without limits.
func start(t *testing.T, o shipstreamtest.Options) *shipstreamtest.Transport {
	t.Helper()
	tr := shipstreamtest.NewTransport(unlimited(o))
	t.Cleanup(tr.Close)
	return tr
}

// ref is a reference in a response.
type ref struct {
	Type string `json:"type"`
	ID   int64  `json:"id"`
}

// user is a row of a response; pointers tell null and absent apart from zero.
type user struct {
	Type             string          `json:"type"`
	ID               int64           `json:"id"`
	Name             string          `json:"name"`
	Email            string          `json:"email"`
	Username         string          `json:"username"`
	IsActive         bool            `json:"is_active"`
	Roles            []ref           `json:"roles"`
	LoginViaBadge    *bool           `json:"login_via_badge"`
	DefaultWarehouse json.RawMessage `json:"default_warehouse"`
	Merchant         *ref            `json:"merchant"`
	CreatedAt        *time.Time      `json:"created_at"`
	LastLoginAt      json.RawMessage `json:"last_login_at"`
}

// page is a list response.
type page struct {
	Collection []user                                  `json:"collection"`
	Included   map[string][]map[string]json.RawMessage `json:"included"`
	HasMore    bool                                    `json:"has_more"`
	Next       string                                  `json:"next"`
	Previous   string                                  `json:"previous"`
	Meta       struct {
		ProcessingTime *float64 `json:"processing_time"`
		CursorStart    *int64   `json:"cursor_start"`
		CursorEnd      *int64   `json:"cursor_end"`
		Count          *int64   `json:"count"`
	} `json:"meta"`
}

func (p *page) ids() []int64 {
	ids := make([]int64, len(p.Collection))
	for i, u := range p.Collection {
		ids[i] = u.ID
	}
	return ids
}

// failure is an error response.
type failure struct {
	Errors []struct {
		Type    string `json:"type"`
		Message string `json:"message"`
		Details []struct {
			Key     string `json:"key"`
			Message string `json:"message"`
		} `json:"details"`
	} `json:"errors"`
}

// do sends a GET for path, which begins at /v1 or is a link of a response.
func do(ctx context.Context, c caller, path string, header ...string) (*http.Response, error) {
	target := c.BaseURL() + path
	if rest, ok := strings.CutPrefix(path, "/api/global"); ok {
		target = c.BaseURL() + rest
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, target, http.NoBody)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Authorization", "Bearer "+c.Token())
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	return c.Client().Do(req)
}

// fetch returns the status, header and body of the answer.
func fetch(t *testing.T, c caller, path string, header ...string) (int, http.Header, []byte) {
	t.Helper()
	resp, err := do(t.Context(), c, path, header...)
	if err != nil {
		t.Fatalf("GET %s: %v", path, err)
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatalf("GET %s: body: %v", path, err)
	}
	return resp.StatusCode, resp.Header, body
}

// get returns the page at path, which must be answered 200.
func get(t *testing.T, c caller, path string) *page {
	t.Helper()
	status, _, body := fetch(t, c, path)
	if status != http.StatusOK {
		t.Fatalf("GET %s: %d %s", path, status, body)
	}
	p := &page{}
	if err := json.Unmarshal(body, p); err != nil {
		t.Fatalf("GET %s: %v in %s", path, err, body)
	}
	return p
}

// refused checks that path is answered with status and an error body whose
// detail is about key; "" for no detail.
func refused(t *testing.T, c caller, path string, status int, key string) {
	t.Helper()
	got, header, body := fetch(t, c, path)
	var f failure
	if err := json.Unmarshal(body, &f); err != nil || len(f.Errors) != 1 || f.Errors[0].Message == "" {
		t.Errorf("GET %s: %d, no error body: %s", path, got, body)
		return
	}
	gotKey := ""
	if len(f.Errors[0].Details) > 0 {
		gotKey = f.Errors[0].Details[0].Key
	}
	if got != status || gotKey != key || header.Get("Content-Type") != "application/json" {
		t.Errorf("GET %s: %d about %q, want %d about %q: %s", path, got, gotKey, status, key, body)
	}
}

// list returns the path of the list of users with parameters given as pairs.
func list(typ string, params ...string) string {
	q := url.Values{}
	for i := 0; i+1 < len(params); i += 2 {
		q.Add(params[i], params[i+1])
	}
	return "/v1/system/users/" + typ + "?" + q.Encode()
}

// at returns an instant for fixtures.
func at(s string) time.Time {
	v, err := time.Parse(time.RFC3339, s)
	if err != nil {
		panic(err)
	}
	return v
}
