package model

// Layout names the members of a page's body. The empty name means that pages have
// no such member; any member that is not named is kept for [Page.Unknown].
//
// A name is a path: "meta.next" is the member next of the object meta. A dot may also be
// one of a member's own name, as in "@odata.nextLink", which is found by that name. A
// page that has both is refused, like one that has a name twice. What an object on the
// way is not known to have is kept under its path. An object that is null, absent or an
// empty list has no members; anything else in its place is an error.
type Layout struct {
	Rows     string // the list of rows; "": the body itself is that list
	ID       string // of a row: its id, an integer of 1 or more; of a dynamic row perhaps a string, and by path
	HasMore  string // true or false; required where it is named
	Next     string // a string or null; with dynamic rows perhaps an integer
	Previous string // as Next
	Total    string // how many rows there are on all pages: Meta.Count, an integer or null
	Included string // lists of the objects that rows refer to, by type
	Meta     string // the object that [Meta] is decoded from
}

// inside is what the paths of l are in the member called name: of those that do not
// lead there, "".
func (l *Layout) inside(name string) Layout {
	in := func(path string) string {
		if !within(path, name) {
			return ""
		}
		return path[len(name)+1:]
	}
	return Layout{
		Rows: in(l.Rows), HasMore: in(l.HasMore), Next: in(l.Next), Previous: in(l.Previous), Total: in(l.Total), Included: in(l.Included), Meta: in(l.Meta),
	}
}

// DefaultLayout returns the layout that [PageDecoder], [DecodePage] and [DecodeRaw] read
// and that [Page.MarshalJSON] writes: the rows are the "collection", and "has_more" says
// whether there is another page.
func DefaultLayout() Layout { return defaultLayout }

//nolint:gochecknoglobals // a constant in all but name
var defaultLayout = Layout{
	Rows: "collection", ID: "id", HasMore: "has_more", Next: "next", Previous: "previous", Included: "included", Meta: "meta",
}
