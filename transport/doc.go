// Package transport is the HTTP client that sends every request of an engine. It keeps
// to the API's rate and concurrency, waits when the server asks it to, retries what is
// worth retrying, adds the token, and reads every body whole.
//
//	client, err := transport.New(transport.Options{
//		BaseURL: "https://api.example.com/v2",
//		Token:   transport.FileToken("token.jwt"),
//	})
//	resp, err := client.Get(ctx, "/users", url.Values{"limit": {"1000"}})
//	resp, err = client.Do(ctx, transport.Request{Method: "POST", Path: "/users/search", Body: []byte(`{"limit":1000}`)})
//
// Requests only read, by GET or by POST, and so may be repeated.
//
// One [Client] stands for one API user. All requests on it share its slots, budget and
// cooldown, so two exports at once keep the limits that one would.
//
// # The path of a request
//
//	retryablehttp → redirectStage → slotStage → pacingStage → auth → observer → bodyReader → http.Transport
//
// Each stage is an [net/http.RoundTripper]:
//
//   - retryablehttp repeats an attempt that failed for a passing reason. This package
//     decides which reasons, and how long to wait between attempts.
//   - redirectStage lets a redirect be followed, or ends the request there.
//   - slotStage holds the API user's concurrency. An attempt keeps its slot to the end
//     of the body, and gives it back before any wait between attempts.
//   - pacingStage waits for the end of the cooldown, which one 429 starts for the whole
//     client, and for a token of the [Budget].
//   - auth adds the token, as [Auth] says, and calls Options.Sign. After a 401 it fetches a new one and replays
//     the request once.
//   - sharedStage waits for one of the [Slots] that clients share.
//   - observer counts, and learns limits from the headers that [LimitHeaders] names.
//   - bodyReader bounds the attempt's time and the body's size. It reads the body to its
//     end, so that a body that breaks off fails the attempt like any other error. All
//     bodies share the memory that Options.MaxBodies grants.
//
// The package internal/limit computes the limits. Its rules know nothing of HTTP.
//
// # Errors
//
// [Client.Do] and [Client.Get] fail with
//
//   - an [*APIError] when the API refused the request;
//   - a [*ThrottledError] when it asked for a longer wait than Options.MaxWait;
//   - a [*TokenError] when no token could be had;
//   - a [*SignError] when Options.Sign failed;
//   - a [*LinkError] for a path or link that is not below the base URL; nothing is sent;
//   - a [*RequestError] for everything else, such as a [*BodyTooLargeError].
//
// They hold a sanitised URL and the number of attempts, and never the token or a
// signature.
package transport
