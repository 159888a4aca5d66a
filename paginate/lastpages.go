package paginate

// lastPages says whether a page that was asked for by a guess may lie past the end.
type lastPages struct {
	guessed bool  // the page before did not say that it follows
	short   bool  // the page before had fewer rows than another
	alone   bool  // the page before is the first, and had fewer rows than were asked for
	largest int   // page so far
	rows    int64 // so far, those that came again included unless their whole page did
}

// page takes a page with so many rows, new ones among them, and what it says of the next.
func (e *lastPages) page(r Request, n, fresh int, guessed bool) {
	if fresh > 0 || n == 0 { // a page of known rows may itself lie past the end
		e.alone = guessed && e.largest == 0 && r.Token == "" && n < r.Limit
		e.short = n < e.largest
		e.rows += int64(n)
	}
	e.largest, e.guessed = max(e.largest, n), guessed
}

// due reports whether the count, or a short page, says that the pages have ended. That the
// first page is shorter than asked for is no such sign: servers have limits of their own.
func (e *lastPages) due(count int64) bool {
	return e.guessed && (e.short || count >= 0 && e.rows >= count)
}
