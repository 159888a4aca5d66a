package paginate

import "time"

// Hooks are told what a run does, as it does it. Each may be nil. A run calls them
// one at a time, from a goroutine of its own that can do nothing else meanwhile:
// they must return soon.
type Hooks struct {
	Page  PageHook
	Split SplitHook
}

// PageHook is told of every page, once its rows are let go or its error has ended
// the run.
type PageHook interface{ OnPage(e PageEvent) }

// SplitHook is told of every range of unread ids that is cut in two, to give a
// free worker something to do.
type SplitHook interface{ OnSplit(e SplitEvent) }

// PageEvent is the end of one request.
type PageEvent struct {
	Request Request
	Rows    int           // in the answer
	Kept    int           // of them, those that no other page had
	Elapsed time.Duration // from asking to the answer, waits and retries included
	Err     error
}

// SplitEvent names the two parts.
type SplitEvent struct{ Low, High Bounds }
