package query

import (
	"context"
	"iter"

	"github.com/muster-go/muster/model"
)

// Sink makes the rows of an export durable. One goroutine at a time calls its methods:
// Resume once, then Write and Commit as rows come. The owner of the sink calls Close.
//
// [Export] relies on this contract: after Commit has returned nil, a new sink in the same
// place returns that checkpoint or a later one from Resume. It holds exactly the rows that
// were written before it. This is so even after a crash of the process or the machine. A
// Commit that cannot guarantee it returns an error.
//
// If the output is complete, Resume returns its last checkpoint, so that nothing is left
// to do, or nil. After nil a new export begins. It leaves the old output intact until its
// first Commit and replaces it by its last.
type Sink[T any] interface {
	// Resume prepares the sink for rows and returns the checkpoint of the last Commit,
	// after which it continues; nil = it starts from the beginning.
	Resume(ctx context.Context) (checkpoint []byte, err error)
	// Write takes rows. It must not keep them, or memory that they refer to, after it
	// returns: both may serve later rows. They need not be durable before the next Commit.
	Write(ctx context.Context, rows []T) error
	// Commit makes all rows before it and the checkpoint, a JSON value, durable
	// together. A nil checkpoint reports that all rows were written, and completes the
	// output. It follows a Commit and may be repeated after a crash.
	Commit(ctx context.Context, checkpoint []byte) error
	// Close releases the resources of the sink. It may be called at any time. Rows
	// since the last Commit may be lost.
	Close() error
}

// SinkCapabilities describe what a sink can do besides taking rows. The zero value
// describes a sink that states nothing.
type SinkCapabilities struct {
	// Identity identifies the output under names for people, such as "format". An
	// export resumes only with a sink that has an equal Identity.
	Identity map[string]string
	// Keys yields the key of each row before the last Commit, in any order, and an
	// error last. key is the source's key field, an integer or a string.
	//
	// [Export] calls Keys after Resume. If the plan has several scans, or pages that name
	// the next one, it reads the keys before the first Write. So it does not write a row
	// again that moved to another scan or page meanwhile. Keys returns nil if this output
	// cannot be read or takes no more rows; it is nil for a sink that never can.
	Keys func(ctx context.Context, key *model.Field) iter.Seq2[model.Value, error]
	// Describe tells the sink the identity of the export: the properties of the query,
	// the source and the sink that an [IdentityError] names, and as "question" the filter
	// as given, unless it has parameters. [Export] calls it after Resume and before the
	// first page. An error, such as that the sink would replace another export, ends the
	// export; nil = the sink does not want to know.
	Describe func(ctx context.Context, identity map[string]string) error
}

// CapableSink is a [Sink] that states its capabilities. A sink that wraps another one
// forwards this value.
type CapableSink interface {
	SinkCapabilities() SinkCapabilities
}

// capabilitiesOf returns those of a sink; zero if it states none.
func capabilitiesOf[T any](to Sink[T]) SinkCapabilities {
	if capable, ok := to.(CapableSink); ok {
		return capable.SinkCapabilities()
	}
	return SinkCapabilities{}
}
