package rest

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"hash/maphash"
	"math"
	"slices"
	"strconv"
	"sync"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/paginate"
	"github.com/muster-go/muster/paginate/keyset"
	"github.com/muster-go/muster/query"
	"github.com/muster-go/muster/query/plan"
	"github.com/muster-go/muster/transport"
)

// children is the dialect of listings that are read for each row of a parent. A condition
// on the parent's value chooses the parents, and every other is for each listing.
type children struct {
	plan.Dialect

	listing *listing
}

// Independent reports false: one condition chooses the parents.
func (children) Independent() bool { return false }

// SameText reports whether texts are equal to the server.
func (c children) SameText(f *model.Field, a, b string) bool {
	if folder, ok := c.Dialect.(plan.TextFolder); ok {
		return folder.SameText(f, a, b)
	}
	return f.Collation == model.Binary && a == b
}

// Classify takes the first condition that names parents, and leaves the others to the
// dialect of the listings.
func (c children) Classify(conjuncts []dsl.Node) []plan.Pushdown {
	out := make([]plan.Pushdown, len(conjuncts))
	var others []dsl.Node
	var at []int
	taken := false
	for i, n := range conjuncts {
		if values, ok := c.named(n); ok && !taken {
			taken, out[i].Verdict = true, plan.Exact
			for _, value := range values {
				out[i].Params = append(out[i].Params, plan.Param{Name: c.listing.Definition.Parent.variableParam(), Value: value})
			}
			continue
		}
		others, at = append(others, n), append(at, i)
	}
	for j, pushed := range c.Dialect.Classify(others) {
		out[at[j]] = pushed
	}
	return out
}

// named returns the parents that a condition names.
func (c children) named(n dsl.Node) (values []string, ok bool) {
	var path *dsl.Path
	switch n := n.(type) {
	case *dsl.Compare:
		if path = n.Path; n.Op == dsl.Eq {
			values = []string{n.Value.Value.String()}
		}
	case *dsl.In:
		path = n.Path
		for _, v := range n.Values {
			if text := v.Value.String(); !slices.Contains(values, text) {
				values = append(values, text)
			}
		}
	}
	if path == nil || path.Name != c.listing.Definition.Parent.As || len(values) == 0 {
		return nil, false
	}
	for _, value := range values {
		if _, err := c.listing.of(value); err != nil {
			return nil, false
		}
	}
	return values, true
}

// position is where a scan of children stands: the token of a page.
type position struct {
	Parents *paginate.Checkpoint `json:"parents,omitempty"` // before the page of parents; nil = the first
	Parent  *string              `json:"parent,omitempty"`  // its value; nil = the first of the page
	Rows    *paginate.Checkpoint `json:"rows,omitempty"`    // of the parent; nil = from the start
	Read    bool                 `json:"read,omitempty"`    // the parent's rows are read: the next is meant
	Later   bool                 `json:"later,omitempty"`   // a page of rows was answered
}

// family reads the listings of parents, one after the other.
type family[T any] struct {
	src     *Source[T]
	scan    plan.Scan // of one parent's rows
	values  []string  // the parents that the filter names
	named   bool      // whether it does
	parents paginate.Fetch[model.DynamicRow]
	parent  *Source[model.DynamicRow]

	mu   sync.Mutex
	page *parentPage           // the latest
	came map[[32]byte][32]byte // of each page of parents, by its name: the page that named it

	known       keyset.Set // hashes of the parents' keys; a collision can only make a page look idle
	seed        maphash.Seed
	later       bool // a page of rows was answered, which a page of parents is not
	idle, empty int  // pages of parents in a row without a new one, and without any
	blank       int  // pages of one parent's rows in a row that are empty and name another
}

// fetchChildren reads the rows of each parent, one page after the other.
func (s *Source[T]) fetchChildren(scan plan.Scan) paginate.Fetch[T] {
	f, err := s.family(scan)
	return func(ctx context.Context, r paginate.Request) (*paginate.Page[T], error) {
		if err != nil {
			return nil, err
		}
		f.mu.Lock()
		defer f.mu.Unlock()
		return f.fetch(ctx, r)
	}
}

// childRequest returns the request for the first page of the one parent that a scan names.
func (s *Source[T]) childRequest(scan plan.Scan, r paginate.Request) (transport.Request, error) {
	values, _, scan := s.listing.parents(scan)
	if len(values) != 1 || r.Token != "" {
		p := s.listing.Definition.Parent
		return transport.Request{}, &VariableError{Path: s.listing.Path, Name: p.Variable, Parent: p.Definition.Name, Reason: "has a value for each row of " + p.Definition.Name + ", which a fetch reads"}
	}
	own, err := s.listing.of(values[0])
	if err != nil {
		return transport.Request{}, err
	}
	child := *s
	child.listing = own
	return child.Request(scan, r)
}

