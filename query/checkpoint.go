package query

import (
	"encoding/json"
	"fmt"
	"iter"
	"slices"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/paginate"
	"github.com/muster-go/muster/query/plan"
)

// CheckpointVersion is the version of the JSON of a [Checkpoint], and the only one
// that [ReadCheckpoint] accepts.
const CheckpointVersion = 1

// Checkpoint is the progress of a run, from which [Resume] continues. It holds the plan,
// so the rest of the run sends the same requests and `now` keeps its meaning. It is
// immutable and safe for concurrent use; json.Marshal writes it and [ReadCheckpoint]
// reads it.
//
// A stored checkpoint is compared with the query that resumes from it, and its plan is never
// trusted. What it says was read cannot be checked: whoever may change it may also change
// the rows that were written. Keep it where the rows are.
type Checkpoint struct {
	Plan  *Plan
	Rows  int64                  // rows delivered in total
	Scans []*paginate.Checkpoint // the rest of each scan; nil = not begun

	// Kept yields the keys of the delivered rows, and an error last. A run of several
	// scans, or of pages that name the next one, reads it before its first page. It drops
	// those rows, because a row may have moved to another scan or page meanwhile. Kept is
	// not part of the JSON: the caller of [Resume] sets it. nil = the keys in Scans; see
	// [Resume].
	Kept iter.Seq2[model.Value, error]
}

// Done reports whether no row is left to deliver.
func (c *Checkpoint) Done() bool {
	if c.Plan.Limit > 0 && c.Rows >= c.Plan.Limit {
		return true
	}
	return !slices.ContainsFunc(c.Scans, func(s *paginate.Checkpoint) bool { return s == nil || !s.Done() })
}

// mayRepeat reports whether a run from here may deliver a row again; see [Stats.MayRepeat].
func (c *Checkpoint) mayRepeat() bool {
	switch {
	case c.Kept != nil, c.Rows == 0, c.Done():
		return false
	case len(c.Scans) > 1:
		return true
	}
	return c.Plan.Strategy == plan.StrategyFollowTokens && !c.Scans[0].Knows()
}

// checkpointJSON is the JSON of a checkpoint.
type checkpointJSON struct {
	Version int                    `json:"version"`
	Rows    int64                  `json:"rows"`
	Scans   []*paginate.Checkpoint `json:"scans"`
	Plan    json.RawMessage        `json:"plan"`
}

// MarshalJSON writes what [ReadCheckpoint] reads.
func (c *Checkpoint) MarshalJSON() ([]byte, error) {
	planned, err := c.Plan.MarshalJSON()
	if err != nil {
		return nil, err
	}
	return json.Marshal(checkpointJSON{CheckpointVersion, c.Rows, c.Scans, planned})
}

// ReadCheckpoint reads the JSON of a checkpoint of a run over the same resource.
// It fails with a [*StoredError]. Of the options it takes [Functions], which a filter that
// calls them needs again.
func ReadCheckpoint(r Resource, data []byte, opts ...Option) (*Checkpoint, error) {
	var stored checkpointJSON
	if err := json.Unmarshal(data, &stored); err != nil {
		return nil, &StoredError{What: "checkpoint", Reason: err.Error()}
	}
	if stored.Version != CheckpointVersion {
		return nil, &StoredError{What: "checkpoint", Reason: fmt.Sprintf("version %d, expected %d", stored.Version, CheckpointVersion)}
	}
	p, err := plan.Load(r, stored.Plan, dsl.Functions(newSettings(opts).env))
	if err != nil {
		return nil, err
	}
	if len(stored.Scans) != len(p.Scans) || stored.Rows < 0 {
		return nil, &StoredError{What: "checkpoint", Reason: "its scans or rows do not match its plan"}
	}
	for i, scan := range stored.Scans { // one that lost its members would pass for a scan at its end
		if scan != nil && scan.Version != paginate.CheckpointVersion {
			return nil, &StoredError{What: "checkpoint", Reason: fmt.Sprintf("scan %d has version %d, expected %d", i+1, scan.Version, paginate.CheckpointVersion)}
		}
	}
	return &Checkpoint{Plan: p, Rows: stored.Rows, Scans: stored.Scans}, nil
}

// Batch is rows of the answer and the progress of the run after them.
type Batch[T any] struct {
	Rows []T // belong to the receiver; there may be none
	// Left is the checkpoint from which a run resumes after these rows. It is nil if
	// the plan is not [Plan.Resumable]; such a run restarts.
	Left *Checkpoint
}

// delivered counts a batch that is about to be delivered and returns the checkpoint
// after it.
func (r *Rows[T]) delivered(batch []T) *Checkpoint {
	p := &r.progress
	p.rows += int64(len(batch))
	if n := len(batch); n > 0 {
		p.last = r.source.ID(&batch[n-1])
	}
	if !r.plan.Resumable() {
		return nil
	}
	left := &Checkpoint{Plan: r.plan, Rows: p.rows, Scans: slices.Clone(p.scans)}
	if len(left.Scans) > 1 && r.plan.Sort == plan.SortByID {
		for i := range left.Scans {
			left.Scans[i] = r.merged(i)
		}
	}
	return left
}

// merged returns the rest of a scan under a merge. The merge may still hold rows of it,
// so the rest is everything past the last delivered row.
func (r *Rows[T]) merged(i int) *paginate.Checkpoint {
	p, descending := r.progress, r.plan.Order[0].Descending
	held := p.ends[i] > p.last
	if descending {
		held = p.ends[i] < p.last && p.ends[i] > 0
	}
	switch {
	case p.scans[i] == nil || p.ends[i] == 0 || p.last > 0 && !held:
		return p.scans[i]
	case p.last == 0:
		return r.from[i] // rows were read and none was delivered
	}
	left := *p.scans[i]
	ids := r.plan.Scans[i].IDs
	if top := left.HighWatermark; top > 0 {
		ids = ids.Intersect(paginate.Bounds{Hi: top + 1})
	}
	behind := paginate.Bounds{Lo: p.last + 1}
	if descending {
		behind = paginate.Bounds{Hi: p.last}
	}
	if left.Unread = nil; !ids.Intersect(behind).Empty() {
		left.Unread = []paginate.Bounds{ids.Intersect(behind).Open()}
	}
	return &left
}
