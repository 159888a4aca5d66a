package complete

import (
	"strings"

	"github.com/muster-go/muster/dsl/internal/token"
	"github.com/muster-go/muster/model"
)

// The words of conditions on elements. None of them is reserved.
const (
	wordCount = "count"
	wordWhere = "where"
)

// quantifiers returns the words that a list and a block follow, and their meaning.
func quantifiers() [3][2]string {
	return [3][2]string{
		{"any", "any list (…): a condition holds for some element"},
		{"all", "all list (…): a condition holds for every element"},
		{"no", "no list (…): a condition holds for no element"},
	}
}

func isQuantifier(word string) bool {
	for _, q := range quantifiers() {
		if strings.EqualFold(word, q[0]) {
			return true
		}
	}
	return false
}

// block is what a block of a quantifier or a count hides until it ends.
type block struct {
	schema   *model.Schema
	longest  int
	open     int // open parentheses
	operands operands
	counted  bool // a block of a count
}

// elements advances by a token of a condition on elements, outside of its block. It reports
// whether the token belongs to one.
func (c *completer) elements(t token.Token) bool {
	if t.Kind == token.And || t.Kind == token.Or {
		return false
	}
	switch c.state { //nolint:exhaustive // the others are outside
	case wantElements:
		if word := c.text[t.At.Start:t.At.End]; isPathStart(word[0]) {
			c.addPath(strings.Trim(word, "`"))
			c.state = afterElements
			return true
		}
		return c.endElements(t)
	case afterElements:
		switch {
		case t.Kind == token.Dot:
			c.addPath(".")
			c.state = wantElements
		case t.Kind == token.LParen && !c.counted, c.counted && strings.EqualFold(t.At.Of(c.text), wordWhere):
			c.enter()
		default:
			return c.endElements(t)
		}
		return true
	}
	return false
}

// endElements ends `count(list`; it skips other tokens that are out of place.
func (c *completer) endElements(t token.Token) bool {
	if t.Kind != token.RParen {
		return true
	}
	if c.counted {
		c.endCount()
	}
	return c.counted
}

// startElements starts the name of a list.
func (c *completer) startElements(counted bool) {
	c.path, c.counted, c.state = c.path[:0], counted, wantElements
}

// enter starts the block of the list at the path. Of an unknown list no field is known.
func (c *completer) enter() {
	c.blocks = append(c.blocks, block{schema: c.schema, longest: c.longest, open: c.open, operands: c.operands, counted: c.counted})
	c.operands.frames = nil // the block around keeps them
	elements := &model.Schema{}
	if f, ok := c.schema.Lookup(string(c.path)); ok {
		if e, ok := c.schema.Elements(f); ok {
			elements = e
		}
	}
	c.schema, c.longest, c.open = elements, longestName(elements), 0
	c.restart()
}

// leave ends the innermost block.
func (c *completer) leave() {
	last := len(c.blocks) - 1
	b := c.blocks[last]
	c.blocks = c.blocks[:last]
	c.schema, c.longest, c.open = b.schema, b.longest, b.open
	c.restart()
	if c.operands, c.state = b.operands, afterCondition; b.counted {
		c.endCount()
	}
}

func (c *completer) isList(f *model.Field) bool {
	_, ok := c.schema.Elements(f)
	return ok
}

func (c *completer) hasLists() bool {
	for i := range c.schema.Len() {
		if c.isList(c.schema.Field(i)) {
			return true
		}
	}
	return false
}

// proposeQuantifiers proposes the words that start a condition on elements, once a letter is
// typed: so that the first menu is short.
func (c *completer) proposeQuantifiers() {
	if c.word == "" || !c.hasLists() {
		return
	}
	for _, q := range quantifiers() {
		c.add(KindKeyword, q[1], q[0])
	}
}

// proposeCount proposes a number of elements, once a letter is typed.
func (c *completer) proposeCount() {
	if c.word != "" && c.hasLists() {
		c.add(KindFunction, "count(list where …): the number of elements", wordCount+"(")
	}
}

// proposeElements proposes what may stand behind a list.
func (c *completer) proposeElements() {
	if c.counted {
		c.add(KindKeyword, "", wordWhere, ")")
	} else {
		c.add(KindKeyword, "", "(")
	}
}
