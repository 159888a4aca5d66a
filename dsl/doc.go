// Package dsl is Muster's filter language. It parses a filter, checks it against a
// schema, prints it, and compiles it to a predicate over records.
//
//	is_active = true and created_at > 2024-01-01 and (email = 'a@b.c' or id in (1, 2, 3))
//
// A filter goes through three steps:
//
//	f, err := dsl.Parse(`is_active and created_at > now - 90d`) // *SyntaxError
//	c, err := dsl.Check(f, schema)                              // TypeErrors
//	p, err := dsl.Compile(c.Root, schema)
//	if p.Match(record) { … }
//
// [Parse] needs no schema, [Check] does. [Format] prints the tree of either. Every
// node knows its bytes in the text. Every error prints the line with a caret below the
// place and, if possible, a hint:
//
//	syntax error at line 1, column 8: expected a value after '=', got 'Bob'
//	  name = Bob
//	         ^^^
//	  hint: a text needs quotes: 'Bob'
//
// This package is a facade. Each stage is a package of its own, and imports only
// stages to its left: ast, syntax, check, and then simplify, eval and complete.
//
// # The language
//
// Keywords ignore letter case, field names do not. Back quotes make a name of any
// text: `in`. A comment runs from -- to the end of its line. An empty filter selects
// all rows.
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
//	a is empty            of a list or a reference: null, or nothing in it; never unknown
//	a on 2024-01-01       that calendar day in the query's zone
//	is_active             a boolean field by itself
//	not a, a and b, a or b    ! && || are the same
//	a < b + 7d            a field against a field; now - a > 90d is a difference against a duration
//	length(a) > b * 2     functions and arithmetic, on both sides of a comparison or before a test
//
// A `not` may precede in, between, like, starts with, ends with, contains, matches and
// on, and may follow is; !~ is `not matches`.
//
// Values are integers of 64 bits, exact decimals such as 12.50, strings in single or
// double quotes, true, false, dates, datetimes, times relative to now or today, and the
// parameters $1 and :name. A datetime without a zone is in the query's zone. [Check]
// binds parameters: no caller has to paste text into a filter.
//
//	created_at > 2024-01-01T10:00:00+02:00
//	created_at > now - 90d + 12h          s min h d w mo y; from d up calendar units
//
// Inside a string, double the quote or escape it. The escapes are \\ \' \" \n \t \r
// and \uXXXX. Before any other character a backslash stays, so like '100\%' means what
// it says.
//
// A comparison with null is unknown, and so is `not` of unknown. A filter selects only
// the rows for which it is true, as in SQL. A predicate on a path through a reference
// (roles.name) is true if it is true for any of the references, and false if there are
// none. In the same way, a predicate on a list (tags) is true if it is true for any of the
// elements, also through references (roles.permissions).
//
// # Values, times and warnings
//
// [Args] and [Named] bind the parameters of a check, [Now] and [Zone] its times. A
// filter that is valid, but may not mean what its author meant, such as
// `created_at = 2024-01-01`, gets a [Warning] in [Checked].
//
//	c, err := dsl.Check(f, schema, dsl.Args("O'Neil", []int{3, 5}), dsl.Zone(berlin))
//	for _, w := range c.Warnings { … }
//
// # Filters made in Go
//
// [Field] names a column; its methods make conditions. [All], [Any] and [Negate] join
// them. [Where] makes a filter that [Check] takes like a parsed one:
//
//	f := dsl.Where(dsl.All(dsl.Field("is_active").Holds(), dsl.Field("name").StartsWith(prefix)))
//
// A [Filter] is a flag's value and a text in JSON or YAML, so programs read filters from
// the command line and from settings without further code. [Walk] and [Rewrite] visit
// trees. [Complete] proposes how a text may continue at a cursor.
//
// # One's own structs
//
// [For] makes the schema of a struct from its tags. Its filters allocate nothing for a row,
// except for the texts that functions such as concat make:
//
//	tickets, err := dsl.For[Ticket]()                    // tags such as `filter:"title,collation=ci"`
//	m, err := tickets.Compile("title starts with 'box'") // *SyntaxError, TypeErrors
//	if m.Match(&ticket) { … }
//
// [Map] does the same for maps as encoding/json decodes them, and [JSON] for single
// objects of JSON, both by a schema.
//
// # Functions of one's own
//
// [NewEnv] makes an environment of functions in Go, which filters call like those of the
// language. [Functions] gives it to whatever checks a filter:
//
//	m, err := tickets.Compile("risk(owner) > 0.5", dsl.Functions(env))
//	matches, err := m.Test(&ticket) // *CallError, if the function fails
//
// # Limits
//
// [Parse] is safe on hostile text: it takes linear time, and [MaxBytes], [MaxTokens],
// [MaxDepth] and [MaxListItems] bound the text.
//
// # Grammar
//
// [EBNF] prints this reference grammar and [ParseReference] runs it. The rules in
// small letters are the lexer's.
//
//	Filter = Or? .
//	Or = And (("or" | "||") And)* .
//	And = Not (("and" | "&&") Not)* .
//	Not = (("not" | "!") Not) | Quantifier | Predicate .
//	Quantifier = ("any" | "all" | "no") Path "(" Or ")" .
//	Path = (ident | quoted) ("." (ident | quoted))* .
//	Predicate = (("(" Or ")") | Atom) Factor* Term* Test? .
//	Atom = ("-"? (int | decimal)) | (string | "true" | "false" | "null" | date | datetime | duration | param | "now" | "today") | Count | Name .
//	Count = "count" "(" Path ("where" Or)? ")" .
//	Name = Path Args? .
//	Args = "(" (Operand ("," Operand)*)? ")" .
//	Operand = Primary Factor* Term* .
//	Primary = ("(" Operand ")") | Atom .
//	Factor = ("*" | "/") Primary .
//	Term = ("+" | "-") Primary Factor* .
//	Test = Compare | Regexp | Is | ("not"? (In | Between | Match | On)) .
//	Compare = ("=" | "==" | "!=" | "<>" | "<" | "<=" | ">" | ">=") Operand .
//	Regexp = ("~" | "!~") Value .
//	Value = ("-"? (int | decimal)) | (string | "true" | "false" | "null" | date | datetime | param) | Relative .
//	Relative = ("now" | "today") Offset* .
//	Offset = ("+" | "-") duration .
//	Is = "is" "not"? ("null" | "true" | "false" | "empty") .
//	In = "in" "(" Value ("," Value)* ","? ")" .
//	Between = "between" Value "and" Value .
//	Match = ("like" | ("starts" "with") | ("ends" "with") | "contains" | "matches") Value .
//	On = "on" date .
//
//	ident    = ( letter | "_" ) { letter | digit | "_" } .          a keyword needs back quotes
//	quoted   = "`" any but a dot, a back quote or a line feed "`" .
//	int      = digit { digit } .                                  64 bits with its sign
//	decimal  = digit { digit } [ "." digit { digit } ] [ ( "e" | "E" ) [ "+" | "-" ] digit { digit } ] .  not an int; the digits fit 64 bits, 38 of them after the point, or with an exponent it is the nearest float
//	string   = "'" { char | "''" } "'" | '"' { char | '""' } '"' .  escapes: \\ \' \" \n \t \r \uXXXX
//	date     = YYYY "-" MM "-" DD .
//	datetime = date ( "T" | " " ) HH ":" MM [ ":" SS [ "." digits ] ] [ "Z" | ( "+" | "-" ) HH ":" MM ] .
//	duration = digits ( "s" | "min" | "h" | "d" | "w" | "mo" | "y" ) .
//	param    = "$" digits | ":" ident .
//	comment  = "--" to the end of the line .
package dsl

//go:generate go test -run ^TestDocGrammar$ -update .
