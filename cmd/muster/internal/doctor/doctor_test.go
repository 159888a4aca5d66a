package doctor_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/muster-go/muster/cmd/muster/internal/doctor"
	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query/shipstream"
	"github.com/muster-go/muster/query/shipstream/shipstreamtest"
	"github.com/muster-go/muster/transport"
)

// base is the address of the emulator that no network leads to.
const base = "https://emulator.test/api/global"

// subject is a patient: an emulator and how it is asked.
type subject struct {
	emulator shipstreamtest.Options
	token    func(e *shipstreamtest.Emulator) string
	options  transport.Options
	declared shipstream.Capabilities
	probe    bool
}

// examine looks at the emulator under a fake clock.
func examine(t *testing.T, s subject) *doctor.Report {
	t.Helper()
	var report *doctor.Report
	synctest.Test(t, func(t *testing.T) {
		server := shipstreamtest.NewTransport(s.emulator)
		defer server.Close()
		token := server.Token()
		if s.token != nil {
			token = s.token(server.Emulator)
		}
		o := s.options
		o.BaseURL, o.Transport, o.Token = base, server, transport.StaticToken(token)
		var err error
		if report, err = doctor.Examine(t.Context(), doctor.Subject{Options: o, Declared: s.declared, Probe: s.probe}); err != nil {
			t.Fatal(err)
		}
	})
	return report
}

// line returns the line of that name; the zero Line when there is none.
func line(r *doctor.Report, name string) doctor.Line {
	if i := slices.IndexFunc(r.Lines, func(l doctor.Line) bool { return l.Name == name }); i >= 0 {
		return r.Lines[i]
	}
	return doctor.Line{}
}

// always makes every request meet the fault.
func always(f shipstreamtest.Fault) func(int, *http.Request) shipstreamtest.Fault {
	return func(int, *http.Request) shipstreamtest.Fault { return f }
}

// once makes the n-th request meet the fault.
func once(n int, f shipstreamtest.Fault) func(int, *http.Request) shipstreamtest.Fault {
	return func(i int, _ *http.Request) shipstreamtest.Fault {
		if i == n {
			return f
		}
		return shipstreamtest.Fault{}
	}
}

// from makes the n-th request and those after it meet the fault.
func from(n int, f shipstreamtest.Fault) func(int, *http.Request) shipstreamtest.Fault {
	return func(i int, _ *http.Request) shipstreamtest.Fault {
		if i >= n {
			return f
		}
		return shipstreamtest.Fault{}
	}
}

// onUsers makes requests of users meet the fault.
func onUsers(f shipstreamtest.Fault) func(int, *http.Request) shipstreamtest.Fault {
	return func(_ int, r *http.Request) shipstreamtest.Fault {
		if strings.Contains(r.URL.Path, "/users/") {
			return f
		}
		return shipstreamtest.Fault{}
	}
}

// says replaces a word of every body.
func says(old, word string) shipstreamtest.Fault {
	return shipstreamtest.Fault{Edit: func(_ int, body []byte) []byte {
		return []byte(strings.ReplaceAll(string(body), old, word))
	}}
}

// clock makes the server's clock differ by skew.
func clock(skew time.Duration) func(int, *http.Request) shipstreamtest.Fault {
	return func(int, *http.Request) shipstreamtest.Fault {
		return shipstreamtest.Fault{Header: http.Header{"Date": {time.Now().Add(skew).UTC().Format(http.TimeFormat)}}}
	}
}

func issued(lifetime time.Duration) func(*shipstreamtest.Emulator) string {
	return func(e *shipstreamtest.Emulator) string { return e.IssueToken(lifetime) }
}

