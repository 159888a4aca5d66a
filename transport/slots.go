package transport

import (
	"context"

	"github.com/muster-go/muster/transport/internal/limit"
)

// Slots bounds the requests that several clients have in flight together; see
// [Options.Slots]. Each client keeps to its own Options.Concurrency besides. Another
// implementation than that of [NewSlots] can share the bound among several machines.
//
// Slots must be safe for concurrent use.
type Slots interface {
	// Enter waits for a slot and returns the function that gives it back, which the
	// client calls once. It fails with the context's cause when ctx ends first, and
	// then takes no slot.
	Enter(ctx context.Context) (leave func(), err error)
}

// NewSlots returns slots for n requests at once, 1 at least. It serves requests in order
// of arrival, whichever client they come from.
func NewSlots(n int) Slots { return sharedSlots(make(limit.FIFO, max(n, 1))) }

type sharedSlots limit.FIFO

// Enter implements [Slots].
func (s sharedSlots) Enter(ctx context.Context) (leave func(), err error) {
	line := limit.FIFO(s)
	if err := line.Enter(ctx); err != nil {
		return nil, err
	}
	return line.Leave, nil
}
