package query

import (
	"context"
	"errors"
	"fmt"

	"github.com/muster-go/muster/query/internal/exec"
	"github.com/muster-go/muster/query/plan"
)

// Errors to test for with [errors.Is].
var (
	// ErrUnanswerable matches a [PlanError].
	ErrUnanswerable = plan.ErrUnanswerable
	// ErrOption matches an [OptionError].
	ErrOption = plan.ErrOption
	// ErrConsumed: a run's rows were asked for a second time.
	ErrConsumed = errors.New("the rows of this run are already being consumed: call Run again")
	// ErrClosed: the run was closed before its rows ended.
	ErrClosed = errors.New("the run was closed before its rows ended")
	// ErrIncomplete reports rows that ended without an error before all of them had
	// come. It is a defect of Muster; an export does not call its output whole then.
	ErrIncomplete = errors.New("the rows ended before all of them had come: please report this defect of muster")
	// ErrShortPage: a sorted page came short; see [ShortPageError].
	ErrShortPage = errors.New("the sorted page is short of the answer")
	// ErrMissingField: rows lack what was asked for; see [MissingFieldError].
	ErrMissingField = errors.New("rows come without a field that was asked for")
	// ErrSortLimit reports a local sort that met its bound; see [SortLimitError].
	ErrSortLimit = exec.ErrSortLimit
	// ErrSortFile reports that rows which are sorted in a temporary file could not be
	// written to it or read from it.
	ErrSortFile = exec.ErrSortFile
	// ErrAnswer: the server answered something else than it was asked, such as another
	// row than the one with that id.
	ErrAnswer = errors.New("the server did not answer what was asked")
	// ErrStored matches a [StoredError].
	ErrStored = plan.ErrStored
	// ErrUncounted reports a server that does not count rows.
	ErrUncounted = plan.ErrUncounted
)

// The errors of planning, and of what was stored of a plan.
type (
	PlanError   = plan.PlanError
	OptionError = plan.OptionError
	StoredError = plan.StoredError
)

// ShortPageError says that the server's one sorted page has fewer rows than the
// answer, and that the rows cannot be sorted locally because they never carry
// what they are sorted by.
type ShortPageError struct{ Order string }

// Error returns one line.
func (e *ShortPageError) Error() string {
	return fmt.Sprintf("the page that the server sorted by %s is short of the answer, and a sort other than by the key has no second page: set a smaller limit, or order by the key", e.Order)
}

// Is reports whether target is [ErrShortPage].
func (e *ShortPageError) Is(target error) bool { return target == ErrShortPage }

// SortLimitError reports that a local sort gathered as many rows as it may.
type SortLimitError = exec.SortLimitError

// interrupted returns err as the caller of a run is told it. A run that its context
// ended fails with an error that matches both ctx.Err and its cause; one that was
// closed, with [ErrClosed]. An error of a scan beside that is kept.
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
