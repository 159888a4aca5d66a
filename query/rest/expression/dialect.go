package expression

import "time"

// Dialect is a filter language as data. The zero value of a template means that the
// language has no such thing. A Dialect is not changed once it is compiled.
type Dialect struct {
	// Name is what definitions call the dialect, and what reasons name.
	Name string
	// To is where a request has the expression.
	To Place
	// Base is always ANDed with what is pushed, and sent alone when nothing is.
	Base any

	// And, Or and Not join conditions. The text of And and Or has two places, "{} and {}",
	// and stands for any number of them; that of Not has one. A tree has the places "{}" in a
	// list, which takes all conditions. Not may name the field, {f}: then it is false for null.
	And, Or, Not any
	// Group puts one condition apart from those around it: "({})". "{}" = it needs nothing,
	// which is a fault if "{} and {}" and "{} or {}" join conditions in any tree.
	// "" = parentheses if there is an OR and a template of And or Or begins or ends with a
	// condition, and else nothing: "and({},{})" is apart by itself.
	Group string
	// Top joins the conditions of a request where the language does that in another way
	// than inside; nil = And.
	Top any
	// Shape is what trees the language takes; "" = Tree.
	Shape Shape
	// Ops are the tests that the language has.
	Ops map[Op]Operator

	Quote Quote
	Time  Time
	Nulls Nulls
	Text  Text
	// Blank lists the types for which the test Present is false for a value too: for 0, ''
	// or false. There it proves nothing.
	Blank []Kind
	// RowsAbsent says that a page without rows leaves their member out.
	RowsAbsent bool
	// Limits bound one expression; zero = none.
	Limits Limits
}

// Place is where a request has the expression. Exactly one of Param and Body is set.
type Place struct {
	Param  string // a parameter of the request
	Body   string // a JSON pointer into the body of a POST, RFC 6901
	Around string // the text around the expression, which stands at {}; "" = none
	Empty  string // what is sent without any condition; "" = nothing
	// Brackets says that Param is the beginning of the names of several parameters, one for
	// each value of a tree: {"a": {"$eq": 5}} is Param[a][$eq]=5, and lists have numbers.
	Brackets bool
}

// Name returns the parameter or the pointer.
func (p Place) Name() string { return p.Param + p.Body }

// Shape is a form of trees.
type Shape string

// The shapes.
const (
	Tree Shape = "tree" // any tree; the zero Shape is the same
	And  Shape = "and"  // tests joined by AND
	CNF  Shape = "cnf"  // an AND of ORs of tests
	DNF  Shape = "dnf"  // an OR of ANDs of tests
)

// Op is a test that a language can have.
type Op string

// The tests. NotEqual, NotIn and Missing are the negations of Equal, In and Present.
const (
	Equal        Op = "eq"
	NotEqual     Op = "neq"
	Greater      Op = "gt"
	GreaterEqual Op = "gteq"
	Less         Op = "lt"
	LessEqual    Op = "lteq"
	In           Op = "in"
	NotIn        Op = "nin"
	StartsWith   Op = "start"
	EndsWith     Op = "end"
	Contains     Op = "contains"
	Like         Op = "like"  // a pattern in the wildcards of the operator
	ILike        Op = "ilike" // a pattern that ignores case
	Present      Op = "present"
	Missing      Op = "missing"
)

// Ops returns all tests in a fixed order.
func Ops() []Op {
	return []Op{Equal, NotEqual, Greater, GreaterEqual, Less, LessEqual, In, NotIn, StartsWith, EndsWith, Contains, Like, ILike, Present, Missing}
}

