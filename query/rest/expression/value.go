package expression

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model"
)

// literal is a value as a language writes it.
type literal struct {
	quoted string // as a text of the language has it
	inner  string // escaped, without quotes
	native any    // as a JSON tree has it; nil = there is none
}

// quoter writes text for one test of one dialect.
type quoter struct {
	by      string
	escape  *strings.Replacer
	escaped map[string]string
	numbers bool
	refuse  []string
	values  map[string]string // what the server calls each value; nil = as rows do
	tree    bool              // a JSON tree quotes by itself
	bare    bool              // nothing says how text is quoted, nor what it may not have
}

func newQuoter(q Quote, op Operator, tree bool) *quoter {
	out := &quoter{by: q.By, escaped: map[string]string{}, numbers: q.Numbers, values: op.Values, tree: tree}
	maps.Copy(out.escaped, q.Escape)
	maps.Copy(out.escaped, op.Escape)
	pairs := make([]string, 0, 2*len(out.escaped))
	for from, to := range out.escaped {
		pairs = append(pairs, from, to)
	}
	out.escape = strings.NewReplacer(pairs...)
	out.refuse = append(append(out.refuse, q.Refuse...), op.Refuse...)
	out.bare = !tree && q.By == "" && len(out.refuse) == 0
	out.refuse = append(out.refuse, out.unescaped()...)
	return out
}

// unescaped returns what would end a text although it is quoted: the quote itself, and what
// an escape begins with, if they have no escape of their own.
func (q *quoter) unescaped() (all []string) {
	texts := []string{q.by}
	for from, to := range q.escaped {
		switch {
		case from == to && strings.Contains(q.by, from) && from != "":
			all = append(all, from)
		case to != "" && from != "" && !strings.HasPrefix(to, from[:1]):
			texts = append(texts, to[:1])
		}
	}
	for _, text := range texts {
		for _, r := range text {
			if _, ok := q.escaped[string(r)]; !ok && r < utf8.RuneSelf && !slices.Contains(all, string(r)) && !isWord(r) {
				all = append(all, string(r))
			}
		}
	}
	slices.Sort(all)
	return all
}

