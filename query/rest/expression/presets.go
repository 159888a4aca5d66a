package expression

import (
	"maps"
	"slices"
	"strings"
	"time"
)

// Presets returns the dialects of public specifications, in order of their names. The maps
// in them are the caller's.
func Presets() []Dialect {
	return []Dialect{aip160(), elasticsearch(), googleDirectory(), jql(), lucene(), odata(), postgrest(), scim(), servicenow(), soql()}
}

// Preset returns the dialect of a name.
func Preset(name string) (d Dialect, ok bool) {
	all := Presets()
	i := slices.IndexFunc(all, func(d Dialect) bool { return d.Name == name })
	if i < 0 {
		return Dialect{}, false
	}
	return all[i], true
}

// words returns tests whose templates are "{f} WORD {v}"; the words stand in the order of
// eq neq gt gteq lt lteq, a dash for none.
func words(list string) map[Op]Operator {
	ops := map[Op]Operator{}
	for i, word := range strings.Fields(list) {
		if word != "-" {
			ops[Ops()[i]] = Operator{Template: "{f} " + word + " {v}"}
		}
	}
	return ops
}

// with adds tests by their templates.
func with(ops map[Op]Operator, templates map[Op]any) map[Op]Operator {
	for op, t := range templates {
		ops[op] = Operator{Template: t}
	}
	return ops
}

// controls are the escapes of control characters that most languages share with JSON.
func controls(more map[string]string) map[string]string {
	out := map[string]string{"\n": `\n`, "\r": `\r`, "\t": `\t`, `\`: `\\`}
	maps.Copy(out, more)
	return out
}

// odata is OData 4.0, URL Conventions, section 5.1.1. `ne` takes null along, and a
// comparison of order with null is false. What a function gives for null is null by the
// specification and false on many servers, so that it is guarded.
func odata() Dialect {
	return Dialect{
		Name: "odata", To: Place{Param: "$filter"}, And: "{} and {}", Or: "{} or {}", Not: "not ({})", Group: "({})",
		Ops: with(words("eq ne gt ge lt le"), map[Op]any{
			StartsWith: "startswith({f},{v})", EndsWith: "endswith({f},{v})", Contains: "contains({f},{v})", Present: "{f} ne null", Missing: "{f} eq null",
		}),
		Quote: Quote{By: "'", Escape: map[string]string{"'": "''"}},
		Nulls: Nulls{Eq: NullFalse, Ne: NullTrue, Order: NullFalse, Text: NullUnclear},
		Text:  Text{Fold: FoldNone},
	}
}

// scim is RFC 7644, section 3.4.2.2. Whether `ne` takes an absent attribute along is not
// settled there, and `pr` is false for an empty text.
func scim() Dialect {
	return Dialect{
		Name: "scim", To: Place{Param: "filter"}, And: "{} and {}", Or: "{} or {}", Not: "not ({})", Group: "({})",
		Ops:   with(words("eq ne gt ge lt le"), map[Op]any{StartsWith: "{f} sw {v}", EndsWith: "{f} ew {v}", Contains: "{f} co {v}", Present: "{f} pr"}),
		Quote: Quote{By: `"`, Escape: controls(map[string]string{`"`: `\"`})},
		Time:  Time{Quoted: true}, Blank: []Kind{"string"}, RowsAbsent: true,
		Nulls: Nulls{Eq: NullFalse, Order: NullFalse, Text: NullFalse},
		Text:  Text{Fold: FoldCase},
	}
}

