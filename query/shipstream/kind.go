package shipstream

import (
	"errors"
	"fmt"
)

// ErrUserType reports a text that does not name a [UserType].
var ErrUserType = errors.New("unknown type of user")

// Kind is the API's "type" of a user. Kinds that this package does not
// know are kept as they came.
type Kind string

// The kinds of user that the API documents.
const (
	OrganizationUser Kind = "OrganizationUser" // staff of the organization
	ClientUser       Kind = "ClientUser"       // a user of one of its merchants
)

// UserType is the {type} in the path of the users resource: which kinds of user
// a listing holds. The zero UserType is none of them and is refused by
// [ParseUserType].
type UserType string

// The types of listing that the API documents.
const (
	AnyUser           UserType = "any"
	OrganizationUsers UserType = "organization"
	ClientUsers       UserType = "client"
)

// ParseUserType returns the listing called s: any, organization or client. Anything
// else is an error that matches [ErrUserType].
func ParseUserType(s string) (UserType, error) {
	switch t := UserType(s); t {
	case AnyUser, OrganizationUsers, ClientUsers:
		return t, nil
	}
	return "", fmt.Errorf("%w %q: want any, organization or client", ErrUserType, s)
}

// Has reports whether a listing of type t holds users of kind k. AnyUser holds
// every kind, unknown ones too.
func (t UserType) Has(k Kind) bool {
	switch t {
	case AnyUser:
		return true
	case OrganizationUsers:
		return k == OrganizationUser
	case ClientUsers:
		return k == ClientUser
	}
	return false
}
