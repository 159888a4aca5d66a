package dsl

import (
	"fmt"
	"math"
	"reflect"
	"time"

	"github.com/muster-go/muster/model"
)

// Text is a parameter's value whose type is not known where it is bound, as on
// a command line: it is read as the type of the field, `5` as the integer 5 for
// an int, `true` as the boolean for a bool.
type Text string

// argument is a bound Go value in the language's own terms. Exactly one of its
// parts says what it is.
type argument struct {
	value  model.Value // of a number, string or boolean; null otherwise
	at     time.Time   // of a time
	isTime bool
	text   bool // value is a string whose type the field decides
	list   []any
	isList bool
	bad    string // why the value is none of them
}

// goArgument reads a Go value that is bound to a parameter or given to the
// builder.
func goArgument(v any) argument {
	switch v := v.(type) {
	case nil:
		return argument{bad: "nil"}
	case string:
		return argument{value: model.String(v)}
	case Text:
		return argument{value: model.String(string(v)), text: true}
	case bool:
		return argument{value: model.Bool(v)}
	case int:
		return argument{value: model.Int(int64(v))}
	case int64:
		return argument{value: model.Int(v)}
	case time.Time:
		return argument{at: v, isTime: true}
	case model.Value:
		switch v.Type() {
		case model.TypeDateTime:
			return argument{at: v.Time(), isTime: true}
		case model.TypeInt, model.TypeDecimal, model.TypeString, model.TypeBool:
			return argument{value: v}
		case model.TypeNull, model.TypeRef, model.TypeRefs, model.TypeJSON:
		}
		return argument{bad: "nil"}
	}
	return reflectArgument(reflect.ValueOf(v))
}

func reflectArgument(v reflect.Value) argument {
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if v.IsNil() {
			return argument{bad: "nil"}
		}
		return goArgument(v.Elem().Interface())
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return argument{value: model.Int(v.Int())}
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		if v.Uint() > math.MaxInt64 {
			return argument{bad: fmt.Sprintf("%d, which is beyond 64 signed bits", v.Uint())}
		}
		return argument{value: model.Int(int64(v.Uint()))} //nolint:gosec // the bound is checked above
	case reflect.String:
		return argument{value: model.String(v.String())}
	case reflect.Bool:
		return argument{value: model.Bool(v.Bool())}
	case reflect.Slice, reflect.Array:
		return listArgument(v)
	default: // every other kind is no value of the language
		if v.Type().ConvertibleTo(reflect.TypeFor[time.Time]()) {
			return argument{at: v.Convert(reflect.TypeFor[time.Time]()).Interface().(time.Time), isTime: true} //nolint:forcetypeassert // just converted to it
		}
		return argument{bad: "a " + v.Type().String()}
	}
}

// listArgument reads a slice. A []byte is refused: it is as likely meant as text
// as it is as small integers.
func listArgument(v reflect.Value) argument {
	if v.Type().Elem().Kind() == reflect.Uint8 {
		return argument{bad: "a " + v.Type().String()}
	}
	if v.Kind() == reflect.Slice && v.IsNil() {
		return argument{isList: true}
	}
	list := make([]any, v.Len())
	for i := range list {
		list[i] = v.Index(i).Interface()
	}
	return argument{isList: true, list: list}
}
