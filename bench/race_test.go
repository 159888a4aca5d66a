//go:build race

package bench

// raced says that the race detector takes memory of its own.
const raced = true
