// Package caret prints an error with the line of the filter that it is in and a
// caret under the place.
//
//	text := caret.Report{Kind: "syntax error", Source: source, At: span, Summary: summary}.String()
package caret
