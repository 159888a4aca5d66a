//go:build race

package transport

// poisons makes [Response.Release] overwrite the body.
const poisons = true