func (s *Source[T]) family(scan plan.Scan) (*family[T], error) {
	f := &family[T]{src: s, came: map[[32]byte][32]byte{}, known: keyset.Set{Memory: math.MaxInt64}, seed: maphash.MakeSeed()}
	if f.values, f.named, f.scan = s.listing.parents(scan); f.named {
		return f, nil
	}
	if s.client == nil {
		return nil, ErrNoClient
	}
	p := s.listing.Definition.Parent
	var err error
	if f.parent, err = New(s.client, p.Definition); err != nil {
		return nil, err
	}
	planned, err := query.Prepare(f.parent, "", query.Select(p.Field))
	if err != nil {
		return nil, fmt.Errorf("the parents of %s: %w", s.listing.Name, err)
	}
	f.parents = f.parent.following(planned.Scans[0])
	return f, nil
}

// fetch makes the next request: for a page of parents, which has no rows, or for one of a
// parent's rows. So the limits of a run hold for both.
func (f *family[T]) fetch(ctx context.Context, r paginate.Request) (*paginate.Page[T], error) {
	var at position
	if r.Token != "" {
		if err := json.Unmarshal([]byte(r.Token), &at); err != nil {
			return nil, fmt.Errorf("%w: the name of a page is not one of children: %.60q", query.ErrAnswer, r.Token)
		}
	}
	f.later = f.later || at.Later
	out := &paginate.Page[T]{Rows: []T{}, Count: -1}
	loaded := false
	if at.Parent == nil || at.Read {
		var more bool
		var err error
		if loaded, more, err = f.advance(ctx, &at); err != nil || !more {
			return out, err
		}
	}
	if loaded {
		out.Missing = f.src.listing.untold()
	} else {
		left, err := f.rows(ctx, *at.Parent, at.Rows, r, out)
		if err != nil {
			return nil, err
		}
		if at.Rows, at.Read = left, left == nil; at.Read && f.wasLast(at) {
			return out, nil
		}
	}
	at.Later = f.later
	token, err := json.Marshal(at)
	out.NextToken, out.HasMore = string(token), true
	return out, err
}

// wasLast reports whether the parent of a position is known to be the last.
func (f *family[T]) wasLast(at position) bool {
	values := f.values
	if !f.named {
		if f.page == nil || f.page.next != nil || f.page.name != nameOf(at.Parents) {
			return false
		}
		values = f.page.values
	}
	return *at.Parent == values[len(values)-1]
}

// rows adds one page of a parent's rows to a page. It returns what is left of them; nil = no
// row.
func (f *family[T]) rows(ctx context.Context, value string, from *paginate.Checkpoint, r paginate.Request, out *paginate.Page[T]) (*paginate.Checkpoint, error) {
	p := f.src.listing.Definition.Parent
	fail := func(err error) error {
		return &ParentError{Resource: p.Definition.Name, Field: p.Field, Value: value, Gone: isGone(err) && from == nil, Err: err}
	}
	own, err := f.src.listing.of(value)
	if err != nil {
		return nil, fail(err)
	}
	child := *f.src
	child.listing = own
	fetch := child.Fetch(f.scan)
	scan := paginate.TokenScan[T]{PageSize: r.Limit, From: from, Fetch: func(ctx context.Context, own paginate.Request) (*paginate.Page[T], error) {
		own.Later, own.Whole = f.later, r.Whole
		page, err := fetch(ctx, own)
		if err == nil {
			f.later = true
			out.Retries, out.Mended = out.Retries+page.Retries, out.Mended+page.Mended
			out.Missing = page.Missing
		}
		return page, err
	}}
	for batch, err := range paginate.FollowTokens(ctx, scan) {
		if err != nil && from == nil && isGone(err) {
			none, asked := f.hasNone(ctx, value)
			if none {
				return nil, nil //nolint:nilnil // it has no rows
			}
			err = errors.Join(err, asked)
		}
		if err != nil {
			return nil, fail(err)
		}
		out.Rows = append(out.Rows, batch.Rows...)
		if f.blank++; len(batch.Rows) > 0 || batch.Left.Done() {
			f.blank = 0
		}
		switch most := idlePages(own.Definition); {
		case batch.Left.Done():
			return nil, nil //nolint:nilnil // no row is left
		case f.blank >= most:
			return nil, fail(&paginate.IdleError{Request: paginate.Request{Limit: r.Limit}, Pages: f.blank, Empty: f.blank})
		}
		return &batch.Left, nil
	}
	return nil, nil //nolint:nilnil // the scan was at its end
}

