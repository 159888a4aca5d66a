package paginate

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"iter"
	"slices"
	"strings"

	"github.com/muster-go/muster/paginate/internal/machine"
	"github.com/muster-go/muster/paginate/keyset"
)

// MaxIdlePages is the default of [TokenScan.IdlePages].
const MaxIdlePages = 100

// TokenScan is one reading of a source whose pages name the next page: by an opaque
// token, an offset or a link, each of which is a [Request.Token] here. Fetch is
// required; the zero value of every other field is its default.
type TokenScan[T any] struct {
	// Fetch asks the source for one page.
	Fetch Fetch[T]
	// ID identifies a row. The run drops a row that came before. nil = rows have no id:
	// none is dropped, and a source that gives the same pages under ever new tokens is
	// followed for ever.
	ID func(row *T) int64
	// Key returns the key of a row whose key is a text; nil = ID is the key. With Key,
	// ID is a hash of it, by which checkpoints of earlier versions name rows.
	Key func(row *T) string
	// PageSize is the number of rows to ask of a page; 0 = MaxPageSize. It is the same
	// for every page, because a token may be valid for that size alone.
	PageSize int
	// Limit ends the run after so many rows; 0 = no limit.
	Limit int64
	// Whole says that the rows are not for a limit of the reader either; see [Request.Whole].
	Whole bool
	// IdlePages is how many pages in a row may bring no new row, because they are empty
	// or repeat rows; 0 = MaxIdlePages. The run then fails with an [*IdleError].
	IdlePages int
	// Carry is how many keys of rows a checkpoint carries at most, for the run that resumes
	// from it; see [Checkpoint.Knows]. 0 = those of the last page, for a checkpoint that
	// nobody stores, or whose reader sets Seen. Texts have 8 MiB besides. It needs ID.
	Carry int
	// Seen has the keys of the rows before From, and takes those that follow; the run
	// closes it. nil = they are those in From, if it has any.
	Seen *keyset.Set
	// Parameter is the request parameter that names the page, for errors; "" = there
	// is none, or it is not known.
	Parameter string
	// From is where an earlier run of the same scan stopped; nil = the start. Limit
	// counts the rows before it too.
	From *Checkpoint
}

