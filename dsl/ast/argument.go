package ast

import (
	"fmt"
	"math"
	"reflect"
	"time"

	"github.com/muster-go/muster/model"
)

// Text is a parameter's value whose type is not known where it is bound, as on a
// command line. It is read as the type of the field: "5" is the integer 5 for an int,
// "true" the boolean for a bool.
type Text string

// Argument is a Go value in the terms of the language. Exactly one of Value, At, List
// and Fault is set.
type Argument struct {
	Value   model.Value // of a number, string or boolean; null otherwise
	At      time.Time   // of a time
	IsTime  bool
	Untyped bool // Value is a string whose type the field decides
	List    []any
	IsList  bool
	Fault   string // why the language has no such value
}

// ArgumentOf reads a Go value that is bound to a parameter or passed to the builder.
func ArgumentOf(v any) Argument {
	switch v := v.(type) {
	case nil:
		return Argument{Fault: "nil"}
	case string:
		return Argument{Value: model.String(v)}
	case Text:
		return Argument{Value: model.String(string(v)), Untyped: true}
	case bool:
		return Argument{Value: model.Bool(v)}
	case int:
		return Argument{Value: model.Int(int64(v))}
	case int64:
		return Argument{Value: model.Int(v)}
	case float64:
		return floatArgument(v)
	case time.Time:
		return Argument{At: v, IsTime: true}
	case model.Value:
		switch v.Type() {
		case model.TypeDateTime:
			return Argument{At: v.Time(), IsTime: true}
		case model.TypeInt, model.TypeDecimal, model.TypeString, model.TypeBool:
			return Argument{Value: v}
		case model.TypeFloat:
			return floatArgument(v.Float())
		case model.TypeList:
			list := []any{}
			for e := range v.Elements() {
				list = append(list, e)
			}
			return Argument{IsList: true, List: list}
		case model.TypeNull, model.TypeRef, model.TypeRefs, model.TypeJSON:
		}
		return Argument{Fault: "nil"}
	}
	return reflectArgument(reflect.ValueOf(v))
}

func reflectArgument(v reflect.Value) Argument {
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if v.IsNil() {
			return Argument{Fault: "nil"}
		}
		return ArgumentOf(v.Elem().Interface())
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return Argument{Value: model.Int(v.Int())}
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		if v.Uint() > math.MaxInt64 {
			return Argument{Fault: fmt.Sprintf("%d, which does not fit into 64 bits", v.Uint())}
		}
		return Argument{Value: model.Int(int64(v.Uint()))} //nolint:gosec // the bound is checked above
	case reflect.Float32, reflect.Float64:
		return floatArgument(v.Float())
	case reflect.String:
		return Argument{Value: model.String(v.String())}
	case reflect.Bool:
		return Argument{Value: model.Bool(v.Bool())}
	case reflect.Slice, reflect.Array:
		return listArgument(v)
	default: // the language has no value of any other kind
		if v.Type().ConvertibleTo(reflect.TypeFor[time.Time]()) {
			return Argument{At: v.Convert(reflect.TypeFor[time.Time]()).Interface().(time.Time), IsTime: true} //nolint:forcetypeassert // just converted to it
		}
		return Argument{Fault: "a " + v.Type().String()}
	}
}

// floatArgument reads a float, which must be finite.
func floatArgument(f float64) Argument {
	v := model.Float(f)
	if v.IsNull() {
		return Argument{Fault: fmt.Sprintf("%g, which is not a value", f)}
	}
	return Argument{Value: v}
}

// listArgument reads a slice. It refuses a []byte, which may mean a text as well as
// small integers.
func listArgument(v reflect.Value) Argument {
	if v.Type().Elem().Kind() == reflect.Uint8 {
		return Argument{Fault: "a " + v.Type().String()}
	}
	if v.Kind() == reflect.Slice && v.IsNil() {
		return Argument{IsList: true}
	}
	list := make([]any, v.Len())
	for i := range list {
		list[i] = v.Index(i).Interface()
	}
	return Argument{IsList: true, List: list}
}
