package wire

import (
	"bytes"
	"slices"
	"strconv"

	"github.com/muster-go/muster/model"
)

// timeLayout is how the API writes date-times: whole seconds, UTC.
const timeLayout = "2006-01-02T15:04:05Z"

// render returns the parameters that say the clauses, each once.
func (e *encoder) render(clauses []clause) []string {
	out := make([]string, 0, len(clauses))
	var room [64]byte // on the stack: most parameters fit
	buf := room[:0]
	var written texts
	for i := range clauses {
		from := len(buf)
		buf = e.appendClause(buf, &clauses[i])
		if !written.add(buf, from) {
			buf = buf[:from]
			continue
		}
		out = append(out, string(buf[from:]))
	}
	return out
}

func (e *encoder) appendClause(dst []byte, c *clause) []byte {
	dst = append(dst, c.field.Name...)
	if t, ok := c.single(); ok {
		if t.op == opEq && (c.field.Type == model.TypeInt || c.field.Type == model.TypeBool) {
			return appendValue(append(dst, ':'), t.value)
		}
		if t.op != opNotNull {
			return appendObject(dst, c.alts[0])
		}
	}
	return e.appendAlternatives(dst, c)
}

// appendAlternatives writes each object of c once, in brackets if they are
// several.
func (e *encoder) appendAlternatives(dst []byte, c *clause) []byte {
	var written texts
	bracket := len(dst)
	for _, o := range e.objects(c) {
		mark := len(dst)
		dst = appendObject(append(dst, "[,"[min(mark-bracket, 1)]), o)
		if !written.add(dst, mark+1) {
			dst = dst[:mark]
		}
	}
	if written.n == 1 {
		return slices.Delete(dst, bracket, bracket+1)
	}
	return append(dst, ']')
}

// objects returns the objects that c is written with: the `in` operator joins all
// plain equalities, and "not null" is spelled out.
func (e *encoder) objects(c *clause) []object {
	list := c.alts
	if e.In && len(list) > 1 {
		list = joinEquals(list)
	}
	isNotNull := func(o object) bool { return len(o) == 1 && o[0].op == opNotNull && o[0].value.IsNull() }
	for i := slices.IndexFunc(list, isNotNull); i >= 0; i = slices.IndexFunc(list, isNotNull) {
		list = slices.Concat(list[:i], e.notNull(c.field), list[i+1:])
	}
	return list
}

// texts are pieces of a buffer, no two of them alike.
type texts struct {
	n     int
	first [16][2]int          // from and to of the first ones
	index map[string]struct{} // of all, once they are more than a search is fast for
}

// add takes in what the buffer holds from there on, and reports whether it is new.
// The buffer may grow and be cut back to its end, but not change before that.
func (t *texts) add(buf []byte, from int) bool {
	text := buf[from:]
	if t.index == nil {
		for _, s := range t.first[:t.n] {
			if bytes.Equal(buf[s[0]:s[1]], text) {
				return false
			}
		}
		if t.n < len(t.first) {
			t.first[t.n] = [2]int{from, len(buf)}
			t.n++
			return true
		}
		t.index = make(map[string]struct{})
		for _, s := range t.first {
			t.index[string(buf[s[0]:s[1]])] = struct{}{}
		}
	}
	if _, twice := t.index[string(text)]; twice {
		return false
	}
	t.index[string(text)] = struct{}{}
	t.n++
	return true
}

// joinEquals puts the operands of all objects that are a single eq into one
// `in`, at the place of the first.
func joinEquals(alts []object) []object {
	out := make([]object, 0, len(alts))
	at := -1
	var values []model.Value
	seen := make(map[model.Value]struct{})
	for _, alt := range alts {
		if len(alt) != 1 || alt[0].op != opEq {
			out = append(out, alt)
			continue
		}
		if at < 0 {
			at = len(out)
			out = append(out, alt)
		}
		if _, twice := seen[alt[0].value]; !twice {
			seen[alt[0].value] = struct{}{}
			values = append(values, alt[0].value)
		}
	}
	if len(values) > 1 {
		out[at] = object{{op: opIn, list: values}}
	}
	return out
}

// notNull returns the objects that say "f is not null", which has no documented
// operator of its own.
func (e *encoder) notNull(f *model.Field) []object {
	if e.NotNull {
		return []object{{{op: opNotNull, value: model.Bool(true)}}}
	}
	if e.NullFalse {
		return []object{{{op: opNull, value: model.Bool(false)}}}
	}
	if f.Type == model.TypeBool {
		return []object{{{op: opEq, value: model.Bool(true)}}, {{op: opEq, value: model.Bool(false)}}}
	}
	v := pivot(f.Type)
	return []object{{{op: opGteq, value: v}}, {{op: opLt, value: v}}}
}

// pivot returns a value of type t that divides all others into those below it
// and the rest. Any would do; "" would not be wrong but looks like no value,
// and an instant before 1970 may be none to the server.
func pivot(t model.Type) model.Value {
	switch t {
	case model.TypeString:
		return model.String("m")
	case model.TypeDateTime:
		return model.DateTimeUnix(946684800) // 2000-01-01T00:00:00Z
	case model.TypeInt, model.TypeBool, model.TypeNull, model.TypeRef, model.TypeRefs, model.TypeJSON, model.TypeDecimal, model.TypeFloat, model.TypeList:
	}
	return model.Int(0)
}

func appendObject(dst []byte, alt object) []byte {
	for i, t := range alt {
		dst = append(dst, "{,"[min(i, 1)])
		dst = append(dst, t.op...)
		dst = append(dst, ':')
		dst = appendOperand(dst, t)
	}
	return append(dst, '}')
}

func appendOperand(dst []byte, t term) []byte {
	switch {
	case t.list != nil:
		for i, v := range t.list {
			dst = append(dst, "[,"[min(i, 1)])
			dst = appendValue(dst, v)
		}
		return append(dst, ']')
	case t.op == opNull && t.value.IsNull():
		return append(dst, "true"...)
	}
	return appendValue(dst, t.value)
}

func appendValue(dst []byte, v model.Value) []byte {
	switch v.Type() {
	case model.TypeInt:
		return strconv.AppendInt(dst, v.Int(), 10)
	case model.TypeBool:
		return strconv.AppendBool(dst, v.Bool())
	case model.TypeString:
		return appendString(dst, v.Str())
	case model.TypeDateTime:
		dst = append(dst, '"')
		dst = v.Time().AppendFormat(dst, timeLayout)
		return append(dst, '"')
	case model.TypeNull, model.TypeRef, model.TypeRefs, model.TypeJSON, model.TypeDecimal, model.TypeFloat, model.TypeList:
	}
	return append(dst, "null"...)
}

const hexDigits = "0123456789abcdef"

// appendString writes s, which is valid UTF-8, as a JSON string. JSON5 has
// escapes of its own, which not every reader of it knows; and it allows U+2028
// and U+2029 unescaped, which not every reader does.
func appendString(dst []byte, s string) []byte {
	dst = append(dst, '"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			dst = append(dst, '\\', byte(r))
		case r == '\n':
			dst = append(dst, `\n`...)
		case r == '\r':
			dst = append(dst, `\r`...)
		case r == '\t':
			dst = append(dst, `\t`...)
		case r < ' ' || r == 0x7f || r == '\u2028' || r == '\u2029':
			dst = append(dst, '\\', 'u', hexDigits[r>>12&15], hexDigits[r>>8&15], hexDigits[r>>4&15], hexDigits[r&15])
		default:
			dst = append(dst, string(r)...)
		}
	}
	return append(dst, '"')
}
