package sqlsource

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
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
	// Templates are the SQL of functions of your own ([dsl.Function]) by name; nil = none.
	// An example is "risk": "risk_of({1}, {2})", with the arguments in the places {1} to {9}. The SQL
	// must give what Call gives, also for null: null, unless the function takes it. Texts that the SQL
	// itself compares follow the column's own collation: MariaDB's usual ones take ' ' for ''. The database
	// is then asked, and Call is not called. Calls of other functions are evaluated locally. So are
	// those with another number of arguments, and those with an instant or a decimal among the values.
	// A Flavour that you declare from nothing compares no result with a constant.
	Templates map[string]string

	functions *functions // nil = none is known, and what computes is evaluated locally
}

// SQLite returns SQLite's flavour, which has the binary collation. Its patterns end at a
// NUL character, so texts must not have one. Names are in back quotes, because SQLite
// reads an unknown name in double quotes as a text. A column of instants of any declared
// type holds whatever was written to it, so [Column.Time] must name the form.
func SQLite() Flavour {
	return Flavour{
		Name: "SQLite", Quote: "`", Glob: true, NoTime: true, MaxParams: 32766,
		Collations: map[model.Collation]string{model.Binary: "BINARY"}, functions: sqliteFunctions(),
	}
}

// MariaDB returns MariaDB's flavour, which has the collations ci and binary. Columns and connections
// must be in utf8mb4. Where a filter computes with instants, connections must keep them in UTC,
// and texts that it joins must fit max_allowed_packet together.
func MariaDB() Flavour {
	return Flavour{
		Name: "MariaDB", Quote: "`", MaxParams: math.MaxUint16,
		// utf8mb4_bin pads; the other compares as bytes do.
		Collations: map[model.Collation]string{model.CI: "utf8mb4_general_ci", model.Binary: "utf8mb4_nopad_bin"}, functions: mariadbFunctions(),
	}
}

// PostgreSQL returns PostgreSQL's flavour, which has the binary collation. The database
// must be in UTF-8. It must be version 14 or later where a filter computes with instants, because
// EXTRACT rounds before. Columns of instants that a filter compares must be of one type.
func PostgreSQL() Flavour {
	return Flavour{
		Name: "PostgreSQL", Quote: `"`, MaxParams: math.MaxUint16, Placeholder: func(n int) string { return "$" + strconv.Itoa(n) },
		Collations: map[model.Collation]string{model.Binary: `"C"`}, functions: postgresFunctions(),
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
	for _, name := range slices.Sorted(maps.Keys(f.Templates)) {
		if _, ok := places(f.Templates[name]); !ok {
			errs = append(errs, fmt.Errorf("the template %q of the function %s has a brace that begins no place: they are {1} to {9}", f.Templates[name], name))
		}
	}
	return errs
}
