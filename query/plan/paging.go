package plan

// Paging is how the pages of a server follow one another, from which the planner
// picks what it may do.
type Paging uint8

// The styles. The zero Paging is by key, in both directions.
const (
	// PagingKeyset: by the key, from any key in either direction. All workers can
	// share the ids.
	PagingKeyset Paging = iota
	// PagingForward: by the key, upwards only. Requests are never descending; pages
	// come one after the other, within the ids that the filter leaves.
	PagingForward
	// PagingToken: a page names the next by a token that nobody else can make.
	// Pages come one after the other.
	PagingToken
	// PagingOffset: a page is a number of rows to skip. Rows that come or go
	// meanwhile shift the pages: doubles are dropped, and a plan warns of what is
	// missed. Pages come one after the other.
	PagingOffset
	// PagingLink: as PagingToken, by a link.
	PagingLink
)

// String returns the style in words.
func (p Paging) String() string {
	switch p {
	case PagingKeyset:
		return "keyset"
	case PagingForward:
		return "keyset upwards"
	case PagingToken:
		return "token"
	case PagingOffset:
		return "offset"
	case PagingLink:
		return "link"
	}
	return "unknown"
}

// follows reports whether a page can only be had from the one before, so that no
// walk can begin or end at a key. What such a server sorts, it sorts through all
// pages.
func (p Paging) follows() bool { return p == PagingToken || p == PagingOffset || p == PagingLink }
