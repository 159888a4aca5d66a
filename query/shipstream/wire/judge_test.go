package wire_test

import (
	"cmp"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/titanous/json5"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query/shipstream/wire"
)

// The judges of these tests are two evaluators that share no code with the
// package: one of trees, as the language defines them, and one of parameters,
// as the API does, over a JSON5 library. Both know the weights of ASCII alone,
// which is all that the generated rows hold.

type row map[string]model.Value

func compareValues(c model.Collation, a, b model.Value) int {
	if a.Type() != model.TypeString {
		return cmp.Or(cmp.Compare(a.Int(), b.Int()), cmp.Compare(a.Nanosecond(), b.Nanosecond()))
	}
	x, y := a.Str(), b.Str()
	switch c {
	case model.CI:
		n := max(len(x), len(y))
		x, y = strings.ToUpper(fmt.Sprintf("%-*s", n, x)), strings.ToUpper(fmt.Sprintf("%-*s", n, y))
	case model.Case:
		x, y = strings.ToUpper(x), strings.ToUpper(y)
	case model.Binary:
	}
	return cmp.Compare(x, y)
}

// like is SQL's LIKE by plain recursion.
func like(s, pattern string) bool {
	if pattern == "" {
		return s == ""
	}
	switch {
	case pattern[0] == '%':
		return like(s, pattern[1:]) || s != "" && like(s[1:], pattern)
	case s == "":
		return false
	case pattern[0] == '\\' && len(pattern) > 1:
		return s[0] == pattern[1] && like(s[1:], pattern[2:])
	}
	return (pattern[0] == '_' || pattern[0] == s[0]) && like(s[1:], pattern[1:])
}

func fold(c model.Collation, s string) string {
	if c != model.Binary {
		return strings.ToUpper(s)
	}
	return s
}

