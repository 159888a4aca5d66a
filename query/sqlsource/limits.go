package sqlsource

import (
	"fmt"

	"github.com/muster-go/muster/query/plan"
)

// The limits of statements that hold for every flavour.
const (
	// leastMaxParams is SQLite's limit before 3.32, the lowest of all that are known.
	leastMaxParams = 999
	// maxStatement bounds a statement and its parameters, in bytes. It is a quarter of
	// MariaDB's limit (max_allowed_packet), because a driver that writes parameters into
	// the text may double it. The limits of the others are a thousand times as high.
	maxStatement = 4 << 20
	// maxNesting bounds the depth of a condition as SQLite counts it: half of its limit
	// of 1000 (SQLITE_MAX_EXPR_DEPTH).
	maxNesting = 500
	// maxPattern bounds a pattern, in bytes: SQLite's SQLITE_MAX_LIKE_PATTERN_LENGTH.
	maxPattern = 50_000
	// maxQuoted bounds the part of a statement that an error repeats, in characters.
	maxQuoted = 4000
	// pagingParams is the number of parameters that paging binds: two ends of a window
	// and a limit.
	pagingParams = 3
)

// room returns how many parameters the conditions of a statement may bind.
func (t *table) room() plan.Room {
	return plan.Room{
		Size:   t.flavour.MaxParams - pagingParams,
		Reason: fmt.Sprintf("the statement would bind more than %d parameters or %d MiB, which is the most that %s is asked at once", t.flavour.MaxParams, maxStatement>>20, t.flavour.Name),
	}
}

// size returns the clause's share of a statement, in parameters: the parameters that it
// binds, or more if its bytes are a larger share of maxStatement.
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

// nested calls write some levels deeper.
func (c *clause) nested(levels int, write func()) {
	if c.depth += levels; c.depth > maxNesting {
		c.refuse("the condition is nested deeper than databases take")
	}
	if c.reason == "" {
		write()
	}
	c.depth -= levels
}
