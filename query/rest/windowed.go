package rest

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/paginate"
	"github.com/muster-go/muster/query"
	"github.com/muster-go/muster/query/plan"
)

// stretch is a range of keys whose rows lie inside the window: the token of a page.
type stretch struct {
	Lo    int64                `json:"lo,omitempty"`    // the least key; 0 = open
	Hi    int64                `json:"hi,omitempty"`    // above the greatest; 0 = open
	Width int64                `json:"width,omitempty"` // of the range to try next
	Left  int64                `json:"left,omitempty"`  // rows from Lo on, as the server counted them last
	Last  int64                `json:"last,omitempty"`  // in the order of the key: that of the last row
	Rows  *paginate.Checkpoint `json:"rows,omitempty"`  // what was read of the range; nil = nothing
}

// stretches reads a listing that is longer than the window by ranges of its key. In the
// order of the key each begins behind the last row; otherwise each is as wide as its
// total allows.
type stretches[T any] struct {
	src      *Source[T]
	scan     plan.Scan
	lo, hi   int64 // the keys that the scan selects
	sorted   bool
	downward bool

	idle, empty int // pages in a row that do not go on in the order of the key, and without a row
}

// stretches returns how to read more than a window of a scan; nil if that cannot be
// asked for.
func (s *Source[T]) stretches(scan plan.Scan) *stretches[T] {
	l, key := s.listing, s.own
	if l.Definition.Paging.Window == 0 || key.Type != model.TypeInt || l.Syntax != nil {
		return nil
	}
	w := &stretches[T]{src: s, scan: scan}
	w.lo, w.hi = l.keyBounds(scan)
	order := strings.Split(scan.Sort, ",")
	switch w.downward = scan.Sort == "-"+key.Name; {
	case l.sorts(key.Name) && (scan.Sort == "" || len(order) == 1 && strings.TrimPrefix(scan.Sort, "-") == key.Name):
		w.sorted = true
		lo, hi := int64(2), int64(0)
		if w.downward {
			lo, hi = 0, math.MaxInt64
		}
		if _, ok := w.within(max(lo, w.lo), cmpHi(hi, w.hi)); !ok {
			return nil
		}
		return w
	case scan.Sort != "" || l.totalPlace() == "":
		return nil
	}
	if _, ok := w.within(max(w.lo, 2), cmpHi(math.MaxInt64, w.hi)); !ok {
		return nil
	}
	return w
}

// cmpHi returns the lesser of two ends, of which 0 is open.
func cmpHi(a, b int64) int64 {
	if a == 0 || b != 0 && b < a {
		return b
	}
	return a
}

// keyBounds returns the range of keys that the conditions of a scan select, which others
// may narrow. 0 is open.
func (l *listing) keyBounds(scan plan.Scan) (lo, hi int64) {
	for _, c := range scan.Conjuncts {
		from, to, ok := l.boundOf(c)
		if !ok {
			continue
		}
		lo = max(lo, from)
		hi = cmpHi(to, hi)
	}
	return lo, hi
}

// boundOf returns the range of keys that a pushed condition selects, if it is nothing but
// that.
func (l *listing) boundOf(c plan.Conjunct) (lo, hi int64, ok bool) {
	if c.Verdict == plan.Unsupported {
		return 0, 0, false
	}
	above := func(n int64) int64 {
		if n == math.MaxInt64 {
			return 0
		}
		return max(n+1, 1)
	}
	switch n := c.Node.(type) {
	case *dsl.Between:
		return max(n.Lo.Value.Int(), 0), above(n.Hi.Value.Int()), n.Path.Name == l.Layout.ID
	case *dsl.Compare:
		v := n.Value.Value.Int()
		ok := n.Path.Name == l.Layout.ID
		switch n.Op {
		case dsl.Ge:
			return max(v, 0), 0, ok
		case dsl.Gt:
			return max(above(v), 0), 0, ok && v < math.MaxInt64
		case dsl.Lt:
			return 0, max(v, 1), ok
		case dsl.Le:
			return 0, above(v), ok
		case dsl.Eq:
		}
	}
	return 0, 0, false
}

