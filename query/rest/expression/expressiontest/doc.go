// Package expressiontest evaluates the filter languages that have a preset in package
// expression: a parser and a meaning for each, written from the language's specification
// and not from the preset. Tests compare the two, and small servers of tests filter with it:
//
//	e, err := expressiontest.Language("odata", expressiontest.Options{Fields: types})
//	filter, err := e.Parse("total gt 5 and status eq 'open'")
//	kept := filter.Match(row)
//
// OData and SCIM also ask about the elements of collections, which a [Record] has.
//
// An [Evaluator] refuses what the language does not have. Where a specification leaves a
// meaning open, [Options] set it. It is for tests only.
package expressiontest
