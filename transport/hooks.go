package transport

import "time"

// Hooks receive events while a client works. Each may be nil. Many goroutines call
// them at once, and hold slots meanwhile: hooks must be safe for concurrent use and
// return soon.
type Hooks struct {
	Request  RequestHook
	Retry    RetryHook
	Throttle ThrottleHook
}

// RequestHook receives every attempt, once its body is read or it has failed.
type RequestHook interface{ OnRequest(e RequestEvent) }

// RetryHook receives every attempt that the client will repeat, before the wait.
type RetryHook interface{ OnRetry(e RetryEvent) }

// ThrottleHook receives every 429, 409 and 503, which slow the whole client down.
type ThrottleHook interface{ OnThrottle(e ThrottleEvent) }

// Call identifies the attempt of an event.
type Call struct {
	Method  string
	URL     string // sanitised
	Attempt int    // from 1
}

// RequestEvent is the outcome of one attempt.
type RequestEvent struct {
	Call
	Status     int           // 0 when there was no answer
	Bytes      int64         // of the body, unpacked
	Compressed bool          // the body came by gzip
	Elapsed    time.Duration // from sending to the end of the body
	Err        error         // why there was no answer
}

// RetryEvent announces a retry.
type RetryEvent struct {
	Call                 // the attempt that failed
	Status int           // 0 when there was no answer
	Wait   time.Duration // until the next attempt, which may then wait for cooldown and budget
	Err    error         // why there was no answer
}

// ThrottleEvent reports that the client asked too much.
type ThrottleEvent struct {
	Call
	Status  int
	Wait    time.Duration // the cooldown of the whole client; 0 = none
	Workers int           // how many requests may be in flight from now on
}
