package dsl

import (
	"strings"

	"github.com/muster-go/muster/model"
)

// CandidateKind says what a [Candidate] is.
type CandidateKind uint8

// The kinds of candidate.
const (
	KindField    CandidateKind = iota // the path of a field
	KindOperator                      // what follows a field
	KindValue                         // a constant
	KindKeyword                       // and, or, not and the rest of the grammar
)

// String returns "field", "operator", "value" or "keyword".
func (k CandidateKind) String() string {
	switch k {
	case KindOperator:
		return "operator"
	case KindValue:
		return "value"
	case KindKeyword:
		return "keyword"
	case KindField:
	}
	return "field"
}

// Candidate is one way to go on.
type Candidate struct {
	Text   string // what to put in the place of Completion.Range
	Kind   CandidateKind
	Detail string // one line for a menu: a field's type and documentation
}

// Completion is what may stand at a place of a text.
type Completion struct {
	// Range is what a candidate replaces: the word around the cursor, or nothing.
	Range Span
	// Candidates begin, letter case and back quotes aside, with what stands before
	// the cursor in Range. They are in the order in which a menu should show them; none where nothing can be proposed, such
	// as inside a string or a comment.
	Candidates []Candidate
}

// Complete returns what may stand at a byte offset of a filter that is being
// typed: fields of s, operators that the field's type takes, values, keywords.
//
// It reads the text only up to the cursor and does not mind what is wrong with
// it, guessing on from there. A cursor outside the text is moved to its nearer
// end. The time is linear in the text.
func Complete(s *model.Schema, text string, cursor int) Completion {
	cursor = min(max(cursor, 0), len(text))
	tokens, inside := completionTokens(text[:cursor])
	if inside {
		return Completion{Range: Span{cursor, cursor}}
	}
	if n := len(tokens); n > 0 && tokens[n-1].kind == tokParam && tokens[n-1].at.End == cursor {
		return Completion{Range: Span{cursor, cursor}} // a name that only the caller knows
	}
	c := completer{schema: s, text: text[:cursor]}
	tokens, c.at = c.cutWord(tokens, cursor)
	c.word = strings.ReplaceAll(text[c.at.Start:cursor], "`", "")
	for _, t := range tokens {
		c.step(t)
	}
	c.propose()
	for c.at.End < len(text) && c.at.Start < cursor && isPathByte(text[c.at.End]) {
		c.at.End++
	}
	return Completion{Range: c.at, Candidates: c.found}
}

func isPathByte(c byte) bool { return isWordByte(c) || c == '.' || c == '`' }

// manyFaults is after how many bytes that are no token completion gives up: the
// text is no filter then, and to go on could take quadratic time.
const manyFaults = 64

// completionTokens reads the tokens of a text, stepping over what is none. It
// reports whether the text ends inside a string or a comment.
func completionTokens(text string) (tokens []token, inside bool) {
	s := scanner{src: text, limits: limitsOf(nil)}
	if s.limits.checkBytes(text) != nil {
		return nil, true
	}
	for faults := 0; ; {
		before := s.pos
		s.skipSpace()
		start := s.pos
		if start >= len(text) {
			line := text[before:][strings.LastIndexByte(text[before:], '\n')+1:]
			return tokens, strings.Contains(line, "--")
		}
		kind := s.read(text[start])
		if kind == tokInvalid {
			open := text[start] == '\'' || text[start] == '"'
			if faults++; faults > manyFaults || (open && s.err != nil && s.err.Range.End >= len(text)) {
				return tokens, true
			}
			s.err = nil
			if text[start] == '`' && !strings.ContainsAny(text[start+1:], "` \t\n") {
				s.pos = len(text) // a name whose back quote is still to come
				kind = tokQuoted
			} else {
				s.pos = max(s.pos, start+1)
				for s.pos < len(text) && isWordByte(text[s.pos]) {
					s.pos++
				}
			}
		}
		tokens = append(tokens, token{kind, Span{start, s.pos}})
	}
}

// completer goes over the tokens before the cursor and keeps what may follow.
type completer struct {
	schema *model.Schema
	text   string // up to the cursor
	at     Span   // of the word being typed
	word   string // the word, without back quotes
	found  []Candidate

	state state
	field *model.Field // of the predicate being typed; nil if unknown
	path  string       // its path so far
	list  bool         // inside in (…)
	low   bool         // between has its lower value still to come
	open  int          // parentheses
}