// hasNone reports whether a parent without a listing has no rows: by the definition, or because
// the filter names a parent that does not exist.
func (f *family[T]) hasNone(ctx context.Context, value string) (bool, error) {
	p := f.src.listing.Definition.Parent
	if p.SkipGone || !f.named {
		return p.SkipGone, nil
	}
	parents, err := New(f.src.client, p.Definition)
	if err != nil {
		return false, err
	}
	field, _ := parents.schema.Lookup(p.Field)
	is := &dsl.Compare{Path: &dsl.Path{Name: field.Name, Field: field}, Op: dsl.Eq, Value: &dsl.Literal{Kind: dsl.LitString, Text: value, Value: model.String(value)}}
	if n, err := strconv.ParseInt(value, 10, 64); err == nil && field.Type == model.TypeInt {
		is.Value = &dsl.Literal{Kind: dsl.LitInt, Text: value, Value: model.Int(n)}
	}
	found, err := query.Run(ctx, parents, dsl.Format(is), query.Select(p.Field), query.Limit(1))
	if err != nil {
		return false, err
	}
	for _, err := range found.All() {
		return false, err
	}
	return true, nil
}

// advance moves to the next parent, or to the next page of parents; more is false if there
// is neither. If it loaded a page of parents, there may be no parent on it.
func (f *family[T]) advance(ctx context.Context, at *position) (loaded, more bool, err error) {
	if f.named {
		return false, at.to(f.values, nil), nil
	}
	for {
		if loaded, err = f.load(ctx, at.Parents); err != nil {
			return loaded, false, err
		}
		if at.to(f.page.values, at.Parents) {
			return loaded, true, nil
		}
		if f.page.next == nil {
			return loaded, false, nil
		}
		if err := f.follow(); err != nil {
			return loaded, false, err
		}
		if *at = (position{Parents: f.page.next}); loaded {
			return true, true, nil
		}
	}
}

// to moves to the parent after that of a position on the same page; false if there is none. If
// its parent is not on the page any more, the page is read again: rows come once all the same.
func (at *position) to(values []string, page *paginate.Checkpoint) bool {
	i := 0
	if at.Parent != nil {
		i = slices.Index(values, *at.Parent) + 1
	}
	if i >= len(values) {
		return false
	}
	*at = position{Parents: page, Parent: &values[i]}
	return true
}

// following returns a fetch whose pages follow one another, for a listing that is paged by
// its keys too.
func (s *Source[T]) following(scan plan.Scan) paginate.Fetch[T] {
	fetch := s.Fetch(scan)
	if style := s.listing.Definition.Paging.Style; style != Keyset && style != Forward {
		return fetch
	}
	return func(ctx context.Context, r paginate.Request) (*paginate.Page[T], error) {
		from, _ := strconv.ParseInt(r.Token, 10, 64) // this function wrote it; "" is 0
		page, err := fetch(ctx, paginate.Request{Limit: r.Limit, From: from, Later: r.Later || r.Token != ""})
		if err != nil || !page.HasMore {
			return page, err
		}
		next := page.Next
		for i := range page.Rows {
			next = max(next, s.ID(&page.Rows[i])+1)
		}
		if next <= from {
			return nil, fmt.Errorf("%w: %s has rows after id %d, and this page does not go on: ids are not in order", paginate.ErrProtocol, s.listing.Name, from-1)
		}
		page.NextToken = strconv.FormatInt(next, 10)
		return page, nil
	}
}

// Child returns the definition of the rows of one parent: the first whose listing has rows,
// of the first few. It serves to try the server.
func (s *Source[T]) Child(ctx context.Context) (Definition, error) {
	d := s.listing.Definition
	if d.Parent == nil {
		return d, nil
	}
	f, err := s.family(plan.Scan{})
	if err != nil {
		return d, err
	}
	const most = 20
	var at position
	var first *string
	for range most {
		loaded, more, err := f.advance(ctx, &at)
		for loaded && more && at.Parent == nil && err == nil {
			loaded, more, err = f.advance(ctx, &at)
		}
		if err != nil || !more {
			if first == nil {
				return d, cmp.Or(err, errors.New("there are no "+d.Parent.Definition.Name+", so that "+d.Name+" cannot be tried"))
			}
			break
		}
		first = cmp.Or(first, at.Parent)
		var page paginate.Page[T]
		if _, err := f.rows(ctx, *at.Parent, nil, paginate.Request{Limit: 1}, &page); err == nil && len(page.Rows) > 0 {
			first = at.Parent
			break
		}
		at.Read = true
	}
	own, err := s.listing.of(*first)
	if err != nil {
		return d, err
	}
	d.Path, d.Parent = own.Path, nil
	d.Fields = slices.DeleteFunc(slices.Clone(d.Fields), func(f Field) bool { return s.listing.Definition.made(f.Name) })
	return d, nil
}
