package shipstreamtest

import (
	"cmp"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/titanous/json5"
)

// maxFilterDepth bounds the nesting of a filter's JSON5; what is valid needs
// three levels.
const maxFilterDepth = 8

var filterKey = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_.]*`)

// parseFilter reads one filter parameter: key:text, or key directly followed by
// a JSON5 object or array.
func (o *Options) parseFilter(fields []field, text string) (*condition, *apiError) {
	key := filterKey.FindString(text)
	if key == "" {
		return nil, invalid("query.filter", "%q does not begin with a field.", clip(text))
	}
	i := slices.IndexFunc(fields, func(f field) bool { return f.name == key })
	if i < 0 {
		return nil, invalid("query.filter", "%q is not a field that can be filtered by.", key)
	}
	c := &condition{field: &fields[i]}
	rest := text[len(key):]
	var err error
	switch {
	case strings.HasPrefix(rest, ":"):
		err = o.basic(c, rest[1:])
	case strings.HasPrefix(rest, "{"), strings.HasPrefix(rest, "["):
		err = o.advanced(c, rest)
	default:
		err = fmt.Errorf("%q is followed by none of : { [", key)
	}
	if err != nil {
		return nil, invalid("query.filter", "%s: %v.", clip(text), err)
	}
	return c, nil
}

// clip bounds the text of a parameter that an error message repeats.
func clip(s string) string {
	const most = 200
	if len(s) > most {
		return strings.ToValidUTF8(s[:most], "") + "…"
	}
	return s
}

// basic reads the text after the colon: it is the value as it stands.
func (o *Options) basic(c *condition, text string) error {
	var value any = text
	switch c.field.typ {
	case typeInt:
		value = json5.Number(text)
	case typeBool:
		switch text {
		case "true", "1":
			value = true
		case "false", "0":
			value = false
		}
	case typeString, typeTime:
	}
	made, err := o.comparison(c.field, "eq", value)
	if err != nil {
		return err
	}
	c.any = [][]comparison{{made}}
	return nil
}

// advanced reads an object, or an array of objects.
func (o *Options) advanced(c *condition, text string) error {
	objects, err := decodeObjects(text)
	if err != nil {
		return err
	}
	if o.misreads(TakesFirstObject) {
		objects = objects[:1]
	}
	for _, object := range objects {
		if len(object) == 0 {
			return fmt.Errorf("an object holds no operator")
		}
		var all []comparison
		for _, op := range slices.Sorted(maps.Keys(object)) {
			made, err := o.comparison(c.field, op, object[op])
			if err != nil {
				return err
			}
			all = append(all, made)
		}
		if o.misreads(TakesOneOperator) {
			all = all[:1]
		}
		c.any = append(c.any, all)
	}
	return nil
}

// decodeObjects reads JSON5 that is an object or a non-empty array of objects.
func decodeObjects(text string) ([]map[string]any, error) {
	members, depth := structure(text)
	if depth > maxFilterDepth {
		return nil, fmt.Errorf("nested more than %d deep", maxFilterDepth)
	}
	// Unmarshal refuses what follows the value, and a Decoder does not; but
	// only a Decoder keeps integers exact.
	var whole json5.RawMessage
	if err := json5.Unmarshal([]byte(text), &whole); err != nil {
		return nil, fmt.Errorf("not JSON5: %w", err)
	}
	var value any
	dec := json5.NewDecoder(strings.NewReader(text))
	dec.UseNumber()
	if err := dec.Decode(&value); err != nil {
		return nil, fmt.Errorf("not JSON5: %w", err)
	}
	items, isList := value.([]any)
	if !isList {
		items = []any{value}
	}
	if len(items) == 0 {
		return nil, fmt.Errorf("an array holds no object")
	}
	objects := make([]map[string]any, len(items))
	for i, item := range items {
		object, ok := item.(map[string]any)
		if !ok {
			return nil, fmt.Errorf("an array holds something that is not an object")
		}
		objects[i] = object
		members -= len(object)
	}
	// The library keeps the last of several members of one name without a
	// word. No valid filter has objects further in.
	if members != 0 {
		return nil, fmt.Errorf("an operator is repeated, or a value is an object")
	}
	return objects, nil
}

// structure counts the members of all objects in JSON5 text, and how deep its
// brackets nest. Of text that is not JSON5 the depth is an upper bound.
func structure(text string) (members, depth int) {
	open := 0
	for i := 0; i < len(text); i++ {
		switch c := text[i]; c {
		case '{', '[':
			open++
			depth = max(depth, open)
		case '}', ']':
			open--
		case ':':
			members++
		case '"', '\'':
			for i++; i < len(text) && text[i] != c; i++ {
				if text[i] == '\\' {
					i++
				}
			}
		case '/':
			i = skipComment(text, i)
		}
	}
	return members, depth
}

// skipComment returns the index of the last byte of the comment that begins at
// i, or i.
func skipComment(text string, i int) int {
	for _, c := range [][2]string{{"//", "\n"}, {"/*", "*/"}} {
		if rest, ok := strings.CutPrefix(text[i:], c[0]); ok {
			end := strings.Index(rest, c[1])
			if end < 0 {
				return len(text)
			}
			return i + len(c[0]) + end + len(c[1]) - 1
		}
	}
	return i
}

// inferred returns the switch that an operator needs; 0 for documented ones.
func inferred(op string) Operators {
	return map[string]Operators{
		"in": OpIn, "nin": OpNin, "notnull": OpNotNull, "contains": OpContains, "like": OpLike, "nlike": OpNLike,
	}[op]
}

// comparison compiles one operator with its value.
func (o *Options) comparison(f *field, op string, value any) (comparison, error) {
	if need := inferred(op); o.Operators&need != need {
		return comparison{}, fmt.Errorf("unknown operator %q", op)
	}
	op, value = o.misread(f, op, value)
	f = o.rounded(f)
	c := comparison{op: op}
	var err error
	switch op {
	case ignored:
		c.test = func(*row) bool { return true }
	case "eq", "neq", "gt", "lt", "gteq", "lteq":
		err = o.compare(&c, f, value)
	case "from", "to":
		if f.typ != typeTime {
			return c, fmt.Errorf("%s is for dates", op)
		}
		err = o.compare(&c, f, value)
	case "in", "nin":
		err = o.membership(&c, f, value)
	case "null", "notnull":
		err = o.nullness(&c, f, value)
	case "start", "end", "contains", "like", "nlike", "regex":
		text, ok := value.(string)
		if !ok || f.typ != typeString {
			return c, fmt.Errorf("%s is for strings", op)
		}
		c.test, err = o.pattern(f, op, text)
	default:
		return c, fmt.Errorf("unknown operator %q", op)
	}
	c.test = o.takingNulls(f, op, c.test)
	return c, err
}

func (o *Options) compare(c *comparison, f *field, value any) error {
	v, err := f.operand(value)
	if err != nil {
		return err
	}
	op := c.op
	switch op {
	case "from":
		op = "gteq"
	case "to":
		op = "lteq"
		if isBareDate(value) {
			v.num += 24*60*60 - 1
		}
	}
	c.num, c.str = v.num, v.str
	holds := signTest(op)
	if f.typ == typeString {
		c.test = func(r *row) bool { return holds(o.compareStringsBy(op, f.str(r), v.str)) }
		return nil
	}
	c.test = func(r *row) bool {
		n := f.num(r)
		return n != nullTime && holds(cmp.Compare(n, v.num))
	}
	return nil
}

// signTest returns what a comparison's sign must be for op to hold.
func signTest(op string) func(int) bool {
	switch op {
	case "neq":
		return func(s int) bool { return s != 0 }
	case "gt":
		return func(s int) bool { return s > 0 }
	case "lt":
		return func(s int) bool { return s < 0 }
	case "gteq":
		return func(s int) bool { return s >= 0 }
	case "lteq":
		return func(s int) bool { return s <= 0 }
	}
	return func(s int) bool { return s == 0 }
}

func (o *Options) membership(c *comparison, f *field, value any) error {
	items, ok := value.([]any)
	if !ok || len(items) == 0 {
		return fmt.Errorf("%s takes a list of one or more values", c.op)
	}
	for _, item := range items {
		v, err := f.operand(item)
		if err != nil {
			return err
		}
		c.list = append(c.list, v)
	}
	in := o.member(f, c.list)
	if c.op == "in" {
		c.test = in
		return nil
	}
	c.test = func(r *row) bool { return !f.isNull(r) && !in(r) }
	return nil
}

func (o *Options) nullness(c *comparison, f *field, value any) error {
	want, ok := value.(bool)
	if !ok {
		return fmt.Errorf("%s takes true or false", c.op)
	}
	if c.op == "null" && !want && o.Operators&OpNullFalse == 0 {
		return fmt.Errorf("null takes true")
	}
	if c.op == "notnull" {
		want = !want
	}
	c.test = func(r *row) bool { return f.isNull(r) == want }
	return nil
}

// isNull reports whether r has null for f; strings are never null.
func (f *field) isNull(r *row) bool { return f.typ != typeString && f.num(r) == nullTime }

// pattern compiles the string operators. start, end and contains are LIKE with
// a pattern made of the value, which is escaped only if the options say so.
func (o *Options) pattern(f *field, op, text string) (test, error) {
	if op == "regex" {
		return o.regex(f, text)
	}
	if o.EscapePatterns && op != "like" && op != "nlike" {
		text = strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(text)
	}
	switch op {
	case "start":
		text += "%"
	case "end":
		text = "%" + text
	case "contains":
		text = "%" + text + "%"
	}
	p := o.compileLike(text)
	if op == "nlike" {
		return func(r *row) bool { return !p.match(f.str(r)) }, nil
	}
	return func(r *row) bool { return p.match(f.str(r)) }, nil
}

// regex uses RE2 for the server's dialect, which the reference does not name:
// the two agree on simple expressions only.
func (o *Options) regex(f *field, text string) (test, error) {
	if !o.binary() {
		text = "(?i)" + text
	}
	re, err := regexp.Compile(text)
	if err != nil {
		return nil, fmt.Errorf("regex: %w", err)
	}
	return func(r *row) bool { return re.MatchString(f.str(r)) }, nil
}

// operand reads a value of the field's type. There is no coercion: a client
// that relies on one would rely on what the reference does not promise.
func (f *field) operand(value any) (operand, error) {
	switch v := value.(type) {
	case json5.Number:
		if n, err := strconv.ParseInt(string(v), 10, 64); err == nil && f.typ == typeInt {
			return operand{num: n}, nil
		}
	case bool:
		if f.typ == typeBool {
			return operand{num: map[bool]int64{true: 1}[v]}, nil
		}
	case string:
		switch f.typ {
		case typeString:
			return operand{str: v}, nil
		case typeTime:
			if t, err := parseTime(v); err == nil && f.unit > 0 {
				return operand{num: t - t%f.unit}, nil
			} else if err == nil {
				return operand{num: t}, nil
			}
		case typeInt, typeBool:
		}
	}
	return operand{}, fmt.Errorf("%v is not %s", value, f.typ)
}

// String returns the type with its article.
func (t fieldType) String() string {
	return [...]string{
		typeInt: "a 64-bit integer", typeString: "a string", typeBool: "a boolean", typeTime: "a date or a date-time such as 2017-07-21T17:32:28Z",
	}[t]
}

// parseTime reads a date-time in whole seconds and UTC, or a date, which means
// its first second.
func parseTime(s string) (int64, error) {
	t, err := time.Parse("2006-01-02T15:04:05Z", s)
	if err != nil || strings.ContainsAny(s, ".,") {
		t, err = time.Parse(time.DateOnly, s)
	}
	if err != nil {
		return 0, err
	}
	return t.Unix(), nil
}

func isBareDate(value any) bool {
	s, ok := value.(string)
	return ok && len(s) == len(time.DateOnly)
}
