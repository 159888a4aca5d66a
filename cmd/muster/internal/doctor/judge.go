package doctor

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/muster-go/muster/cmd/muster/internal/progress"
	"github.com/muster-go/muster/transport"
)

// The thresholds of warnings and failures.
const (
	skewWarn    = 2 * time.Second // a filter's `now` is off by that much
	skewFail    = 5 * time.Minute // tokens look expired, or not yet valid
	slow        = time.Second     // every page takes at least that long
	expiresSoon = 24 * time.Hour
)

// statusLine says whether the server answers and is ok.
func (o *observations) statusLine(base string) Line {
	if len(o.answers) == 0 {
		if n, _ := o.count(http.StatusUnauthorized); n > 0 {
			return okf(StatusLine, "%s answers, and asks for another token", base)
		}
		return failf(StatusLine, advice(o.err), "%s does not answer: %v", base, o.err)
	}
	if o.invalid != nil {
		return failf(StatusLine, "check the base URL: it is the instance's address with /api/global at its end",
			"%s answers with something other than a status: %v", base, o.invalid)
	}
	first := o.answers[0]
	said := first.status
	words := []string{base + " answers: " + strings.TrimSpace(said.Status+" "+said.Detail)}
	facts := map[string]any{"status": said.Status}
	for _, part := range []struct {
		name, words string
		value       any
	}{{"version", "version", said.Version}, {"api_version", "API", first.version}, {"instance_id", "instance", said.Instance}, {"build", "build", said.Build}} {
		if part.value != nil && part.value != "" {
			facts[part.name] = part.value
			words = append(words, fmt.Sprintf("%s %v", part.words, part.value))
		}
	}
	detail := strings.Join(words, "; ")
	l := okf(StatusLine, "%s", detail)
	if n, of := o.count(0, 500, 502, 503, 504); n > 0 {
		l = warnf(StatusLine, "failed requests are retried; if this lasts, ask those who run the server", "%s; %d of %d requests failed at first", detail, n, of)
	}
	if !strings.EqualFold(said.Status, "ok") {
		l = warnf(StatusLine, "wait until the server is ok again, or ask those who run it", "%s", detail)
	}
	l.Facts = facts
	return l
}

// tokenLine says whether the server accepts the token, and what its claims are.
func (o *observations) tokenLine(now time.Time, base string) Line {
	o.mu.Lock()
	bearer := o.bearer
	o.mu.Unlock()
	if bearer == "" {
		return failf(TokenLine, "set MUSTER_TOKEN, --token-file or --token-command", "there is none: %v", o.err)
	}
	claims, err := transport.ReadClaims(bearer)
	jwt := err == nil
	about, facts := "it is not a JWT, so its expiry is unknown", map[string]any{"jwt": jwt}
	if jwt {
		about = aboutClaims(claims, now, facts)
	}
	l := o.judgeToken(claims, now, base, about)
	l.Facts = facts
	return l
}

// foreignToken says whether an API that is not ShipStream's accepts the token, by the
// outcome of the first request.
func (o *observations) foreignToken(err error) Line {
	const correct = "check where it comes from (MUSTER_TOKEN, --token-file, --token-command), and auth in the definition"
	answer := (*transport.APIError)(nil)
	refused := errors.Is(err, transport.ErrUnauthorized) || errors.As(err, &answer) && answer.Status == http.StatusForbidden
	missing := (*transport.TokenError)(nil)
	switch {
	case errors.As(err, &missing):
		return failf(TokenLine, correct, "there is none: %v", missing)
	case refused && o.token == nil:
		return failf(TokenLine, "set MUSTER_TOKEN, --token-file or --token-command, and auth in the definition", "none is sent, and the server wants one: %v", err)
	case refused:
		return failf(TokenLine, correct, "the server refuses it: %v", err)
	case errors.As(err, &answer), len(o.elapsed()) == 0:
		return skipf(TokenLine, "not tried, because nothing answered")
	case o.token == nil:
		return okf(TokenLine, "none is sent, and the server needs none")
	}
	return okf(TokenLine, "accepted")
}

// aboutClaims returns a token's claims in words and adds them to the facts.
func aboutClaims(c transport.Claims, now time.Time, facts map[string]any) string {
	words := "its claims name no expiry"
	if at := c.ExpiresAt; !at.IsZero() {
		facts["expires_at"] = at.Format(time.RFC3339)
		words = fmt.Sprintf("it expires at %s, in %s", at.Format(time.RFC3339), span(at.Sub(now)))
		if c.Expired(now) {
			words = fmt.Sprintf("it expired at %s, %s ago", at.Format(time.RFC3339), span(now.Sub(at)))
		}
	}
	if !c.IssuedAt.IsZero() {
		facts["issued_at"] = c.IssuedAt.Format(time.RFC3339)
	}
	if len(c.Audience) > 0 {
		facts["audience"] = c.Audience
		words += "; it is for " + strings.Join(c.Audience, ", ")
	}
	return words
}

