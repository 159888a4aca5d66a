package paginate

import (
	"fmt"
	"strconv"
)

// NoPageError is what a [Fetch] returns for a page that was named by a guess and that the
// source does not give, because it may lie past the last one.
type NoPageError struct {
	Err  error // the source's answer
	Gone bool  // the source says that there is no such page; otherwise, that the request is wrong
}

// Error returns the text of the answer.
func (e *NoPageError) Error() string { return e.Err.Error() }

// Unwrap returns the answer.
func (e *NoPageError) Unwrap() error { return e.Err }

// IdleError reports a source that names one page after the other, none of which brings a
// new row. It matches [ErrProtocol].
type IdleError struct {
	Request Request // for the last of them
	Pages   int     // in a row, without a new row
	Empty   int     // of them at the end, without any row
}

// Error says how many pages there were, and what to do.
func (e *IdleError) Error() string {
	what := fmt.Sprintf("the last %d pages brought no new row, %d of them no row at all", e.Pages, e.Empty)
	if e.Pages == e.Empty {
		what = fmt.Sprintf("the last %d pages are empty", e.Pages)
	}
	return fmt.Sprintf("no progress: %s, and each names a next one (the last is %.60q): if an empty page is the last, declare it (paging.empty_last); if more may follow, raise the bound (paging.idle_pages)",
		what, e.Request.Token)
}

// Is reports whether target is [ErrProtocol].
func (*IdleError) Is(target error) bool { return target == ErrProtocol }

// RepeatedTokenError reports a source that named a page for the second time, so that
// following the pages would never end. It matches [ErrProtocol].
type RepeatedTokenError struct{ Token string }

// Error returns one line.
func (e *RepeatedTokenError) Error() string {
	return fmt.Sprintf("the server names the page %.60q as the next for the second time", e.Token)
}

// Is reports whether target is [ErrProtocol].
func (*RepeatedTokenError) Is(target error) bool { return target == ErrProtocol }

// RepeatedPageError reports a source that gave the same rows again under a new token,
// so that following the pages would never end. It matches [ErrProtocol].
type RepeatedPageError struct {
	Request   Request // for the page
	Rows      int     // in the page
	First     int64   // the id of the first
	Key       string  // its key, if keys are texts; "" otherwise
	Parameter string  // of the scan
}

// Error says which rows came again and where to look.
func (e *RepeatedPageError) Error() string {
	ignored := "what names the page"
	if e.Parameter != "" {
		ignored = "the parameter `" + e.Parameter + "`, which may be spelled otherwise there"
	}
	first := strconv.FormatInt(e.First, 10)
	if e.Key != "" {
		first = fmt.Sprintf("%.100q", e.Key)
	}
	return fmt.Sprintf("no progress: a page that should be another holds rows that came before (%d, from id %s): the server seems to ignore %s, or gives its last page for ever",
		e.Rows, first, ignored)
}

// Is reports whether target is [ErrProtocol].
func (*RepeatedPageError) Is(target error) bool { return target == ErrProtocol }