// TestLines: each line in each of its states, against an emulator that is so.
func TestLines(t *testing.T) {
	unavailable := shipstreamtest.Fault{Kind: shipstreamtest.FaultUnavailable}
	reset := shipstreamtest.Fault{Kind: shipstreamtest.FaultReset}
	tight := transport.Options{Burst: 60, Concurrency: 5}
	for _, test := range []struct {
		name   string
		of     subject
		line   string
		state  doctor.State
		detail string // a regular expression
		do     string // likewise; "" = nothing is to be done
	}{
		{"well", subject{}, "status", doctor.OK, `^` + base + ` answers: ok All systems operational.; version 2026-01; API 2026-01; instance emulator; build shipstreamtest$`, ""},
		{"hiccup", subject{emulator: shipstreamtest.Options{OnRequest: once(1, unavailable)}}, "status", doctor.Warn, "1 of 6 requests failed at first", "retried"},
		{"unwell", subject{emulator: shipstreamtest.Options{OnRequest: always(says(`"status":"ok"`, `"status":"maintenance"`))}}, "status", doctor.Warn, "answers: maintenance All", "wait"},
		{"down", subject{emulator: shipstreamtest.Options{OnRequest: always(unavailable)}}, "status", doctor.Fail, "does not answer: 503 ", "later"},
		{"no network", subject{emulator: shipstreamtest.Options{OnRequest: always(reset)}}, "status", doctor.Fail, "does not answer: .*reset", "HTTPS_PROXY"},
		{"hangs", subject{emulator: shipstreamtest.Options{OnRequest: always(shipstreamtest.Fault{Kind: shipstreamtest.FaultHang})}}, "status", doctor.Fail, "does not answer: .*no complete answer", "network"},
		{"not found", subject{emulator: shipstreamtest.Options{OnRequest: always(shipstreamtest.Fault{Kind: shipstreamtest.FaultStatus, Status: 404})}}, "status", doctor.Fail, "404", "/api/global"},
		{"another site", subject{emulator: shipstreamtest.Options{OnRequest: always(says(`{`, `<html>`))}}, "status", doctor.Fail, "something other than a status", "/api/global"},
		{"version", subject{options: transport.Options{Header: http.Header{shipstream.VersionHeader: {"2199-01"}}}}, "status", doctor.Fail, "not released", "--api-version"},
		{"asks for another token", subject{token: func(*shipstreamtest.Emulator) string { return "wrong" }}, "status", doctor.OK, "asks for another token", ""},

		{"no claims", subject{}, "token", doctor.OK, "^accepted; it is not a JWT", ""},
		{"for ever", subject{token: issued(0)}, "token", doctor.OK, "^accepted; its claims name no expiry; it is for http://emulator.test$", ""},
		{"long", subject{token: issued(90 * 24 * time.Hour)}, "token", doctor.OK, "^accepted; it expires at 2000-03-31T00:00:00Z, in 90 days; it is for ", ""},
		{"soon", subject{token: issued(5 * time.Hour)}, "token", doctor.Warn, "^accepted; it expires at 2000-01-01T05:00:00Z, in 5h00m", "new one in time"},
		{"another instance's", subject{
			emulator: shipstreamtest.Options{Token: jwt(`{"aud":["https://other.example"]}`)},
		}, "token", doctor.Warn, "^accepted; its claims name no expiry; it is for https://other.example, and this is https://emulator.test", "another instance"},
		{"expired here", subject{emulator: shipstreamtest.Options{Token: jwt(`{"exp":946684799}`)}}, "token", doctor.Warn, "^accepted, though it expired at 1999-12-31T23:59:59Z", "clock"},
		{"expired", subject{token: func(e *shipstreamtest.Emulator) string {
			token := e.IssueToken(time.Hour)
			time.Sleep(3 * time.Hour) //nolint:forbidigo // in a synctest bubble
			return token
		}}, "token", doctor.Fail, "^the server refuses it; it expired at 2000-01-01T01:00:00Z, 2h00m ago", "new token"},
		{"refused", subject{token: func(*shipstreamtest.Emulator) string { return "wrong" }}, "token", doctor.Fail, "^the server refuses it; it is not a JWT", "new token"},
		{"revoked", subject{emulator: shipstreamtest.Options{OnRequest: once(3, shipstreamtest.Fault{Kind: shipstreamtest.FaultExpired})}}, "token", doctor.Fail, "^the server refuses it", "new token"},
		{"not valid", subject{emulator: shipstreamtest.Options{OnRequest: always(says(`"valid"`, `"expired"`))}}, "token", doctor.Fail, `authentication is "expired"`, "new token"},
		{"none", subject{token: func(*shipstreamtest.Emulator) string { return "" }}, "token", doctor.Fail, "there is none: no token: the token is empty", "MUSTER_TOKEN"},
		{"not tried", subject{emulator: shipstreamtest.Options{OnRequest: always(reset)}}, "token", doctor.Warn, "^not tried, .*; it is not a JWT", "status"},
		{"expired, not tried", subject{emulator: shipstreamtest.Options{OnRequest: always(reset), Token: jwt(`{"exp":946684799}`)}}, "token", doctor.Fail, "^not tried; it expired", "new token"},

		{"same", subject{emulator: shipstreamtest.Options{OnRequest: clock(0)}}, "clock", doctor.OK, "agree within 1s", ""},
		{"a second", subject{emulator: shipstreamtest.Options{OnRequest: clock(2 * time.Second)}}, "clock", doctor.OK, "agree within 2", ""},
		{"by the status", subject{}, "clock", doctor.OK, "agree within 1s", ""},
		{"behind", subject{emulator: shipstreamtest.Options{OnRequest: clock(90 * time.Second)}}, "clock", doctor.Warn, "^this machine's clock is 1m30s behind the server's", "NTP"},
		{"ahead", subject{emulator: shipstreamtest.Options{OnRequest: clock(-2 * time.Hour)}}, "clock", doctor.Fail, "^this machine's clock is 1h59m ahead of the server's", "NTP"},
		{"no clock", subject{emulator: shipstreamtest.Options{OnRequest: always(says(`"timestamp"`, `"moment"`))}}, "clock", doctor.Warn, "does not send its time", "yourself"},

		{"quick", subject{emulator: shipstreamtest.Options{Latency: 52 * time.Millisecond}}, "latency", doctor.OK, "^52ms at the median of 5 requests, 52ms to 52ms$", ""},
		{"one slow", subject{emulator: shipstreamtest.Options{Latency: 52 * time.Millisecond, OnRequest: once(2, shipstreamtest.Fault{Delay: 3 * time.Second})}}, "latency", doctor.OK, "^52ms at the median of 5 requests, 52ms to 3.1s$", ""},
		{"slow", subject{emulator: shipstreamtest.Options{Latency: 2 * time.Second}}, "latency", doctor.Warn, "^2s at the median", "nearer"},
		{"broken off", subject{emulator: shipstreamtest.Options{OnRequest: from(4, reset)}}, "latency", doctor.Fail, "at the median of 3 requests, .*; then one got no answer: .*reset", "network"},

		{"named", subject{options: tight}, "limits", doctor.OK, "^the server names a burst of 60, 55 of it left, 5 requests at once, 1 now; this client keeps 10/s, a burst of 59, 5 at once$", ""},
		{"hidden", subject{emulator: shipstreamtest.Options{HideLimits: true}}, "limits", doctor.Warn, "^the server names none; this client keeps 10/s", "--rate"},
		{"told more", subject{emulator: shipstreamtest.Options{Burst: 20, Concurrency: 2}, options: tight}, "limits", doctor.Warn, "a burst of 20.*2 requests at once, .*this client keeps 10/s, a burst of 19, 2 at once, although set to 60 and 5", "--burst 20 --concurrency 2"},
		{"throttled", subject{emulator: shipstreamtest.Options{OnRequest: once(2, shipstreamtest.Fault{Kind: shipstreamtest.FaultThrottle, RetryAfter: "1"})}}, "limits", doctor.Warn, "^1 of 7 requests were too many", "who else"},
		{"conflict", subject{emulator: shipstreamtest.Options{OnRequest: once(2, shipstreamtest.Fault{Kind: shipstreamtest.FaultConflict})}}, "limits", doctor.Warn, "^1 of 7 requests were too many", "who else"},
		{"shut out", subject{emulator: shipstreamtest.Options{OnRequest: from(3, shipstreamtest.Fault{Kind: shipstreamtest.FaultThrottle, RetryAfter: "3600"})}}, "limits", doctor.Fail, "requests were too many", "who else"},

		{"some", subject{emulator: shipstreamtest.Options{Users: 30}}, "users", doctor.OK, "^the token may list users: there are 30$", ""},
		{"nobody", subject{}, "users", doctor.Warn, "there are none", "API user"},
		{"forbidden", subject{emulator: shipstreamtest.Options{OnRequest: onUsers(shipstreamtest.Fault{Kind: shipstreamtest.FaultStatus, Status: 403})}}, "users", doctor.Fail, "^users cannot be listed: 403 ", "muster query"},
		{"no users", subject{emulator: shipstreamtest.Options{OnRequest: onUsers(shipstreamtest.Fault{Kind: shipstreamtest.FaultMalformed})}}, "users", doctor.Fail, "^users cannot be listed: ", "muster query"},

		{"declared", subject{}, "filters", doctor.OK, "^only documented operators, collation ci, timestamps unknown, as declared; --probe-filters asks", ""},
		{"proved", subject{
			emulator: shipstreamtest.Options{Users: 200, Operators: shipstreamtest.OpIn, HideTimestamps: true}, probe: true,
			declared: capabilities("in", model.ReturnedNo),
		}, "filters", doctor.OK, "^documented operators and in, collation ci, timestamps never, as declared$", ""},
		{"more", subject{emulator: shipstreamtest.Options{Users: 200, Operators: shipstreamtest.OpIn}, probe: true}, "filters", doctor.Warn, "more than declared: the operator in, timestamps on-request$", "settings"},
		{"less", subject{emulator: shipstreamtest.Options{Users: 200}, probe: true, declared: capabilities("contains", model.ReturnedOnRequest)}, "filters", doctor.Fail, "declared but unsupported: the operator contains$", "miss rows"},
		{"other", subject{
			emulator: shipstreamtest.Options{Users: 200, Collation: model.Some(model.Binary), HideTimestamps: true}, probe: true, declared: capabilities("", model.ReturnedOnRequest),
		}, "filters", doctor.Fail, `declared but unsupported: the collation ci \(it is binary\), returned timestamps$`, "miss rows"},
		{"regex", subject{emulator: shipstreamtest.Options{Users: 200}, probe: true, declared: capabilities("regex", model.ReturnedOnRequest)}, "filters", doctor.OK, "as declared", ""},
		{"nothing to learn from", subject{probe: true}, "filters", doctor.Warn, "probing failed", "only documented operators"},
	} {
		t.Run(test.line+"/"+test.name, func(t *testing.T) {
			report := examine(t, test.of)
			got := line(report, test.line)
			if got.State != test.state || !regexp.MustCompile(test.detail).MatchString(got.Detail) {
				t.Errorf("%s: %s\nwant %s: %s", got.State, got.Detail, test.state, test.detail)
			}
			if (got.Do == "") != (test.do == "") || !strings.Contains(got.Do, test.do) {
				t.Errorf("to do: %q, want %q", got.Do, test.do)
			}
			if failed := slices.Contains(report.Failed(), test.line); failed != (test.state == doctor.Fail) || failed && report.State != doctor.Fail {
				t.Errorf("failed: %v, the report: %s", report.Failed(), report.State)
			}
		})
	}
}

