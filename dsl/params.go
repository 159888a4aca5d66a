package dsl

import (
	"fmt"
	"maps"
	"math"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/muster-go/muster/model"
)

// CheckOption is an option of [Check]: [Now], [Zone], [Args] or [Named].
type CheckOption interface{ applyCheck(o *checkOptions) }

type checkOptions struct {
	now   time.Time
	zone  *time.Location
	args  []any
	named map[string]any

	regexp int // instructions; 0 = the default
}

type checkOptionFunc func(o *checkOptions)

func (f checkOptionFunc) applyCheck(o *checkOptions) { f(o) }

// Now sets the instant that `now` and `today` are read from, cut to the whole
// second. Default: the time of the call of [Check].
func Now(t time.Time) CheckOption {
	return checkOptionFunc(func(o *checkOptions) { o.now = t })
}

// Zone sets the zone of dates and of date-times that carry none, of `today` and
// of calendar steps. Default, and what nil means: UTC.
func Zone(zone *time.Location) CheckOption {
	return checkOptionFunc(func(o *checkOptions) {
		if zone != nil {
			o.zone = zone
		}
	})
}

// Args binds the parameters $1, $2 … to values, which take the type of the
// field they are compared with: any Go integer for an int or a decimal, a string
// for a string, a bool for a bool, a [time.Time] or a string that reads as a
// date-time for a datetime. A decimal with a fraction is a [Text] such as "12.50" or
// what [model.ParseDecimal] returns; floats are not taken, because they are not exact.
// Named types, pointers to these, [model.Value] and
// [Text] are taken too. A slice of them stands only as `in ($1)`; an empty one
// makes that false. A nil is an error, and so is a value that the filter does not
// use. Args given twice go on counting.
func Args(values ...any) CheckOption {
	return checkOptionFunc(func(o *checkOptions) { o.args = append(o.args, values...) })
}

// Named binds the parameters :name to values, as [Args] does $1. Names are given
// without the colon. Maps given twice are merged, the last one winning.
func Named(values map[string]any) CheckOption {
	return checkOptionFunc(func(o *checkOptions) {
		if o.named == nil {
			o.named = make(map[string]any, len(values))
		}
		maps.Copy(o.named, values)
	})
}

// Text is a parameter's value whose type is not known where it is bound, as on
// a command line: it is read as the type of the field, `5` as the integer 5 for
// an int, `true` as the boolean for a bool.
type Text string

// parameters are the bound values and which of them have been used.
type parameters struct {
	args      []any
	named     map[string]any
	usedArgs  []bool
	usedNames map[string]bool
}

func newParameters(o checkOptions) parameters {
	p := parameters{args: o.args, named: o.named, usedArgs: make([]bool, len(o.args))}
	if len(o.named) > 0 {
		p.usedNames = make(map[string]bool, len(o.named))
	}
	return p
}

// lookup returns the value bound to a parameter as it is written, "$1" or
// ":name".
func (p *parameters) lookup(mark string) (v any, ok bool) {
	if name, isName := strings.CutPrefix(mark, ":"); isName {
		v, ok = p.named[name]
		if ok {
			p.usedNames[name] = true
		}
		return v, ok
	}
	i, err := strconv.Atoi(strings.TrimPrefix(mark, "$"))
	if err != nil || i < 1 || i > len(p.args) {
		return nil, false
	}
	p.usedArgs[i-1] = true
	return p.args[i-1], true
}

// unboundHint says what could have been meant by a parameter that has no value.
func (p *parameters) unboundHint(mark string) string {
	name, isName := strings.CutPrefix(mark, ":")
	if isName {
		if near := nearest(name, sortedKeys(p.named)); near != "" {
			return fmt.Sprintf("did you mean :%s?", near)
		}
		return "bind it by name"
	}
	switch len(p.args) {
	case 0:
		return "no values are bound"
	case 1:
		return "one value is bound, $1"
	}
	return fmt.Sprintf("%d values are bound, $1 to $%d", len(p.args), len(p.args))
}

// unused returns the marks of the values that the filter has not used.
func (p *parameters) unused() []string {
	var marks []string
	for i, used := range p.usedArgs {
		if !used {
			marks = append(marks, "$"+strconv.Itoa(i+1))
		}
	}
	if len(p.usedNames) == len(p.named) {
		return marks
	}
	for _, name := range sortedKeys(p.named) {
		if !p.usedNames[name] {
			marks = append(marks, ":"+name)
		}
	}
	return marks
}

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
