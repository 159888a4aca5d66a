package paginate

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"strconv"

	"github.com/muster-go/muster/paginate/internal/machine"
)

// TokenScan is one reading of a source whose pages name the next page: by an opaque
// token, an offset or a link, each of which is a [Request.Token] here. Fetch is
// required; the zero value of every other field is its default.
type TokenScan[T any] struct {
	// Fetch asks the source for one page.
	Fetch Fetch[T]
	// ID identifies a row; nil = rows have no id, and a source that gives the same
	// pages under ever new tokens is followed for ever.
	ID func(row *T) int64
	// Key returns the key of a row whose key is a text, for errors; ID is then a hash
	// of it. nil = ID is the key.
	Key func(row *T) string
	// PageSize is the number of rows to ask of a page; 0 = MaxPageSize. It is the same
	// for every page, because a token may be valid for that size alone.
	PageSize int
	// Limit ends the run after so many rows; 0 = no limit.
	Limit int64
	// Overlap says that a page may repeat rows of the pages before it, as a page by
	// offset does after an insertion. The run drops the rows that came before. To do
	// so it keeps every id, in the checkpoint too. It needs ID.
	Overlap bool
	// Parameter is the request parameter that names the page, for errors; "" = there
	// is none, or it is not known.
	Parameter string
	// From is where an earlier run of the same scan stopped; nil = the start. Limit
	// counts the rows before it too.
	From *Checkpoint
}

// FollowTokens reads the scan one page after the other, each when the consumer asks for
// it, and delivers the rows in the source's order. It does not check what a page holds.
// The checkpoint of a batch names the page after it. The first error ends the iteration:
// an error of Fetch, unchanged; one that matches ctx.Err and its cause, if ctx is done
// between two pages; a [*RepeatedTokenError] or a [*RepeatedPageError], if following the
// pages would never end; or a [*ScanError] for a field of the scan.
func FollowTokens[T any](ctx context.Context, s TokenScan[T]) iter.Seq2[Batch[T], error] {
	return func(yield func(Batch[T], error) bool) {
		if err := s.check(); err != nil {
			yield(Batch[T]{}, err)
			return
		}
		for f := s.begin(); !f.left.Done(); {
			batch, err := f.next(ctx)
			if !yield(batch, err) || err != nil {
				return
			}
		}
	}
}

// check returns what is wrong with the scan, if anything.
func (s TokenScan[T]) check() error {
	switch {
	case s.Fetch == nil:
		return &ScanError{"Fetch", "missing"}
	case s.Overlap && s.ID == nil:
		return &ScanError{"ID", "missing, and Overlap needs it"}
	case s.PageSize < 0:
		return &ScanError{"PageSize", "negative"}
	case s.Limit < 0:
		return &ScanError{"Limit", "negative"}
	case s.From == nil:
		return nil
	case s.From.Version != CheckpointVersion:
		return &ScanError{"From", fmt.Sprintf("version %d; this program reads version %d", s.From.Version, CheckpointVersion)}
	case s.From.Rows < 0:
		return &ScanError{"From", "a figure is out of range"}
	case !s.From.Done() && s.From.Token == "":
		return &ScanError{"From", "names no page"}
	}
	return nil
}

// follower is a token scan that is being read.
type follower[T any] struct {
	TokenScan[T]

	left   Checkpoint
	tokens map[string]bool    // that named a page
	seen   map[int64]struct{} // the rows that were delivered, if pages overlap
	cycle  machine.CycleDetector
}

func (s TokenScan[T]) begin() *follower[T] {
	f := &follower[T]{TokenScan: s, left: Checkpoint{Version: CheckpointVersion, Count: -1, Unread: []Bounds{{}}}, tokens: map[string]bool{}}
	if s.From != nil {
		f.left = *s.From
		f.tokens[f.left.Token] = true
	}
	if f.PageSize == 0 {
		f.PageSize = MaxPageSize
	}
	if f.Limit > 0 {
		f.PageSize = int(min(int64(f.PageSize), f.Limit))
		if f.left.Rows >= f.Limit {
			f.left.Unread = nil
		}
	}
	if f.Overlap {
		f.left.Seen = slices.Clip(f.left.Seen) // it belongs to the checkpoint
		f.seen = make(map[int64]struct{}, len(f.left.Seen))
		for _, id := range f.left.Seen {
			f.seen[id] = struct{}{}
		}
	}
	return f
}

