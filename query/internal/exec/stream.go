package exec

import (
	"errors"
	"iter"
)

// Stream pushes its elements to yield, in the caller's goroutine. It returns nil only
// after its last element, [ErrStopped] if yield returned false, and otherwise the error
// that ended it. Because the end is a value, an interrupted stream cannot look complete.
//
// A batch of rows belongs to its receiver, so an operator may work in place. A batch
// without rows reports progress.
type Stream[E any] func(yield func(E) bool) error

// ErrStopped reports a stream that ended because its consumer stopped it. A run never
// returns it.
var ErrStopped = errors.New("the consumer stopped the stream")

// FromSeq returns a stream of a sequence that yields its error last. A sequence that
// ends without an error is complete.
func FromSeq[E any](seq iter.Seq2[E, error]) Stream[E] {
	return func(yield func(E) bool) error {
		for e, err := range seq {
			if err != nil {
				return err
			}
			if !yield(e) {
				return ErrStopped
			}
		}
		return nil
	}
}

// Fail returns a stream that ends with err at once.
func Fail[E any](err error) Stream[E] { return func(func(E) bool) error { return err } }

// pull converts a stream from push to pull. next returns one element at a time, then
// errEnd or the error that ended the stream. stop ends the stream and waits for it.
func pull[E any](s Stream[E]) (next func() (E, error), stop func()) {
	seq, stop := iter.Pull2(func(yield func(E, error) bool) {
		err := s(func(e E) bool { return yield(e, nil) })
		switch {
		case errors.Is(err, ErrStopped):
			return
		case err == nil:
			err = errEnd
		}
		var none E
		yield(none, err)
	})
	return func() (E, error) {
		e, err, ok := seq()
		if !ok {
			err = ErrStopped
		}
		return e, err
	}, stop
}

// errEnd reports to a puller that the stream is complete.
var errEnd = errors.New("the stream is complete")
