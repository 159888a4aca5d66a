package sink

import (
	"errors"
	"fmt"
	"strings"

	"github.com/muster-go/muster/query"
)

// LeftoverError reports an unfinished export that [ModeNew] does not touch.
type LeftoverError struct {
	Path      string // the file or folder that is left
	Resumable bool   // whether [ModeResume] can resume it
}

// ErrLeftover matches every [LeftoverError].
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

// CheckpointError reports an unfinished export that cannot be resumed: its checkpoint is
// damaged, or does not fit the file that it describes.
type CheckpointError struct {
	Path   string // the checkpoint's file
	Reason string // what is wrong with it
}

// ErrCheckpoint matches every [CheckpointError].
var ErrCheckpoint = errors.New("unusable checkpoint")

// Error returns one line.
func (e *CheckpointError) Error() string {
	return fmt.Sprintf("the checkpoint %s is unusable: %s", e.Path, e.Reason)
}

// Is reports whether target is [ErrCheckpoint].
func (e *CheckpointError) Is(target error) bool { return target == ErrCheckpoint }

// LayoutError reports that rows cannot be written as requested: as those columns, or in
// files by that field. Of a value that its column cannot hold, a row shows it; else nothing
// was written.
type LayoutError struct {
	Field  string // the field that it is about; "" = none
	Reason string // what is wrong
}

// ErrLayout matches every [LayoutError].
var ErrLayout = errors.New("rows cannot be written this way")

// Error returns one line.
func (e *LayoutError) Error() string { return strings.TrimLeft(e.Field+" "+e.Reason, " ") }

// Is reports whether target is [ErrLayout].
func (e *LayoutError) Is(target error) bool { return target == ErrLayout }

// ForeignError reports a file, folder or database that an export would replace or remove
// and that no such export made. It is left as it is.
type ForeignError struct {
	Path string // the file, folder or database
	Err  error  // what shows that it is not such an export
}

// ErrForeign matches every [ForeignError].
var ErrForeign = errors.New("not an export that can be replaced")

// Error returns one line.
func (e *ForeignError) Error() string {
	return fmt.Sprintf("%s exists and is %v: %v; move it away or name another output", e.Path, ErrForeign, e.Err)
}

// Is reports whether target is [ErrForeign].
func (e *ForeignError) Is(target error) bool { return target == ErrForeign }

// Unwrap returns Err.
func (e *ForeignError) Unwrap() error { return e.Err }

// ReplaceError reports a complete export that is left as it is: it is of another query, or
// the new answer would remove many of its rows.
type ReplaceError struct {
	Path        string             // the folder or database
	Differences []query.Difference // of the queries; none if it is about rows
	Removed     int64              // rows that would be removed
	Rows        int64              // rows that it has
}

// ErrReplace matches every [ReplaceError].
var ErrReplace = errors.New("a complete export is not replaced")

// Error returns one line.
func (e *ReplaceError) Error() string {
	if len(e.Differences) == 0 {
		return fmt.Sprintf("%s would lose %d of its %d rows", e.Path, e.Removed, e.Rows)
	}
	return fmt.Sprintf("%s is a complete export of another query: %s", e.Path, (&query.IdentityError{Differences: e.Differences}).Text())
}

// Is reports whether target is [ErrReplace].
func (e *ReplaceError) Is(target error) bool { return target == ErrReplace }

// DamagedError reports that a file is not a finished export: it was cut off or changed, is
// incomplete, or never was one.
type DamagedError struct {
	Err error // what shows it
}

// ErrDamaged matches every [DamagedError].
var ErrDamaged = errors.New("not as it was exported")

// Error returns the text of Err.
func (e *DamagedError) Error() string { return e.Err.Error() }

// Is reports whether target is [ErrDamaged].
func (e *DamagedError) Is(target error) bool { return target == ErrDamaged }

// Unwrap returns Err.
func (e *DamagedError) Unwrap() error { return e.Err }

// damaged returns a [DamagedError] of a text.
func damaged(format string, args ...any) error { return &DamagedError{fmt.Errorf(format, args...)} }
