// Package groupcount counts rows in groups: by asking for a few counts where the server
// can answer, or row by row where it cannot, and draws what it found as bars.
package groupcount
