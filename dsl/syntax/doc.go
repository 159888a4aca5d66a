// Package syntax is the text of the filter language: its lexer, its two parsers,
// its limits, its errors, and the printer, which is the inverse of the parsers.
//
//	f, err := syntax.Parse("id = 5 and name like 'A%'") // *syntax.Error
//	text := syntax.Format(f.Root)
//
// [Parse] is the parser of the product, written by hand. [ParseReference] runs the
// grammar that [EBNF] prints, on participle; both read the same lexer, and tests
// hold the first to the second.
package syntax
