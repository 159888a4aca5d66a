package sink

import (
	"context"
	"encoding/json"

	"github.com/muster-go/muster/model"
)

// Writer takes the rows of one run. Close writes what is still held back and
// whatever the format ends with; after an error of Write it writes nothing.
type Writer[T any] interface {
	Write(ctx context.Context, rows []T) error
	Close() error
}

// Encode appends a row's JSON object to dst and returns the extended slice.
type Encode[T any] func(dst []byte, row *T) ([]byte, error)

// AppendJSON is an [Encode] by the rows' own method, as rows of a schema known
// at run time and raw rows have it: AppendJSON[model.DynamicRow].
func AppendJSON[T any, P interface {
	*T
	AppendJSON(dst []byte) []byte
}](dst []byte, row *T) ([]byte, error) {
	return P(row).AppendJSON(dst), nil
}

// Record reads a row as the filter language does; the Record method of a source is one.
type Record[T any] func(row *T) model.Record

// Format is rows as text. Its methods append to dst and keep nothing, so that a
// file may be gone on with. Implementations are immutable.
type Format[T any] interface {
	// Name is the format and whatever changes what it writes.
	Name() string
	// Begin appends what stands before the first row.
	Begin(dst []byte) []byte
	// Append appends a row; first says that none stands before it.
	Append(dst []byte, row *T, first bool) ([]byte, error)
	// End appends what stands after the last row; empty says that there was none.
	End(dst []byte, empty bool) []byte
}

// Encoding is rows as a file that grows.
type Encoding[T any] interface {
	// Name is the format, compression included, and whatever changes what it
	// writes.
	Name() string
	// Open goes on with the file at path behind a position that Settle returned;
	// the zero Position begins it. What stands behind the position is dropped.
	Open(fsys FS, path string, at Position) (Body[T], error)
	// Discard removes what a Body keeps besides path.
	Discard(fsys FS, path string) error
}

// Body is the growing content of one file. After an error it is only good for
// Close.
type Body[T any] interface {
	Write(ctx context.Context, rows []T) error
	// Settle makes durable what was written and returns the position behind it.
	Settle() (Position, error)
	// Finish makes path a whole file, durable, and closes the body. Should the
	// process end meanwhile, the last position still holds.
	Finish() (Position, error)
	// Close releases the body. It leaves what is settled as it is.
	Close() error
}

// Position is how much of a file is settled. A zero Position is none.
type Position struct {
	Rows  int64           `json:"rows"`
	Bytes int64           `json:"bytes"`
	More  json.RawMessage `json:"more,omitempty"` // the encoding's own
}

// possible reports whether p can be a position at all.
func (p Position) possible() bool { return p.Rows >= 0 && p.Bytes >= 0 }

// named is a format's name with what tells its variants apart.
func named(format, variant string) string {
	if variant == "" {
		return format
	}
	return format + ", " + variant
}
