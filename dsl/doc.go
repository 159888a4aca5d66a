// Package dsl is Muster's filter language: it parses a filter, checks it against
// a schema, prints it, and compiles it to a predicate over records.
//
//	is_active = true and created_at > 2024-01-01 and (email = 'a@b.c' or id in (1, 2, 3))
//
// The way of a filter is one direction:
//
//	f, err := dsl.Parse(`is_active and created_at > now - 90d`) // *SyntaxError
//	c, err := dsl.Check(f, schema)                              // TypeErrors
//	p, err := dsl.Compile(c.Root, schema)
//	if p.Match(record) { … }
//
// [Parse] knows no schema and [Check] needs one; [Format] prints either tree.
// Every node knows its bytes in the text, and every error prints the line with a
// caret under them and, where it can, what was probably meant:
//
//	syntax error at line 1, column 8: expected a value after '=', got 'Bob'
//	  name = Bob
//	         ^^^
//	  hint: a text needs quotes: 'Bob'
//
// # The language
//
// Keywords are case-insensitive, field names are not. Back quotes make a name of
// anything: `in`. A comment runs from -- to the end of its line. An empty filter
// selects all.
//
//	a = 1      a == 1     equal; never true of null
//	a != 1     a <> 1     not equal: exactly `not a = 1`
//	a < 1  a <= 1  a > 1  a >= 1
//	a in (1, 2)           equal to one of them
//	a between 1 and 2     both ends included
//	a like 'x%'           % is any text, _ any character, \ escapes them
//	a starts with 'x'     a ends with 'x'     a contains 'x'
//	a matches '^x'        a ~ '^x'            an RE2 regular expression, anywhere in the text
//	a is null             a is true           a is false: never unknown
//	a on 2024-01-01       that calendar day in the query's zone
//	is_active             a boolean field by itself
//	not a, a and b, a or b    ! && || are the same
//
// A `not` may stand before in, between, like, starts with, ends with, contains,
// matches and on, and after is; !~ is `not matches`.
//
// Values are integers of 64 bits, decimals such as 12.50, which are exact, strings
// in single or double quotes, true, false, dates, datetimes (without a zone, in the query's), times relative to
// now or today, and the parameters $1 and :name, which [Check] binds: no caller
// ever has to paste text into a filter.
//
//	created_at > 2024-01-01T10:00:00+02:00
//	created_at > now - 90d + 12h          s min h d w mo y; from d up calendar units
//
// Inside a string the quote is doubled or escaped; the escapes are \\ \' \" \n \t
// \r and \uXXXX, and before any other character the backslash stays, so that
// like '100\%' means what it says.
//
// Comparisons with null are unknown, `not` of unknown is unknown, and only a row
// that a filter is true of is selected, as in SQL. A predicate on a path through
// a reference (roles.name) holds when it holds of any of the references, and is
// false where there is none.
//
// # Values, times and warnings
//
// A filter is checked with what it is to mean now: [Args] and [Named] bind its
// parameters, [Now] and [Zone] its times. What is allowed and perhaps not meant, such
// as `created_at = 2024-01-01`, is a [Warning] of the [Checked] filter, and no error.
//
//	c, err := dsl.Check(f, schema, dsl.Args("O'Neil", []int{3, 5}), dsl.Zone(berlin))
//	for _, w := range c.Warnings { … }
//
// # Filters made in Go
//
// [Field] names a column, whose methods make conditions; [All], [Any] and [Negate]
// join them, and [Where] makes a filter that is checked as a parsed one is:
//
//	f := dsl.Where(dsl.All(dsl.Field("is_active").Holds(), dsl.Field("name").StartsWith(prefix)))
//
// A [Filter] is a flag's value and a text in JSON or YAML as well, so that programs
// take filters from the command line and from settings without code for it. [Walk] and
// [Rewrite] go over a tree, [Complete] says how a text may go on at any cursor.
//
// # Limits
//
// [Parse] is safe on hostile text: it takes linear time, and [MaxBytes],
// [MaxTokens], [MaxDepth] and [MaxListItems] bound what it accepts.
//
// # Grammar
//
// This is the reference grammar, which [EBNF] prints and [ParseReference] runs;
// the rules in small letters are the lexer's.
//
//	Filter = Or? .
//	Or = And (("or" | "||") And)* .
//	And = Not (("and" | "&&") Not)* .
//	Not = (("not" | "!") Not) | ("(" Or ")") | ("true" | "false") | Predicate .
//	Predicate = Path Test? .
//	Path = (ident | quoted) ("." (ident | quoted))* .
//	Test = Compare | Is | ("not"? (In | Between | Match | On)) .
//	Compare = ("=" | "==" | "!=" | "<>" | "<" | "<=" | ">" | ">=" | "~" | "!~") Value .
//	Value = ("-"? (int | decimal)) | (string | "true" | "false" | "null" | date | datetime | param) | Relative .
//	Relative = ("now" | "today") Offset* .
//	Offset = ("+" | "-") duration .
//	Is = "is" "not"? ("null" | "true" | "false") .
//	In = "in" "(" Value ("," Value)* ","? ")" .
//	Between = "between" Value "and" Value .
//	Match = ("like" | ("starts" "with") | ("ends" "with") | "contains" | "matches") Value .
//	On = "on" date .
//
//	ident    = ( letter | "_" ) { letter | digit | "_" } .          a keyword needs back quotes
//	quoted   = "`" any but a dot, a back quote or a line feed "`" .
//	int      = digit { digit } .                                  64 bits with its sign
//	decimal  = digit { digit } "." digit { digit } .              the digits fit 64 bits, 38 of them after the point
//	string   = "'" { char | "''" } "'" | '"' { char | '""' } '"' .  escapes: \\ \' \" \n \t \r \uXXXX
//	date     = YYYY "-" MM "-" DD .
//	datetime = date ( "T" | " " ) HH ":" MM [ ":" SS [ "." digits ] ] [ "Z" | ( "+" | "-" ) HH ":" MM ] .
//	duration = digits ( "s" | "min" | "h" | "d" | "w" | "mo" | "y" ) .
//	param    = "$" digits | ":" ident .
//	comment  = "--" to the end of the line .
package dsl

//go:generate go test -run ^TestDocGrammar$ -update .
