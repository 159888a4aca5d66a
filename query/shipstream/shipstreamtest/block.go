package shipstreamtest

import (
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
)

// blockRows is how many generated users are made, kept and let go together.
const blockRows = 1024

// block holds the attributes of some rows. Those of generated users can be let
// go, and are made again from the generator's state at the block's beginning
// when they are asked for; those of users that were put in are kept.
type block struct {
	rows   []row // in the order they are generated in
	from   checkpoint
	source *generator // nil: the attributes stay
	kept   atomic.Pointer[[]attributes]
	mu     sync.Mutex // held by whoever makes them
}

// attributes returns the attributes of the block's rows, in their order.
func (b *block) attributes() []attributes {
	if kept := b.kept.Load(); kept != nil {
		return *kept
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if kept := b.kept.Load(); kept != nil {
		return *kept
	}
	made := b.source.remake(b)
	b.kept.Store(&made)
	b.source.resident.add(b)
	return made
}

// resident bounds how many blocks of generated users are kept: the one made
// longest ago goes first. Which was used last would be the better rule, but
// cost a write for each row that is read, and scans defeat it.
type resident struct {
	mu     sync.Mutex
	most   int
	blocks []*block // a ring once it is full
	next   int
}

func (r *resident) add(b *block) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.blocks) < r.most {
		r.blocks = append(r.blocks, b)
		return
	}
	r.blocks[r.next].kept.Store(nil)
	r.blocks[r.next] = b
	r.next = (r.next + 1) % r.most
}

// full reports whether another block would push one out.
func (r *resident) full() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.blocks) >= r.most
}

// encoder turns users into attributes.
type encoder struct {
	ascii bool

	mu   sync.Mutex // guards sets
	sets map[string]*roleSet
}

func newEncoder(ascii bool) *encoder { return &encoder{ascii: ascii, sets: map[string]*roleSet{}} }

// row returns a row of its own for a user that is put in.
func (e *encoder) row(u User) *row {
	b := &block{rows: []row{head(u)}}
	b.rows[0].block = b
	made := e.encode([]User{u})
	b.kept.Store(&made)
	return &b.rows[0]
}

// head returns what a row holds of a user itself.
func head(u User) row {
	return row{id: u.ID, client: u.Kind == ClientUser, active: u.Active, deleted: u.Deleted}
}

// encode returns the attributes of users. All their JSON lies in one string, and
// so do the strings that JSON shows as they are.
func (e *encoder) encode(users []User) []attributes {
	out := make([]attributes, len(users))
	ends := make([]spot, len(users))
	text := make([]byte, 0, 160*len(users))
	for i, u := range users {
		a := &out[i]
		a.created, a.lastLogin, a.extra = unixOrNull(u.CreatedAt), unixOrNull(u.LastLoginAt), u.Extra
		kind := OrganizationUser
		if a.ref, a.badge = u.Warehouse, u.LoginViaBadge; u.Kind == ClientUser {
			kind, a.ref, a.badge = ClientUser, u.Merchant, false
		}
		a.roles = e.roles(kind, u.Roles)
		text, ends[i] = e.appendBasic(text, kind, &u)
	}
	all, begin := string(text), 0
	for i, u := range users {
		a, at := &out[i], ends[i]
		a.json = all[begin:at.end]
		a.name = share(all, at.name, u.Name)
		a.email = share(all, at.email, u.Email)
		a.username = share(all, at.username, u.Username)
		begin = at.end
	}
	return out
}

// spot is where in the text of its block a user's strings begin, after the quote,
// and where its JSON ends.
type spot struct{ name, email, username, end int }

// appendBasic appends the basic fields of a user.
func (e *encoder) appendBasic(b []byte, kind Kind, u *User) ([]byte, spot) {
	var at spot
	b = append(append(append(b, `{"type":"`...), kind...), `","id":`...)
	b = append(strconv.AppendInt(b, u.ID, 10), `,"name":`...)
	at.name = len(b) + 1
	b = append(appendString(b, u.Name, e.ascii), `,"email":`...)
	at.email = len(b) + 1
	b = append(appendString(b, u.Email, e.ascii), `,"username":`...)
	at.username = len(b) + 1
	b = appendString(b, u.Username, e.ascii)
	b = strconv.AppendBool(append(b, `,"is_active":`...), u.Active)
	at.end = len(b)
	return b, at
}

// share returns the part of all that begins at begin if it is s, and else s: what
// JSON escapes it does not show as it is.
func share(all string, begin int, s string) string {
	if end := begin + len(s); end < len(all) && all[begin:end] == s {
		return all[begin:end]
	}
	return s
}

func (e *encoder) roles(kind Kind, ids []int64) *roleSet {
	key := []byte(kind)
	for _, id := range ids {
		key = strconv.AppendInt(append(key, ' '), id, 10)
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if set, ok := e.sets[string(key)]; ok {
		return set
	}
	set := &roleSet{ids: slices.Clone(ids), json: []byte(`,"roles":[`)}
	for i, id := range ids {
		if i > 0 {
			set.json = append(set.json, ',')
		}
		set.json = appendRef(set.json, kind.roleType(), id)
	}
	set.json = append(set.json, ']')
	e.sets[string(key)] = set
	return set
}
