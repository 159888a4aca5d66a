package paginate

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"strconv"
)

// Chain is one reading of a source whose pages name the page after them: by an
// opaque token, an offset or a link, which all are a [Request.Token] to it. Fetch
// is required; the zero value of every other field is its default.
type Chain[T any] struct {
	// Fetch asks the source for one page.
	Fetch Fetch[T]
	// ID tells rows apart; nil = they are not, and a source that gives the same
	// pages under ever new tokens is followed for ever.
	ID func(row *T) int64
	// Key is the row's key where that is a text, of which ID is a number, for errors;
	// nil = ID is the key.
	Key func(row *T) string
	// PageSize is the rows asked of a page; 0 = MaxPageSize. It is the same for
	// every page of the chain, since a token may be good for that size alone.
	PageSize int
	// Limit ends the run after so many rows; 0 = none.
	Limit int64
	// Overlap says that a page may begin with rows of the pages before it, as one
	// by offset does where rows have come meanwhile. Rows that came before are
	// dropped, for which every id is kept, in the checkpoint too. It needs ID.
	Overlap bool
	// Parameter is the parameter that a request names its page by, for errors; ""
	// = it has none, or it is not known.
	Parameter string
	// From is where an earlier run of the same chain got to; nil = the start.
	// Limit counts the rows before it, too.
	From *Checkpoint
}

// Follow reads a chain. Pages are asked for one after the other, each when the
// consumer has come back for it, and delivered in the source's order; what each
// holds is the source's to answer for. The checkpoint of a batch names the page
// after it. The first error ends the iteration: of the source, unchanged; one that
// matches ctx.Err and its cause, when ctx is done between two pages; a
// [*RepeatedTokenError] or a [*RepeatedPageError] where following the pages would
// never end; or a [*ScanError] that names a field of the chain.
func Follow[T any](ctx context.Context, c Chain[T]) iter.Seq2[Batch[T], error] {
	return func(yield func(Batch[T], error) bool) {
		if err := c.check(); err != nil {
			yield(Batch[T]{}, err)
			return
		}
		for f := c.begin(); !f.left.Done(); {
			batch, err := f.next(ctx)
			if !yield(batch, err) || err != nil {
				return
			}
		}
	}
}

// check returns what is wrong with the chain, if anything.
func (c Chain[T]) check() error {
	switch {
	case c.Fetch == nil:
		return &ScanError{"Fetch", "missing"}
	case c.Overlap && c.ID == nil:
		return &ScanError{"ID", "missing, and Overlap needs it"}
	case c.PageSize < 0:
		return &ScanError{"PageSize", "negative"}
	case c.Limit < 0:
		return &ScanError{"Limit", "negative"}
	case c.From == nil:
		return nil
	case c.From.Version != CheckpointVersion:
		return &ScanError{"From", fmt.Sprintf("version %d where %d is known", c.From.Version, CheckpointVersion)}
	case c.From.Rows < 0:
		return &ScanError{"From", "a figure that cannot be"}
	case !c.From.Done() && c.From.Token == "":
		return &ScanError{"From", "it names no page"}
	}
	return nil
}

// follower is a chain that is being read.
type follower[T any] struct {
	Chain[T]

	left   Checkpoint
	tokens map[string]bool    // that named a page
	seen   map[int64]struct{} // the rows that were delivered, where pages overlap
	rounds rounds
}

func (c Chain[T]) begin() *follower[T] {
	f := &follower[T]{Chain: c, left: Checkpoint{Version: CheckpointVersion, Count: -1, Unread: []Bounds{{}}}, tokens: map[string]bool{}}
	if c.From != nil {
		f.left = *c.From
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
		f.left.Seen = slices.Clip(f.left.Seen) // it is the checkpoint's
		f.seen = make(map[int64]struct{}, len(f.left.Seen))
		for _, id := range f.left.Seen {
			f.seen[id] = struct{}{}
		}
	}
	return f
}

// next asks for the page that is next and returns what of it is new.
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

// fresh returns the rows that did not come before, where pages overlap, and all
// of them where they do not.
func (f *follower[T]) fresh(r Request, rows []T) ([]T, error) {
	if f.ID == nil || len(rows) == 0 {
		return rows, nil
	}
	ids, first := make([]int64, len(rows)), rows[0]
	for i := range rows {
		ids[i] = f.ID(&rows[i])
	}
	var round bool
	if known := len(f.seen); f.Overlap {
		rows = f.unseen(rows)
		round = f.rounds.overlapping(ids, len(rows), known)
	} else {
		round = f.rounds.apart(ids)
	}
	if round {
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
		_, double := f.seen[id]
		if !double {
			f.seen[id] = struct{}{}
			f.left.Seen = append(f.left.Seen, id)
		}
		return double
	})
}

// RepeatedTokenError is a source that named a page which it had named before, so
// that following it would never end. It is an [ErrProtocol].
type RepeatedTokenError struct{ Token string }

// Error returns one line.
func (e *RepeatedTokenError) Error() string {
	return fmt.Sprintf("the server names the page %.60q as the next for the second time", e.Token)
}

// Is reports whether target is [ErrProtocol].
func (*RepeatedTokenError) Is(target error) bool { return target == ErrProtocol }

// RepeatedPageError is a source that gave rows again, under a name that it had not
// given before, so that following it would never end. It is an [ErrProtocol].
type RepeatedPageError struct {
	Request   Request // that brought them
	Rows      int     // in the page
	First     int64   // the id of the first
	Key       string  // the same where keys are texts; "" otherwise
	Parameter string  // of the chain
}

// Error says what came again and where to look.
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
