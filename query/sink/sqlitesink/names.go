package sqlitesink

import (
	"fmt"
	"strings"

	"github.com/muster-go/muster/query/sink"
)

// maxColumns is how many columns a table has at most: SQLITE_MAX_COLUMN.
const maxColumns = 2000

// checkColumns fails with a [*sink.LayoutError] if the columns cannot be in one table.
func checkColumns(columns []column) error {
	if len(columns) > maxColumns {
		return &sink.LayoutError{Reason: fmt.Sprintf("%d columns are more than the %d of a SQLite table: select fewer fields, or write another format", len(columns), maxColumns)}
	}
	taken := make(map[string]column, len(columns))
	for _, c := range columns {
		other, ok := taken[folded(c.name)]
		if !ok {
			taken[folded(c.name)] = c
			continue
		}
		why := ""
		if other.name != c.name {
			why = ", because SQLite ignores case"
		}
		return &sink.LayoutError{Field: c.source, Reason: fmt.Sprintf("is the same column of a SQLite table as %s%s: leave one of them out, or write another format", other.source, why)}
	}
	return nil
}

// checkTables fails with a [*sink.LayoutError] if the tables cannot be in one database.
func (s *Sink[T]) checkTables() error {
	names := []string{s.table}
	for _, r := range s.relations {
		for _, t := range r.tables {
			names = append(names, t.name)
		}
	}
	taken := make(map[string]bool, len(names))
	for _, name := range names {
		reason := ""
		switch is := folded(name); {
		case strings.HasPrefix(is, "sqlite_"):
			reason = "SQLite keeps names that begin with sqlite_ for itself"
		case is == "muster_export" || is == "muster_seen" || strings.HasPrefix(is, updatePrefix):
			reason = "an export keeps its state in it"
		case taken[is]:
			reason = "another table of the export has it, and SQLite ignores case"
		}
		if reason != "" {
			return &sink.LayoutError{Field: name, Reason: "cannot be the name of a table, because " + reason + ": write another format"}
		}
		taken[folded(name)] = true
	}
	return nil
}

// folded returns a name as SQLite compares it: it ignores the case of ASCII letters only.
func folded(name string) string {
	return strings.Map(func(r rune) rune {
		if 'A' <= r && r <= 'Z' {
			return r + 'a' - 'A'
		}
		return r
	}, name)
}
