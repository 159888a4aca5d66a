package rest

import (
	"fmt"

	"github.com/muster-go/muster/paginate"
)

// NoNextError reports a page that says that another follows and does not name it in the
// place that the definition has for it: to end there would lose rows. It matches
// [paginate.ErrProtocol].
type NoNextError struct {
	Resource string
	Flag     string // the member that says that another page follows
	Value    bool   // what it says
	Where    string // the place where its name was expected
}

// Error says what was missed, and where.
func (e *NoNextError) Error() string {
	return fmt.Sprintf("a page of %s says %s: %v and names no next page: %s is not there or empty", e.Resource, e.Flag, e.Value, e.Where)
}

// Is reports whether target is [paginate.ErrProtocol].
func (*NoNextError) Is(target error) bool { return target == paginate.ErrProtocol }

// FlagError reports a page that says that no other follows and names the next one: to end
// there might lose rows. It matches [paginate.ErrProtocol].
type FlagError struct {
	Resource string
	Flag     string // the member that says that no page follows
	Next     string // the page that is named
}

// Error says what contradicts what, and how to declare the opposite flag.
func (e *FlagError) Error() string {
	return fmt.Sprintf("a page of %s says %s: false and names a next page, %.100q: the flag may be the opposite (layout.done: %s); if the last page always names a next one, as in GraphQL, declare layout.next_on_last: true; if the next page is for a later run, leave the flag out and declare paging.empty_last: true",
		e.Resource, e.Flag, e.Next, e.Flag)
}

// Is reports whether target is [paginate.ErrProtocol].
func (*FlagError) Is(target error) bool { return target == paginate.ErrProtocol }
