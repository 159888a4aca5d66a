package transport

import "time"

// Hooks are told what a client does, as it does it. Each may be nil. They are
// called by many goroutines at once, with slots held: they must be safe for
// concurrent use and return soon.
type Hooks struct {
	Request  RequestHook
	Retry    RetryHook
	Throttle ThrottleHook
}

// RequestHook is told of every attempt, once its body is read or it has failed.
type RequestHook interface{ OnRequest(e RequestEvent) }

// RetryHook is told of every attempt that will be repeated, before the wait.
type RetryHook interface{ OnRetry(e RetryEvent) }

// ThrottleHook is told of every 429, 409 and 503, which slow the whole client
// down.
type ThrottleHook interface{ OnThrottle(e ThrottleEvent) }

// Call names the attempt that an event is about.
type Call struct {
	Method  string
	URL     string // sanitised
	Attempt int    // from 1
}

// RequestEvent is the outcome of one attempt.
type RequestEvent struct {
	Call
	Status  int           // 0 when there was no answer
	Bytes   int64         // of the body, unpacked
	Elapsed time.Duration // from sending to the end of the body
	Err     error         // why there was no answer
}

// RetryEvent announces a retry.
type RetryEvent struct {
	Call                 // the attempt that failed
	Status int           // 0 when there was no answer
	Wait   time.Duration // until the next attempt, which may then wait for gate and budget
	Err    error         // why there was no answer
}

// ThrottleEvent tells of a sign that the client asks too much.
type ThrottleEvent struct {
	Call
	Status  int
	Wait    time.Duration // for which the gate is shut for all; 0 = not at all
	Workers int           // how many requests may be in flight from now on
}
