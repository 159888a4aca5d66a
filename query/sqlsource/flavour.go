package sqlsource

import (
	"errors"
	"math"
	"strconv"

	"github.com/muster-go/muster/model"
)

// Flavour is how one kind of database writes what SQL leaves open. [SQLite],
// [MariaDB] and [PostgreSQL] return theirs; another needs LIMIT at the end of a
// statement, and the fields below.
type Flavour struct {
	// Name is of the database, for people.
	Name string
	// Placeholder marks the n-th bound parameter of a statement, from 1; nil is a
	// question mark for each.
	Placeholder func(n int) string
	// Quote stands before and after a name; a name that holds it has it doubled.
	Quote string
	// Collations are what the database calls those that it has, as they stand behind
	// COLLATE. Texts under another are never compared by it.
	Collations map[model.Collation]string
	// Glob says that LIKE looks past the case of letters whatever the collation, and
	// GLOB does not.
	Glob bool
	// NoTime says that the database has no type for instants, so that how they compare
	// is how the numbers or texts do that stand for them. [TimeNative] is refused then.
	NoTime bool
	// MaxParams is how many parameters a statement may bind; 0 or less is 999, which
	// any database takes. Longer lists of values go in several statements.
	MaxParams int
}

// SQLite has the binary collation. Texts must hold no NUL character, at which its
// patterns end. Names are in back quotes, because what it does not find in double
// ones it takes for a text. A column of instants, whatever type it was declared
// with, holds what was written to it, in a form that the [Column] must name.
func SQLite() Flavour {
	return Flavour{
		Name: "SQLite", Quote: "`", Glob: true, NoTime: true, MaxParams: 32766,
		Collations: map[model.Collation]string{model.Binary: "BINARY"},
	}
}

// MariaDB has both collations, over columns and connections in utf8mb4.
func MariaDB() Flavour {
	return Flavour{
		Name: "MariaDB", Quote: "`", MaxParams: math.MaxUint16,
		// utf8mb4_bin pads; the other compares as bytes do.
		Collations: map[model.Collation]string{model.CI: "utf8mb4_general_ci", model.Binary: "utf8mb4_nopad_bin"},
	}
}

// PostgreSQL has the binary collation, over databases in UTF-8.
func PostgreSQL() Flavour {
	return Flavour{
		Name: "PostgreSQL", Quote: `"`, MaxParams: math.MaxUint16, Placeholder: func(n int) string { return "$" + strconv.Itoa(n) },
		Collations: map[model.Collation]string{model.Binary: `"C"`},
	}
}

// faults are why no statement can be written in the flavour.
func (f Flavour) faults() (errs []error) {
	if f.Name == "" {
		errs = append(errs, errors.New("its flavour has no name: set Flavour.Name, by which reasons and errors call the database"))
	}
	if f.Quote == "" {
		errs = append(errs, errors.New("its flavour has no Flavour.Quote: unquoted names would be read as SQL"))
	}
	return errs
}
