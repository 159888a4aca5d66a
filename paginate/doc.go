// Package paginate reads a listing page by page, as an iterator of batches.
//
// A [Scan] says what to read, and its [Fetch] function asks the source for one page:
//
//	run := paginate.SplitRanges(paginate.Scan[User]{
//		Fetch:   fetch,                        // one request, one page
//		ID:      func(u *User) int64 { return u.ID },
//		Workers: client.Workers,               // how many requests may be in flight
//	})
//	for users, err := range run.Pages(ctx) {
//		…
//	}
//
// A listing that is paged by id can be read in four ways:
//
//   - [Serial]: one page after the other;
//   - [SplitRanges]: unordered, with all workers, which share the unread ids;
//   - [FirstPageThenSplit]: the same for about one page of rows;
//   - [ReadAhead]: in order of id, with all workers.
//
// If only a page names the next one, by a token, an offset or a link, [FollowTokens]
// reads them one after the other.
//
// # What a run guarantees
//
// A run delivers every row exactly once if the row belongs to the scan from start to
// end, in whatever order the pages come back. The concurrent strategies fix the high
// watermark, which is the highest id, at their start: rows born above it later belong
// to the next run. A source that loops, repeats a cursor, answers outside what was
// asked or contradicts its own has_more gives a typed error that matches [ErrProtocol].
//
// No goroutine outlives the loop over [Run.Pages]: breaking out of it or cancelling its
// context stops the requests in flight and waits for them.
//
// # Resuming
//
// [Run.Batches] yields rows together with a [Checkpoint]: what is left of the scan once
// those rows are safe. Keep it with the rows; a scan with it in [Scan.From] reads the
// rest and nothing else.
//
// # Memory
//
// A slow consumer stops the fetch. With K requests in flight, which is 1 for a serial
// run, a run holds at most 2·K pages, in flight and waiting together; the consumer holds
// one more. [ReadAhead] holds at most 4·K pages, those that wait for their turn included.
//
// # Inside
//
// Package internal/machine decides which request to make next and which rows of an
// answer to deliver. It has no clock, no goroutine and no I/O. A [Run] drives it over a
// [Fetch]; the simulator of package paginatetest drives it over a list of ids under a
// fake clock.
package paginate
