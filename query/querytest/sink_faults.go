package querytest

import (
	"errors"
	"fmt"
	"sync"
)

// faults lets the storage fail at each of its operations in turn: at that one alone, as if
// somebody then made space, and from there on, as if the process had ended.
func (s *sinkSuite[T]) faults() error {
	for at := 0; ; at++ {
		for _, once := range []bool{true, false} {
			f := &faulty{left: at, once: once}
			if err := s.part(func(place string) error { return s.fault(place, f) }); err != nil {
				return err
			}
			switch {
			case f.operation == "" && at == 0:
				return errors.New("faults: the storage of SinkTest.Failing never asks whether it fails")
			case f.operation == "":
				return nil // an export has no more operations
			}
		}
	}
}

// faulty decides which operation of a storage fails.
type faulty struct {
	mu        sync.Mutex
	left      int    // operations until the fault
	once      bool   // whether later operations succeed
	over      bool   // whether the storage works again
	operation string // that failed; "" = none
}

var errFaulty = errors.New("the test has the storage fail")

func (f *faulty) fail(operation string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.over {
		return nil
	}
	if f.left == 0 {
		f.operation = fmt.Sprintf("%q", operation)
	}
	if f.left--; f.left >= 0 || f.left < -1 && f.once {
		return nil
	}
	return fmt.Errorf("%s: %w", operation, errFaulty)
}

// end makes the storage work again.
func (f *faulty) end() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.over = true
}

// attempt records what the sinks of an export on failing storage reported.
type attempt struct {
	committed int   // rows of the last commit that returned nil
	asked     int   // rows of the last commit
	ending    bool  // whether the last commit, which makes the output whole, was called
	whole     bool  // whether it returned nil
	told      error // with which a sink gave up; nil if none did
}

// fault exports on storage that fails, and resumes when it works again.
func (s *sinkSuite[T]) fault(place string, f *faulty) error {
	a := attempt{committed: none, asked: none}
	err := calmly(func() error { return s.attempt(place, f, &a) })
	f.end()
	story := f.story(a.told)
	if f.operation == "" && err == nil {
		err = a.told
	}
	if err != nil {
		return fmt.Errorf("%s: %w", story, err)
	}
	rows, unread := s.Read(place)
	switch {
	case unread == nil && !a.ending:
		return fmt.Errorf("%s: commit: the output is whole, with %d rows, before the commit that makes it so", story, len(rows))
	case unread == nil:
		if err := s.are(rows, len(s.Rows), story+": in an output that is whole"); err != nil {
			return err
		}
	case a.whole:
		return fmt.Errorf("%s: durability: the last commit returned nil, and the output is not whole: %w", story, unread)
	}
	e, got, err := s.resume(s.Open(place))
	if err != nil {
		return fmt.Errorf("%s: when it works again: %w", story, err)
	}
	if begun := got == a.asked || got == none && unread == nil; !begun {
		if err := differs(got, a.committed); err != nil {
			return fmt.Errorf("%s: %w", story, errors.Join(err, e.Close()))
		}
	}
	if got == len(s.Rows) {
		err = errors.Join(e.Commit(s.ctx, nil), e.Close())
	} else {
		err = e.finish()
	}
	if err != nil {
		return fmt.Errorf("%s: resuming when it works again: %w", story, err)
	}
	return s.holds(place, len(s.Rows), story+": an export that was resumed when it works again")
}

// attempt exports with two sinks, one after the other, until one gives up.
func (s *sinkSuite[T]) attempt(place string, f *faulty, a *attempt) error {
	for _, last := range []bool{false, true} {
		var e *export[T]
		var got int
		if e, got, a.told = s.resume(s.Failing(place, f.fail)); a.told != nil {
			break
		}
		if err := differs(got, a.committed); err != nil {
			return errors.Join(err, e.Close())
		}
		if a.told = errors.Join(e.attempt(a, last), e.Close()); a.told != nil {
			break
		}
	}
	return nil //nolint:nilerr // a sink has to report the fault
}

// attempt writes half of the rows, and some that it does not commit; the last attempt writes
// the remaining rows.
func (e *export[T]) attempt(a *attempt, last bool) error {
	n := len(e.Rows) / 4
	until := e.written + 2*n
	if last {
		until = len(e.Rows)
	}
	for e.written < until {
		if err := e.write(n); err != nil {
			return err
		}
		a.asked = e.written
		if err := e.commit(); err != nil {
			return err
		}
		a.committed = e.written
	}
	if !last {
		return e.write(n)
	}
	a.ending = true
	if err := e.Commit(e.ctx, nil); err != nil {
		return err
	}
	a.whole = true
	return nil
}

// story describes how the storage failed and what the sink reported.
func (f *faulty) story(told error) string {
	story := "on storage that did not fail"
	switch {
	case f.operation == "":
		return story
	case f.once:
		story = "faults: the storage failed at " + f.operation + ", once"
	default:
		story = "faults: the storage failed from " + f.operation + " on"
	}
	if told == nil {
		return story + ", and the sink reported no error"
	}
	return story + fmt.Sprintf(", and the sink reported %q", told)
}