// state is what may stand at a place.
type state uint8

const (
	wantCondition state = iota
	afterPath           // an operator
	afterDot            // the rest of a path
	afterPathNot        // an operator that can be negated in words
	afterIs
	afterIsNot
	afterStarts // with
	wantList    // (
	wantValue
	wantDay       // a date
	wantDuration  // after now -
	afterRelative // + or -, or what follows a value
	afterItem     // , or )
	afterLow      // the and of between
	afterCondition
)

// cutWord takes off the tokens of the word that ends at the cursor: a keyword, a
// number or a path with its dots.
func (c *completer) cutWord(tokens []token, cursor int) ([]token, Span) {
	at := Span{cursor, cursor}
	touching := func(back int) (token, bool) {
		i := len(tokens) - 1 - back
		if i < 0 || (back == 0 && tokens[i].at.End != at.Start) || (back > 0 && tokens[i].at.End != tokens[i+1].at.Start) {
			return token{}, false
		}
		return tokens[i], true
	}
	isDot := func(back int) bool { t, ok := touching(back); return ok && t.kind == tokDot }
	isWord := func(back int) bool {
		t, ok := touching(back)
		return ok && (isPathStart(c.text[t.at.Start]) || (isDigit(c.text[t.at.Start]) && at.Start == cursor))
	}
	cut := func() {
		at.Start = tokens[len(tokens)-1].at.Start
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
func isPathStart(c byte) bool { return isLetter(c) || c == '`' }

// step moves on by one token.
func (c *completer) step(t token) {
	switch t.kind {
	case tokAnd:
		if c.state == afterLow || (c.state == afterRelative && c.low) {
			c.state, c.low = wantValue, false
			return
		}
		c.restart()
		return
	case tokOr:
		c.restart()
		return
	case tokRParen:
		if c.list {
			c.list = false
		} else {
			c.open = max(c.open-1, 0)
		}
		c.state = afterCondition
		return
	}
	switch c.state {
	case wantCondition:
		c.condition(t)
	case afterDot:
		c.segment(t)
	case afterPath, afterPathNot:
		c.operator(t)
	case afterIs, afterIsNot:
		c.state = afterCondition
		if t.kind == tokNot {
			c.state = afterIsNot
		}
	case afterStarts, wantList:
		c.state = wantValue
		c.list = c.list || t.kind == tokLParen
	case wantValue, wantDay:
		c.value(t)
	case wantDuration:
		c.state = afterRelative
	case afterRelative, afterItem:
		c.afterValue(t)
	case afterLow, afterCondition:
	}
}

func (c *completer) restart() {
	c.state, c.field, c.path, c.list, c.low = wantCondition, nil, "", false, false
}

func (c *completer) condition(t token) {
	switch t.kind {
	case tokLParen:
		c.open++
	case tokNot:
	case tokTrue, tokFalse:
		c.state = afterCondition
	default:
		c.path = ""
		c.segment(t)
	}
}

// segment adds a part of a path.
func (c *completer) segment(t token) {
	c.path += strings.Trim(t.at.of(c.text), "`")
	c.field, _ = c.schema.Lookup(c.path)
	c.state = afterPath
}

func (c *completer) operator(t token) {
	switch t.kind {
	case tokDot:
		c.path += "."
		c.state = afterDot
	case tokNot:
		c.state = afterPathNot
	case tokIs:
		c.state = afterIs
	case tokStarts, tokEnds:
		c.state = afterStarts
	case tokIn:
		c.state = wantList
	case tokOn:
		c.state = wantDay
	case tokBetween:
		c.state, c.low = wantValue, true
	default:
		c.state = wantValue
	}
}

func (c *completer) value(t token) {
	switch t.kind {
	case tokMinus:
		return // the sign of a number
	case tokNow, tokToday:
		c.state = afterRelative
	default:
		c.endValue()
	}
}

// endValue moves on past a whole value.
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

func (c *completer) afterValue(t token) {
	switch t.kind {
	case tokComma:
		c.state = wantValue
	case tokPlus, tokMinus:
		c.state = wantDuration
	default:
		c.endValue()
	}
}
