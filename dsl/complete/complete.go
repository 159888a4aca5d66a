package complete

import (
	"strings"

	"github.com/muster-go/muster/dsl/ast"
	"github.com/muster-go/muster/dsl/internal/function"
	"github.com/muster-go/muster/dsl/internal/token"
	"github.com/muster-go/muster/dsl/syntax"
	"github.com/muster-go/muster/model"
)

// Kind says what a [Candidate] is.
type Kind uint8

// The kinds of candidate.
const (
	KindField    Kind = iota // the path of a field
	KindOperator             // what follows a field
	KindValue                // a constant
	KindKeyword              // and, or, not and the rest of the grammar
	KindFunction             // the name of a function and its parenthesis
)

// String returns "field", "operator", "value", "keyword" or "function".
func (k Kind) String() string {
	switch k {
	case KindOperator:
		return "operator"
	case KindValue:
		return "value"
	case KindKeyword:
		return "keyword"
	case KindFunction:
		return "function"
	case KindField:
	}
	return "field"
}

// Candidate is one proposal.
type Candidate struct {
	Text   string // what replaces Completion.Range
	Kind   Kind
	Detail string // one line for a menu: a field's type or a function's signature, and documentation
}

// Completion is what may stand at a place of a text.
type Completion struct {
	// Range is what a candidate replaces: the word around the cursor, or nothing.
	Range ast.Span
	// Candidates start with the text before the cursor in Range, apart from letter case and
	// back quotes, in the order of a menu. There are none where nothing can be proposed, such
	// as inside a string or a comment.
	Candidates []Candidate
}

// Complete returns what may stand at a byte offset of a filter that is being typed: fields of
// s, functions, operators that the field's type takes, values, keywords.
//
// It reads the text up to the cursor and tolerates mistakes in it. A cursor outside the text
// is moved to its nearer end. It takes time linear in the text.
func Complete(s *model.Schema, text string, cursor int) Completion {
	return With(function.Builtin(), s, text, cursor)
}

// With is Complete with the functions of a table.
func With(functions *function.Table, s *model.Schema, text string, cursor int) Completion {
	cursor = min(max(cursor, 0), len(text))
	tokens, inside := syntax.Tokens(text[:cursor])
	if inside {
		return Completion{Range: ast.Span{Start: cursor, End: cursor}}
	}
	c := completer{schema: s, functions: functions, text: text[:cursor]}
	tokens, c.at = c.cutWord(tokens, cursor)
	if n := len(tokens); n > 0 && tokens[n-1].At.End == cursor {
		switch tokens[n-1].Kind {
		case token.Param, token.Invalid: // a name that only the caller knows; an unfinished token
			return Completion{Range: ast.Span{Start: cursor, End: cursor}}
		}
	}
	c.longest = longestName(s)
	c.restart()
	for _, t := range tokens {
		if t.At.End == cursor && t.At.Of(text) == bang && c.state != wantCondition {
			c.at.Start = t.At.Start // not a `not`, but the first half of an operator
			break
		}
		c.step(t)
	}
	c.word = strings.ReplaceAll(text[c.at.Start:cursor], "`", "")
	c.propose()
	c.at.End += restOfWord(c.at.Of(c.text), text[cursor:])
	return Completion{Range: c.at, Candidates: c.found}
}

// bang is a `not` at the start of a condition. After a field it starts != or !~.
const bang = "!"

// restOfWord returns how many bytes after the cursor belong to the word before it.
func restOfWord(word, after string) int {
	switch word {
	case "":
		return 0
	case bang:
		if after != "" && (after[0] == '=' || after[0] == '~') {
			return 1
		}
		return 0
	}
	n := 0
	for n < len(after) && isPathByte(after[n]) {
		n++
	}
	return n
}

func isPathByte(c byte) bool { return token.IsWordByte(c) || c == '.' || c == '`' }

// longestName returns the length of the longest name of a field.
func longestName(s *model.Schema) int {
	n := 0
	for i := range s.Len() {
		n = max(n, len(s.Field(i).Name))
	}
	return n
}

// completer reads the tokens before the cursor and tracks what may follow.
type completer struct {
	schema    *model.Schema
	functions *function.Table
	text      string   // up to the cursor
	at        ast.Span // of the word being typed
	word      string   // the word, without back quotes
	found     []Candidate

	state   state
	longest int          // length of the longest field name
	path    []byte       // the name of a field or a list, so far; see addPath
	field   *model.Field // what a test such as `in` is about; nil if unknown
	list    bool         // inside in (…)
	low     bool         // the lower value of a between is still to come
	open    int          // open parentheses around conditions

	operands operands

	blocks     []block // around the place
	quantifier bool    // the path is a word that a list makes a quantifier
	counted    bool    // the list at the path is that of a count
}

// state is what may stand at a place.
type state uint8

const (
	wantCondition state = iota
	wantOperand         // on either side of a comparison, in a call, or behind an operator of arithmetic
	afterSign           // the digits of an operand
	afterName           // what follows an operand, or makes the name a call
	afterDot            // the rest of a path
	afterOperand        // an operator, or what follows a condition or an argument
	nothing
	afterNot // an operator that can be negated in words
	afterIs
	afterIsNot
	afterStarts // with
	wantList    // (
	wantValue
	wantNumber    // digits after a sign
	wantDay       // a date
	wantDuration  // after now -
	afterRelative // + or -, or what follows a value
	afterItem     // , or )
	afterLow      // the and of between
	afterCondition
	wantElements  // the name of a list or a reference
	afterElements // a block, or the end of a count
)

