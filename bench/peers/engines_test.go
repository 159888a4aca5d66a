package peers

import (
	"strings"
	"time"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query/shipstream"
)

// engine is one library of the comparison. Its functions report an error where
// the library does.
type engine struct {
	name   string // as in the names of the benchmarks
	module string // whose version the table prints
	query  string // the query of the comparison in the library's syntax
	or     string // what joins two terms
	term   string // a term of the chain, {} for its number

	// parse turns a text into a tree.
	parse func(text string) error
	// compile does all that is done once for a filter: parse, check the names and
	// types where the library can, and make it ready to run. It is nil for a
	// library that ends with the tree.
	compile func(text string) error
	// bind compiles a text and returns its evaluation of one record, which is a
	// struct, as a program that reads rows has it. It is nil for a library that
	// evaluates nothing.
	bind func(text string, u *shipstream.User) (evaluation, error)
	// bindReady is bind with a record that has been turned beforehand into what the
	// library reads fastest, a work that no measurement sees. It is nil where there
	// is no such form.
	bindReady func(text string, u *shipstream.User) (evaluation, error)
}

// evaluation evaluates a compiled text on its record. The other steps are measured
// in the same form, with an answer of no meaning: a wrapper around each call would
// be a tenth of what the fastest takes.
type evaluation func() (bool, error)

// engines returns the libraries, Muster first.
func engines() ([]engine, error) {
	cel, err := celEngine()
	if err != nil {
		return nil, err
	}
	aip, err := aipEngine()
	if err != nil {
		return nil, err
	}
	return []engine{musterEngine(), exprEngine(), cel, fexprEngine(), aip, bexprEngine()}, nil
}

// chain returns a filter of n terms joined by or.
func (e engine) chain(n int) string {
	terms := make([]string, n)
	for i := range terms {
		terms[i] = strings.ReplaceAll(e.term, "{}", digits(i))
	}
	return strings.Join(terms, e.or)
}

// digits returns four digits, so that all terms are of one length.
func digits(i int) string {
	const width = 4
	var b [width]byte
	for at := width - 1; at >= 0; at-- {
		b[at] = byte('0' + i%10)
		i /= 10
	}
	return string(b[:])
}

// cutoff is the constant that created_at is compared with.
func cutoff() time.Time { return time.Date(2024, time.January, 1, 0, 0, 0, 0, time.UTC) }

// measured is the record that is evaluated: the query is true of it by its last
// condition, so that every one of them is looked at.
func measured() *shipstream.User {
	return &shipstream.User{
		ID: 3, Email: model.Some("nobody@example.com"), IsActive: model.Some(true),
		CreatedAt: model.Some(time.Date(2024, time.May, 1, 12, 0, 0, 0, time.UTC)),
	}
}

// row is a user as the peers' evaluators take it. No field of it can be null or
// absent, so that they have less to look at than Muster.
type row struct {
	ID        int       `bexpr:"id" expr:"id"`
	Email     string    `bexpr:"email" expr:"email"`
	IsActive  bool      `bexpr:"is_active" expr:"is_active"`
	CreatedAt time.Time `bexpr:"-" expr:"created_at"`
	// Recent is the answer to the comparison that go-bexpr has no operator for.
	Recent bool `bexpr:"recent" expr:"-"`
}

func rowOf(u *shipstream.User) row {
	created := u.CreatedAt.Or(time.Time{})
	return row{
		ID: int(u.ID), Email: u.Email.Or(""), IsActive: u.IsActive.Or(false),
		CreatedAt: created, Recent: created.After(cutoff()),
	}
}
