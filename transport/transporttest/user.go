package transporttest

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"
	"time"
	"unicode/utf8"
)

// Kind is a user's type as the API names it.
type Kind string

// The kinds of user.
const (
	OrganizationUser Kind = "OrganizationUser"
	ClientUser       Kind = "ClientUser"
)

// roleType returns the type of the roles that users of kind k refer to.
func (k Kind) roleType() string { return string(k) + "Role" }

// User is a row of the emulator: a fixture to put in, and the truth to compare
// a client's rows with. The zero Kind is OrganizationUser.
type User struct {
	ID       int64 // ≥ 1
	Kind     Kind
	Name     string
	Email    string
	Username string
	Active   bool
	Deleted  bool

	// CreatedAt and LastLoginAt are cut to whole seconds; the zero Time is null.
	CreatedAt   time.Time
	LastLoginAt time.Time

	// Roles are ids of roles of the user's kind, in the order returned.
	Roles []int64
	// LoginViaBadge and Warehouse belong to OrganizationUsers, Merchant to
	// ClientUsers. A zero Warehouse is null, and so is a zero Merchant.
	LoginViaBadge bool
	Warehouse     int64
	Merchant      int64

	// Extra is JSON members for the end of the row's object, without braces,
	// such as `"shift":{"hours":[1,2]}`: what a newer server would add.
	Extra string
}

func (u User) validate() error {
	if u.ID < 1 {
		return fmt.Errorf("user %d: an id is at least 1", u.ID)
	}
	if u.Kind != "" && u.Kind != OrganizationUser && u.Kind != ClientUser {
		return fmt.Errorf("user %d: unknown kind %q", u.ID, u.Kind)
	}
	for _, s := range []string{u.Name, u.Email, u.Username} {
		if !utf8.ValidString(s) {
			return fmt.Errorf("user %d: %q is not UTF-8", u.ID, s)
		}
	}
	for _, t := range []time.Time{u.CreatedAt, u.LastLoginAt} {
		if !t.IsZero() && (t.Year() < 1 || t.Year() > 9999) {
			return fmt.Errorf("user %d: the year of %v has no four digits", u.ID, t)
		}
	}
	if u.Extra != "" && !json.Valid([]byte("{"+u.Extra+"}")) {
		return fmt.Errorf("user %d: Extra %q is not a list of JSON members", u.ID, u.Extra)
	}
	return nil
}

// nullTime stands for a null timestamp: below every other, as nulls sort.
const nullTime = math.MinInt64

func unixOrNull(t time.Time) int64 {
	if t.IsZero() {
		return nullTime
	}
	return t.Unix()
}

func timeOrZero(sec int64) time.Time {
	if sec == nullTime {
		return time.Time{}
	}
	return time.Unix(sec, 0).UTC()
}

// row is a user as the store holds it: immutable, with the basic part of its
// JSON object encoded once.
type row struct {
	id                    int64
	created, lastLogin    int64
	name, email, username string
	json                  []byte // the object's basic fields, closing brace left out
	extra                 string
	roles                 *roleSet
	ref                   int64 // warehouse or merchant, 0 for null
	client                bool
	active                bool
	deleted               bool
	badge                 bool
}

// roleSet is a list of role references, shared by all rows that have it.
type roleSet struct {
	ids  []int64
	json []byte
}

func (r *row) kind() Kind {
	if r.client {
		return ClientUser
	}
	return OrganizationUser
}

// user returns the exported form of r.
func (r *row) user() User {
	u := User{
		ID: r.id, Kind: r.kind(), Name: r.name, Email: r.email, Username: r.username,
		Active: r.active, Deleted: r.deleted, LoginViaBadge: r.badge,
		CreatedAt: timeOrZero(r.created), LastLoginAt: timeOrZero(r.lastLogin),
		Roles: slices.Clone(r.roles.ids), Extra: r.extra,
	}
	if r.client {
		u.Merchant = r.ref
	} else {
		u.Warehouse = r.ref
	}
	return u
}

// rowMaker turns users into rows. Rows that it makes share role sets and the
// blocks their JSON lies in. It is not safe for concurrent use.
type rowMaker struct {
	ascii bool
	sets  map[string]*roleSet
	rows  []row  // the rest of a block of rows
	arena []byte // the rest of a block of bytes
}

func newRowMaker(ascii bool) *rowMaker {
	return &rowMaker{ascii: ascii, sets: map[string]*roleSet{}}
}

// The block sizes bound what a store that has let go of its rows still holds.
const (
	rowBlock   = 1024
	arenaBlock = 1 << 18
)

func (m *rowMaker) row(u User) *row {
	if len(m.rows) == 0 {
		m.rows = make([]row, rowBlock)
	}
	r := &m.rows[0]
	m.rows = m.rows[1:]
	*r = row{
		id: u.ID, name: u.Name, email: u.Email, username: u.Username, extra: u.Extra,
		created: unixOrNull(u.CreatedAt), lastLogin: unixOrNull(u.LastLoginAt),
		client: u.Kind == ClientUser, active: u.Active, deleted: u.Deleted,
	}
	if r.client {
		r.ref = u.Merchant
	} else {
		r.ref, r.badge = u.Warehouse, u.LoginViaBadge
	}
	r.roles = m.roles(r.kind(), u.Roles)
	r.json = m.encode(r)
	return r
}

func (m *rowMaker) roles(kind Kind, ids []int64) *roleSet {
	key := []byte(kind)
	for _, id := range ids {
		key = strconv.AppendInt(append(key, ' '), id, 10)
	}
	if set, ok := m.sets[string(key)]; ok {
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
	m.sets[string(key)] = set
	return set
}

// encode returns the basic fields of r in the arena.
func (m *rowMaker) encode(r *row) []byte {
	need := 128 + 6*(len(r.name)+len(r.email)+len(r.username))
	if cap(m.arena) < need {
		m.arena = make([]byte, 0, max(arenaBlock, need))
	}
	b := m.arena[:0]
	b = append(append(append(b, `{"type":"`...), r.kind()...), `","id":`...)
	b = strconv.AppendInt(b, r.id, 10)
	b = appendString(append(b, `,"name":`...), r.name, m.ascii)
	b = appendString(append(b, `,"email":`...), r.email, m.ascii)
	b = appendString(append(b, `,"username":`...), r.username, m.ascii)
	b = strconv.AppendBool(append(b, `,"is_active":`...), r.active)
	m.arena = b[len(b):]
	return slices.Clip(b)
}
