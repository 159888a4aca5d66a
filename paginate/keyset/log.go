package keyset

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
)

// ErrFile reports a failure of the temporary file of a [Set].
var ErrFile = errors.New("keeping the keys of rows in a temporary file")

func failed(err error) error { return fmt.Errorf("%w: %w", ErrFile, err) }

// temporary creates a file that is gone when its process is: where the system allows it,
// its name is removed at once.
func temporary() (*os.File, error) {
	f, err := os.CreateTemp("", "muster-keys-*")
	if err != nil {
		return nil, failed(err)
	}
	_ = os.Remove(f.Name()) // Windows keeps the name until remove
	return f, nil
}

// remove closes a temporary file; nil is ignored.
func remove(f *os.File) {
	if f != nil {
		_ = f.Close() // nothing is lost with it
		_ = os.Remove(f.Name())
	}
}

// keyLog has the texts of a set, each behind its length, in a file but for its tail.
type keyLog struct {
	tail  []byte
	begin int64    // where the tail begins
	file  *os.File // nil until the tail was full
}

// tailBytes is the most of the log that is in memory.
const tailBytes = 1 << 20

// append adds an entry and returns its place.
func (l *keyLog) append(entry []byte) (place int64, err error) {
	if place = l.begin + int64(len(l.tail)); place >= placeMask {
		return 0, failed(errors.New("they take more than 64 GiB"))
	}
	if len(l.tail)+len(entry) > tailBytes {
		if err := l.flush(); err != nil {
			return 0, err
		}
	}
	l.tail = append(l.tail, entry...)
	return place, nil
}

func (l *keyLog) flush() (err error) {
	if l.file == nil {
		if l.file, err = temporary(); err != nil {
			return err
		}
	}
	if _, err := l.file.WriteAt(l.tail, l.begin); err != nil {
		return failed(err)
	}
	l.begin += int64(len(l.tail))
	l.tail = l.tail[:0]
	return nil
}

// holds reports whether the entry at a place is this one.
func (l *keyLog) holds(place int64, entry []byte) (bool, error) {
	if place >= l.begin {
		return bytes.HasPrefix(l.tail[place-l.begin:], entry), nil
	}
	there := make([]byte, len(entry))
	if _, err := l.file.ReadAt(there, place); err != nil && !errors.Is(err, io.EOF) {
		return false, failed(err)
	}
	return bytes.Equal(there, entry), nil
}

func (l *keyLog) close() { remove(l.file) }
