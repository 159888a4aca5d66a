//go:build race

package peers

// raced says that the race detector takes memory of its own.
const raced = true
