// Package exec has the operators of a run. Each reads a [Stream] and returns another,
// so a run is their composition:
//
//	interleave → filter → dedupe → sort → limit → project
//
// Every operator works in the goroutine of its consumer. Only [Interleave] starts
// goroutines, and it waits for them before it returns.
package exec
