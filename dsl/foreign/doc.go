// Package foreign reads filters of other languages into the tree of this one: OData's
// $filter, SCIM's filter and the filter of AIP-160.
//
//	f, err := foreign.ParseOData("total gt 5 and note ne 'x'", schema)
//	fmt.Println(f) // total > 5 and (note is null or note != 'x')
//
// The spans of the tree are places in the foreign text, so that the errors of a later check
// point into what its author wrote.
//
// The tree means what the text means in its own language. There a comparison with null is
// false and not unknown, so that its negation is true: such a negation becomes `x is null or
// …`. Two nulls are equal in OData, and what is asked about the elements of a collection there,
// or about one value in SCIM, becomes a quantifier. A construct that the tree cannot express, or
// only with another meaning, is an error.
package foreign