// isWord reports whether a character is a letter or a digit, which no language quotes by.
func isWord(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

// text writes a text; the reason says why it cannot be written.
func (q *quoter) text(s string) (l literal, reason string) {
	inner, reason := q.inside(s)
	if reason != "" {
		return literal{}, reason
	}
	return literal{quoted: q.by + inner + q.by, inner: inner, native: s}, ""
}

// inside escapes a text.
func (q *quoter) inside(s string) (inner, reason string) {
	if !utf8.ValidString(s) {
		return "", "the value is not UTF-8"
	}
	if q.bare {
		return "", "nothing says how text is quoted (quote.by), or what it may not have (quote.refuse)"
	}
	for _, r := range s {
		if _, escaped := q.escaped[string(r)]; !escaped && (r < ' ' || r == 0x7f) && !q.tree {
			return "", "a value with the control character " + strconv.QuoteRune(r) + " cannot be quoted"
		}
	}
	for _, text := range q.refuse {
		if strings.Contains(s, text) {
			return "", "a value with " + strconv.Quote(text) + " cannot be quoted"
		}
	}
	return q.escape.Replace(s), ""
}

// literalOf writes a value of a field. Instants are written by [instants].
func (q *quoter) literalOf(v model.Value) (literal, string) {
	if q.values != nil {
		sent, ok := q.values[v.String()]
		if !ok {
			return literal{}, "the definition does not say what the server calls " + strconv.Quote(v.String())
		}
		return q.text(sent)
	}
	if v.Type() == model.TypeString {
		return q.text(v.Str())
	}
	text := v.String()
	l := literal{quoted: text, inner: text, native: q.number(text)}
	switch {
	case v.Type() == model.TypeBool:
		l.native = v.Bool()
	case q.numbers:
		l.quoted = q.by + text + q.by
	}
	return l, ""
}

// number is a number as a tree has it: a text if numbers are quoted.
func (q *quoter) number(text string) any {
	if q.numbers {
		return text
	}
	return number(text)
}

// instants says how the server writes and compares the instants of a field.
type instants struct {
	Time
	step   time.Duration // the server compares by; 0 = exactly
	grid   bool          // rows have no instant between two steps
	named  model.TimeFormat
	layout string // "" = the named format
	own    *model.Spelling
}

// instantsOf returns how the server compares the instants of a field.
func instantsOf(t Time, f *model.Field) instants {
	i := instants{Time: t, step: t.Step, named: model.FormatRFC3339Nano}
	switch t.Format {
	case "", "rfc3339", NoTime:
	case "unix":
		i.named = model.FormatUnix
	case "unix_ms":
		i.named = model.FormatUnixMilli
	case "date":
		i.named = model.FormatDate
	default:
		i.layout = t.Format
	}
	fine := t.Grid // of rows
	switch {
	case f.Format == model.FormatDate:
		fine = max(fine, 24*time.Hour)
	case f.Format == model.FormatUnixMilli:
		fine = max(fine, time.Millisecond)
	case f.HoldsWholeSeconds():
		fine = max(fine, time.Second)
	}
	if f.Format == model.FormatUnix || f.Format == model.FormatUnixMilli || f.Format == model.FormatDate {
		i.named, i.layout = f.Format, "" // as rows have it
	} else if f.Spelling != nil && len(f.Spelling.Layouts) > 0 && t.Format == "" {
		i.own = f.Spelling
	}
	i.step = max(i.step, i.written())
	i.grid = fine >= i.step && fine > 0
	if i.grid {
		i.step = fine
	}
	return i
}

// written is how finely an instant can be written.
func (i instants) written() time.Duration {
	switch {
	case i.own != nil, i.layout != "":
		return time.Second
	case i.named == model.FormatUnix:
		return time.Second
	case i.named == model.FormatUnixMilli:
		return time.Millisecond
	case i.named == model.FormatDate:
		return 24 * time.Hour
	}
	return 0
}

// floor returns the greatest step at or below an instant, and whether it is the instant.
func (i instants) floor(t time.Time) (time.Time, bool) {
	if i.step == 0 {
		return t, true
	}
	if i.step < time.Second {
		at := t.Add(-time.Duration(t.Nanosecond()) % i.step)
		return at, at.Equal(t)
	}
	steps := int64(i.step / time.Second)
	second := t.Unix()
	over := second % steps
	if over < 0 {
		over += steps
	}
	at := time.Unix(second-over, 0)
	return at, at.Equal(t)
}

// ceil returns the least step at or above an instant.
func (i instants) ceil(t time.Time) time.Time {
	if at, same := i.floor(t); !same {
		return at.Add(i.step)
	}
	return t
}

// literal writes an instant that is on a step.
func (i instants) literal(t time.Time, q *quoter) (literal, string) {
	if i.Format == NoTime && i.own == nil && i.layout == "" && i.named == model.FormatRFC3339Nano {
		return literal{}, "the dialect does not say how the server reads instants (time.format)"
	}
	zone := i.Zone
	if zone == nil {
		zone = time.UTC
	}
	t = t.In(zone)
	if t.Year() < 0 || t.Year() > 9999 {
		return literal{}, "instants are written with years from 0 to 9999"
	}
	var text string
	switch {
	case i.own != nil:
		text = i.own.Format(t)
	case i.layout != "":
		text = t.Format(i.layout)
	case i.named == model.FormatUnix:
		text = strconv.FormatInt(t.Unix(), 10)
		return literal{quoted: text, inner: text, native: q.number(text)}, ""
	case i.named == model.FormatUnixMilli:
		text = strconv.FormatInt(t.UnixMilli(), 10)
		return literal{quoted: text, inner: text, native: q.number(text)}, ""
	case i.named == model.FormatDate:
		text = t.UTC().Format(time.DateOnly)
	default:
		text = t.Format(time.RFC3339Nano)
	}
	if i.Quoted {
		return q.text(text)
	}
	return literal{quoted: text, inner: text, native: text}, ""
}

// isBlank reports whether a value is the one that some servers take for none: 0, ” or false.
func isBlank(l *dsl.Literal) bool {
	switch v := l.Value; v.Type() {
	case model.TypeString:
		return v.Str() == ""
	case model.TypeInt, model.TypeBool:
		return v.Int() == 0
	case model.TypeDecimal:
		return strings.Trim(v.String(), "-0.") == ""
	case model.TypeFloat:
		return v.Float() == 0
	case model.TypeNull, model.TypeDateTime, model.TypeRef, model.TypeRefs, model.TypeJSON, model.TypeList:
	}
	return false
}
