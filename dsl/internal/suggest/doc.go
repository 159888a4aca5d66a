// Package suggest finds the name that a mistyped word was meant to be.
//
//	suggest.Nearest("crated_at", []string{"created_at", "name"}) // "created_at"
package suggest
