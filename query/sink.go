package query

import (
	"context"
	"iter"

	"github.com/muster-go/muster/model"
)

// Sink makes the rows of an export durable. Its methods are called by one
// goroutine at a time, in this order: Resume once, then Write and Commit as rows
// come. Whoever made the sink calls Close.
//
// The contract that [Export] relies on: after Commit has returned nil, whatever
// happens to the process or the machine, a new sink in the same place returns
// that checkpoint, or a later one, from Resume and holds exactly the rows that
// were written before it. A commit that cannot promise this returns an error.
//
// Where the output is whole, Resume returns either its last checkpoint, which says
// that nothing is left to do, or nil. Then a new export begins, which leaves the
// output as it is until its first Commit and has taken its place after the last.
type Sink[T any] interface {
	// Resume gets ready to take rows and returns the checkpoint of the last
	// Commit, behind which it will go on; nil = it begins anew.
	Resume(ctx context.Context) (checkpoint []byte, err error)
	// Write takes rows, which it may keep until it returns and no longer. They
	// need not be durable before the next Commit.
	Write(ctx context.Context, rows []T) error
	// Commit makes all rows before it and the checkpoint, a JSON value, durable
	// together. A nil checkpoint says that all rows have come: the output is made
	// whole. It follows a Commit, and may be asked for again after a crash.
	Commit(ctx context.Context, checkpoint []byte) error
	// Close releases what the sink holds, whatever was called before, be it nothing.
	// Rows since the last Commit may be lost.
	Close() error
}

// SinkCapabilities are what a sink can do besides taking rows. The zero value says
// nothing of the sink.
type SinkCapabilities struct {
	// Identity says what the output is, by names that a person understands, such as
	// "format": an export is resumed only by the very same sink.
	Identity map[string]string
	// Keys yields the key of each row before the last Commit, in any order, and an
	// error last. It is called after Resume, and read to its end before the first
	// Write, by [Export] when it resumes a plan of several scans: a row that moved from
	// one scan to another meanwhile is then not written twice. key is the source's key
	// field, an integer or a text. It returns nil where this output cannot be read back
	// or takes no more rows; Keys itself is nil for a sink that never can.
	Keys func(ctx context.Context, key *model.Field) iter.Seq2[model.Value, error]
}

// CapableSink is a [Sink] that states its capabilities. A sink that wraps another
// forwards the one value.
type CapableSink interface {
	SinkCapabilities() SinkCapabilities
}

// capabilitiesOf are those of a sink; zero where it states none.
func capabilitiesOf[T any](to Sink[T]) SinkCapabilities {
	if capable, ok := to.(CapableSink); ok {
		return capable.SinkCapabilities()
	}
	return SinkCapabilities{}
}
