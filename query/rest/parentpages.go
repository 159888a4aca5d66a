package rest

import (
	"cmp"
	"context"
	"crypto/sha256"
	"fmt"
	"hash/maphash"
	"strconv"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/paginate"
)

// parentPage is a page of parents.
type parentPage struct {
	name   [32]byte // a hash
	rows   [32]byte // a hash of their keys
	values []string
	next   *paginate.Checkpoint // nil = it is the last
}

// nameOf hashes the name of the page at a checkpoint.
func nameOf(c *paginate.Checkpoint) [32]byte {
	if c == nil {
		return sha256.Sum256(nil)
	}
	return sha256.Sum256([]byte(c.Token))
}

// follow notes that the latest page of parents names the next one. It fails if another page
// did so before, or if too many pages in a row had no new parent: following them would
// never end.
func (f *family[T]) follow() error {
	if f.idle >= idlePages(f.parent.listing.Definition) {
		return f.failed(&paginate.IdleError{Request: paginate.Request{Limit: f.parent.listing.Definition.Paging.Max}, Pages: f.idle, Empty: f.empty})
	}
	name := nameOf(f.page.next)
	if by, known := f.came[name]; known && by != f.page.name || name == f.page.name {
		return f.failed(&paginate.RepeatedTokenError{Token: f.page.next.Token})
	}
	f.came[name] = f.page.name
	return nil
}

// failed says that parents could not be read.
func (f *family[T]) failed(err error) error {
	return fmt.Errorf("the parents of %s: %w", f.src.listing.Name, err)
}

// load reads a page of parents, unless it is the latest, and reports whether it did.
func (f *family[T]) load(ctx context.Context, from *paginate.Checkpoint) (loaded bool, err error) {
	name := nameOf(from)
	if f.page != nil && f.page.name == name {
		return false, nil
	}
	most := f.parent.listing.Definition.Paging.Max
	scan := paginate.TokenScan[model.DynamicRow]{Fetch: f.parents, From: from, PageSize: most}
	page := &parentPage{name: name}
	for batch, err := range paginate.FollowTokens(ctx, scan) {
		if err != nil {
			return false, f.failed(err)
		}
		if !batch.Left.Done() {
			page.next = &batch.Left
		}
		page.add(f.parent, batch.Rows, f.src.listing.Definition.Parent.Field)
		if err := f.note(batch.Rows); err != nil {
			return false, f.failed(err)
		}
		if f.page != nil && len(batch.Rows) > 0 && page.rows == f.page.rows {
			wrong := &paginate.RepeatedPageError{Request: paginate.Request{Limit: most}, Rows: len(batch.Rows), Key: f.parent.keyText(&batch.Rows[0]), Parameter: f.parent.listing.pageParameter()}
			return false, f.failed(wrong)
		}
		break
	}
	f.page = page
	return true, nil
}

// note counts the pages in a row without a new parent. A field need not identify parents,
// so that their keys do.
func (f *family[T]) note(rows []model.DynamicRow) error {
	f.idle, f.empty = f.idle+1, f.empty+1
	for i := range rows {
		f.empty = 0
		hash := maphash.String(f.seed, f.parent.keyText(&rows[i]))
		isNew, err := f.known.AddInt(int64(hash)) //nolint:gosec // any number will do
		if err != nil {
			return err
		}
		if isNew {
			f.idle = 0
		}
	}
	return nil
}

// idlePages is how many pages in a row of a listing may bring no new row.
func idlePages(d Definition) int { return cmp.Or(d.Paging.IdlePages, paginate.MaxIdlePages) }

// add takes the rows of a page, and each value once: a position is known by its value.
func (p *parentPage) add(src *Source[model.DynamicRow], rows []model.DynamicRow, field string) {
	value, _ := src.schema.Lookup(field)
	keys, known := sha256.New(), make(map[string]bool, len(rows))
	for i := range rows {
		keys.Write(strconv.AppendQuote(nil, src.keyText(&rows[i]))) // a hash does not fail
		if text := src.Record(&rows[i]).Value(value.Index()).String(); !known[text] {
			known[text], p.values = true, append(p.values, text)
		}
	}
	keys.Sum(p.rows[:0])
}