// within returns the scan of a range of keys; false if the server cannot be asked for it.
func (w *stretches[T]) within(lo, hi int64) (plan.Scan, bool) {
	l, key := w.src.listing, w.src.own
	scan := w.scan
	scan.Query, scan.Conjuncts = url.Values{}, nil
	dropped := map[string]bool{}
	var nodes []dsl.Node
	for _, c := range w.scan.Conjuncts {
		if _, _, ok := l.boundOf(c); ok {
			for _, p := range c.Params {
				dropped[p.Name] = true
			}
			continue
		}
		if c.Verdict != plan.Unsupported {
			scan.Conjuncts, nodes = append(scan.Conjuncts, c), append(nodes, c.Node)
		}
	}
	for name, values := range w.scan.Query {
		if !dropped[name] || l.renderer != nil {
			scan.Query[name] = values
		}
	}
	others := len(nodes)
	path := &dsl.Path{Name: key.Name, Field: key}
	bound := func(op dsl.CompareOp, n int64) dsl.Node {
		return &dsl.Compare{Path: path, Op: op, Value: &dsl.Literal{Kind: dsl.LitInt, Text: strconv.FormatInt(n, 10), Value: model.Int(n)}}
	}
	if lo > 1 {
		nodes = append(nodes, bound(dsl.Ge, lo))
	}
	if hi > 0 {
		nodes = append(nodes, bound(dsl.Lt, hi))
	}
	for i, said := range w.src.dialect.Classify(nodes) {
		if i < others {
			if said.Verdict != scan.Conjuncts[i].Verdict { // a bound takes its place in the request
				return scan, false
			}
			continue
		}
		if said.Verdict != plan.Exact || said.Unsatisfiable {
			return scan, false
		}
		scan.Conjuncts = append(scan.Conjuncts, plan.Conjunct{Node: nodes[i], Pushdown: said})
		for _, p := range said.Params {
			scan.Query[p.Name] = append(slices.Clip(scan.Query[p.Name]), p.Value)
		}
	}
	return scan, true
}

// fetch makes the next request, for a page of the range that it belongs to. It may have no
// rows, so that the limits of a run hold for requests that only find ranges.
func (w *stretches[T]) fetch(ctx context.Context, r paginate.Request) (*paginate.Page[T], error) {
	at := stretch{Lo: w.lo, Hi: w.hi}
	if r.Token != "" {
		if err := json.Unmarshal([]byte(r.Token), &at); err != nil {
			return nil, fmt.Errorf("%w: the name of a page is not one of a range: %.60q", query.ErrAnswer, r.Token)
		}
	}
	out := &paginate.Page[T]{Rows: []T{}, Count: -1}
	if more, err := w.step(ctx, &at, r, out); err != nil || !more {
		return out, err
	}
	token, err := json.Marshal(at)
	out.NextToken, out.HasMore = string(token), true
	return out, err
}

// step asks for one page and moves on. It reports whether more follows.
func (w *stretches[T]) step(ctx context.Context, at *stretch, r paginate.Request, out *paginate.Page[T]) (more bool, err error) {
	scan, ok := w.within(at.Lo, at.Hi)
	if !ok {
		return false, fmt.Errorf("%w: %s cannot be asked for the ids from %d to %d", query.ErrAnswer, w.src.listing.Name, at.Lo, at.Hi)
	}
	fetch, first, total := w.src.pages(scan), at.Rows == nil, int64(-1)
	tokens := paginate.TokenScan[T]{PageSize: r.Limit, From: at.Rows, Fetch: func(ctx context.Context, own paginate.Request) (*paginate.Page[T], error) {
		own.Later = r.Later || r.Token != ""
		page, err := fetch(ctx, own)
		if err == nil {
			out.Retries, out.Mended, out.Missing, total = out.Retries+page.Retries, out.Mended+page.Mended, page.Missing, page.Count
		}
		return page, err
	}}
	left := paginate.Checkpoint{} // done
	rows := []T(nil)
	for batch, err := range paginate.FollowTokens(ctx, tokens) {
		if _, full := errors.AsType[*WindowError](err); full && w.sorted && at.Last > 0 {
			return true, w.behind(at)
		}
		if err != nil {
			return false, err
		}
		left, rows = batch.Left, batch.Rows
		break
	}
	if first && total >= 0 && !w.sorted {
		if split, err := w.fit(at, total, rows, out); split || err != nil {
			return true, err
		}
	}
	if first && r.Token == "" && w.sorted && total != int64(w.src.listing.Definition.Paging.Window) {
		out.Count = total
	}
	out.Rows = rows
	if w.sorted {
		last := at.Last
		if err := w.follow(at, rows); err != nil {
			return false, err
		}
		w.note(at.Last != last, len(rows))
	}
	if !left.Done() {
		at.Rows = &left
		return true, nil
	}
	window := int64(w.src.listing.Definition.Paging.Window)
	switch {
	case w.sorted && left.Rows >= window: // a total may be that of the window
		return true, w.behind(at)
	case w.sorted, at.Hi == w.hi:
		return false, nil
	}
	next := stretch{Lo: at.Hi, Width: at.Width, Left: at.Left}
	if next.Hi = w.hi; next.Left > window/2 && next.Lo < math.MaxInt64-next.Width {
		next.Hi = cmpHi(next.Lo+next.Width, w.hi)
	}
	*at = next
	return true, nil
}

