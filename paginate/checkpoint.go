package paginate

import (
	"context"
	"fmt"
	"math"

	"github.com/muster-go/muster/paginate/idset"
)

// CheckpointVersion is the version of the [Checkpoint]s that this package makes,
// and the only one that it takes.
const CheckpointVersion = 1

// Checkpoint is what a scan still has to read, as of one of its batches: with it
// in [Scan.From] another run goes on, which neither probes for the pin again nor
// asks for a page that was settled. Rows in flight or waiting are unread. It is
// plain data; a zero Checkpoint is none.
type Checkpoint struct {
	Version int      `json:"version"`
	Pin     int64    `json:"pin,omitempty"` // the highest id of the scan; 0 = not known yet, or a scan without one
	Count   int64    `json:"count"`         // rows as the source counted them at the start; -1 = not known
	Rows    int64    `json:"rows"`          // delivered, all told
	Unread  []Bounds `json:"unread"`        // disjoint, in order; none = the scan is complete

	Token string       `json:"token,omitempty"` // of a [Chain]: the page that is next; Unread is then every id
	Seen  idset.Packed `json:"seen,omitempty"`  // of a [Chain] whose pages overlap: the rows before it
}

// Done reports whether nothing is left to read.
func (c Checkpoint) Done() bool { return len(c.Unread) == 0 }

// check returns what is wrong with c as the start of a scan of bounds.
func (c Checkpoint) check(bounds Bounds) error {
	if c.Version != CheckpointVersion {
		return &ScanError{"From", fmt.Sprintf("version %d where %d is known", c.Version, CheckpointVersion)}
	}
	if c.Token != "" {
		return &ScanError{"From", "it is of a chain, of which only a page names the next"}
	}
	switch all := bounds.Explicit(); {
	case c.Pin < 0 || c.Pin == math.MaxInt64 || c.Rows < 0 || c.Count < -1:
		return &ScanError{"From", "a figure that cannot be"}
	case c.Pin > 0:
		bounds.Hi = min(all.Hi, c.Pin+1)
	}
	all, end := bounds.Explicit(), int64(0)
	for _, b := range c.Unread {
		g := b.Explicit()
		if g.Width() == 0 || g.Lo < max(end, all.Lo) || g.Hi > all.Hi {
			return &ScanError{"From", fmt.Sprintf("unread ids %v, which are out of order or outside %v", b, bounds)}
		}
		end = g.Hi
	}
	return nil
}

// RangeStore keeps what is left of one scan where a later run finds it: a file, a
// database, a service that several machines share. A [Scan] that has one needs no
// other care for its progress. Its methods are called by one goroutine at a time.
type RangeStore interface {
	// Load returns what was saved last; nil = nothing yet, so that the scan
	// begins at its start.
	Load(ctx context.Context) (*Checkpoint, error)
	// Save replaces what is kept. A run calls it when its consumer has come back
	// for the next batch, which says that the rows before it are safe.
	Save(ctx context.Context, c Checkpoint) error
}

// Batch is rows of a scan and what is left of it once they are safe.
type Batch[T any] struct {
	Rows []T // belong to the receiver; none where ids were found to have no rows
	Left Checkpoint
}
