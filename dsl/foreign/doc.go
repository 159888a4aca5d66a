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
// false and not unknown, so its negation is true and becomes `x is null or …`. In OData two nulls
// are equal. A question about the elements of a collection in OData, or about one value in SCIM,
// becomes a quantifier. What the tree cannot express with the same meaning is an error.
package foreign
