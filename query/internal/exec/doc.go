// Package exec has the operators that a run of a query is made of. Each reads one
// [Stream] and is another, so a run is their composition:
//
//	interleave → filter → dedupe → sort → limit → project
//
// Every operator works in the goroutine of its consumer; [Interleave] alone starts
// others, and waits for them before it returns.
package exec