func quotePattern(s string) string {
	return strings.NewReplacer(`%`, `\%`, `_`, `\_`, `\`, `\\`).Replace(s)
}

func regexMatch(c model.Collation, s, pattern string) bool {
	if c != model.Binary {
		pattern = "(?i)" + pattern
	}
	return regexp.MustCompile(pattern).MatchString(s)
}

func triOf(null, holds bool) int {
	switch {
	case null:
		return 0
	case holds:
		return 1
	}
	return -1
}

// truth evaluates a tree to 1 (true), 0 (unknown) or -1 (false).
func truth(n dsl.Node, r row) int {
	switch n := n.(type) {
	case *dsl.And:
		out := 1
		for _, t := range n.Terms {
			out = min(out, truth(t, r))
		}
		return out
	case *dsl.Or:
		out := -1
		for _, t := range n.Terms {
			out = max(out, truth(t, r))
		}
		return out
	case *dsl.Not:
		return -truth(n.X, r)
	case *dsl.Const:
		return triOf(false, n.Value)
	case *dsl.Truth:
		v := r[n.Path.Name]
		return triOf(v.IsNull(), v.Bool())
	case *dsl.Compare:
		v := r[n.Path.Name]
		k := compareValues(n.Path.Field.Collation, v, n.Value.Value)
		holds := [...]bool{dsl.Eq: k == 0, dsl.Lt: k < 0, dsl.Le: k <= 0, dsl.Gt: k > 0, dsl.Ge: k >= 0}
		return triOf(v.IsNull(), holds[n.Op])
	case *dsl.In:
		v := r[n.Path.Name]
		if len(n.Values) == 0 {
			return -1
		}
		return triOf(v.IsNull(), slices.ContainsFunc(n.Values, func(l *dsl.Literal) bool {
			return compareValues(n.Path.Field.Collation, v, l.Value) == 0
		}))
	case *dsl.Between:
		v, c := r[n.Path.Name], n.Path.Field.Collation
		return triOf(v.IsNull(), compareValues(c, v, n.Lo.Value) >= 0 && compareValues(c, v, n.Hi.Value) <= 0)
	case *dsl.Is:
		v := r[n.Path.Name]
		holds := [...]bool{dsl.IsNull: v.IsNull(), dsl.IsTrue: v.Bool(), dsl.IsFalse: v.Type() == model.TypeBool && !v.Bool()}
		return triOf(false, holds[n.What])
	case *dsl.Match:
		v, c := r[n.Path.Name], n.Path.Field.Collation
		s, p := v.Str(), n.Pattern.Value.Str()
		if n.Op == dsl.Matches {
			return triOf(v.IsNull(), regexMatch(c, s, p))
		}
		pattern := map[dsl.MatchOp]string{
			dsl.Like: p, dsl.StartsWith: quotePattern(p) + "%",
			dsl.EndsWith: "%" + quotePattern(p), dsl.Contains: "%" + quotePattern(p) + "%",
		}[n.Op]
		return triOf(v.IsNull(), like(fold(c, s), fold(c, pattern)))
	}
	panic(fmt.Sprintf("no such node: %T", n))
}

// server evaluates parameters as a server with the profile would.
type server struct {
	profile wire.Profile
	schema  *model.Schema
}

// selects reports whether all params hold for r.
func (s server) selects(params []string, r row) (bool, error) {
	for _, p := range params {
		ok, err := s.holds(p, r)
		if err != nil {
			return false, fmt.Errorf("%s: %w", p, err)
		}
		if !ok {
			return false, nil
		}
	}
	return true, nil
}

var (
	keyRE    = regexp.MustCompile(`^([A-Za-z_][A-Za-z0-9_.]*)([:{[].*)$`)
	stringRE = regexp.MustCompile(`"(?:[^"\\]|\\.)*"`)
	listRE   = regexp.MustCompile(`:\[[^\]{]*\]`)
	objectRE = regexp.MustCompile(`\{[^}]*\}`)
	nameRE   = regexp.MustCompile(`[{,]([a-z]+):`)
)

func (s server) holds(param string, r row) (bool, error) {
	m := keyRE.FindStringSubmatch(param)
	if m == nil {
		return false, fmt.Errorf("no key")
	}
	f, ok := s.schema.Lookup(m[1])
	if !ok {
		return false, fmt.Errorf("unknown field")
	}
	v := r[m[1]]
	if text, basic := strings.CutPrefix(m[2], ":"); basic {
		if f.Type != model.TypeInt && f.Type != model.TypeBool {
			return false, fmt.Errorf("basic form for a %s", f.Type)
		}
		return !v.IsNull() && v.String() == text, nil
	}
	if err := noDuplicates(m[2]); err != nil {
		return false, err
	}
	var value any
	d := json5.NewDecoder(strings.NewReader(m[2]))
	d.UseNumber()
	if err := d.Decode(&value); err != nil {
		return false, err
	}
	objects, ok := value.([]any)
	if !ok {
		objects = []any{value}
	}
	selected := false
	for _, o := range objects {
		ok, err := s.object(f, v, o)
		if err != nil {
			return false, err
		}
		selected = selected || ok
	}
	return selected, nil
}

// noDuplicates sees that no object repeats an operator: the library would keep
// the last and say nothing.
func noDuplicates(text string) error {
	text = listRE.ReplaceAllString(stringRE.ReplaceAllString(text, `""`), `:0`)
	for _, object := range objectRE.FindAllString(text, -1) {
		var seen []string
		for _, m := range nameRE.FindAllStringSubmatch(object, -1) {
			if slices.Contains(seen, m[1]) {
				return fmt.Errorf("%s twice in %s", m[1], object)
			}
			seen = append(seen, m[1])
		}
	}
	return nil
}

func (s server) object(f *model.Field, v model.Value, o any) (bool, error) {
	ops, ok := o.(map[string]any)
	if !ok || len(ops) == 0 {
		return false, fmt.Errorf("no object: %v", o)
	}
	all := true
	for op, operand := range ops {
		ok, err := s.operator(f, v, op, operand)
		if err != nil {
			return false, fmt.Errorf("%s: %w", op, err)
		}
		all = all && ok
	}
	return all, nil
}

func (s server) operator(f *model.Field, v model.Value, op string, operand any) (bool, error) {
	p := s.profile
	inferred := map[string]bool{
		"in": p.In, "nin": p.Nin, "notnull": p.NotNull, "contains": p.Contains, "like": p.Like, "nlike": p.NotLike, "regex": p.Regex,
	}
	if on, known := inferred[op]; known && !on || op == "null" && operand != any(true) && !p.NullFalse {
		return false, fmt.Errorf("not in the profile")
	}
	switch op {
	case "null", "notnull":
		b, ok := operand.(bool)
		if !ok {
			return false, fmt.Errorf("operand %v", operand)
		}
		return v.IsNull() == (b == (op == "null")), nil
	case "in", "nin":
		list, ok := operand.([]any)
		if !ok || len(list) == 0 {
			return false, fmt.Errorf("operand %v", operand)
		}
		found := false
		for _, item := range list {
			x, err := constant(f, item)
			if err != nil {
				return false, err
			}
			found = found || compareValues(f.Collation, v, x) == 0
		}
		return !v.IsNull() && found == (op == "in"), nil
	}
	x, err := constant(f, operand)
	if err != nil || v.IsNull() {
		return false, err
	}
	k := compareValues(f.Collation, v, x)
	if holds, ok := map[string]bool{"eq": k == 0, "neq": k != 0, "gt": k > 0, "gteq": k >= 0, "lt": k < 0, "lteq": k <= 0}[op]; ok {
		return holds, nil
	}
	return s.pattern(f, v.Str(), op, x.Str())
}

// pattern evaluates a string test. Without PatternEscapes the server hands the
// operand to LIKE as it is.
func (s server) pattern(f *model.Field, v, op, x string) (bool, error) {
	if f.Type != model.TypeString {
		return false, fmt.Errorf("a string test of a %s", f.Type)
	}
	literal := x
	if s.profile.PatternEscapes {
		literal = quotePattern(x)
	}
	is := func(p string) bool { return like(fold(f.Collation, v), fold(f.Collation, p)) }
	switch op {
	case "start":
		return is(literal + "%"), nil
	case "end":
		return is("%" + literal), nil
	case "contains":
		return is("%" + literal + "%"), nil
	case "like":
		return is(x), nil
	case "nlike":
		return !is(x), nil
	case "regex":
		return regexMatch(f.Collation, v, x), nil
	}
	return false, fmt.Errorf("unknown operator")
}

func constant(f *model.Field, x any) (model.Value, error) {
	switch x := x.(type) {
	case json5.Number:
		n, err := json.Number(x.String()).Int64()
		if err == nil && f.Type == model.TypeInt {
			return model.Int(n), nil
		}
	case bool:
		if f.Type == model.TypeBool {
			return model.Bool(x), nil
		}
	case string:
		if f.Type == model.TypeString {
			return model.String(x), nil
		}
		if t, err := time.Parse("2006-01-02T15:04:05Z", x); err == nil && f.Type == model.TypeDateTime {
			return model.DateTime(t), nil
		}
	}
	return model.Null(), fmt.Errorf("%v (%T) is no %s", x, x, f.Type)
}