// note counts the pages in a row that do not go on, and those without a row.
func (w *stretches[T]) note(goesOn bool, rows int) {
	w.idle, w.empty = w.idle+1, w.empty+1
	if goesOn {
		w.idle = 0
	}
	if rows > 0 {
		w.empty = 0
	}
}

// idleRanges is how many requests in a row may bring no row where some only find ranges. To
// halve a range of any keys takes 63.
const idleRanges = 1000

// growth is how much wider a range may be than the one before.
const growth = 16

// fit narrows a range with too many rows, of which it has the first, and then reports true. A
// total that is the window may be cut to it.
func (w *stretches[T]) fit(at *stretch, total int64, rows []T, out *paginate.Page[T]) (split bool, err error) {
	window := int64(w.src.listing.Definition.Paging.Window)
	switch {
	case at.Hi != w.hi:
	case total == window: // it may be cut, so that nothing is known of the rest
		at.Left, out.Count = math.MaxInt64, -1
	default:
		if at.Left = total; at.Lo == w.lo {
			out.Count = total
		}
	}
	lo, width := max(at.Lo, 1), at.Hi-max(at.Lo, 1)
	aim := func(width int64) int64 { // rows are spread evenly, as far as is known
		wanted := float64(width) * 0.8 * float64(window) / float64(max(total, 1))
		return int64(max(1, min(wanted, float64(width)*growth, 1<<62)))
	}
	switch {
	case total < window:
		if at.Hi != w.hi {
			at.Width, at.Left = aim(width), max(at.Left-total, 0)
		}
		return false, nil
	case at.Hi > 0 && width <= 1:
		return false, &WindowError{Resource: w.src.listing.Name, Window: int(window)}
	case at.Hi == 0:
		width = max(at.Width, window-1)
	default:
		width = min(aim(width), width/2)
	}
	if key := w.middle(rows); key > lo && (at.Hi == 0 || key < at.Hi) { // the rows that came say more
		width = key - lo
	}
	if width = min(width, (math.MaxInt64-lo)/2); width < 1 {
		return false, &WindowError{Resource: w.src.listing.Name, Window: int(window)}
	}
	at.Hi = cmpHi(lo+width, w.hi)
	return true, nil
}

// middle returns a key that parts a range: that of the row in the middle of its first page,
// or of the last row if they are in order, and so the least of the range. 0 = unknown.
func (w *stretches[T]) middle(rows []T) int64 {
	keys := make([]int64, len(rows))
	for i := range rows {
		keys[i] = w.src.codec.Record(&rows[i]).Value(w.src.own.Index()).Int()
	}
	switch {
	case len(keys) == 0:
		return 0
	case slices.IsSorted(keys):
		return keys[len(keys)-1]
	case slices.IsSortedFunc(keys, func(a, b int64) int { return cmp.Compare(b, a) }): // they are the greatest
		return 0
	}
	slices.Sort(keys)
	return keys[len(keys)/2]
}

// follow notes the key of the last row. It fails if the rows of a page are not in the order
// of the key: those behind the window would be lost. A page may begin before the last row,
// because rows come and go.
func (w *stretches[T]) follow(at *stretch, rows []T) error {
	before := int64(0)
	for i := range rows {
		id := w.src.codec.Record(&rows[i]).Value(w.src.own.Index()).Int()
		if before > 0 && (id < before) != w.downward && id != before {
			return fmt.Errorf("%w: %s is asked for in the order of %s, and row %d follows row %d: the rows behind the window (paging.window) would be lost", paginate.ErrProtocol, w.src.listing.Name, w.src.own.Name, id, before)
		}
		before = id
		if at.Last == 0 || (id > at.Last) != w.downward {
			at.Last = id
		}
	}
	return nil
}

// behind moves to the rows behind the last one. It fails if the range that ends began there,
// for none of its pages went on.
func (w *stretches[T]) behind(at *stretch) error {
	if w.idle > 0 && (w.downward && at.Hi == at.Last || !w.downward && at.Lo == at.Last+1) {
		return &paginate.IdleError{Pages: w.idle, Empty: w.empty}
	}
	if at.Rows == nil && at.Last == 0 {
		return &WindowError{Resource: w.src.listing.Name, Window: w.src.listing.Definition.Paging.Window}
	}
	next := stretch{Lo: at.Lo, Hi: at.Hi, Last: at.Last}
	if w.downward {
		next.Hi = at.Last
	} else {
		next.Lo = at.Last + 1
	}
	*at = next
	return nil
}
