package shipstreamtest

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
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

// row is a user as lists hold it: who it is, and where the rest of it lies. It is
// immutable. Of ten million users all have a row and few have attributes at any
// time.
type row struct {
	id      int64
	block   *block
	index   uint16 // in the block
	client  bool
	active  bool
	deleted bool
}

// attributes are the rest of a user, with the basic part of its JSON object
// encoded once. They are immutable.
type attributes struct {
	created, lastLogin    int64
	name, email, username string
	json                  string // the object's basic fields, closing brace left out
	extra                 string
	roles                 *roleSet
	ref                   int64 // warehouse or merchant, 0 for null
	badge                 bool
}

// roleSet is a list of role references, shared by all rows that have it.
type roleSet struct {
	ids  []int64
	json []byte
}

// attrs returns the rest of r, which may have to be made anew.
func (r *row) attrs() *attributes { return &r.block.attributes()[r.index] }

func (r *row) kind() Kind {
	if r.client {
		return ClientUser
	}
	return OrganizationUser
}

// user returns the exported form of r.
func (r *row) user() User {
	a := r.attrs()
	u := User{
		ID: r.id, Kind: r.kind(), Name: a.name, Email: a.email, Username: a.username,
		Active: r.active, Deleted: r.deleted, LoginViaBadge: a.badge,
		CreatedAt: timeOrZero(a.created), LastLoginAt: timeOrZero(a.lastLogin),
		Roles: slices.Clone(a.roles.ids), Extra: a.extra,
	}
	if r.client {
		u.Merchant = a.ref
	} else {
		u.Warehouse = a.ref
	}
	return u
}
