package sqlsource

import (
	"fmt"

	"github.com/muster-go/muster/query/plan"
)

// The limits of statements that are none of a flavour's.
const (
	// leastMaxParams is what SQLite took before 3.32, and the least of those known.
	leastMaxParams = 999
	// maxStatement bounds a statement and what it binds, in bytes: a quarter of what
	// MariaDB takes (max_allowed_packet), where a driver that writes parameters into
	// the text may double it. The others take a thousand times that.
	maxStatement = 4 << 20
	// maxNesting bounds how deep a condition is, by SQLite's count: half of the 1000
	// that it takes (SQLITE_MAX_EXPR_DEPTH).
	maxNesting = 500
	// maxPattern bounds a pattern, in bytes: SQLite's SQLITE_MAX_LIKE_PATTERN_LENGTH.
	maxPattern = 50_000
	// maxQuoted is how much of a statement an error repeats, in characters.
	maxQuoted = 4000
	// pagingParams are bound beside the conditions: two ends of a window and a limit.
	pagingParams = 3
)

// room is the parameters that a statement binds, beside those that page.
func (t *table) room() plan.Room {
	return plan.Room{
		Size:   t.flavour.MaxParams - pagingParams,
		Reason: fmt.Sprintf("the statement would bind more than %d parameters or %d MiB, which is the most that %s is asked at once", t.flavour.MaxParams, maxStatement>>20, t.flavour.Name),
	}
}

// size is the parameters that the clause binds, or more if it takes more of the bytes
// of a statement than of its parameters.
func (c *clause) size() int {
	bytes := c.sql.Len()
	for _, a := range c.args {
		if text, ok := a.(string); ok {
			bytes += len(text)
		}
	}
	each := max(maxStatement/c.flavour.MaxParams, 1)
	return max(len(c.args), (bytes+each-1)/each)
}

// nested writes what is deeper by so many levels.
func (c *clause) nested(levels int, write func()) {
	if c.depth += levels; c.depth > maxNesting {
		c.refuse("the condition is nested deeper than databases take")
	}
	if c.reason == "" {
		write()
	}
	c.depth -= levels
}