func (o *observations) judgeToken(c transport.Claims, now time.Time, base, about string) Line {
	const renew = "issue a new token for this instance, or check where it comes from: muster config show"
	refused, _ := o.count(http.StatusUnauthorized)
	foreign := !meant(c.Audience, base)
	switch {
	case refused > 0:
		return failf(TokenLine, renew, "the server refuses it; %s", about)
	case len(o.answers) == 0 && c.Expired(now):
		return failf(TokenLine, renew, "not tried; %s", about)
	case len(o.answers) == 0:
		return warnf(TokenLine, "see the status", "not tried, because nothing answered; %s", about)
	case o.authentication() != "":
		return failf(TokenLine, renew, "the server says that the authentication is %q; %s", o.authentication(), about)
	case c.Expired(now):
		return warnf(TokenLine, "issue a new one, and see the clock", "accepted, though %s", about)
	case !c.ExpiresAt.IsZero() && c.ExpiresAt.Sub(now) < expiresSoon:
		return warnf(TokenLine, "issue a new one in time; --token-command can do that by itself", "accepted; %s", about)
	case foreign:
		return warnf(TokenLine, "if that is another instance than this one, use its own token", "accepted; %s, and this is %s", about, base)
	}
	return okf(TokenLine, "accepted; %s", about)
}

// authentication returns the server's word about it; "" if it is valid.
func (o *observations) authentication() string {
	said := o.answers[0].status.Authentication
	if strings.EqualFold(said, "valid") {
		return ""
	}
	return said
}

// meant reports whether a token is for the server. It is if it names no audience.
func meant(audience []string, base string) bool {
	at, err := url.Parse(base)
	if err != nil || len(audience) == 0 {
		return true
	}
	return slices.ContainsFunc(audience, func(a string) bool {
		u, err := url.Parse(a)
		return err == nil && strings.EqualFold(u.Host, at.Host)
	})
}

// clockLine compares the clocks. A date has whole seconds and lies between a request
// and its answer, so each answer bounds the difference from both sides. The
// intersection of all bounds is the closest.
func (o *observations) clockLine() Line {
	var low, high time.Duration // of the server's clock before this machine's
	known := false
	for _, a := range o.answers {
		at, ok := a.serverTime()
		if !ok {
			continue
		}
		least, most := at.Sub(a.received), at.Add(time.Second).Sub(a.sent)
		if !known {
			low, high = least, most
		}
		low, high, known = max(low, least), min(high, most), true
	}
	if !known {
		return warnf(ClockLine, "check this machine's clock yourself: `now` in filters comes from it", "the server does not send its time")
	}
	skew := (low + high) / 2
	l := judgeClock(skew, min(low.Abs(), high.Abs()), low <= 0 && high >= 0)
	l.Facts = map[string]any{"skew_seconds": skew.Seconds()}
	return l
}

func judgeClock(skew, least time.Duration, agrees bool) Line {
	const do = "set this machine's clock (NTP): `now` in filters and the expiry of tokens depend on it"
	behind := "behind"
	if skew < 0 {
		behind = "ahead of"
	}
	detail := fmt.Sprintf("this machine's clock is %s %s the server's", span(skew.Abs()), behind)
	switch {
	case agrees || least <= skewWarn:
		return okf(ClockLine, "this machine's clock and the server's agree within %s", span(max(skew.Abs(), time.Second)))
	case least < skewFail:
		return warnf(ClockLine, do, "%s", detail)
	}
	return failf(ClockLine, do, "%s", detail)
}

// serverTime returns the server's clock by the Date header, else by the status.
func (a answer) serverTime() (time.Time, bool) {
	if at, err := http.ParseTime(a.header.Get("Date")); err == nil {
		return at, true
	}
	text, _ := a.status.Timestamp.(string)
	at, err := time.Parse(time.RFC3339, text)
	return at, err == nil
}

// latencyLine sums up how long the answers took.
func (o *observations) latencyLine() Line {
	times := o.elapsed()
	slices.Sort(times)
	median := times[len(times)/2]
	detail := fmt.Sprintf("%s at the median of %d requests, %s to %s", span(median), len(times), span(times[0]), span(times[len(times)-1]))
	l := okf(LatencyLine, "%s", detail)
	switch {
	case o.err != nil:
		l = failf(LatencyLine, advice(o.err), "%s; then one got no answer: %v", detail, o.err)
	case median > slow:
		l = warnf(LatencyLine, "every page takes at least that long: run nearer to the server, and use as much --concurrency as the API allows", "%s", detail)
	}
	l.Facts = map[string]any{"median_ms": milliseconds(median), "min_ms": milliseconds(times[0]), "max_ms": milliseconds(times[len(times)-1]), "requests": len(times)}
	return l
}

