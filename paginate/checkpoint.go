package paginate

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/muster-go/muster/paginate/idset"
	"github.com/muster-go/muster/paginate/internal/machine"
)

// CheckpointVersion is the version of the [Checkpoint]s that this package writes, and
// the only one that it reads.
const CheckpointVersion = 1

// Checkpoint is what a scan still has to read, as of one of its batches. A run that
// starts from it by [Scan.From] asks neither for the high watermark again nor for a
// page that was delivered. Rows in flight or waiting count as unread. It is plain data;
// the zero Checkpoint is not a valid one.
type Checkpoint struct {
	Version       int      `json:"version"`
	HighWatermark int64    `json:"pin,omitempty"` // the highest id of the scan; 0 = not known yet, or the scan has none
	Count         int64    `json:"count"`         // rows as the source counted them, at the start or, of a [TokenScan], last; -1 = not known
	Rows          int64    `json:"rows"`          // delivered in all
	Unread        []Bounds `json:"unread"`        // disjoint, in order; none = the scan is complete

	Token string `json:"token,omitempty"` // of a [TokenScan]: the next page; Unread is then every id
	// Of a [TokenScan] whose pages are named by a guess: the rows of the largest page so far,
	// and whether the last one had fewer.
	Largest int  `json:"largest,omitempty"`
	Short   bool `json:"short,omitempty"`
	// Of a [TokenScan]: the keys of rows before it, as ids or texts; see [TokenScan.Carry].
	Seen     idset.Packed `json:"seen,omitempty"`
	SeenKeys []string     `json:"seen_keys,omitempty"`
}

// Done reports whether nothing is left to read.
func (c Checkpoint) Done() bool { return len(c.Unread) == 0 }

// Knows reports whether the checkpoint of a [TokenScan] has the keys of all rows before it.
// If not, a resumed run without [TokenScan.Seen] may deliver such a row again, should the
// source give it on a later page.
func (c Checkpoint) Knows() bool {
	return int64(distinct(c.Seen)+distinct(c.SeenKeys)) >= c.Rows
}

// distinct returns how many different keys there are: a page may have a row twice.
func distinct[K cmp.Ordered](keys []K) int {
	return len(slices.Compact(slices.Sorted(slices.Values(keys))))
}

// stateOf converts what the machine needs of a checkpoint; nil if there is none.
func stateOf(c *Checkpoint) *machine.State {
	if c == nil {
		return nil
	}
	return &machine.State{Unread: c.Unread, HighWatermark: c.HighWatermark, Count: c.Count, Rows: c.Rows}
}

// check returns what is wrong with c as the start of a scan within the bounds.
func (c Checkpoint) check(bounds Bounds) error {
	if c.Version != CheckpointVersion {
		return &ScanError{"From", fmt.Sprintf("version %d; this program reads version %d", c.Version, CheckpointVersion)}
	}
	if c.Token != "" {
		return &ScanError{"From", "belongs to a scan by tokens"}
	}
	switch all := bounds.Explicit(); {
	case c.HighWatermark < 0 || c.HighWatermark == math.MaxInt64 || c.Rows < 0 || c.Count < -1:
		return &ScanError{"From", "a figure is out of range"}
	case c.HighWatermark > 0:
		bounds.Hi = min(all.Hi, c.HighWatermark+1)
	}
	all, end := bounds.Explicit(), int64(0)
	for _, b := range c.Unread {
		r := b.Explicit()
		if r.Empty() || r.Lo < max(end, all.Lo) || r.Hi > all.Hi {
			return &ScanError{"From", fmt.Sprintf("unread ids %v are out of order or outside %v", b, bounds)}
		}
		end = r.Hi
	}
	return nil
}

// RangeStore keeps what is left of one scan where a later run finds it: in a file, in a
// database, in a service that several machines share. A [Scan] with a store needs no
// other care for its progress. One goroutine at a time calls its methods.
type RangeStore interface {
	// Load returns what was saved last; nil = nothing yet, so the scan starts at its
	// beginning.
	Load(ctx context.Context) (*Checkpoint, error)
	// Save replaces what was saved. A run calls it when its consumer asks for the next
	// batch, which confirms that the rows before it are safe.
	Save(ctx context.Context, c Checkpoint) error
}
