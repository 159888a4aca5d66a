// Package transport is the HTTP client through which every request of an engine
// goes: it keeps to the API's rate and concurrency, waits out what the server
// asks it to wait, retries what is worth retrying, carries the token, and reads
// every body whole.
//
//	client, err := transport.New(transport.Options{
//		BaseURL: "https://acme.shipstream.app/api/global",
//		Token:   transport.FileToken("token.jwt"),
//	})
//	resp, err := client.Get(ctx, "/v1/system/users/any", url.Values{"limit": {"1000"}})
//
// One [Client] stands for one API user. Its slots, its budget and its gate are
// shared by all that run on it, so that two exports at once keep the limits that
// one would.
//
// # A request's way
//
//	retryablehttp → slots → pacer(gate, budget, gate again) → auth → observer → bodyReader → http.Transport
//
// Each stage is an [net/http.RoundTripper] in a file of its own:
//
//   - retryablehttp repeats an attempt that failed for a passing reason; which
//     reasons and how long between is decided here, not there.
//   - slots hold the API user's concurrency: a slot is kept to the end of the
//     body and given back before any backoff.
//   - the pacer waits for the gate, which one 429 closes for the whole client,
//     and for a token of the [Budget].
//   - auth adds the token, as [Auth] says, and after a 401 fetches a new one and replays
//     the request once.
//   - the observer counts, and learns limits from the headers.
//   - the bodyReader bounds the attempt's time and the body's size. It reads the
//     body to its end, which makes a cut body an attempt's error like any other.
//
// The calculations ([ParseRetryAfter], full jitter, the concurrency level, the
// retry budget) are pure and are told the time.
//
// # Errors
//
// [Client.Get] fails with an [*APIError] for what the API refused, with a
// [*ThrottledError] when it asked for a longer wait than Options.MaxWait, with a
// [*TokenError] when no token could be had, and with a [*RequestError] for
// everything else, a [*BodyTooLargeError] among it. They name the request by a
// sanitised URL and the number of attempts; none holds the token. A path or link
// that is not one below the base URL is a [*LinkError], and nothing is sent.
package transport
