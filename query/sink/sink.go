package sink

import (
	"context"
	"encoding/json"

	"github.com/muster-go/muster/model"
)

// Writer writes the rows of one run. It is for one goroutine.
type Writer[T any] interface {
	// Write writes rows. It keeps none of them.
	Write(ctx context.Context, rows []T) error
	// Close writes the rows that are held back and the end of the format. After an error
	// of Write it writes nothing.
	Close() error
}

// Encode appends a row's JSON object to dst and returns the extended slice. An error ends
// the export.
type Encode[T any] func(dst []byte, row *T) ([]byte, error)

// AppendJSON is an [Encode] that calls the row's own method: AppendJSON[model.DynamicRow].
func AppendJSON[T any, P interface {
	*T
	AppendJSON(dst []byte) []byte
}](dst []byte, row *T) ([]byte, error) {
	return P(row).AppendJSON(dst), nil
}

// Record returns a row as the filter language reads it. The Record method of a source is
// one.
type Record[T any] func(row *T) model.Record

// Format writes rows as text. Its methods append to dst and keep nothing, so that a file
// can be resumed. Implementations are immutable and safe for concurrent use.
type Format[T any] interface {
	// Name returns the name of the format and of every option that changes its text.
	Name() string
	// Begin appends the text before the first row.
	Begin(dst []byte) []byte
	// Append appends a row; first says that it is the first one.
	Append(dst []byte, row *T, first bool) ([]byte, error)
	// End appends the text after the last row; empty says that there was no row.
	End(dst []byte, empty bool) []byte
}

// Encoding writes rows as a file that grows. [Text] returns one. Implementations are
// immutable and safe for concurrent use.
type Encoding[T any] interface {
	// Name returns the name of the format, its compression and every option that changes
	// the file.
	Name() string
	// Open resumes the file at path at a position that Sync returned, and removes what
	// follows the position; the zero Position starts the file.
	Open(fsys FS, path string, at Position) (Body[T], error)
	// Discard removes the files that a Body keeps besides path.
	Discard(fsys FS, path string) error
}

// Body is the growing content of one file. It is for one goroutine. After an error only
// Close may be called.
type Body[T any] interface {
	// Write appends rows. It keeps none of them.
	Write(ctx context.Context, rows []T) error
	// Sync makes durable what was written and returns the position after it.
	Sync() (Position, error)
	// Finish makes path a whole and durable file, and closes the body. If the process
	// ends meanwhile, the last position of Sync is still valid.
	Finish() (Position, error)
	// Close releases the body. It does not change what was synced.
	Close() error
}

// Position is how much of a file is durable. The zero Position is nothing.
type Position struct {
	Rows  int64           `json:"rows"`           // from the start
	Bytes int64           `json:"bytes"`          // from the start
	More  json.RawMessage `json:"more,omitempty"` // for the encoding's own use
}

// possible reports whether p can be a position.
func (p Position) possible() bool { return p.Rows >= 0 && p.Bytes >= 0 }

// named returns a format's name with that of its variant.
func named(format, variant string) string {
	if variant == "" {
		return format
	}
	return format + ", " + variant
}