// zipped answers by gzip.
func zipped(int, *http.Request) shipstreamtest.Fault {
	return shipstreamtest.Fault{Header: http.Header{"Content-Encoding": {"gzip"}}, Edit: func(_ int, body []byte) []byte {
		var b bytes.Buffer
		w := gzip.NewWriter(&b)
		_, err := w.Write(body)
		if err := errors.Join(err, w.Close()); err != nil {
			panic(err) // a buffer in memory takes everything
		}
		return b.Bytes()
	}}
}

// TestCompression is over real HTTP, whose client unpacks what it asked for.
func TestCompression(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name   string
		of     shipstreamtest.Options
		state  doctor.State
		detail string
		gzip   bool
	}{
		{"gzip", shipstreamtest.Options{Users: 100, OnRequest: zipped}, doctor.OK, "^the server compresses its answers by gzip$", true},
		{"plain", shipstreamtest.Options{Users: 100}, doctor.OK, "^the server does not compress its answers, not even one of 1. [0-9]{3} bytes", false},
		{"small", shipstreamtest.Options{Users: 1}, doctor.Skip, "^no answer had the 2048 bytes", false},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			server := shipstreamtest.NewServer(test.of)
			defer server.Close()
			report, err := doctor.Examine(t.Context(), doctor.Subject{Options: transport.Options{BaseURL: server.URL, Token: transport.StaticToken(server.Token())}})
			if err != nil {
				t.Fatal(err)
			}
			got := line(report, doctor.GzipLine)
			if got.State != test.state || !regexp.MustCompile(test.detail).MatchString(got.Detail) || got.Facts["gzip"] != test.gzip {
				t.Errorf("%s: %s, %v\nwant %s: %s", got.State, got.Detail, got.Facts, test.state, test.detail)
			}
		})
	}
}

