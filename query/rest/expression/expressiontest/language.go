package expressiontest

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model"
)

// Test is a kind of test, for what it gives for null.
type Test string

// The kinds. Eq is of equality and lists, Ne of their negations, Order of < <= > >=, Text
// of prefixes, suffixes, substrings and patterns, and Bool of equality of a boolean.
const (
	Eq    Test = "eq"
	Ne    Test = "ne"
	Order Test = "order"
	Text  Test = "text"
	Bool  Test = "bool"
)

// Options settle what a language leaves open. The zero value has no fields.
type Options struct {
	// Fields are the names and types that the server knows; a condition on another is
	// refused. A type tells a language with few literals how to read a value.
	Fields map[string]model.Type
	// Lists are the collections whose elements OData and SCIM may ask about.
	Lists map[string]Collection
	// OData401 lets OData have what its version 4.01 has added: `in` and `divby`.
	OData401 bool
	// Now is what OData's now() gives; zero = it is refused.
	Now time.Time
	// Fold maps each character of two texts before they are compared for equality; nil =
	// the language's own, which is none where that is not specified.
	Fold func(rune) rune
	// Pads says that texts are equal if they differ in blanks at their ends alone, as for
	// MySQL.
	Pads bool
	// IgnoreCase is Fold for a test that ignores case where others do not, such as
	// PostgREST's ilike; nil = [SimpleFold].
	IgnoreCase func(rune) rune
	// Nulls are what tests give for null, in place of the language's own.
	Nulls map[Test]dsl.Tri
	// UnsetIsDefault makes AIP-160 read an unset field as 0, '' or false.
	UnsetIsDefault bool
	// Step is how finely the server compares instants; 0 = as the language does.
	Step time.Duration
	// Zone is where instants without a zone are; nil = UTC.
	Zone *time.Location
}

// Row is a row by the names of its fields. A name that it lacks is null.
type Row map[string]model.Value

// Evaluator reads filters of one language. It is immutable and safe for concurrent use;
// make one with [Language].
type Evaluator struct {
	Options

	name  string
	lang  language
	nulls map[Test]dsl.Tri
}

// language is a parser and what its specification says of meaning.
type language struct {
	parse func(e *Evaluator, text string) (*Node, error)
	fold  func(rune) rune
	nulls map[Test]dsl.Tri
	step  time.Duration
	// blank is the type whose empty, zero or false value the test of presence is false for.
	blank []model.Type
	// blankIsNull makes an empty text null.
	blankIsNull bool
	// literals says which forms a value of a type has.
	literals map[model.Type][]form
	// instants reads an instant.
	instants func(e *Evaluator, text string) (time.Time, error)
}

// Null logics. In two-valued ones a test of null is false, and its negation true.
func twoValued() map[Test]dsl.Tri {
	return map[Test]dsl.Tri{Eq: dsl.False, Ne: dsl.True, Order: dsl.False, Text: dsl.False, Bool: dsl.False}
}

func unknowns() map[Test]dsl.Tri {
	return map[Test]dsl.Tri{Eq: dsl.Unknown, Ne: dsl.Unknown, Order: dsl.Unknown, Text: dsl.Unknown, Bool: dsl.Unknown}
}

func languages() map[string]language {
	return map[string]language{
		"aip160": aip160(), "elasticsearch": elasticsearch(), "google-directory": googleDirectory(), "jql": jql(), "lucene": lucene(),
		"odata": odata(), "postgrest": postgrest(), "scim": scim(), "servicenow": servicenow(), "soql": soql(),
	}
}

// Names returns the languages, in order.
func Names() []string { return slices.Sorted(maps.Keys(languages())) }

// Language returns the evaluator of a language of [Names].
func Language(name string, o Options) (*Evaluator, error) {
	lang, ok := languages()[name]
	if !ok {
		return nil, fmt.Errorf("there is no language %q; there are %s", name, strings.Join(Names(), ", "))
	}
	e := &Evaluator{Options: o, name: name, lang: lang, nulls: maps.Clone(lang.nulls)}
	maps.Copy(e.nulls, o.Nulls)
	if e.Fold == nil {
		e.Fold = lang.fold
	}
	if e.IgnoreCase == nil {
		e.IgnoreCase = SimpleFold
	}
	if e.Step == 0 {
		e.Step = lang.step
	}
	if e.Zone == nil {
		e.Zone = time.UTC
	}
	return e, nil
}

// Filter is a filter that was read. It is immutable and safe for concurrent use.
type Filter struct {
	Root *Node

	e *Evaluator
}

// Parse reads a filter. It fails with a [*SyntaxError].
func (e *Evaluator) Parse(text string) (Filter, error) {
	root, err := e.lang.parse(e, text)
	if err != nil {
		return Filter{}, &SyntaxError{Language: e.name, Text: text, Err: err}
	}
	return Filter{Root: root, e: e}, nil
}

// Match reports whether the server selects a row.
func (f Filter) Match(row Row) bool { return f.MatchRecord(Record{Row: row}) }

// MatchRecord reports whether the server selects a row with collections.
func (f Filter) MatchRecord(r Record) bool { return f.e.truth(f.Root, r) == dsl.True }

// Truth returns what the filter gives for a row.
func (f Filter) Truth(row Row) dsl.Tri { return f.e.truth(f.Root, Record{Row: row}) }

// SyntaxError reports a text that is not a filter of the language.
type SyntaxError struct {
	Language, Text string
	Err            error
}

// Error names the language, the text and the fault.
func (e *SyntaxError) Error() string {
	return fmt.Sprintf("not a filter of %s: %q: %v", e.Language, e.Text, e.Err)
}

// Unwrap returns the fault.
func (e *SyntaxError) Unwrap() error { return e.Err }

// SimpleFold is Unicode's simple case folding of a character.
func SimpleFold(r rune) rune {
	least := r
	for next := unicode.SimpleFold(r); next != r; next = unicode.SimpleFold(next) {
		least = min(least, next)
	}
	return least
}
