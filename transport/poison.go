//go:build !race

package transport

// poisons makes [Response.Release] overwrite the body: under the race detector, whose tests
// then see a row that outlives its page.
const poisons = false
