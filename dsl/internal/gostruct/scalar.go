package gostruct

import (
	"fmt"
	"math"
	"reflect"
	"strconv"
	"time"
	"unsafe" //nolint:depguard // the package's comment says why

	"github.com/muster-go/muster/model"
)

// reading says how the value at a place is read.
type reading uint8

// The ways to read a value. Those up to lastDirect need nothing but an offset.
const (
	readString reading = iota
	readInt64
	readBool
	readTime
	readInt32
	readDetour
	readInt8
	readInt16
	readUint8
	readUint16
	readUint32
	readUint64
	readFloat32
	readFloat64
	readBinary32 // a float that stays one
	readBinary64
	readNumber // a decimal in a string
	readMap
	readList     // of objects
	readInner    // of objects, in an object of another list
	readElements // of single values
)

const lastDirect = readInt32

func isTime(t reflect.Type) bool {
	return t.Kind() == reflect.Struct && t.ConvertibleTo(reflect.TypeFor[time.Time]())
}

// scalar returns how a value of type t is read and its type in the language; false if it
// is not a single value. Floats and texts are decimals on request; else a float is one.
func scalar(t reflect.Type, decimal bool) (read reading, typ model.Type, ok bool) {
	if isTime(t) {
		return readTime, model.TypeDateTime, true
	}
	if read, ok = integer(t); ok {
		return read, model.TypeInt, true
	}
	switch k := t.Kind(); {
	case k == reflect.Bool:
		return readBool, model.TypeBool, true
	case k == reflect.String && decimal:
		return readNumber, model.TypeDecimal, true
	case k == reflect.String:
		return readString, model.TypeString, true
	case k == reflect.Float32 && decimal:
		return readFloat32, model.TypeDecimal, true
	case k == reflect.Float64 && decimal:
		return readFloat64, model.TypeDecimal, true
	case k == reflect.Float32:
		return readBinary32, model.TypeFloat, true
	case k == reflect.Float64:
		return readBinary64, model.TypeFloat, true
	}
	return 0, model.TypeNull, false
}

// integer returns how an integer is read: by its size, as int and int64 are the same to
// memory.
func integer(t reflect.Type) (read reading, ok bool) {
	switch t.Kind() {
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return map[uintptr]reading{1: readInt8, 2: readInt16, 4: readInt32, 8: readInt64}[t.Size()], true
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		return map[uintptr]reading{1: readUint8, 2: readUint16, 4: readUint32, 8: readUint64}[t.Size()], true
	}
	return 0, false
}

// number reads a number at p; false if the language has no such value.
func (r reading) number(p unsafe.Pointer) (v model.Value, ok bool) {
	switch r {
	case readInt64:
		return model.Int(*(*int64)(p)), true
	case readInt8:
		return model.Int(int64(*(*int8)(p))), true
	case readInt16:
		return model.Int(int64(*(*int16)(p))), true
	case readInt32:
		return model.Int(int64(*(*int32)(p))), true
	case readUint8:
		return model.Int(int64(*(*uint8)(p))), true
	case readUint16:
		return model.Int(int64(*(*uint16)(p))), true
	case readUint32:
		return model.Int(int64(*(*uint32)(p))), true
	case readUint64:
		n := *(*uint64)(p)
		return model.Int(int64(n)), n <= math.MaxInt64 //nolint:gosec // the caller looks at ok
	case readFloat32:
		return decimalOf(float64(*(*float32)(p)), 32)
	case readFloat64:
		return decimalOf(*(*float64)(p), 64)
	case readBinary32:
		v := model.Float(float64(*(*float32)(p)))
		return v, !v.IsNull()
	case readBinary64:
		v := model.Float(*(*float64)(p))
		return v, !v.IsNull()
	case readNumber:
		v, err := model.ParseDecimal(*(*string)(p))
		return v, err == nil
	case readString, readBool, readTime, readDetour, readMap, readList, readInner, readElements:
	}
	return v, false
}

// decimalOf returns the decimal that a float prints as: the shortest that reads as the same
// float.
func decimalOf(f float64, bits int) (v model.Value, ok bool) {
	v, err := model.DecimalFloat(f, bits)
	return v, err == nil
}

// written prints a value that the language does not have, for an error.
func (r reading) written(p unsafe.Pointer) string {
	switch r {
	case readUint64:
		return fmt.Sprintf("%d, which does not fit 64 bits with a sign", *(*uint64)(p))
	case readFloat32:
		return strconv.FormatFloat(float64(*(*float32)(p)), 'g', -1, 32) + ", which has too many digits or is not a number"
	case readFloat64:
		return strconv.FormatFloat(*(*float64)(p), 'g', -1, 64) + ", which has too many digits or is not a number"
	case readBinary32:
		return strconv.FormatFloat(float64(*(*float32)(p)), 'g', -1, 32) + ", which is not a finite number"
	case readBinary64:
		return strconv.FormatFloat(*(*float64)(p), 'g', -1, 64) + ", which is not a finite number"
	case readNumber:
		return fmt.Sprintf("%.60q, which is not a decimal of at most 64 bits", *(*string)(p))
	case readString, readInt64, readBool, readTime, readDetour, readInt8, readInt16, readInt32, readUint8, readUint16, readUint32, readMap, readList, readInner, readElements:
	}
	return "a value"
}

// lookupIn returns how a value of a map of type t is read, and its type. A map is read as
// the type without names that it converts to, and no other.
func lookupIn(t reflect.Type) (lookup func(p unsafe.Pointer, key string) model.Value, typ model.Type, ok bool) {
	is := t.ConvertibleTo
	switch {
	case is(reflect.TypeFor[map[string]string]()):
		return lookupWith(model.String), model.TypeString, true
	case is(reflect.TypeFor[map[string]bool]()):
		return lookupWith(model.Bool), model.TypeBool, true
	case is(reflect.TypeFor[map[string]int]()):
		return lookupWith(func(n int) model.Value { return model.Int(int64(n)) }), model.TypeInt, true
	case is(reflect.TypeFor[map[string]int64]()):
		return lookupWith(model.Int), model.TypeInt, true
	case is(reflect.TypeFor[map[string]float64]()):
		return lookupWith(model.Float), model.TypeFloat, true
	case is(reflect.TypeFor[map[string]time.Time]()):
		return lookupWith(model.DateTime), model.TypeDateTime, true
	}
	return nil, model.TypeNull, false
}

func lookupWith[V any](value func(V) model.Value) func(p unsafe.Pointer, key string) model.Value {
	return func(p unsafe.Pointer, key string) model.Value {
		v, ok := (*(*map[string]V)(p))[key]
		if !ok {
			return model.Null()
		}
		return value(v)
	}
}
