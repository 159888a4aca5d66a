// Package transport is the HTTP client that sends every request of an engine. It keeps
// to the API's rate and concurrency, waits when the server asks it to, retries what is
// worth retrying, adds the token, and reads every body whole.
//
//	client, err := transport.New(transport.Options{
//		BaseURL: "https://api.example.com/v2",
//		Token:   transport.FileToken("token.jwt"),
//	})
//	resp, err := client.Get(ctx, "/users", url.Values{"limit": {"1000"}})
//
// One [Client] stands for one API user. All requests on it share its slots, budget and
// cooldown, so two exports at once keep the limits that one would.
//
// # The path of a request
//
//	retryablehttp → slotStage → pacingStage → auth → observer → bodyReader → http.Transport
//
// Each stage is an [net/http.RoundTripper]:
//
//   - retryablehttp repeats an attempt that failed for a passing reason. This package
//     decides which reasons, and how long to wait between attempts.
//   - slotStage holds the API user's concurrency. An attempt keeps its slot to the end
//     of the body, and gives it back before any wait between attempts.
//   - pacingStage waits for the end of the cooldown, which one 429 starts for the whole
//     client, and for a token of the [Budget].
//   - auth adds the token, as [Auth] says. After a 401 it fetches a new one and replays
//     the request once.
//   - observer counts, and learns limits from the headers that [LimitHeaders] names.
//   - bodyReader bounds the attempt's time and the body's size. It reads the body to its
//     end, so that a body that breaks off fails the attempt like any other error.
//
// The package internal/limit computes the limits. Its rules know nothing of HTTP.
//
// # Errors
//
// [Client.Get] fails with
//
//   - an [*APIError] when the API refused the request;
//   - a [*ThrottledError] when it asked for a longer wait than Options.MaxWait;
//   - a [*TokenError] when no token could be had;
//   - a [*LinkError] for a path or link that is not below the base URL; nothing is sent;
//   - a [*RequestError] for everything else, such as a [*BodyTooLargeError].
//
// They hold a sanitised URL and the number of attempts, and never the token.
package transport