// next asks for the next page and returns its new rows.
func (f *follower[T]) next(ctx context.Context) (Batch[T], error) {
	if ctx.Err() != nil {
		return Batch[T]{}, interrupted(ctx)
	}
	r := Request{Limit: f.PageSize, Token: f.left.Token}
	page, err := f.Fetch(ctx, r)
	if err != nil {
		return Batch[T]{}, err
	}
	rows, err := f.fresh(r, page.Rows)
	if err != nil {
		return Batch[T]{}, err
	}
	if f.Limit > 0 {
		rows = rows[:min(int64(len(rows)), f.Limit-f.left.Rows)]
	}
	f.left.Rows += int64(len(rows))
	f.left.Token = page.NextToken
	switch {
	case page.NextToken == "" || f.Limit > 0 && f.left.Rows >= f.Limit:
		f.left.Token, f.left.Seen, f.left.Unread = "", nil, nil
	case f.tokens[page.NextToken]:
		return Batch[T]{}, &RepeatedTokenError{Token: page.NextToken}
	}
	f.tokens[page.NextToken] = true
	return Batch[T]{Rows: rows, Left: f.left}, nil
}

// fresh returns the rows that did not come before, if pages overlap, and else all of
// them.
func (f *follower[T]) fresh(r Request, rows []T) ([]T, error) {
	if f.ID == nil || len(rows) == 0 {
		return rows, nil
	}
	ids, first := make([]int64, len(rows)), rows[0]
	for i := range rows {
		ids[i] = f.ID(&rows[i])
	}
	var repeated bool
	if known := len(f.seen); f.Overlap {
		rows = f.unseen(rows)
		repeated = f.cycle.Overlapping(ids, len(rows), known)
	} else {
		repeated = f.cycle.Distinct(ids)
	}
	if repeated {
		err := &RepeatedPageError{Request: r, Rows: len(ids), First: ids[0], Parameter: f.Parameter}
		if f.Key != nil {
			err.Key = f.Key(&first)
		}
		return nil, err
	}
	return rows, nil
}

// unseen drops the rows that came before, and notes the others.
func (f *follower[T]) unseen(rows []T) []T {
	return slices.DeleteFunc(rows, func(row T) bool {
		id := f.ID(&row)
		_, seen := f.seen[id]
		if !seen {
			f.seen[id] = struct{}{}
			f.left.Seen = append(f.left.Seen, id)
		}
		return seen
	})
}

// RepeatedTokenError reports a source that named a page for the second time, so that
// following the pages would never end. It matches [ErrProtocol].
type RepeatedTokenError struct{ Token string }

// Error returns one line.
func (e *RepeatedTokenError) Error() string {
	return fmt.Sprintf("the server names the page %.60q as the next for the second time", e.Token)
}

// Is reports whether target is [ErrProtocol].
func (*RepeatedTokenError) Is(target error) bool { return target == ErrProtocol }

// RepeatedPageError reports a source that gave the same rows again under a new token,
// so that following the pages would never end. It matches [ErrProtocol].
type RepeatedPageError struct {
	Request   Request // for the page
	Rows      int     // in the page
	First     int64   // the id of the first
	Key       string  // its key, if keys are texts; "" otherwise
	Parameter string  // of the scan
}

// Error says which rows came again and where to look.
func (e *RepeatedPageError) Error() string {
	ignored := "what names the page"
	if e.Parameter != "" {
		ignored = "the parameter `" + e.Parameter + "`, which may be spelled otherwise there"
	}
	first := strconv.FormatInt(e.First, 10)
	if e.Key != "" {
		first = fmt.Sprintf("%.100q", e.Key)
	}
	return fmt.Sprintf("no progress: a page that should be another holds rows that came before (%d, from id %s): the server seems to ignore %s, or gives its last page for ever",
		e.Rows, first, ignored)
}

// Is reports whether target is [ErrProtocol].
func (*RepeatedPageError) Is(target error) bool { return target == ErrProtocol }
