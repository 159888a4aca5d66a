// Package paginate reads a list that is paged by a keyset cursor over ids, as an
// iterator of batches: page after page ([Serial]), as several fixed ranges of ids
// at once ([Ranges]), as gaps that are eaten from both ends and split as workers
// fall free ([Gaps], or [Peek] where about a page is expected), or in order of id
// with all workers reading ahead ([Ordered]). Where only a page says which is the
// next, by a token, an offset or a link, [Follow] reads one after the other.
//
// A [Scan] says what to read and a [Fetch] function asks the source for one page
// of it:
//
//	run := paginate.Gaps(paginate.Scan[User]{
//		Fetch:   fetch,                        // one request, one page
//		ID:      func(u *User) int64 { return u.ID },
//		Workers: client,                       // how many requests may be in flight
//	})
//	for users, err := range run.Pages(ctx) {
//		…
//	}
//
// # What a run promises
//
// Every row whose membership in the scan does not change while it runs is
// delivered exactly once, whatever the order in which pages come back. The
// concurrent strategies pin the highest id at their start: rows born above it
// later belong to the next run. A source that loops, repeats a cursor, answers
// outside what was asked or contradicts its own has_more is named by a typed
// error, all of which match [ErrProtocol].
//
// No goroutine outlives the loop over [Run.Pages]: breaking out of it or
// cancelling its context stops the requests in flight and waits for them.
//
// # Going on later
//
// [Run.Batches] yields rows together with a [Checkpoint]: what is left of the scan
// once they are safe. Whoever makes rows durable keeps it with them; a scan that is
// given it in [Scan.From] reads the rest and nothing else.
//
// # Memory
//
// A slow consumer holds the fetch. With K requests in flight, which is 1 for a
// serial walk and Workers() for gaps, at most 2·K pages are held at once, in
// flight and waiting together, and one more by the consumer. [Ordered] holds 4·K
// pages at most, those that wait for their turn included.
//
// # The machine
//
// Which request to make next, and which rows of an answer may be let go, is
// decided by a [Machine]: a pure state machine without clocks, goroutines or
// HTTP. A [Run] drives one over a [Fetch]; the simulator of package paginatetest
// drives one over a list of ids under a fake clock.
package paginate