// aip160 is the filter language of https://google.aip.dev/160. OR binds tighter than AND,
// so that every join inside another stands in parentheses. An unset field has the default
// of its type: presence is false for 0, false and an empty text. An asterisk in text would
// be a wildcard.
func aip160() Dialect {
	return Dialect{
		Name: "aip160", To: Place{Param: "filter"}, And: "{} AND {}", Or: "{} OR {}", Not: "NOT ({})", Group: "({})",
		Ops:   with(words("= != > >= < <="), map[Op]any{Present: "{f}:*"}),
		Quote: Quote{By: `"`, Escape: map[string]string{`"`: `\"`, `\`: `\\`}, Refuse: []string{"*"}},
		Time:  Time{Quoted: true}, Blank: []Kind{"string", "int", "decimal", "bool"}, RowsAbsent: true,
		Nulls: Nulls{Eq: NullFalse, Ne: NullTrue},
		Text:  Text{Fold: FoldNone},
	}
}

// postgrest is horizontal filtering with logical operators, in the parameter `and`: see
// https://docs.postgrest.org, Tables and Views. Its nulls are SQL's. `like` and `ilike`
// write % as *, which therefore cannot be text. PostgreSQL keeps microseconds.
func postgrest() Dialect {
	pattern := Operator{Any: "*", One: "_", Escape: map[string]string{`\`: `\\\\`, "%": `\\%`, "_": `\\_`}, Refuse: []string{"*"}}
	like, ilike := pattern, pattern
	like.Template, ilike.Template = "{f}.like.{v}", "{f}.ilike.{v}"
	ops := with(map[Op]Operator{Like: like, ILike: ilike, In: {Template: "{f}.in.({v})", Join: ","}}, map[Op]any{
		Equal: "{f}.eq.{v}", NotEqual: "{f}.neq.{v}", Greater: "{f}.gt.{v}", GreaterEqual: "{f}.gte.{v}", Less: "{f}.lt.{v}", LessEqual: "{f}.lte.{v}",
		Present: "{f}.not.is.null", Missing: "{f}.is.null",
	})
	return Dialect{
		Name: "postgrest", To: Place{Param: "and", Around: "({})"}, And: "and({},{})", Or: "or({},{})", Not: "not.and({})", Top: "{},{}", Ops: ops,
		Quote: Quote{By: `"`, Escape: map[string]string{`"`: `\"`, `\`: `\\`}},
		Time:  Time{Quoted: true, Grid: time.Microsecond},
		Nulls: Nulls{Eq: NullUnknown, Ne: NullUnknown, Order: NullUnknown, Text: NullUnknown},
		Text:  Text{Fold: FoldNone},
	}
}

// soql is the WHERE of Salesforce's query language; the definition says what stands around
// it. `=` and LIKE ignore case. What `!=` gives for null is not settled, and a boolean that
// is null is false. Instants are kept, and written, in whole seconds.
func soql() Dialect {
	escape := controls(map[string]string{"'": `\'`})
	ops := words("= != > >= < <=")
	ops[In] = Operator{Template: "{f} IN ({v})"}
	ops[NotIn] = Operator{Template: "{f} NOT IN ({v})"}
	ops[Like] = Operator{Template: "{f} LIKE {v}", Any: "%", One: "_", Escape: map[string]string{"%": `\%`, "_": `\_`}}
	return Dialect{
		Name: "soql", To: Place{Param: "q"}, And: "{} AND {}", Or: "{} OR {}", Not: "(NOT ({}))", Group: "({})",
		Ops:   with(ops, map[Op]any{Present: "{f} != null", Missing: "{f} = null"}),
		Quote: Quote{By: "'", Escape: escape},
		Time:  Time{Grid: time.Second},
		Nulls: Nulls{Eq: NullFalse, Order: NullFalse, Text: NullFalse, Bool: NullUnclear},
		Text:  Text{Fold: FoldCase},
	}
}

// jql is Jira's query language. `!=` and NOT leave out what is empty. Text is compared in
// ways of its own, and instants are read in the zone of the user, so that a definition has
// to say text.fold, time.format and time.zone before they are sent.
func jql() Dialect {
	ops := words("= != > >= < <=")
	ops[In] = Operator{Template: "{f} in ({v})"}
	ops[NotIn] = Operator{Template: "{f} not in ({v})"}
	return Dialect{
		Name: "jql", To: Place{Param: "jql"}, And: "{} AND {}", Or: "{} OR {}", Not: "NOT ({})", Group: "({})",
		Ops:   with(ops, map[Op]any{Present: "{f} is not EMPTY", Missing: "{f} is EMPTY"}),
		Quote: Quote{By: `"`, Escape: controls(map[string]string{`"`: `\"`})},
		Time:  Time{Format: NoTime, Quoted: true, Step: time.Minute},
		Nulls: Nulls{Eq: NullUnknown, Ne: NullUnknown, Order: NullUnknown, Text: NullUnknown},
	}
}

// servicenow is the encoded query of its Table API: ^ is AND, and ^OR joins what stands
// beside it, so that it takes an AND of ORs. It has no quotes: a value with ^ cannot be
// sent, nor one that it would run as a script. It takes an empty text for null, and its
// negations leave both out; NULL as a value means it too. Instants are read in the zone of
// the user.
func servicenow() Dialect {
	ops := with(map[Op]Operator{}, map[Op]any{
		Equal: "{f}={v}", NotEqual: "{f}!={v}", GreaterEqual: "{f}>={v}", LessEqual: "{f}<={v}",
		StartsWith: "{f}STARTSWITH{v}", EndsWith: "{f}ENDSWITH{v}", Contains: "{f}LIKE{v}", Present: "{f}ISNOTEMPTY", Missing: "{f}ISEMPTY",
	})
	ops[Greater] = Operator{Template: "{f}>{v}", Refuse: []string{"="}} // >= is another test
	ops[Less] = Operator{Template: "{f}<{v}", Refuse: []string{"="}}
	ops[In] = Operator{Template: "{f}IN{v}", Join: ",", Refuse: []string{",", "STANCEOF"}} // INSTANCEOF is another test
	ops[NotIn] = Operator{Template: "{f}NOT IN{v}", Join: ",", Refuse: []string{","}}
	return Dialect{
		Name: "servicenow", To: Place{Param: "sysparm_query"}, And: "{}^{}", Or: "{}^OR{}", Group: "{}", Shape: CNF, Ops: ops,
		Quote: Quote{Refuse: []string{"^", "javascript:", "NULL"}},
		Time:  Time{Format: NoTime}, Blank: []Kind{"string"},
		Nulls: Nulls{Eq: NullUnknown, Ne: NullUnknown, Order: NullUnknown, Text: NullUnknown},
		Text:  Text{BlankIsNull: true},
	}
}

// lucene is the syntax of Lucene's classic query parser, as Auth0 and others take it. What
// is missing is in no index, and a NOT by itself finds nothing: it stands beside a test of
// presence. Numbers are quoted, for a minus is a NOT.
func lucene() Dialect {
	ops := with(map[Op]Operator{}, map[Op]any{
		Equal: "{f}:{v}", Greater: "{f}:{{v} TO *}", GreaterEqual: "{f}:[{v} TO *]", Less: "{f}:{* TO {v}}", LessEqual: "{f}:[* TO {v}]",
		Present: "_exists_:{f}", Missing: "(*:* AND NOT _exists_:{f})",
	})
	ops[In] = Operator{Template: "{f}:({v})", Join: " OR "}
	return Dialect{
		Name: "lucene", To: Place{Param: "q"}, And: "{} AND {}", Or: "{} OR {}", Not: "(_exists_:{f} AND NOT {})", Group: "({})", Ops: ops,
		Quote: Quote{By: `"`, Escape: map[string]string{`"`: `\"`, `\`: `\\`}, Numbers: true},
		Time:  Time{Quoted: true},
		Nulls: Nulls{Eq: NullFalse, Order: NullFalse, Text: NullFalse},
	}
}

// elasticsearch is its query language in JSON, in the member query of a search's body. How
// text is compared depends on the index, and a date is compared by milliseconds.
func elasticsearch() Dialect {
	join := func(clause string, more map[string]any) any {
		body := map[string]any{clause: []any{"{}"}}
		maps.Copy(body, more)
		return map[string]any{"bool": body}
	}
	of := func(query string, inner any) any { return map[string]any{query: map[string]any{"{f}": inner}} }
	ops := with(map[Op]Operator{}, map[Op]any{
		Equal: of("term", map[string]any{"value": "{v}"}), In: of("terms", "{v}"),
		Greater: of("range", map[string]any{"gt": "{v}"}), GreaterEqual: of("range", map[string]any{"gte": "{v}"}),
		Less: of("range", map[string]any{"lt": "{v}"}), LessEqual: of("range", map[string]any{"lte": "{v}"}),
		StartsWith: of("prefix", map[string]any{"value": "{v}"}), Present: map[string]any{"exists": map[string]any{"field": "{f}"}},
	})
	ops[Like] = Operator{
		Template: of("wildcard", map[string]any{"value": "{text}"}), Any: "*", One: "?",
		Escape: map[string]string{`\`: `\\`, "*": `\*`, "?": `\?`},
	}
	return Dialect{
		Name: "elasticsearch", To: Place{Body: "/query"},
		And: join("filter", nil), Or: join("should", map[string]any{"minimum_should_match": int64(1)}), Not: join("must_not", nil), Ops: ops,
		Time:  Time{Step: time.Millisecond},
		Nulls: Nulls{Eq: NullFalse, Order: NullFalse, Text: NullFalse},
	}
}

// googleDirectory is the search of users in Google's Directory API: conditions with blanks
// between them, no OR and no NOT. How it compares text is not documented for each field.
func googleDirectory() Dialect {
	return Dialect{
		Name: "google-directory", To: Place{Param: "query"}, And: "{} {}", Shape: And, RowsAbsent: true,
		Ops: map[Op]Operator{
			Equal: {Template: "{f}={v}"}, Contains: {Template: "{f}:{v}"},
			StartsWith: {Template: "{f}:{text}*", Refuse: []string{" ", "'", `"`, "*", ":", "=", "(", ")"}},
		},
		Quote: Quote{By: "'", Escape: map[string]string{"'": `\'`}, Refuse: []string{`\`}},
		Time:  Time{Format: NoTime},
		Nulls: Nulls{Eq: NullFalse, Text: NullFalse},
	}
}
