package transport_test

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/muster-go/muster/transport"
)

func refusal(t *testing.T, status int, body string, query url.Values) *transport.APIError {
	t.Helper()
	w := &wire{answer: func(int, *http.Request) (*http.Response, error) { return answer(status, body), nil }}
	c := newClient(t, transport.Options{Transport: w, Retries: -1})
	_, err := c.Get(t.Context(), "/v1/x", query)
	var api *transport.APIError
	if !errors.As(err, &api) {
		t.Fatalf("got %v", err)
	}
	return api
}

func TestAPIErrorBodies(t *testing.T) {
	t.Parallel()
	const place = " (GET https://api.test/api/global/v1/x)"
	for _, test := range []struct {
		name, body string
		want       []transport.ErrorItem
		text       string
	}{
		{
			"as documented", `{"errors":[{"type":"openapi","message":"Invalid limit","details":[{"key":"limit","message":"must be <= 1000"}]}]}`,
			[]transport.ErrorItem{{Type: "openapi", Message: "Invalid limit", Details: []transport.ErrorDetail{{Key: "limit", Message: "must be <= 1000"}}}},
			"400 Invalid limit [limit: must be <= 1000]",
		},
		{
			"two without details", `{"errors":[{"type":"application","message":"one"},{"type":"application","message":"two"}]}`,
			[]transport.ErrorItem{{Type: "application", Message: "one"}, {Type: "application", Message: "two"}},
			"400 one; two",
		},
		{
			"details of another form", `{"errors":[{"details":"none","type":"application","message":"one"}]}`,
			[]transport.ErrorItem{{Type: "application", Message: "one"}},
			"400 one",
		},
		{"an item of another form", `{"errors":["text",{"message":"one"}]}`, []transport.ErrorItem{{Message: "one"}}, "400 one"},
		{"no errors", `{"errors":[]}`, nil, "400 Bad Request"},
		{"errors of another form", `{"errors":{"a":1}}`, nil, "400 Bad Request"},
		{"message", `{"message":"Validation Failed","errors":[{"resource":"Issue","code":"missing"}]}`, []transport.ErrorItem{{Message: "Validation Failed"}}, "400 Validation Failed"},
		{"error as a text", `{"error":"no such shop"}`, []transport.ErrorItem{{Message: "no such shop"}}, "400 no such shop"},
		{"error as an object", `{"error":{"code":7,"message":"no such shop"}}`, []transport.ErrorItem{{Message: "no such shop"}}, "400 no such shop"},
		{"error and its description", `{"error":"invalid_token","error_description":"The token is old"}`, []transport.ErrorItem{{Message: "The token is old"}}, "400 The token is old"},
		{
			"a problem", `{"type":"https://shop.test/p/1","title":"Out of stock","status":400,"detail":"No item 7"}`,
			[]transport.ErrorItem{{Message: "No item 7"}},
			"400 No item 7",
		},
		{"a title alone", `{"title":"Out of stock","detail":""}`, []transport.ErrorItem{{Message: "Out of stock"}}, "400 Out of stock"},
		{"errors with a detail", `{"errors":[{"status":"400","title":"Bad","detail":"No item 7"},{"detail":"more"}]}`, []transport.ErrorItem{{Message: "No item 7"}}, "400 No item 7"},
		{"a list and words of its own", `{"message":"outer","errors":[{"message":"inner"}]}`, []transport.ErrorItem{{Message: "inner"}}, "400 inner"},
		{"a message of another form", `{"message":["a"],"error":"b"}`, []transport.ErrorItem{{Message: "b"}}, "400 b"},
		{"too deep", `{"error":{"error":{"error":{"error":"a"}}}}`, nil, "400 Bad Request"},
		{"a text alone", `"no"`, nil, "400 Bad Request"},
		{"null", `{"message":null,"error":null,"errors":null}`, nil, "400 Bad Request"},
		{"errors of texts", `{"errors":["a"]}`, nil, "400 Bad Request"},
		{"words with control characters", `{"message":"\u001b[31mred\nline"}`, []transport.ErrorItem{{Message: "\x1b[31mred\nline"}}, "400 ␛[31mred␊line"},
		{"HTML", `<html>`, nil, "400 Bad Request"},
		{"empty", ``, nil, "400 Bad Request"},
		{
			"control characters", `{"errors":[{"message":"\u001b[31mred\u0000\u202e\nline"}]}`,
			[]transport.ErrorItem{{Message: "\x1b[31mred\x00\u202e\nline"}},
			"400 ␛[31mred␀�␊line",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			api := refusal(t, 400, test.body, nil)
			if diff := cmp.Diff(test.want, api.Errors); diff != "" {
				t.Error(diff)
			}
			if api.Error() != test.text+place {
				t.Errorf("got %q", api)
			}
		})
	}
}

func TestErrorTextIsBounded(t *testing.T) {
	t.Parallel()
	item := `{"message":"` + strings.Repeat("ä", 5000) + `"}`
	body := `{"errors":[` + strings.Repeat(item+",", 500) + item + `]}`
	api := refusal(t, 400, body, url.Values{"filter": {strings.Repeat("x", 10000)}})
	if len(api.Error()) > 4<<10 || len(api.Errors) != 100 || !strings.Contains(api.Error(), "…") {
		t.Errorf("%d bytes, %d items", len(api.Error()), len(api.Errors))
	}
}

func TestWordsAreBounded(t *testing.T) {
	t.Parallel()
	api := refusal(t, 400, `{"error":{"message":"`+strings.Repeat("ä", 50000)+`"}}`, nil)
	if len(api.Error()) > 2<<10 || !strings.HasPrefix(api.Error(), "400 ää") || !strings.Contains(api.Error(), "…") {
		t.Errorf("%d bytes: %s", len(api.Error()), api)
	}
}

func TestURLsAreSanitised(t *testing.T) {
	t.Parallel()
	api := refusal(t, 404, "", url.Values{"access_token": {"s3cret"}, "Password": {"s3cret"}, "filter": {"id:1"}})
	const want = "https://api.test/api/global/v1/x?Password=masked&access_token=masked&filter=id%3A1"
	if api.URL != want || strings.Contains(api.Error(), "s3cret") {
		t.Errorf("got %s", api.URL)
	}
}

func TestSentinels(t *testing.T) {
	t.Parallel()
	all := []error{
		transport.ErrBadRequest, transport.ErrUnauthorized, transport.ErrNotFound, transport.ErrConcurrency,
		transport.ErrRateLimited, transport.ErrUnavailable, transport.ErrRedirect,
	}
	for status, want := range map[int]error{
		400: transport.ErrBadRequest, 401: transport.ErrUnauthorized, 404: transport.ErrNotFound,
		409: transport.ErrConcurrency, 429: transport.ErrRateLimited, 500: transport.ErrUnavailable,
		501: transport.ErrUnavailable, 599: transport.ErrUnavailable, 301: transport.ErrRedirect,
		403: nil, 405: nil, 412: nil, 422: nil,
	} {
		for _, sentinel := range all {
			for _, err := range []error{&transport.APIError{Status: status}, &transport.ThrottledError{Status: status}} {
				if got := errors.Is(err, sentinel); got != (sentinel == want) { //nolint:errorlint // identity is meant
					t.Errorf("%d: errors.Is(%T, %v) = %v", status, err, sentinel, got)
				}
			}
		}
	}
}
