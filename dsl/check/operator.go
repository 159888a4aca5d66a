package check

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/muster-go/muster/dsl/ast"
	"github.com/muster-go/muster/dsl/syntax"
	"github.com/muster-go/muster/model"
)

// Operators returns the operators that a field takes, in the order of messages and
// completion. `!=` and the other negative forms follow from them.
func Operators(f *model.Field) []string {
	all := []string{
		"=", "<", "<=", ">", ">=", "in", "between", "on", "like", "starts with", "ends with", "contains", "matches",
		"is true", "is false", "is null", "is empty",
	}
	return slices.DeleteFunc(all, func(op string) bool { return !accepts(f, op) })
}

// accepts reports whether a field takes an operator. A list takes those of its elements.
func accepts(f *model.Field, op string) bool {
	t := f.Element()
	scalar := t == model.TypeInt || t == model.TypeDecimal || t == model.TypeFloat || t == model.TypeString || t == model.TypeDateTime
	switch op {
	case "=", "in":
		return scalar || t == model.TypeBool
	case "<", "<=", ">", ">=", "between":
		return scalar
	case "on":
		return t == model.TypeDateTime
	case "is true", "is false":
		return t == model.TypeBool
	case "is null":
		return scalar || t == model.TypeBool || t == model.TypeRef || t == model.TypeJSON
	case "is empty":
		return f.Type == model.TypeList || t == model.TypeRef || t == model.TypeRefs
	}
	return t == model.TypeString
}

// operatorList joins the operators for a hint, `!=` included.
func operatorList(f *model.Field) string {
	ops := Operators(f)
	if len(ops) > 0 && ops[0] == "=" {
		ops = slices.Insert(ops, 1, "!=")
	}
	return strings.Join(ops, ", ")
}

// fieldType returns the name of a field's type with its article.
func fieldType(f *model.Field) string {
	if f.Type == model.TypeList {
		return "a list of " + f.Of.String() + "s"
	}
	return typeName(f.Type)
}

// typeName returns the name of a type with its article.
func typeName(t model.Type) string {
	switch t {
	case model.TypeInt:
		return "an int"
	case model.TypeDecimal:
		return "a decimal"
	case model.TypeFloat:
		return "a float"
	case model.TypeString:
		return "a string"
	case model.TypeBool:
		return "a bool"
	case model.TypeDateTime:
		return "a datetime"
	case model.TypeRef:
		return "a reference"
	case model.TypeRefs:
		return "a list of references"
	case model.TypeJSON:
		return "JSON"
	case model.TypeList:
		return "a list"
	case model.TypeNull:
	}
	return "null"
}

// literalName describes a literal, with an article.
func literalName(l *ast.Literal) string {
	switch l.Kind {
	case ast.LitInt:
		return fmt.Sprintf("the int %v", l.Value)
	case ast.LitDecimal:
		return fmt.Sprintf("the decimal %v", l.Value)
	case ast.LitString:
		return "a string"
	case ast.LitBool:
		return fmt.Sprintf("the bool %t", l.Value.Bool())
	case ast.LitDate:
		return "a date"
	case ast.LitDateTime:
		return "a datetime"
	case ast.LitRelative:
		return "a relative time"
	case ast.LitNull:
		return "null"
	case ast.LitParam:
		return "a parameter"
	case ast.LitDuration:
		return "the duration " + l.Text
	case ast.LitValue:
	}
	return typeName(l.Value.Type())
}

// conditionHint shows how to make a condition of a field that is none.
func (c *checker) conditionHint(f *model.Field) string {
	text := c.spell(f.Name)
	switch f.Element() {
	case model.TypeInt:
		return "compare it, as in `" + text + " = 1`"
	case model.TypeDecimal, model.TypeFloat:
		return "compare it, as in `" + text + " > 1.50`"
	case model.TypeString:
		return "compare it, as in `" + text + " = 'text'`"
	case model.TypeDateTime:
		return "compare it, as in `" + text + " > 2024-01-31`"
	case model.TypeRef, model.TypeJSON:
		return "write `" + text + " is not null`"
	case model.TypeRefs:
		return c.throughHint(f, nil)
	case model.TypeBool: // of a list: a field is a condition by itself
		return "compare it, as in `" + text + " = true`"
	case model.TypeNull, model.TypeList:
	}
	return ""
}

// throughHint shows a comparison with a field behind the reference f, one that takes the
// value if there is any.
func (c *checker) throughHint(f *model.Field, value *ast.Literal) string {
	below := slices.DeleteFunc(c.below(f), func(b *model.Field) bool { return b.Type == model.TypeList })
	if len(below) == 0 {
		return ""
	}
	pick, example := below[0], "1"
	want := model.TypeInt
	if value != nil && value.Kind == ast.LitString {
		want = model.TypeString
	}
	for _, b := range below {
		if b.Type == want {
			pick = b
			break
		}
	}
	switch {
	case value != nil && (value.Kind == ast.LitInt || value.Kind == ast.LitString) && value.Value.Type() == pick.Type:
		example = value.Value.String()
		if pick.Type == model.TypeString {
			example = syntax.Quote(cut(example))
		}
	case pick.Type == model.TypeString:
		example = "'text'"
	case pick.Type == model.TypeBool:
		example = "true"
	}
	return fmt.Sprintf("compare a field of it, as in `%s = %s`", syntax.FormatPath(pick.Name), example)
}

// noReferencesHint shows how to select rows with references or rows without.
func (c *checker) noReferencesHint(f *model.Field, n *ast.Is) string {
	if strings.Contains(strings.ToLower(c.sourceBetween(n.Path.Range.End, n.Range.End)), "not") {
		return fmt.Sprintf("a row with %s is `%s is not empty`", f.Name, c.spell(f.Name))
	}
	return fmt.Sprintf("a row without %s is `%s is empty`", f.Name, c.spell(f.Name))
}

// below returns the fields behind a reference.
func (c *checker) below(f *model.Field) []*model.Field {
	var below []*model.Field
	for i := range c.schema.Len() {
		if b := c.schema.Field(i); b.Through == f.Name {
			below = append(below, b)
		}
	}
	return below
}

func sortedKeys(m map[string]any) []string { return slices.Sorted(maps.Keys(m)) }
