package yaml

import (
	"errors"
	"fmt"
	"strings"

	"github.com/muster-go/muster/model"
)

// ErrInvalid reports a text that is not a definition; every [Error] matches it.
var ErrInvalid = errors.New("no definition of a resource")

// Error is a fault of a file and where it is. It matches [ErrInvalid].
type Error struct {
	File         string // "" where the text came from no file
	Line, Column int    // from 1; 0 where the whole file is meant
	Reason       string

	limit bool // the text exceeds a limit
}

// Error returns one line.
func (e *Error) Error() string {
	var b strings.Builder
	if e.File != "" {
		b.WriteString(e.File + ": ")
	}
	if e.Line > 0 {
		fmt.Fprintf(&b, "line %d, column %d: ", e.Line, e.Column)
	}
	return b.String() + e.Reason
}

// Is reports whether target is [ErrInvalid] or, of a text that is too long,
// [model.ErrLimit].
func (e *Error) Is(target error) bool {
	return target == ErrInvalid || e.limit && target == model.ErrLimit
}