// cutWord removes the tokens of the word at the cursor: a keyword, a number or a path with its
// dots.
func (c *completer) cutWord(tokens []token.Token, cursor int) ([]token.Token, ast.Span) {
	at := ast.Span{Start: cursor, End: cursor}
	touching := func(back int) (token.Token, bool) {
		i := len(tokens) - 1 - back
		if i < 0 || (back == 0 && tokens[i].At.End != at.Start) || (back > 0 && tokens[i].At.End != tokens[i+1].At.Start) {
			return token.Token{}, false
		}
		return tokens[i], true
	}
	isDot := func(back int) bool { t, ok := touching(back); return ok && t.Kind == token.Dot }
	isWord := func(back int) bool {
		t, ok := touching(back)
		return ok && (isPathStart(c.text[t.At.Start]) || (token.IsDigit(c.text[t.At.Start]) && at.Start == cursor))
	}
	cut := func() {
		at.Start = tokens[len(tokens)-1].At.Start
		tokens = tokens[:len(tokens)-1]
	}
	if isDot(0) && isWord(1) {
		cut()
	}
	for isWord(0) {
		cut()
		if !isDot(0) || !isWord(1) {
			break
		}
		cut()
	}
	return tokens, at
}

// isPathStart reports whether a segment of a path can start with c.
func isPathStart(c byte) bool { return token.IsLetter(c) || c == '`' }

// step advances by one token.
func (c *completer) step(t token.Token) {
	if c.elements(t) {
		return
	}
	switch t.Kind {
	case token.And:
		if c.state == afterLow || (c.state == afterRelative && c.low) {
			c.state, c.low = wantValue, false
			return
		}
		c.restart()
		return
	case token.Or:
		c.restart()
		return
	case token.RParen:
		c.closing()
		return
	}
	switch c.state {
	case wantCondition:
		c.condition(t)
	case wantOperand, afterSign, afterName, afterDot, afterOperand:
		c.operand(t)
	case afterNot:
		c.operator(t)
	case afterIs, afterIsNot:
		c.state = afterCondition
		if t.Kind == token.Not {
			c.state = afterIsNot
		}
	case afterStarts, wantList:
		c.state = wantValue
		c.list = c.list || t.Kind == token.LParen
	case wantValue, wantNumber, wantDay:
		c.value(t)
	case wantDuration:
		c.state = afterRelative
	case afterRelative, afterItem:
		c.afterValue(t)
	case nothing, afterLow, afterCondition, wantElements, afterElements:
	}
}

// restart starts a condition.
func (c *completer) restart() {
	c.state, c.path, c.list, c.low, c.quantifier = wantCondition, c.path[:0], false, false, false
	c.operands = operands{frames: append(c.operands.frames[:0], frame{})}
}

// closing closes the innermost parentheses.
func (c *completer) closing() {
	switch {
	case c.list:
		c.list, c.state = false, afterCondition
	case len(c.operands.frames) > 1:
		c.closeFrame()
	case c.open == 0 && len(c.blocks) > 0:
		c.leave()
	default:
		c.open = max(c.open-1, 0)
		if (c.state == afterName || c.state == afterOperand) && !c.operands.right {
			c.endName() // they may be around the left side of a condition
			return
		}
		c.state = afterCondition
	}
}

func (c *completer) condition(t token.Token) {
	switch t.Kind {
	case token.LParen:
		c.open++
	case token.Not:
	default:
		c.state = wantOperand
		c.operand(t)
		c.quantifier = t.Kind == token.Ident && isQuantifier(t.At.Of(c.text))
	}
}

// addPath appends to the path, up to one byte more than the longest field name: that is enough
// to know that the path names nothing.
func (c *completer) addPath(part string) {
	c.path = append(c.path, part[:min(len(part), c.longest+1-len(c.path))]...)
}

// operator advances past what starts the test of an operand.
func (c *completer) operator(t token.Token) {
	switch t.Kind {
	case token.Eq, token.Ne, token.Lt, token.Le, token.Gt, token.Ge:
		c.compare()
	case token.Not:
		c.state = afterNot
		if t.At.Of(c.text) == bang {
			c.state = nothing // only the word negates an operator: this would be !=
		}
	case token.Is:
		c.state = afterIs
	case token.Starts, token.Ends:
		c.state = afterStarts
	case token.In:
		c.state = wantList
	case token.On:
		c.state = wantDay
	case token.Between:
		c.state, c.low = wantValue, true
	case token.Like, token.Contains, token.Matches, token.Tilde, token.NotTilde:
		c.state = wantValue
	default:
		c.state = nothing
	}
}

func (c *completer) value(t token.Token) {
	switch {
	case t.Kind == token.Minus && c.state == wantValue:
		c.state = wantNumber
	case t.Kind == token.Now, t.Kind == token.Today:
		c.state = afterRelative
	default:
		c.endValue()
	}
}

// endValue advances past a whole value.
func (c *completer) endValue() {
	switch {
	case c.list:
		c.state = afterItem
	case c.low:
		c.state = afterLow
	default:
		c.state = afterCondition
	}
}

func (c *completer) afterValue(t token.Token) {
	switch t.Kind {
	case token.Comma:
		c.state = wantValue
	case token.Plus, token.Minus:
		c.state = wantDuration
	default:
		c.endValue()
	}
}
