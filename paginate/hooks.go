package paginate

import "time"

// Hooks are functions that a run calls as it works. Each may be nil. A run calls one
// at a time, from a goroutine that does nothing else meanwhile: they must return soon.
type Hooks struct {
	// Page is called for every page, once its rows are accepted or its error has
	// ended the run.
	Page func(e PageEvent)
	// Split is called for every unread range that is split for a free worker.
	Split func(e SplitEvent)
}

// PageEvent is the end of one request.
type PageEvent struct {
	Request Request
	Rows    int           // in the answer
	Kept    int           // of them, those that no other page had
	Elapsed time.Duration // from asking to the answer, waits and retries included
	Err     error
}

// SplitEvent has the two parts of a range that was split.
type SplitEvent struct{ Low, High Bounds }
