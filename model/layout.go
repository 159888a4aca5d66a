package model

// Layout names the members of a page's body. The empty name means that pages have
// no such member; any member that is not named is kept for [Page.Unknown].
//
// A name is a path: "meta.next" is the member next of the object meta. A dot may also be
// part of a member's own name, as in "@odata.nextLink". A page that has both is an error,
// like one that has a name twice. Other members of an object on the way are kept under
// their paths. An object that is null, absent or an empty list has no members; any other
// value in its place is an error.
type Layout struct {
	Rows     string // the list of rows; "": the body itself is that list
	ID       string // a row's id, an integer of 1 or more; a dynamic row's may be a string, and a path
	HasMore  string // true or false; required if it is named, except with [LenientPage]
	Done     string // the opposite of HasMore: true on the last page. A layout has one of them
	Next     string // a string or null; with dynamic rows also an integer
	Previous string // as Next
	Total    string // the number of rows on all pages: Meta.Count, an integer or null
	Included string // lists of the objects that rows refer to, by type
	Meta     string // the object that [Meta] is decoded from
	OK       string // whether the request succeeded, which [Told] has as it came
	Error    string // what the server says about a failure, likewise
}

// inside returns the rest of the paths of l that lead into the member called name; "" for
// the others.
func (l *Layout) inside(name string) Layout {
	in := func(path string) string {
		if !within(path, name) {
			return ""
		}
		return path[len(name)+1:]
	}
	return Layout{
		Rows: in(l.Rows), HasMore: in(l.HasMore), Next: in(l.Next), Previous: in(l.Previous), Total: in(l.Total), Included: in(l.Included), Meta: in(l.Meta),
		Done: in(l.Done), OK: in(l.OK), Error: in(l.Error),
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
