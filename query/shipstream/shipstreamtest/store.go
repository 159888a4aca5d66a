package shipstreamtest

import (
	"cmp"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"sync"
)

// The bounds on what the store remembers of earlier requests: lists of matching
// rows, least recently used out first, and first pages in orders other than by
// id, all out together. A remembered row costs 8 bytes.
const (
	maxLists    = 256
	maxListRows = 16 << 20
	maxTops     = 64
)

// mergeFrom is the number of new rows from which putting them in one by one
// costs more than merging.
const mergeFrom = 32

// store holds the users. Reading methods are called under mu's read lock, which
// the caller holds for as long as it uses their slices.
type store struct {
	opts *Options

	mu      sync.RWMutex
	byID    []*row // every row, deleted ones too, ascending by id
	encoder *encoder

	memoMu sync.Mutex // taken after mu
	lists  map[listKey]*matchList
	clock  int // counts uses of lists
	tops   map[string][]*row
}

// listKey names a list of matching rows apart from any range of ids.
type listKey struct {
	kinds   kinds
	deleted bool
	filter  string
}

// matchList is the rows that match, ascending by id. It is found once and
// afterwards kept up to date with every change.
type matchList struct {
	once  sync.Once
	match func(*row) bool
	rows  []*row
	used  int
}

func newStore(o *Options) *store {
	s := &store{opts: o, encoder: newEncoder(o.ASCII), lists: map[listKey]*matchList{}, tops: map[string][]*row{}}
	s.byID = o.generate(s.encoder)
	s.put(o.Rows)
	return s
}

func (s *store) get(id int64) *row {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.lookup(id)
}

func (s *store) lookup(id int64) *row {
	if i := lowerBound(s.byID, id); i < len(s.byID) && s.byID[i].id == id {
		return s.byID[i]
	}
	return nil
}

// find returns the rows that match the request, ascending by id.
func (s *store) find(req *listRequest) []*row {
	f := req.filter
	if f.lo > f.hi {
		return nil
	}
	if f.listed {
		return s.findListed(req)
	}
	rows := s.list(req)
	lo := lowerBound(rows, f.lo)
	return rows[lo : len(rows)-before(rows, f.hi, true)]
}

// findListed looks the listed ids up instead of testing every row.
func (s *store) findListed(req *listRequest) []*row {
	var rows []*row
	match := req.matcher()
	for _, id := range req.filter.ids {
		if id < req.filter.lo || id > req.filter.hi {
			continue
		}
		if r := s.lookup(id); r != nil && match(r) {
			rows = append(rows, r)
		}
	}
	return rows
}

// matcher returns the test for everything that the request asks of a row but
// its id.
func (req *listRequest) matcher() func(*row) bool {
	return func(r *row) bool {
		return r.deleted == req.deleted && req.kinds.has(r) && req.filter.matches(r)
	}
}

// list returns the remembered list of rows that match but for their ids.
func (s *store) list(req *listRequest) []*row {
	key := listKey{req.kinds, req.deleted, req.filter.key}
	s.memoMu.Lock()
	l := s.lists[key]
	if l == nil {
		l = &matchList{match: req.matcher()}
		s.lists[key] = l
	}
	s.clock++
	l.used = s.clock
	s.memoMu.Unlock()
	l.once.Do(func() {
		var rows []*row
		for _, r := range s.byID {
			if l.match(r) {
				rows = append(rows, r)
			}
		}
		s.memoMu.Lock()
		l.rows = rows
		s.forget(l)
		s.memoMu.Unlock()
	})
	return l.rows
}

// forget drops the least recently used lists, but never keep, until the bounds
// are met.
func (s *store) forget(keep *matchList) {
	for {
		total := 0
		var oldest *matchList
		var oldestKey listKey
		for key, l := range s.lists {
			total += len(l.rows)
			if l != keep && (oldest == nil || l.used < oldest.used) {
				oldest, oldestKey = l, key
			}
		}
		if oldest == nil || total <= maxListRows && len(s.lists) <= maxLists {
			return
		}
		delete(s.lists, oldestKey)
	}
}

// put inserts users, or replaces those of the same id.
func (s *store) put(users []User) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(users) >= mergeFrom {
		s.merge(users)
		return
	}
	for _, u := range users {
		s.set(u.ID, s.encoder.row(u))
	}
}

