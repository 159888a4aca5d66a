package plan

import (
	"errors"
	"fmt"

	"github.com/muster-go/muster/model"
)

// Errors to test for with [errors.Is].
var (
	// ErrUnanswerable matches a [Error].
	ErrUnanswerable = errors.New("the query cannot be answered")
	// ErrOption matches an [OptionError].
	ErrOption = errors.New("unusable option")
	// ErrStored matches a [StoredError].
	ErrStored = errors.New("unusable checkpoint")
	// ErrUncounted reports a server that does not count rows, so the rows must be read.
	ErrUncounted = errors.New("the server does not count rows")
)

// Error reports a part of a query that no plan can answer, and why. Planning
// returns it before any request is sent.
type Error struct {
	Part   string // the conjunct, sort key or field, as the language writes it
	Reason string
	Hint   string // what to do; "" if unknown
}

// Error returns one line.
func (e *Error) Error() string {
	s := fmt.Sprintf("%s: %s", e.Part, e.Reason)
	if e.Hint != "" {
		s += "; " + e.Hint
	}
	return s
}

// Is reports whether target is [ErrUnanswerable].
func (e *Error) Is(target error) bool { return target == ErrUnanswerable }

// OptionError reports an option that cannot be used, and why.
type OptionError struct {
	Option string // select, sort, limit, page size, deleted
	Value  string
	Reason string

	beyond bool // the value is more than is allowed
}

// Error returns one line.
func (e *OptionError) Error() string { return fmt.Sprintf("%s %q: %s", e.Option, e.Value, e.Reason) }

// Is reports whether target is [ErrOption] or, of a value that is more than is allowed,
// [model.ErrLimit].
func (e *OptionError) Is(target error) bool {
	return target == ErrOption || e.beyond && target == model.ErrLimit
}

// StoredError reports a stored plan or checkpoint that cannot be used: it is damaged,
// has another version or belongs to another resource.
type StoredError struct {
	What   string // plan, checkpoint
	Reason string
}

// Error returns one line.
func (e *StoredError) Error() string { return "the stored " + e.What + " cannot be used: " + e.Reason }

// Is reports whether target is [ErrStored].
func (e *StoredError) Is(target error) bool { return target == ErrStored }
