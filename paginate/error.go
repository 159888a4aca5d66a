package paginate

import (
	"context"
	"errors"
	"fmt"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/paginate/internal/machine"
)

// Errors that errors.Is recognises.
var (
	// ErrProtocol reports a source that broke the rules of paging: asking again does
	// not help. Every error of an answer's form matches it.
	ErrProtocol = errors.New("the source broke the rules of paging")
	// ErrConsumed reports a run whose pages are iterated a second time.
	ErrConsumed = errors.New("paginate: a run can be consumed once")
)

// RunError is the error that ended a run: the request, the range of unread ids that it
// read from, and the cause.
type RunError struct {
	Request Request
	Range   Bounds
	Err     error
}

// Error says which ids could not be read, and why.
func (e *RunError) Error() string {
	return fmt.Sprintf("paginate: ids %v: %v", e.Range, e.Err)
}

// Unwrap returns the cause.
func (e *RunError) Unwrap() error { return e.Err }

// ScanError reports a [Scan] or [TokenScan] that cannot be run as it is.
type ScanError struct {
	Field  string // the field at fault
	Reason string
}

// Error names the field and the reason.
func (e *ScanError) Error() string { return "paginate: " + e.Field + ": " + e.Reason }

// protocolError returns the error for a violation in the answer to a request.
func protocolError(r Request, v *machine.Violation) error {
	switch v.Rule {
	case machine.RuleSize:
		return &PageSizeError{r, v.Rows}
	case machine.RuleRange:
		return &RangeError{r, v.ID}
	case machine.RuleOrder:
		return &OrderError{r, v.Prev, v.ID}
	case machine.RuleCursor:
		return &CursorError{r, v.Last, v.Next}
	case machine.RuleHasMore:
		return &HasMoreError{r, v.HasMore, v.Last, v.Next}
	case machine.RuleProgress:
	}
	return &ProgressError{r}
}

// ProgressError reports an answer that says more follows but has no rows and no cursor
// to continue from.
type ProgressError struct{ Request Request }

// Error describes the answer.
func (e *ProgressError) Error() string {
	return fmt.Sprintf("no progress: has_more is true, but there are no rows and no cursor (asked: %v)", e.Request)
}

// Is reports whether target is [ErrProtocol].
func (e *ProgressError) Is(target error) bool { return target == ErrProtocol }

// RangeError reports an answer with an id that was not asked for. A source that ignores
// the cursor, and so loops, gives this error.
type RangeError struct {
	Request Request
	ID      int64
}

// Error names the id.
func (e *RangeError) Error() string {
	return fmt.Sprintf("id %d is outside what was asked: %v", e.ID, e.Request)
}

// Is reports whether target is [ErrProtocol].
func (e *RangeError) Is(target error) bool { return target == ErrProtocol }

// OrderError reports an answer whose ids are not in the order asked for, or repeat.
type OrderError struct {
	Request  Request
	Prev, ID int64
}

// Error names the two ids.
func (e *OrderError) Error() string {
	return fmt.Sprintf("id %d follows id %d: out of order or repeated (asked: %v)", e.ID, e.Prev, e.Request)
}

// Is reports whether target is [ErrProtocol].
func (e *OrderError) Is(target error) bool { return target == ErrProtocol }

// CursorError reports an answer whose cursor repeats or goes back: following it would
// loop.
type CursorError struct {
	Request Request
	Last    int64 // the last id of the page, or where a page without rows began
	Next    int64 // the cursor given
}

// Error names the cursor and where the page ended.
func (e *CursorError) Error() string {
	return fmt.Sprintf("the cursor %d does not go past %d: the source loops (asked: %v)", e.Next, e.Last, e.Request)
}

// Is reports whether target is [ErrProtocol].
func (e *CursorError) Is(target error) bool { return target == ErrProtocol }

// HasMoreError reports an answer that contradicts its own has_more: true although
// nothing can follow within what was asked, or false with a cursor to a next page
// there.
type HasMoreError struct {
	Request Request
	HasMore bool
	Last    int64 // the last id of the page; 0 = no rows
	Next    int64 // the cursor given; 0 = none
}

// Error describes the contradiction.
func (e *HasMoreError) Error() string {
	if e.HasMore {
		return fmt.Sprintf("has_more is true, but nothing can follow (last id %d, cursor %d; asked: %v)", e.Last, e.Next, e.Request)
	}
	return fmt.Sprintf("has_more is false, but there is a cursor %d to a next page (last id %d; asked: %v)", e.Next, e.Last, e.Request)
}

// Is reports whether target is [ErrProtocol].
func (e *HasMoreError) Is(target error) bool { return target == ErrProtocol }

// PageSizeError reports an answer with more rows than were asked for.
type PageSizeError struct {
	Request Request
	Rows    int
}

// Error names both numbers.
func (e *PageSizeError) Error() string {
	return fmt.Sprintf("%d rows came where at most %d were asked for", e.Rows, e.Request.Limit)
}

// Is reports whether target is [ErrProtocol] or [model.ErrLimit].
func (e *PageSizeError) Is(target error) bool {
	return target == ErrProtocol || target == model.ErrLimit
}

// interrupted returns an error that matches both ctx.Err and the cause; ctx is done.
func interrupted(ctx context.Context) error {
	err, cause := ctx.Err(), context.Cause(ctx)
	if errors.Is(cause, err) {
		return cause
	}
	return fmt.Errorf("%w: %w", err, cause)
}
