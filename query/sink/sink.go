package sink

import (
	"context"

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

// Record reads a row as the filter language does.
type Record[T any] func(row *T) model.Record
