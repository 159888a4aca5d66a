package sink

import (
	"errors"
	"fmt"
	"strings"
)

// LeftoverError is that an export was not finished, and nothing was said of what
// to do about it.
type LeftoverError struct {
	Path      string // what is left
	Resumable bool   // there is a checkpoint
}

// ErrLeftover is what every [LeftoverError] matches.
var ErrLeftover = errors.New("an export was not finished")

// Error returns one line.
func (e *LeftoverError) Error() string {
	if e.Resumable {
		return e.Path + " is an export that was not finished"
	}
	return e.Path + " is left of an export that committed nothing"
}

// Is reports whether target is [ErrLeftover].
func (e *LeftoverError) Is(target error) bool { return target == ErrLeftover }

// CheckpointError is that what stands beside an unfinished export is unusable.
type CheckpointError struct {
	Path   string
	Reason string
}

// ErrCheckpoint is what every [CheckpointError] matches.
var ErrCheckpoint = errors.New("unusable checkpoint")

// Error returns one line.
func (e *CheckpointError) Error() string {
	return fmt.Sprintf("the checkpoint %s is unusable: %s", e.Path, e.Reason)
}

// Is reports whether target is [ErrCheckpoint].
func (e *CheckpointError) Is(target error) bool { return target == ErrCheckpoint }

// LayoutError is that rows cannot be written in the form that was asked for: as those
// columns, or in files by that field. Nothing was written.
type LayoutError struct {
	Field  string // "" where it is not about one
	Reason string // what is wrong with it
}

// ErrLayout is what every [LayoutError] matches.
var ErrLayout = errors.New("rows cannot be written so")

// Error returns one line.
func (e *LayoutError) Error() string { return strings.TrimLeft(e.Field+" "+e.Reason, " ") }

// Is reports whether target is [ErrLayout].
func (e *LayoutError) Is(target error) bool { return target == ErrLayout }

// ForeignError is that something is there already which is no export of the same
// kind. It is left as it is.
type ForeignError struct {
	Path string
	Err  error // what shows it
}

// ErrForeign is what every [ForeignError] matches.
var ErrForeign = errors.New("no export that could be replaced")

// Error returns one line.
func (e *ForeignError) Error() string {
	return fmt.Sprintf("%s is there and is %v: %v", e.Path, ErrForeign, e.Err)
}

// Is reports whether target is [ErrForeign].
func (e *ForeignError) Is(target error) bool { return target == ErrForeign }

// Unwrap returns what shows it.
func (e *ForeignError) Unwrap() error { return e.Err }

// DamagedError is that a file does not read as a finished export: it was cut off or
// changed since, is not complete, or is none.
type DamagedError struct {
	Err error // what shows it
}

// ErrDamaged is what every [DamagedError] matches.
var ErrDamaged = errors.New("not as it was exported")

// Error says what shows it.
func (e *DamagedError) Error() string { return e.Err.Error() }

// Is reports whether target is [ErrDamaged].
func (e *DamagedError) Is(target error) bool { return target == ErrDamaged }

// Unwrap returns what shows it.
func (e *DamagedError) Unwrap() error { return e.Err }

// damaged is a [DamagedError] in words.
func damaged(format string, args ...any) error { return &DamagedError{fmt.Errorf(format, args...)} }
