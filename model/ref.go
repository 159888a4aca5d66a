package model

import "strconv"

// Ref is a reference to another object of the server: {"type":"Team","id":3}.
// Refs are comparable. A Ref is resolved by the [Included] of its page.
type Ref struct {
	Type string `json:"type"` // the referred object's type
	ID   int64  `json:"id"`   // its id
}

// String returns the reference as "Team 3".
func (r Ref) String() string { return r.Type + " " + strconv.FormatInt(r.ID, 10) }