// FollowTokens reads the scan one page after the other, each when the consumer asks for
// it, and delivers the rows in the source's order, each once if rows have keys. The
// checkpoint of a batch names the page after it.
//
// A page without a next one is the last. So is one whose next page is [Page.Guessed] if
// the rows are as many as the [Page.Count] of the latest page. A guessed page past the end,
// which Fetch reports by a [*NoPageError] or which is the last page again, ends the run if the
// count or a short page before it says so.
//
// The first error ends the iteration: an error of Fetch, unchanged; one that matches
// ctx.Err and its cause, if ctx is done between two pages; a [*RepeatedTokenError], a
// [*RepeatedPageError] or an [*IdleError], if following the pages would never end; one that
// matches [keyset.ErrFile]; or a [*ScanError] for a field of the scan.
func FollowTokens[T any](ctx context.Context, s TokenScan[T]) iter.Seq2[Batch[T], error] {
	return func(yield func(Batch[T], error) bool) {
		if s.Seen != nil {
			defer s.Seen.Close()
		}
		if err := s.check(); err != nil {
			yield(Batch[T]{}, err)
			return
		}
		f, err := s.begin()
		if f.Seen != nil {
			defer f.Seen.Close()
		}
		if err != nil {
			yield(Batch[T]{}, err)
			return
		}
		for !f.left.Done() {
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
	case s.Carry > 0 && s.ID == nil:
		return &ScanError{"ID", "missing, and Carry needs it"}
	case s.Key != nil && s.ID == nil:
		return &ScanError{"ID", "missing, and Key needs it"}
	case s.PageSize < 0:
		return &ScanError{"PageSize", "negative"}
	case s.Carry < 0:
		return &ScanError{"Carry", "negative"}
	case s.IdlePages < 0:
		return &ScanError{"IdlePages", "negative"}
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

	left     Checkpoint
	tokens   machine.Cycle
	progress machine.Progress
	end      lastPages
	first    int64  // the id of the first row of the page
	firstKey string // its key, if keys are texts
	hashed   bool   // From has hashes of texts
	texts    int    // bytes of the texts that the checkpoint carries
	buf      []byte
}

func (s TokenScan[T]) begin() (*follower[T], error) {
	f := &follower[T]{TokenScan: s, left: Checkpoint{Version: CheckpointVersion, Count: -1, Unread: []Bounds{{}}}}
	if s.From != nil {
		f.left = *s.From
		f.left.Seen, f.left.SeenKeys = slices.Clip(f.left.Seen), slices.Clip(f.left.SeenKeys) // they belong to the checkpoint
		f.tokens.Next(f.left.Token)
		f.end = lastPages{guessed: true, rows: f.left.Rows, largest: f.left.Largest, short: f.left.Short}
	}
	if f.PageSize == 0 {
		f.PageSize = MaxPageSize
	}
	if f.IdlePages == 0 {
		f.IdlePages = MaxIdlePages
	}
	if f.Limit > 0 {
		f.PageSize = int(min(int64(f.PageSize), f.Limit))
		if f.left.Rows >= f.Limit {
			f.left.Unread = nil
		}
	}
	err := f.remember()
	if f.Seen != nil {
		f.progress.Known = int(f.Seen.Len())
	}
	return f, err
}

// remember fills Seen with the keys that a checkpoint has.
func (f *follower[T]) remember() error {
	if f.ID == nil || f.Seen != nil {
		return nil
	}
	f.Seen, f.hashed = new(keyset.Set), f.Key != nil && len(f.left.Seen) > 0
	for _, id := range f.left.Seen {
		if _, err := f.Seen.AddInt(id); err != nil {
			return err
		}
	}
	for _, key := range f.left.SeenKeys {
		f.texts += len(key)
		if _, err := f.Seen.AddText(key); err != nil {
			return err
		}
	}
	return nil
}

// next asks for the next page and returns its new rows.
func (f *follower[T]) next(ctx context.Context) (Batch[T], error) {
	if ctx.Err() != nil {
		return Batch[T]{}, interrupted(ctx)
	}
	r := Request{Limit: f.PageSize, Token: f.left.Token, Whole: f.Whole && f.Limit == 0}
	page, err := f.Fetch(ctx, r)
	switch {
	case f.pastEnd(err):
		return f.last(nil, 0), nil
	case err != nil:
		return Batch[T]{}, err
	case page == nil:
		return Batch[T]{}, errNoPage
	}
	if page.Count >= 0 {
		f.left.Count = page.Count
	}
	due := f.end.due(f.left.Count)
	n := len(page.Rows)
	rows, repeats, err := f.fresh(page.Rows)
	if err != nil {
		return Batch[T]{}, err
	}
	dropped := n - len(rows)
	f.end.page(r, n, len(rows), page.Guessed)
	f.left.Largest, f.left.Short = f.end.largest, f.end.guessed && f.end.short
	if f.Limit > 0 {
		rows = rows[:min(int64(len(rows)), f.Limit-f.left.Rows)]
	}
	f.left.Rows += int64(len(rows))
	switch {
	case page.NextToken == "", f.Limit > 0 && f.left.Rows >= f.Limit, page.Guessed && (f.complete() || repeats && due):
		batch := f.last(rows, dropped)
		batch.Release = page.Release
		return batch, nil
	}
	named := f.tokens.Next(page.NextToken)
	switch stale := n > 0 && dropped == n; {
	case named && !stale:
		return Batch[T]{}, &RepeatedTokenError{Token: page.NextToken}
	case named, f.progress.Stuck():
		return Batch[T]{}, &RepeatedPageError{Request: r, Rows: n, First: f.first, Key: f.firstKey, Parameter: f.Parameter}
	case f.progress.Idle >= f.IdlePages:
		return Batch[T]{}, &IdleError{Request: r, Pages: f.progress.Idle, Empty: f.progress.Empty}
	}
	f.left.Token = page.NextToken
	return Batch[T]{Rows: rows, Left: f.left, Repeated: dropped, Release: page.Release}, nil
}

// last returns the last batch.
func (f *follower[T]) last(rows []T, dropped int) Batch[T] {
	f.left.Token, f.left.Seen, f.left.SeenKeys, f.left.Unread = "", nil, nil, nil
	f.left.Largest, f.left.Short = 0, false
	return Batch[T]{Rows: rows, Left: f.left, Repeated: dropped}
}

// complete reports whether the rows are all that the source counts. It does not if an
// earlier run may have delivered a row that comes again.
func (f *follower[T]) complete() bool {
	return f.left.Rows == f.left.Count && (f.Seen == nil || f.Seen.Len() == f.left.Rows)
}

// pastEnd reports whether an error says that the page asked for lies past the end.
func (f *follower[T]) pastEnd(err error) bool {
	none, ok := errors.AsType[*NoPageError](err)
	return ok && (f.end.due(f.left.Count) || none.Gone && f.end.alone)
}

// fresh drops the rows that came before, and notes the others. It reports whether the
// rows are those of the page before.
func (f *follower[T]) fresh(rows []T) (fresh []T, repeats bool, err error) {
	if f.ID == nil {
		f.progress.Page(machine.Hash{}, len(rows), len(rows))
		return rows, false, nil
	}
	n, page := len(rows), sha256.New()
	if f.Carry == 0 && n > 0 {
		f.left.Seen, f.left.SeenKeys = nil, nil
	}
	if n > 0 {
		f.first = f.ID(&rows[0])
	}
	if n > 0 && f.Key != nil {
		f.firstKey = f.Key(&rows[0])
	}
	fresh = rows[:0]
	for i := range rows {
		isNew, err := f.note(&rows[i], page)
		if err != nil {
			return nil, false, err
		}
		if isNew {
			fresh = append(fresh, rows[i])
		}
	}
	clear(rows[len(fresh):])
	f.forget()
	return fresh, f.progress.Page(machine.Hash(page.Sum(nil)), n, len(fresh)), nil
}

// note adds a row to those that came, and its key to the hash of its page. It reports
// whether the row is new.
func (f *follower[T]) note(row *T, page hash.Hash) (isNew bool, err error) {
	id := f.ID(row)
	if f.Key == nil {
		f.buf = binary.LittleEndian.AppendUint64(f.buf[:0], uint64(id)) //nolint:gosec // any number will do
		page.Write(f.buf)                                               // a hash does not fail
		if isNew, err = f.Seen.AddInt(id); isNew || f.Carry == 0 {
			f.left.Seen = append(f.left.Seen, id)
		}
		return isNew, err
	}
	key := f.Key(row)
	f.buf = append(binary.AppendUvarint(f.buf[:0], uint64(len(key))), key...)
	page.Write(f.buf)
	if f.hashed { // of an earlier version
		if known, err := f.Seen.HasInt(id); known || err != nil {
			return false, err
		}
	}
	if isNew, err = f.Seen.AddText(key); isNew || f.Carry == 0 {
		f.left.SeenKeys = append(f.left.SeenKeys, strings.Clone(key)) // it may be a part of its page
		f.texts += len(key)
	}
	return isNew, err
}

// carriedText is the most bytes of texts that a checkpoint carries.
const carriedText = 8 << 20

// forget drops the keys that came first and are more than a checkpoint carries.
func (f *follower[T]) forget() {
	if f.Carry == 0 {
		return
	}
	f.left.Seen = f.left.Seen[max(len(f.left.Seen)-f.Carry, 0):]
	keys := f.left.SeenKeys
	for len(keys) > f.Carry || f.texts > carriedText {
		f.texts -= len(keys[0])
		keys = keys[1:]
	}
	f.left.SeenKeys = keys
}
