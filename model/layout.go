package model

// Layout names the members of a page's body. The empty name means that pages have
// no such member; any member that is not named is kept for [Page.Unknown].
type Layout struct {
	Rows     string // the list of rows; "": the body itself is that list
	ID       string // of a row: its id, an integer of 1 or more; of a dynamic row perhaps a string
	HasMore  string // true or false; required where it is named
	Next     string // a string or null; with dynamic rows perhaps an integer
	Previous string // as Next
	Included string // lists of the objects that rows refer to, by type
	Meta     string // the object that [Meta] is decoded from
}

// APILayout returns the layout of the API's own pages.
func APILayout() Layout { return apiLayout }

//nolint:gochecknoglobals // a constant in all but name
var apiLayout = Layout{
	Rows: "collection", ID: "id", HasMore: "has_more", Next: "next", Previous: "previous", Included: "included", Meta: "meta",
}
