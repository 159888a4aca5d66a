// Package wire writes a checked filter tree in the API's own filter syntax: the values
// of `filter=` parameters.
//
//	params, err := wire.Profile{}.Encode(checked.Root)
//	// is_active = true and id between 15 and 50
//	// → ["is_active:true", "id{gteq:15,lteq:50}"]
//
// The syntax is poorer than the language. It has AND across parameters and
// within one JSON5 object, and OR across the objects of an array, over ONE
// field; it has no OR across fields and no NOT. So [Profile.Encode] answers
// with parameters that select exactly the rows for which the tree is true, or
// with an [*UnsupportedError] that says why there are none; and
// [Profile.Relax] answers with the best parameters that select no fewer rows.
//
// Both are about truth at the top of a filter: neither the server nor the language
// selects a row for which the tree is unknown.
//
// The grammar of a parameter; JSON5 follows the key with no colon between:
//
//	param    = field ( ":" text | object | "[" object { "," object } "]" ) .
//	object   = "{" operator ":" operand { "," operator ":" operand } "}" .
//	operator = "eq" | "neq" | "gt" | "lt" | "gteq" | "lteq" | "from" | "to" | "start" | "end" | "null"
//	         | "regex" | "in" | "nin" | "notnull" | "contains" | "like" | "nlike" .
//	operand  = value | "[" value { "," value } "]" .
//	value    = string | integer | "true" | "false" .
//
// Conditions without an operator of their own use the documented ones:
//
//	id in (1, 2)            id[{eq:1},{eq:2}]
//	id not in (1, 2)        id{neq:1} and id{neq:2}, two parameters
//	rank is not null        rank[{gteq:0},{lt:0}]
//	badge is not true       badge[{eq:false},{null:true}]
//	name like 'box%case'    name{start:"box",end:"case"}
//	name like 'abc'         name{eq:"abc",end:"abc"}, for = ignores trailing spaces and like does not
//
// A [Profile] declares what a server understands beyond its documented
// operators. The zero Profile claims nothing that is not documented.
//
// Strings are taken to compare on the server under the [model.Collation] that
// their field declares; the source must declare the right one.
package wire
