// Package limit computes when a client may send its next request.
//
// Each file holds one rule:
//
//   - [Bucket]: the rate, a token bucket that stays below the server's.
//   - [Slots]: the concurrency, which adapts by additive increase and
//     multiplicative decrease.
//   - [Cooldown]: the pause that a 429 or 503 asks of the whole client.
//   - [Pacer]: cooldown and rate together.
//   - [RetryBudget] and [Backoff]: how many retries, and how long before each.
//   - [FIFO]: the queue in which goroutines wait.
//
// The rules know nothing of HTTP. Those that compute are told the time; only
// Acquire, Wait and Admit read the clock, because they sleep.
package limit
