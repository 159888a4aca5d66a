package plan

// Paging is how a server's pages follow one another. It decides which orders and
// strategies the planner can use.
type Paging uint8

// The styles of paging. The zero Paging is PagingKeyset.
const (
	// PagingKeyset: a page begins at any key, in either direction. All workers can
	// share the ids.
	PagingKeyset Paging = iota
	// PagingForward: a page begins at any key, ascending only. Pages are requested
	// serially, within the ids that the filter leaves.
	PagingForward
	// PagingToken: a page names the next one by an opaque token. Pages are requested
	// serially.
	PagingToken
	// PagingOffset: a page begins after a number of rows. Rows that are added or removed
	// meanwhile shift the pages, so a run drops duplicates and the plan warns of missed
	// rows. Pages are requested serially.
	PagingOffset
	// PagingLink: a page names the next one by a link. Pages are requested serially.
	PagingLink
)

// String returns the style in words.
func (p Paging) String() string {
	return word(p, []string{
		PagingKeyset: "keyset", PagingForward: "keyset upwards", PagingToken: "token", PagingOffset: "offset", PagingLink: "link",
	})
}

// follows reports whether only a page names the next one, so that no scan can begin or
// end at a key. If such a server sorts, it sorts across all pages.
func (p Paging) follows() bool { return p == PagingToken || p == PagingOffset || p == PagingLink }
