// Package idset holds sets of ids as ranges.
//
//	left := idset.Of(idset.Range{Lo: 1, Hi: 100}).Subtract(idset.Of(idset.Between(10, 20)))
//	fmt.Println(left, left.Hull(), left.Size()) // {[…, 10) [21, 100)} […, 100) 88
//
// Paging needs such sets for the ids that a scan still has to read, and a planner
// for the ids that a filter allows. An id is a positive integer below [End].
package idset