// Operator is how a language writes a test.
type Operator struct {
	// Template is text or a tree with the places {f}, the field; {v}, the value as the
	// language quotes it; {text}, the value escaped but without its quotes. In a tree a
	// lone "{v}" is a JSON value.
	Template any
	// Join is what stands between the values of In and NotIn; "" = ", ".
	Join string
	// Max is the most values of In and NotIn; 0 = any number.
	Max int
	// Escape and Refuse add to those of [Quote] for this test.
	Escape map[string]string
	Refuse []string
	// Any and One are the wildcards of Like and ILike: for any text, and for one character. "" = the
	// language has none, and a pattern with one is not sent.
	Any, One string
	// Values has, for Equal, NotEqual, In and NotIn, what the server calls each value, such as
	// {"PAID": "paid"}; nil = as rows do. A condition with another value is not sent.
	Values map[string]string
	// Superset says that the test lets more rows along than it should.
	Superset bool
}

// Quote is how a language writes text.
type Quote struct {
	By     string            // what stands before and after; "" = nothing
	Escape map[string]string // what is written for a text inside the quotes
	Refuse []string          // texts that cannot be quoted; control characters never are, unless Escape has them
	// Numbers says that numbers are quoted as text is.
	Numbers bool
}

// Time is how a language writes and compares instants.
type Time struct {
	// Format is "rfc3339", "unix", "unix_ms", "date", [NoTime] or a layout of package time;
	// "" = rfc3339. A field whose rows are written otherwise has its own.
	Format string
	// Step is how finely the server compares: time.Second if it ignores fractions. 0 =
	// exactly.
	Step time.Duration
	// Grid is how finely the server keeps instants, so that rows have none between two
	// steps: time.Second for Salesforce. 0 = nothing is known.
	Grid time.Duration
	// Zone is where instants are written; nil = UTC.
	Zone *time.Location
	// Quoted says that an instant is quoted as text is.
	Quoted bool
}

// NoTime is the format of instants that a dialect leaves to the definition.
const NoTime = "none"

// Null is what a test gives for null.
type Null string

// The answers. The zero Null is Unclear, which is always safe.
const (
	NullTrue    Null = "true"
	NullFalse   Null = "false"   // so that its NOT is true
	NullUnknown Null = "unknown" // and so is its NOT: the row is not selected
	NullUnclear Null = "?"
)

// Nulls is what each kind of test gives for null.
type Nulls struct {
	Eq    Null
	Ne    Null
	Order Null
	Text  Null // StartsWith, EndsWith, Contains and Like
	In    Null // "" = Eq
	Bool  Null // Eq of a boolean; "" = Eq
}

// Fold is which differences between texts a server ignores.
type Fold string

// The foldings. The zero Fold is FoldUnclear.
const (
	FoldNone    Fold = "none"
	FoldCase    Fold = "case"    // letter case, letter for letter: by Unicode's simple case folding or more
	FoldAccents Fold = "accents" // case and accents, letter for letter, and more than FoldCase
	FoldCI      Fold = "ci"      // as MySQL's utf8mb4_general_ci
	FoldUnclear Fold = "?"
)

// Folds returns all foldings in a fixed order.
func Folds() []Fold { return []Fold{FoldNone, FoldCase, FoldAccents, FoldCI, FoldUnclear} }

// Text is how a server compares text.
type Text struct {
	Fold Fold
	// Exact says that FoldCase is Unicode's simple case folding, letter for letter.
	Exact bool
	// Order says that the server orders text as the field's collation does. With FoldNone,
	// that is so for the collation binary alone.
	Order bool
	// BlankIsNull says that the server takes the empty text for null.
	BlankIsNull bool
}

// Kind is a type of values as definitions call it: "string", "int", "decimal", "bool",
// "datetime".
type Kind string

// Limits bound one expression; 0 = no bound.
type Limits struct {
	Terms  int // tests
	Groups int // ANDs of a DNF, ORs of a CNF
	// PerGroup is the most tests of one AND of a DNF. It is for this shape alone.
	PerGroup int
	Bytes    int // of the expression as text or JSON, unescaped
}

// Field is what a dialect has to know of a field besides its type.
type Field struct {
	Name string          // what the server calls it
	Ops  map[Op]Operator // the tests in place of the dialect's; nil = the dialect's. A zero Operator means the dialect's template
	Fold Fold            // in place of the dialect's; "" = the dialect's
}
