package paginate

// settle checks the answer to a request for window and returns the ids that it
// settles: those of its rows, and those that it shows to have none.
//
// The cursor is trusted over the last row: it is the id of the next row, so what
// lies between the two is empty. Strictly monotonous ids inside the window and a
// cursor beyond them mean that every page shortens what is unread, so that a
// source cannot make a run loop.
func settle(r Request, window Bounds, a Answer) (Bounds, error) {
	if len(a.IDs) > r.Limit {
		return Bounds{}, &PageSizeError{r, len(a.IDs)}
	}
	if err := checkIDs(r, window, a.IDs); err != nil {
		return Bounds{}, err
	}
	if r.Descending {
		// The mirror of the ascending case, with its own inclusive ends.
		next, err := advance(r, a, -window.Hi+1, -window.Lo+1, -1)
		return Bounds{Lo: -next + 1, Hi: window.Hi}, err
	}
	next, err := advance(r, a, window.Lo, window.Hi, 1)
	return Bounds{Lo: window.Lo, Hi: next}, err
}

// checkIDs returns an error unless ids lie in the window, strictly in order.
func checkIDs(r Request, window Bounds, ids []int64) error {
	for i, id := range ids {
		if id < window.Lo || id >= window.Hi {
			return &RangeError{r, id}
		}
		if i > 0 && (id == ids[i-1] || (id < ids[i-1]) != r.Descending) {
			return &OrderError{r, ids[i-1], id}
		}
	}
	return nil
}

// advance returns where the next page starts, within (from, until]. It reads ids
// times sign, so that both directions are one: from is the near end, until lies
// past the far end.
func advance(r Request, a Answer, from, until, sign int64) (int64, error) {
	var last int64 // as received
	past := from   // past the last row
	if n := len(a.IDs); n > 0 {
		last = a.IDs[n-1]
		past = sign*last + 1
	}
	next := sign * a.Next
	inside := a.Next > 0 && next >= past && next < until
	switch {
	case !a.HasMore && inside && next > from:
		return 0, &HasMoreError{r, false, last, a.Next}
	case !a.HasMore:
		return until, nil
	case a.Next == 0 && last == 0:
		return 0, &ProgressError{r}
	case a.Next != 0 && (next < past || next == from):
		if last == 0 {
			last = sign * from
		}
		return 0, &CursorError{r, last, a.Next}
	case a.Next != 0 && !inside, past >= until:
		return 0, &HasMoreError{r, true, last, a.Next}
	case a.Next != 0:
		return next, nil
	}
	return past, nil
}