// Servers leave short answers as they are: only of a body of that many bytes is it odd.
const worthCompressing = 2 << 10

// compression says whether the largest answer came compressed, which the client always
// offers. It changes how long a page takes on a slow link, never what a page has.
func (r *Report) compression(seen *observations) {
	largest, ok := seen.largest()
	switch {
	case !ok:
		return
	case largest.Compressed:
		r.add(okf(GzipLine, "the server compresses its answers by gzip"))
	case largest.Bytes < worthCompressing:
		r.add(skipf(GzipLine, "no answer had the %d bytes that are worth compressing; the largest had %d", worthCompressing, largest.Bytes))
	default:
		r.add(okf(GzipLine, "the server does not compress its answers, not even one of %s bytes; with gzip a slow link would carry pages several times as fast", progress.Number(largest.Bytes)))
	}
	r.Lines[len(r.Lines)-1].Facts = map[string]any{"gzip": largest.Compressed, "bytes": largest.Bytes}
}

// largest returns the successful request whose body, unpacked, had the most bytes.
func (o *observations) largest() (largest transport.RequestEvent, ok bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, e := range o.attempts {
		if e.Status == http.StatusOK && (!ok || e.Bytes > largest.Bytes) {
			largest, ok = e, true
		}
	}
	return largest, ok
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// limitsLine compares the limits in the headers with those that the client keeps.
func (o *observations) limitsLine(told transport.Options, kept transport.RateLimit) Line {
	header := o.answers[len(o.answers)-1].header
	facts := map[string]any{"kept": map[string]any{"rate": kept.Rate, "burst": kept.Burst, "concurrency": kept.Concurrency}}
	var seen []string
	for _, h := range []struct{ name, fact, words string }{
		{"RateLimit-Limit", "burst", "a burst of %d"},
		{"RateLimit-Remaining", "remaining", "%d of it left"},
		{"X-Concurrency-Limit", "concurrency", "%d requests at once"},
		{"X-Concurrency-Current", "current", "%d now"},
	} {
		if n, err := strconv.Atoi(header.Get(h.name)); err == nil {
			facts[h.fact] = n
			seen = append(seen, fmt.Sprintf(h.words, n))
		}
	}
	detail := "the server names " + strings.Join(seen, ", ") + "; this client keeps " + keeps(kept)
	throttled, of := o.count(http.StatusTooManyRequests, http.StatusConflict)
	facts["throttled"] = throttled
	l := okf(LimitsLine, "%s", detail)
	burst, _ := facts["burst"].(int)
	atOnce, _ := facts["concurrency"].(int)
	switch {
	case o.err != nil && throttled > 0:
		l = failf(LimitsLine, advice(transport.ErrRateLimited), "%d of %d requests were too many for the server; %s", throttled, of, detail)
	case throttled > 0:
		l = warnf(LimitsLine, "find out who else uses this API user, or lower --rate, --burst or --concurrency", "%d of %d requests were too many for the server; %s", throttled, of, detail)
	case len(seen) == 0:
		l = warnf(LimitsLine, "set --rate, --burst and --concurrency to the limits of the server", "the server names none; this client keeps %s", keeps(kept))
	case burst > 0 && told.Burst > burst, atOnce > 0 && told.Concurrency > atOnce:
		l = warnf(LimitsLine, fmt.Sprintf("set --burst %d --concurrency %d: more is never used", cmp.Or(burst, told.Burst), cmp.Or(atOnce, told.Concurrency)),
			"%s, although set to %d and %d", detail, told.Burst, told.Concurrency)
	}
	l.Facts = facts
	return l
}

// keeps returns the client's limits in words.
func keeps(p transport.RateLimit) string {
	if p.Rate == 0 {
		return fmt.Sprintf("no rate, %d at once", p.Concurrency)
	}
	return fmt.Sprintf("%s/s, a burst of %d, %d at once", strconv.FormatFloat(p.Rate, 'f', -1, 64), p.Burst, p.Concurrency)
}

// span returns a duration with about two figures.
func span(d time.Duration) string {
	switch {
	case d < time.Second:
		return d.Round(100 * time.Microsecond).String()
	case d < time.Minute:
		return d.Round(100 * time.Millisecond).String()
	case d < time.Hour:
		return fmt.Sprintf("%dm%02ds", int(d.Minutes()), int(d.Seconds())%60)
	case d < 48*time.Hour:
		return fmt.Sprintf("%dh%02dm", int(d.Hours()), int(d.Minutes())%60)
	}
	return fmt.Sprintf("%d days", int(d.Hours()/24))
}
