// Package replace says when an export may replace a complete one.
//
//	different := replace.Differences(was, identity)
package replace
