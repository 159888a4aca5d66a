package query

import (
	"context"
	"errors"
	"fmt"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query/internal/exec"
	"github.com/muster-go/muster/query/plan"
)

// Errors to test for with [errors.Is].
var (
	// ErrUnanswerable matches a [PlanError].
	ErrUnanswerable = plan.ErrUnanswerable
	// ErrOption matches an [OptionError].
	ErrOption = plan.ErrOption
	// ErrConsumed reports a second request for the rows of a run.
	ErrConsumed = errors.New("the rows of this run are already being consumed: call Run again")
	// ErrClosed reports a run that was closed before its rows ended.
	ErrClosed = errors.New("the run was closed before its rows ended")
	// ErrIncomplete reports rows that ended early without an error. It is a bug in
	// Muster; an export does not finish its output then.
	ErrIncomplete = errors.New("the rows ended early without an error: please report this bug in muster")
	// ErrNoRow matches a [RowCountError] of an answer without rows.
	ErrNoRow = errors.New("no row satisfies the filter")
	// ErrSeveralRows matches a [RowCountError] of an answer with more than one row.
	ErrSeveralRows = errors.New("more than one row satisfies the filter")
	// ErrShortPage matches a [ShortPageError].
	ErrShortPage = errors.New("the sorted page does not hold the whole answer")
	// ErrMissingField matches a [MissingFieldError].
	ErrMissingField = errors.New("rows lack a requested field")
	// ErrSortLimit matches a [SortLimitError].
	ErrSortLimit = exec.ErrSortLimit
	// ErrSortFile reports a failure of the temporary file of a sort.
	ErrSortFile = exec.ErrSortFile
	// ErrAnswer reports an answer that does not match its request, such as a row with
	// another id than the requested one.
	ErrAnswer = errors.New("the server's answer does not match the request")
	// ErrPushdown matches a [PushdownError].
	ErrPushdown = errors.New("the server answers a condition wrongly")
	// ErrStored matches a [StoredError].
	ErrStored = plan.ErrStored
	// ErrLimit matches a [LimitError], and every other error of the library that reports a
	// limit which was exceeded.
	ErrLimit = model.ErrLimit
	// ErrRow matches a [RowError].
	ErrRow = errors.New("the filter failed for a row")
	// ErrUncounted reports a server that does not count rows.
	ErrUncounted = plan.ErrUncounted
)

// PlanError reports a part of a query that no plan can answer, and why.
type PlanError = plan.Error

// OptionError reports an option that cannot be used, and why.
type OptionError = plan.OptionError

// StoredError reports a stored plan or checkpoint that cannot be resumed.
type StoredError = plan.StoredError

// ShortPageError reports that the server's one sorted page has fewer rows than the
// answer. The rows cannot be sorted locally, because they never carry the sort keys.
type ShortPageError struct{ Order string } // as [OrderBy] takes it

// Error returns one line.
func (e *ShortPageError) Error() string {
	return fmt.Sprintf("the page sorted by %s does not hold the whole answer, and the server has no second page in that order: set a smaller limit, or order by the key", e.Order)
}

// Is reports whether target is [ErrShortPage].
func (e *ShortPageError) Is(target error) bool { return target == ErrShortPage }

// SortLimitError reports a local sort of more rows than its bound.
type SortLimitError = exec.SortLimitError

// LimitError reports a run that reached a limit of its options.
type LimitError struct {
	Name  string // the option, such as "MaxRequests"
	Limit int64
}

// Error returns one line.
func (e *LimitError) Error() string {
	return fmt.Sprintf("the run reached its limit: %s(%d)", e.Name, e.Limit)
}

// Is reports whether target is [ErrLimit].
func (e *LimitError) Is(target error) bool { return target == ErrLimit }

// RowError reports a row for which the filter could not be evaluated: a function failed, which
// is a [dsl.CallError], or the filter took too many steps, which is a [dsl.ErrSteps].
type RowError struct {
	Key model.Value // of the row: an integer or a string
	Err error
}

// Error returns one line, unless a function's own error has more.
func (e *RowError) Error() string {
	return fmt.Sprintf("the filter failed for the row %v: %v", e.Key, e.Err)
}

// Is reports whether target is [ErrRow].
func (e *RowError) Is(target error) bool { return target == ErrRow }

// Unwrap returns the reason.
func (e *RowError) Unwrap() error { return e.Err }

// interrupted returns the error of a run as its caller sees it. If the context ended the
// run, the error matches both ctx.Err and its cause; if Close did, it is [ErrClosed]. A
// further error of a scan is kept.
func interrupted(ctx context.Context, err error) error {
	ended, cause := ctx.Err(), context.Cause(ctx)
	switch {
	case err == nil || ended == nil:
		return err
	case errors.Is(cause, ErrClosed):
		return ErrClosed
	case errors.Is(err, exec.ErrStopped), errors.Is(err, ended), errors.Is(err, cause): // an echo of the end
		err = nil
	}
	if !errors.Is(cause, ended) {
		cause = fmt.Errorf("%w: %w", ended, cause)
	}
	if err == nil {
		return cause
	}
	return fmt.Errorf("%w (and the run was ended: %w)", err, cause)
}
