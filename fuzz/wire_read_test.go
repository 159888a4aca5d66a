package fuzz

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/titanous/json5"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model"
)

// The reader here shares no code with package wire: a library reads the JSON5.

var (
	wireKey    = regexp.MustCompile(`(?s)^([A-Za-z_][A-Za-z0-9_.]*)([:{[].*)$`)
	wireString = regexp.MustCompile(`(?s)"(?:[^"\\]|\\.)*"`)
	wireList   = regexp.MustCompile(`:\[[^\]{]*\]`)
	wireObject = regexp.MustCompile(`\{[^}]*\}`)
	wireName   = regexp.MustCompile(`[{,]([a-z]+):`)
)

// readWire returns the tree that one filter parameter stands for.
func readWire(param string, s *model.Schema) (dsl.Node, error) {
	m := wireKey.FindStringSubmatch(param)
	if m == nil {
		return nil, fmt.Errorf("no key")
	}
	f, ok := s.Lookup(m[1])
	if !ok {
		return nil, fmt.Errorf("no field %s", m[1])
	}
	w := wireReader{&dsl.Path{Name: f.Name, Field: f}}
	if text, basic := strings.CutPrefix(m[2], ":"); basic {
		return w.basic(text)
	}
	if err := repeatedOperator(m[2]); err != nil {
		return nil, err
	}
	var value any
	d := json5.NewDecoder(strings.NewReader(m[2]))
	d.UseNumber()
	if err := d.Decode(&value); err != nil {
		return nil, err
	}
	objects, ok := value.([]any)
	if !ok {
		objects = []any{value}
	}
	or := new(dsl.Or)
	for _, o := range objects {
		term, err := w.object(o)
		if err != nil {
			return nil, err
		}
		or.Terms = append(or.Terms, term)
	}
	return or, nil
}

// repeatedOperator finds an operator that one object has twice: the library would keep
// the last and not report it.
func repeatedOperator(text string) error {
	text = wireList.ReplaceAllString(wireString.ReplaceAllString(text, `""`), `:0`)
	for _, object := range wireObject.FindAllString(text, -1) {
		var seen []string
		for _, m := range wireName.FindAllStringSubmatch(object, -1) {
			if slices.Contains(seen, m[1]) {
				return fmt.Errorf("%s twice in %s", m[1], object)
			}
			seen = append(seen, m[1])
		}
	}
	return nil
}

// wireReader reads the conditions on one field.
type wireReader struct{ path *dsl.Path }

// basic reads the value of key:value.
func (w wireReader) basic(text string) (dsl.Node, error) {
	var operand any = text
	switch w.path.Field.Type {
	case model.TypeInt:
		operand = json5.Number(text)
	case model.TypeBool:
		operand = text == "true"
	case model.TypeString, model.TypeDateTime, model.TypeNull, model.TypeRef, model.TypeRefs, model.TypeJSON, model.TypeDecimal, model.TypeFloat, model.TypeList:
	}
	return w.operator("eq", operand)
}

func (w wireReader) object(o any) (dsl.Node, error) {
	operators, ok := o.(map[string]any)
	if !ok || len(operators) == 0 {
		return nil, fmt.Errorf("no object: %v", o)
	}
	and := new(dsl.And)
	for op, operand := range operators {
		term, err := w.operator(op, operand)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", op, err)
		}
		and.Terms = append(and.Terms, term)
	}
	return and, nil
}

func (w wireReader) operator(op string, operand any) (dsl.Node, error) {
	switch op {
	case "null", "notnull":
		is := &dsl.Is{Path: w.path, What: dsl.IsNull}
		if operand == (op == "null") {
			return is, nil
		}
		return &dsl.Not{X: is}, nil
	case "in", "nin":
		in := &dsl.In{Path: w.path}
		list, _ := operand.([]any)
		for _, item := range list {
			v, err := w.literal(item)
			if err != nil {
				return nil, err
			}
			in.Values = append(in.Values, v)
		}
		if len(list) == 0 {
			return nil, fmt.Errorf("no list: %v", operand)
		}
		if op == "nin" {
			return &dsl.Not{X: in}, nil
		}
		return in, nil
	}
	v, err := w.literal(operand)
	if err != nil {
		return nil, err
	}
	comparisons := map[string]dsl.CompareOp{"eq": dsl.Eq, "neq": dsl.Eq, "gt": dsl.Gt, "gteq": dsl.Ge, "lt": dsl.Lt, "lteq": dsl.Le}
	if compare, ok := comparisons[op]; ok {
		return negated(op == "neq", &dsl.Compare{Path: w.path, Op: compare, Value: v}), nil
	}
	patterns := map[string]dsl.MatchOp{
		"start": dsl.StartsWith, "end": dsl.EndsWith, "contains": dsl.Contains, "like": dsl.Like, "nlike": dsl.Like, "regex": dsl.Matches,
	}
	if match, ok := patterns[op]; ok {
		return negated(op == "nlike", &dsl.Match{Path: w.path, Op: match, Pattern: v}), nil
	}
	return nil, fmt.Errorf("no such operator")
}

func negated(not bool, n dsl.Node) dsl.Node {
	if not {
		return &dsl.Not{X: n}
	}
	return n
}

// literal reads a value of the field's type.
func (w wireReader) literal(operand any) (*dsl.Literal, error) {
	switch f := w.path.Field; operand := operand.(type) {
	case json5.Number:
		if n, err := strconv.ParseInt(operand.String(), 10, 64); err == nil && f.Type == model.TypeInt {
			return &dsl.Literal{Kind: dsl.LitInt, Value: model.Int(n)}, nil
		}
	case bool:
		if f.Type == model.TypeBool {
			return &dsl.Literal{Kind: dsl.LitBool, Value: model.Bool(operand)}, nil
		}
	case string:
		if f.Type == model.TypeString {
			return &dsl.Literal{Kind: dsl.LitString, Value: model.String(operand)}, nil
		}
		if t, err := time.Parse("2006-01-02T15:04:05Z", operand); err == nil && f.Type == model.TypeDateTime {
			return &dsl.Literal{Kind: dsl.LitValue, Value: model.DateTime(t)}, nil
		}
	}
	return nil, fmt.Errorf("%v is no %s", operand, w.path.Field.Type)
}
