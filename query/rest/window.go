package rest

import (
	"fmt"
	"strconv"

	"github.com/muster-go/muster/paginate"
)

// WindowError reports a listing with more rows than the server gives: see [Paging.Window].
// If the total says so at once, no row is delivered before it, and otherwise those inside the
// window.
type WindowError struct {
	Resource string
	Window   int    // how many rows the server gives
	Total    int64  // how many there are; 0 = there may be more than the window
	Key      string // the field whose ranges can be asked for; "" = none is known
}

// Error says what the server does not give, and what to do.
func (e *WindowError) Error() string {
	more := "there may be more"
	if e.Total > 0 {
		more = fmt.Sprintf("there are %d", e.Total)
	}
	text := fmt.Sprintf("the server gives the first %d rows of %s (paging.window), and %s: ask for fewer rows by a narrower filter", e.Window, e.Resource, more)
	if e.Key != "" {
		text += fmt.Sprintf(", such as one range of %[1]s after the other (%[1]s >= … and %[1]s < …)", e.Key)
	}
	return text
}

// inWindow returns the request for as much of a page as lies inside the window. It fails
// for a page behind it: the server would refuse it, or end the listing there.
func (l *listing) inWindow(r paginate.Request) (paginate.Request, error) {
	paging := &l.Definition.Paging
	if paging.Window == 0 {
		return r, nil
	}
	var skipped int
	switch number, size := l.numbered(r); {
	case paging.Style == Offset:
		skipped, _ = strconv.Atoi(r.Token) // next wrote it; "" is 0
		r.Limit = min(r.Limit, paging.Window-skipped)
	case paging.FromZero:
		skipped = number * size
	default:
		skipped = (number - 1) * size
	}
	if skipped < paging.Window {
		return r, nil
	}
	return r, &WindowError{Resource: l.Name, Window: paging.Window, Key: l.rangedKey()}
}

// rangedKey returns the key if the server can be asked for ranges of it.
func (l *listing) rangedKey() string {
	for _, f := range l.Fields {
		if f.Name == l.Layout.ID && f.Params["gteq"]+f.Params["gt"] != "" && f.Params["lt"]+f.Params["lteq"] != "" {
			return f.Name
		}
	}
	return ""
}

// pageSize returns the size of pages: the greatest up to limit that divides the window, for
// a page across its end could not be asked for.
func (p Paging) pageSize(limit int) int {
	for p.Window > 0 && limit > 1 && p.Window%limit != 0 {
		limit--
	}
	return limit
}