// set makes r, or nothing if r is nil, the row of id in every list.
func (s *store) set(id int64, r *row) {
	s.byID = setRow(s.byID, id, r)
	for _, l := range s.lists {
		if r != nil && l.match(r) {
			l.rows = setRow(l.rows, id, r)
		} else {
			l.rows = setRow(l.rows, id, nil)
		}
	}
	clear(s.tops)
}

// setRow replaces, inserts or (r nil) removes the row of id.
func setRow(rows []*row, id int64, r *row) []*row {
	i := lowerBound(rows, id)
	found := i < len(rows) && rows[i].id == id
	switch {
	case r == nil && found:
		return slices.Delete(rows, i, i+1)
	case r == nil:
		return rows
	case found:
		rows[i] = r
		return rows
	}
	return slices.Insert(rows, i, r)
}

func (s *store) merge(users []User) {
	rows := make([]*row, 0, len(users)+len(s.byID))
	for _, u := range users {
		rows = append(rows, s.encoder.row(u))
	}
	// Later rows win over earlier ones of the same id, and all over old ones.
	slices.Reverse(rows)
	rows = append(rows, s.byID...)
	slices.SortStableFunc(rows, func(a, b *row) int { return cmp.Compare(a.id, b.id) })
	s.byID = slices.CompactFunc(rows, func(a, b *row) bool { return a.id == b.id })
	clear(s.lists)
	clear(s.tops)
}

// AddUsers inserts users while requests go on, or replaces those whose ID is
// there already. Each page shows either all of a call's users or none. It fails,
// and changes nothing, if a user is not valid.
func (e *Emulator) AddUsers(users ...User) error {
	errs := make([]error, 0, len(users))
	for _, u := range users {
		errs = append(errs, u.validate())
	}
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("shipstreamtest: %w", err)
	}
	e.store.put(users)
	return nil
}

// UpdateUser lets change alter the user with the given id while requests go on.
// The ID itself cannot change, and change must not call the emulator. It fails,
// and changes nothing, if there is no such user or the change is not valid.
func (e *Emulator) UpdateUser(id int64, change func(*User)) error {
	s := e.store
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.lookup(id)
	if r == nil {
		return fmt.Errorf("shipstreamtest: no user %d", id)
	}
	u := r.user()
	change(&u)
	u.ID = id
	if err := u.validate(); err != nil {
		return fmt.Errorf("shipstreamtest: %w", err)
	}
	s.set(id, s.encoder.row(u))
	return nil
}

// DeleteUsers marks users as deleted, as the API does: they move from the list
// to the list of the deleted. Ids that are not there are passed over.
func (e *Emulator) DeleteUsers(ids ...int64) {
	for _, id := range ids {
		_ = e.UpdateUser(id, func(u *User) { u.Deleted = true }) // no such user: nothing to do
	}
}

// RemoveUsers makes users vanish from every list. Ids that are not there are
// passed over.
func (e *Emulator) RemoveUsers(ids ...int64) {
	s := e.store
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, id := range ids {
		s.set(id, nil)
	}
}

// Users returns every user, deleted ones too, ascending by id.
func (e *Emulator) Users() []User {
	e.store.mu.RLock()
	defer e.store.mu.RUnlock()
	out := make([]User, len(e.store.byID))
	for i, r := range e.store.byID {
		out[i] = r.user()
	}
	return out
}

// User returns the user with the given id, deleted or not.
func (e *Emulator) User(id int64) (User, bool) {
	r := e.store.get(id)
	if r == nil {
		return User{}, false
	}
	return r.user(), true
}

// Match returns the ids, ascending, of all users that a request for the list of
// typ (any, organization, client) with these parameters is about, whatever its
// paging. It is the emulator's judgement on a filter without any request.
func (e *Emulator) Match(typ string, params url.Values) ([]int64, error) {
	req, err := e.parseList(typ, params.Encode())
	if err != nil {
		return nil, fmt.Errorf("shipstreamtest: %s", err.appendJSON(nil))
	}
	e.store.mu.RLock()
	defer e.store.mu.RUnlock()
	rows := e.store.find(req)
	ids := make([]int64, len(rows))
	for i, r := range rows {
		ids[i] = r.id
	}
	return ids, nil
}
