package exit

import "fmt"

// UsageError reports a mistake in the arguments.
type UsageError struct{ Err error }

// Error returns the text of the error.
func (e *UsageError) Error() string { return e.Err.Error() }

// Unwrap returns the cause.
func (e *UsageError) Unwrap() error { return e.Err }

// Usagef returns a [UsageError] with a formatted text.
func Usagef(format string, args ...any) error { return &UsageError{fmt.Errorf(format, args...)} }

// AuthError reports a token that is missing, unreadable or refused.
type AuthError struct{ Err error }

// Error returns the text of the error.
func (e *AuthError) Error() string { return e.Err.Error() }

// Unwrap returns the cause.
func (e *AuthError) Unwrap() error { return e.Err }

// PartialError reports a failure after rows reached standard output.
type PartialError struct {
	Err  error
	Rows int64 // that reached it
}

// Error returns the text of the error.
func (e *PartialError) Error() string {
	return fmt.Sprintf("%v; the output is incomplete: it ends after %d rows", e.Err, e.Rows)
}

// Unwrap returns the cause.
func (e *PartialError) Unwrap() error { return e.Err }

// KeptError reports a failure of an export that can be resumed.
type KeptError struct{ Err error }

// Error returns the [Message] of the cause.
func (e *KeptError) Error() string { return Message(e.Err) }

// Unwrap returns the cause.
func (e *KeptError) Unwrap() error { return e.Err }
