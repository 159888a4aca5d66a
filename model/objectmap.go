package model

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/go-json-experiment/json/jsontext"
)

// exactFloat bounds the integers that a float64 has without gaps.
const exactFloat = 1 << 53

// readMap reads a map as the object itself.
func (s *objectState) readMap(row map[string]any) error {
	if err := s.readNode(row, 0); err != nil {
		return err
	}
	if f := s.missing(); f != nil {
		return unexpectedMember(f.Name, errors.New("there is none, of a field that is always answered and never null"))
	}
	return nil
}

func unexpectedMember(name string, err error) error {
	return fmt.Errorf("%w: %s: %w", ErrUnexpected, name, err)
}

// readNode reads a map as the object of a node.
func (s *objectState) readNode(row map[string]any, node int) error {
	for _, m := range s.reader.nodes[node].members {
		v, ok := row[m.name]
		if !ok {
			continue
		}
		if err := s.readMember(m, v); err != nil {
			return err
		}
	}
	return nil
}

func (s *objectState) readMember(m objectMember, v any) error {
	if m.field < 0 {
		inside, err := objectOf(v)
		if err != nil {
			return unexpectedMember(m.name, err)
		}
		return s.readNode(inside, m.node)
	}
	f := s.record.schema.Field(m.field)
	if f.Through == "" && s.repeats(f) || m.node > 0 && s.repeatsInside(f) {
		return unexpectedMember(f.Name, errTwice(f))
	}
	if m.node > 0 {
		before := s.record.counts[m.field]
		err := s.referAll(f, m, v)
		s.referInside(f, before)
		return err
	}
	read, err := s.valueOf(f, v, f.Nullable || f.Through != "")
	switch {
	case err != nil:
		return unexpectedMember(f.Name, err)
	case f.Through != "":
		s.setPath(f, read)
	default:
		s.record.values[m.field] = read
	}
	return nil
}

// objectOf returns an object of a map; nil for null.
func objectOf(v any) (map[string]any, error) {
	switch v := v.(type) {
	case nil:
		return nil, nil //nolint:nilnil // a nil map is an object without members
	case map[string]any:
		return v, nil
	}
	return nil, fmt.Errorf("want an object, got %T", v)
}

// referAll reads the object of a reference, the objects of a list, or null.
func (s *objectState) referAll(f *Field, m objectMember, v any) error {
	if v == nil {
		return nil
	}
	if f.Type == TypeRef {
		return s.referTo(f, m, v)
	}
	switch list := v.(type) {
	case []any:
		for _, v := range list {
			if err := s.referTo(f, m, v); err != nil {
				return err
			}
		}
	case []map[string]any:
		for _, v := range list {
			if err := s.referTo(f, m, v); err != nil {
				return err
			}
		}
	default:
		return unexpectedMember(f.Name, fmt.Errorf("want a list of objects or null, got %T", v))
	}
	return nil
}

func (s *objectState) referTo(f *Field, m objectMember, v any) error {
	inside, err := objectOf(v)
	if err != nil {
		return unexpectedMember(f.Name, err)
	}
	s.refer(m.field)
	return s.readNode(inside, m.node)
}

// valueOf reads a value of a field from what a map has.
func (s *objectState) valueOf(f *Field, v any, nullable bool) (Value, error) {
	if f.Spelling == nil {
		switch v := v.(type) {
		case string:
			if f.Type == TypeString {
				return String(v), nil
			}
		case bool:
			if f.Type == TypeBool {
				return Bool(v), nil
			}
		case float64:
			if n := int64(v); f.Type == TypeInt && float64(n) == v && -exactFloat < n && n < exactFloat {
				return Int(n), nil
			}
			if x := Float(v); f.Type == TypeFloat && !x.IsNull() {
				return x, nil
			}
		case float32: // its exact value, and not the digits that it prints with
			if x := Float(float64(v)); f.Type == TypeFloat && !x.IsNull() {
				return x, nil
			}
		case time.Time:
			if f.Type == TypeDateTime {
				return DateTime(v), nil
			}
		}
	}
	if n, ok := v.(float64); ok && f.Type == TypeInt && (n >= exactFloat || n <= -exactFloat) {
		return Value{}, fmt.Errorf("the float64 %v may be another integer, rounded: decode with UseNumber", n)
	}
	text, err := appendAny(s.scratch[:0], v)
	if err != nil {
		return Value{}, err
	}
	s.scratch = text
	d := &s.decoder
	d.reset(text)
	d.checked = true
	read := s.decoded(d, f, nullable)
	if d.err != nil {
		return Value{}, d.err.Err
	}
	return read, nil
}

// appendAny appends a value of a map as JSON.
func appendAny(dst []byte, v any) ([]byte, error) {
	switch v := v.(type) {
	case nil:
		return append(dst, "null"...), nil
	case string:
		return AppendString(dst, v), nil
	case float64:
		dst = strconv.AppendFloat(dst, v, 'f', -1, 64)
		if !jsontext.Value(dst).IsValid() {
			return nil, fmt.Errorf("the float64 %v is no number of JSON", v)
		}
		return dst, nil
	case int:
		return appendInt(dst, int64(v)), nil
	case int64:
		return appendInt(dst, v), nil
	}
	text, err := json.Marshal(v)
	return append(dst, text...), err
}