func capabilities(operator string, timestamps model.Returned) shipstream.Capabilities {
	c := shipstream.Capabilities{Timestamps: timestamps}
	if operator != "" {
		var err error
		if c.Profile, err = c.Profile.With(operator); err != nil {
			panic(err) // a misspelled test
		}
	}
	return c
}

// jwt is a token with those claims.
func jwt(claims string) string {
	return "eyJhbGciOiJub25lIn0." + base64.RawURLEncoding.EncodeToString([]byte(claims)) + ".c2ln"
}

// TestReport: what a program reads off a report is there, and the worst line is
// the report's state.
func TestReport(t *testing.T) {
	report := examine(t, subject{
		emulator: shipstreamtest.Options{Users: 200, Latency: 20 * time.Millisecond}, token: issued(48 * time.Hour), probe: true,
		options: transport.Options{Burst: 60, Concurrency: 5},
	})
	text, err := json.Marshal(report)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		`{"version":1,"base_url":"https://emulator.test/api/global","state":"warn","lines":[{"name":"status","state":"ok",`,
		`"status":"ok"`, `"api_version":"2026-01"`, `"instance_id":"emulator"`, `"build":"shipstreamtest"`,
		`"jwt":true`, `"expires_at":"2000-01-03T00:00:00Z"`, `"issued_at":"2000-01-01T00:00:00Z"`, `"audience":["http://emulator.test"]`,
		`"skew_seconds":`, `"median_ms":20`, `"requests":5`, `"burst":60`, `"concurrency":5`, `"throttled":0`, `"count":200`,
		`"findings":[{"name":"timestamps","proved":true,"detail":"returned on request"}`,
	} {
		if !strings.Contains(string(text), want) {
			t.Errorf("no %s in\n%s", want, text)
		}
	}
	var names []string
	for _, l := range report.Lines {
		names = append(names, l.Name)
	}
	if got, want := fmt.Sprint(names), "[status token clock latency limits users filters gzip]"; got != want {
		t.Errorf("lines %s, want %s", got, want)
	}
	if strings.Contains(string(text), "eyJ") {
		t.Errorf("the token is in the report:\n%s", text)
	}
}

// TestAskedOnce: a password manager is not asked twice.
func TestAskedOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := shipstreamtest.NewTransport(shipstreamtest.Options{Users: 3})
		defer server.Close()
		asked := 0
		o := transport.Options{BaseURL: base, Transport: server, Token: transport.TokenFunc(func(context.Context) (string, error) {
			asked++
			return shipstreamtest.DefaultToken, nil
		})}
		if _, err := doctor.Examine(t.Context(), doctor.Subject{Options: o}); err != nil || asked != 1 {
			t.Errorf("asked %d times, %v", asked, err)
		}
	})
}

// TestEnded: an examination that is broken off says so.
func TestEnded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := shipstreamtest.NewTransport(shipstreamtest.Options{Latency: time.Second})
		defer server.Close()
		ctx, cancel := context.WithTimeout(t.Context(), 1500*time.Millisecond)
		defer cancel()
		o := transport.Options{BaseURL: base, Transport: server, Token: transport.StaticToken(shipstreamtest.DefaultToken)}
		if _, err := doctor.Examine(ctx, doctor.Subject{Options: o}); err == nil {
			t.Error("no error")
		}
	})
}
