// Package machine decides which page of a listing to ask for next and which rows
// of an answer to deliver. It is a pure state machine: no clock, no goroutine, no
// I/O; the same calls give the same results. Package paginate runs one over HTTP,
// and paginatetest runs one over a list of ids under a fake clock.
//
//	m := machine.New(machine.Options{Strategy: machine.SplitRanges, PageSize: 1000})
//	for !m.Done() {
//		lease, ok := m.Next(workers) // a request to make now
//		…
//		segments, err := m.Complete(lease.ID, answer)
//	}
//
// # The invariant
//
// The ids that are still unread form disjoint ranges. An answer covers the ids from
// the near end of its request to its last row, or to the far end when nothing
// follows. Rows are delivered when they lie in an unread range, and the covered ids
// leave the unread ranges. Therefore no id is delivered twice, and no id is skipped
// that no answer covered, in whatever order the answers come.
//
// # Two-ended interval splitting
//
// [SplitRanges] keeps all workers busy although nobody knows how the ids lie:
//
//	unread   [1 ················································ 9000)
//	1st, 2nd  →                                                  ←   one at each end
//	3rd       →                       ┊→                         ←   split in the middle
//	4th       →                      ←┊→                         ←   at the free end
//
// A worker reads a range from its low end upwards, another from its high end
// downwards, and they meet where the rows are, not at a boundary that somebody chose
// before. A worker without a range takes the free end of the range with the most
// predicted rows for each of its workers. When both ends are taken, it splits the
// range in the middle.
//
// The idea is that of work stealing, where an idle worker takes work from the end of
// a queue that its owner does not use (R. D. Blumofe and C. E. Leiserson, "Scheduling
// multithreaded computations by work stealing", J. ACM 46(5), 1999), and of lazy
// binary splitting, which cuts a range only when a worker is free (A. Tzannes et al.,
// PPoPP 2010). The prediction is this package's own: see forecast.go.
package machine
