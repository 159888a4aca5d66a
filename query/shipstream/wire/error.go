package wire

import (
	"errors"

	"github.com/muster-go/muster/dsl"
)

// ErrUnsupported reports a tree that cannot be encoded exactly: every
// [*UnsupportedError] matches it.
var ErrUnsupported = errors.New("the API's filter syntax cannot say it")

// ErrNever reports a tree that is true for no row, so that there is nothing to ask. Its
// [*UnsupportedError] matches [ErrUnsupported], too.
var ErrNever = errors.New("the filter is true for no row")

// ErrSwitch reports a switch that a [Profile] does not have.
var ErrSwitch = errors.New("wire profile has no switch")

// UnsupportedError says that a tree cannot be encoded exactly, and why.
type UnsupportedError struct {
	// Node is the smallest part of the tree that stands in the way.
	Node dsl.Node
	// Reason is a short sentence for the user, such as "the API has no OR
	// across fields". Where a switch of the [Profile] would help, it names it.
	Reason string

	never bool
}

// Error returns the reason.
func (e *UnsupportedError) Error() string {
	return "the API's filter syntax cannot say it: " + e.Reason
}

// Is reports whether target is [ErrUnsupported], or [ErrNever] where that is
// the reason.
func (e *UnsupportedError) Is(target error) bool {
	return target == ErrUnsupported || e.never && target == ErrNever
}
