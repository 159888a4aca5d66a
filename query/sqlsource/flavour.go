package sqlsource

import (
	"errors"
	"math"
	"strconv"

	"github.com/muster-go/muster/model"
)

// Flavour describes how one kind of database differs from others. [SQLite], [MariaDB] and
// [PostgreSQL] return theirs. Another database must accept LIMIT at the end of a
// statement. Name and Quote are required. A Flavour is not changed after [New].
type Flavour struct {
	// Name is the database's name, for reasons and errors.
	Name string
	// Placeholder returns the mark of the n-th bound parameter of a statement, from 1;
	// nil = a question mark for each.
	Placeholder func(n int) string
	// Quote is written before and after a name, and doubled inside it.
	Quote string
	// Collations are the database's names, as COLLATE takes them, of the collations that
	// it has. Texts under any other collation are compared locally.
	Collations map[model.Collation]string
	// Glob says that LIKE ignores the case of letters under every collation, and that
	// GLOB does not.
	Glob bool
	// NoTime says that the database has no type for instants, and compares the numbers or
	// texts that stand for them. [New] refuses [TimeNative] then.
	NoTime bool
	// MaxParams is the most parameters that a statement may bind; 0 or less = 999, which
	// every database accepts. Longer lists of values go in several statements.
	MaxParams int
}

// SQLite returns SQLite's flavour, which has the binary collation. Its patterns end at a
// NUL character, so texts must not have one. Names are in back quotes, because SQLite
// reads an unknown name in double quotes as a text. A column of instants of any declared
// type holds whatever was written to it, so [Column.Time] must name the form.
func SQLite() Flavour {
	return Flavour{
		Name: "SQLite", Quote: "`", Glob: true, NoTime: true, MaxParams: 32766,
		Collations: map[model.Collation]string{model.Binary: "BINARY"},
	}
}

// MariaDB returns MariaDB's flavour, which has both collations. Columns and connections
// must be in utf8mb4.
func MariaDB() Flavour {
	return Flavour{
		Name: "MariaDB", Quote: "`", MaxParams: math.MaxUint16,
		// utf8mb4_bin pads; the other compares as bytes do.
		Collations: map[model.Collation]string{model.CI: "utf8mb4_general_ci", model.Binary: "utf8mb4_nopad_bin"},
	}
}

// PostgreSQL returns PostgreSQL's flavour, which has the binary collation. The database
// must be in UTF-8.
func PostgreSQL() Flavour {
	return Flavour{
		Name: "PostgreSQL", Quote: `"`, MaxParams: math.MaxUint16, Placeholder: func(n int) string { return "$" + strconv.Itoa(n) },
		Collations: map[model.Collation]string{model.Binary: `"C"`},
	}
}

// faults returns why no statement can be written in the flavour; nil if one can.
func (f Flavour) faults() (errs []error) {
	if f.Name == "" {
		errs = append(errs, errors.New("its flavour has no name: set Flavour.Name, which reasons and errors show"))
	}
	if f.Quote == "" {
		errs = append(errs, errors.New("its flavour has no Flavour.Quote: unquoted names would be read as SQL"))
	}
	return errs
}
