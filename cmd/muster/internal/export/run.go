package export

import (
	"context"
	"sync/atomic"

	"github.com/muster-go/muster/query"
	"github.com/muster-go/muster/query/sink"
)

// Func runs an export to its end. It closes the sink.
type Func func(ctx context.Context, opts ...query.Option) (Result, error)

// Result is the outcome of an export, complete or not.
type Result struct {
	query.ExportStats

	Taken int64 // rows that the sink took in this run
}

// To returns the function that exports the rows of a plan to a sink.
func To[T any](src query.Source[T], plan *query.Plan, t Target, out query.Sink[T]) Func {
	return func(ctx context.Context, opts ...query.Option) (r Result, err error) {
		counted := &countingSink[T]{Sink: out, target: t}
		r.ExportStats, err = query.ExportPlan(ctx, src, plan, query.Sink[T](counted), opts...)
		r.Taken = counted.rows
		if closing := out.Close(); err == nil {
			err = closing // after an error, closing fails only as a consequence
		}
		return r, err
	}
}

// countingSink counts the rows that a sink takes, and warns if there is nothing to
// resume.
type countingSink[T any] struct {
	query.Sink[T]

	target Target
	rows   int64
}

func (c *countingSink[T]) Write(ctx context.Context, rows []T) error {
	n := int64(len(rows)) // the sink owns the rows from here on
	err := c.Sink.Write(ctx, rows)
	if err == nil {
		c.rows += n
	}
	return err
}

func (c *countingSink[T]) Resume(ctx context.Context) ([]byte, error) {
	checkpoint, err := c.Sink.Resume(ctx)
	if err == nil && c.target.Mode == sink.ModeResume && checkpoint == nil {
		c.target.warnf("muster: %s: there is nothing to resume, so the export starts over", c.target.Output)
	}
	return checkpoint, err
}

// SinkCapabilities returns those of the sink itself.
func (c *countingSink[T]) SinkCapabilities() query.SinkCapabilities {
	if capable, ok := c.Sink.(query.CapableSink); ok {
		return capable.SinkCapabilities()
	}
	return query.SinkCapabilities{}
}

// State shows how far a running export is, to any goroutine. The zero State is an
// export that has not started.
type State struct {
	run       atomic.Pointer[func() query.Stats] // nil before the start
	committed atomic.Int64
}

// Options returns the options that keep the state up to date.
func (s *State) Options() []query.Option {
	return []query.Option{
		query.OnStart(func(run func() query.Stats) { s.run.Store(&run) }),
		query.OnCommit(func(e query.ExportStats) { s.committed.Store(e.Committed) }),
	}
}

// Stats returns the statistics of the run so far.
func (s *State) Stats() query.Stats {
	if run := s.run.Load(); run != nil {
		return (*run)()
	}
	return query.Stats{}
}

// Committed returns how many rows are durable so far.
func (s *State) Committed() int64 { return s.committed.Load() }
