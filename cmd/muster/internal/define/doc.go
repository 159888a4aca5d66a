// Package define drafts the definition of a listing, from a live server or from an OpenAPI
// document.
//
//	result, err := define.Listing(ctx, define.Subject{Options: options, Path: "/orders"})
//	if err != nil {
//		return err
//	}
//	text, err := result.YAML()
//
// A guess is data first: a table of names that servers use. Then it is tried: the engine
// that will read the listing reads two pages by it. Each part of the draft has its reason
// as a comment, and each open question says what to look at.
package define
