package expressiontest

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/muster-go/muster/model"
)

// elasticsearch is the query of a search of Elasticsearch in JSON: bool, term, terms,
// range, prefix, wildcard, exists and match_all. What is missing is in no index, so that a
// test of it is false and must_not takes it along. Instants are kept to the millisecond.
func elasticsearch() language {
	all := []form{quoted, bare, word}
	return language{
		parse: func(e *Evaluator, text string) (*Node, error) {
			d := json.NewDecoder(strings.NewReader(text))
			d.UseNumber()
			var v any
			if err := d.Decode(&v); err != nil {
				return nil, err
			}
			return e.query(v)
		},
		nulls: twoValued(), instants: rfc3339, step: time.Millisecond,
		literals: map[model.Type][]form{
			model.TypeString: {quoted}, model.TypeInt: all, model.TypeDecimal: all, model.TypeBool: {word, quoted}, model.TypeDateTime: {quoted},
		},
	}
}

// only returns the one member of an object.
func only(v any) (name string, inner any, err error) {
	m, ok := v.(map[string]any)
	if !ok || len(m) != 1 {
		return "", nil, fmt.Errorf("want an object with one member, got %v", v)
	}
	for name, inner = range m {
		return name, inner, nil
	}
	return "", nil, nil
}

func (e *Evaluator) query(v any) (*Node, error) {
	name, inner, err := only(v)
	if err != nil {
		return nil, err
	}
	switch name {
	case "match_all":
		return &Node{Op: Everything}, nil
	case "bool":
		return e.boolQuery(inner)
	case "exists":
		name, field, err := only(inner)
		text, ok := field.(string)
		if err != nil || name != "field" || !ok {
			return nil, fmt.Errorf("exists has a field: %v", inner)
		}
		return e.newTest(text, Present)
	}
	field, body, err := only(inner)
	if err != nil {
		return nil, err
	}
	switch name {
	case "terms":
		list, ok := body.([]any)
		if !ok {
			return nil, errors.New("terms has a list")
		}
		return e.jsonTest(field, In, list...)
	case "range":
		return e.rangeQuery(field, body)
	case "term", "prefix", "wildcard":
		if m, ok := body.(map[string]any); ok {
			if len(m) != 1 || m["value"] == nil {
				return nil, fmt.Errorf("%s has a value: %v", name, m)
			}
			body = m["value"]
		}
		text, isText := body.(string)
		switch {
		case name == "prefix" && isText:
			return e.jsonTest(field, StartsWith, body)
		case name == "wildcard" && isText:
			return e.jsonTest(field, Like, sqlPattern(text))
		case name == "term":
			return e.jsonTest(field, Equal, body)
		}
	}
	return nil, fmt.Errorf("the query %s is not read", name)
}

// sqlPattern writes * and ? with SQL's wildcards; a backslash takes the next character.
func sqlPattern(text string) string {
	var b strings.Builder
	runes := []rune(text)
	for i := 0; i < len(runes); i++ {
		switch r := runes[i]; {
		case r == '*':
			b.WriteByte('%')
		case r == '?':
			b.WriteByte('_')
		case r == '\\' && i+1 < len(runes):
			i++
			b.WriteString(sqlEscaped(string(runes[i])))
		default:
			b.WriteString(sqlEscaped(string(r)))
		}
	}
	return b.String()
}

func (e *Evaluator) jsonTest(field string, op Op, values ...any) (*Node, error) {
	all := make([]literal, len(values))
	for i, v := range values {
		switch v := v.(type) {
		case string:
			all[i] = literal{quoted, v}
		case json.Number:
			all[i] = literal{bare, v.String()}
		case bool:
			all[i] = literal{word, strconv.FormatBool(v)}
		default:
			return nil, fmt.Errorf("the value %v", v)
		}
	}
	return e.newTest(field, op, all...)
}

func (e *Evaluator) rangeQuery(field string, body any) (*Node, error) {
	m, ok := body.(map[string]any)
	if !ok || len(m) == 0 {
		return nil, errors.New("range has bounds")
	}
	var terms []*Node
	for _, name := range slices.Sorted(maps.Keys(m)) {
		op, ok := map[string]Op{"gt": Greater, "gte": GreaterEqual, "lt": Less, "lte": LessEqual}[name]
		if !ok {
			return nil, fmt.Errorf("range has no %s", name)
		}
		n, err := e.jsonTest(field, op, m[name])
		if err != nil {
			return nil, err
		}
		terms = append(terms, n)
	}
	return joined(And, terms), nil
}

// boolQuery reads a bool: one of should must match unless something else must, or as
// minimum_should_match says.
func (e *Evaluator) boolQuery(body any) (*Node, error) {
	m, ok := body.(map[string]any)
	if !ok {
		return nil, errors.New("bool is an object")
	}
	least := json.Number("")
	parts := map[string][]*Node{}
	for name, v := range m {
		switch name {
		case "minimum_should_match":
			if least, ok = v.(json.Number); !ok || least != "0" && least != "1" {
				return nil, fmt.Errorf("minimum_should_match is 0 or 1 here, not %v", v)
			}
		case "filter", "must", "should", "must_not":
			list, ok := v.([]any)
			if !ok {
				list = []any{v}
			}
			for _, child := range list {
				n, err := e.query(child)
				if err != nil {
					return nil, err
				}
				parts[name] = append(parts[name], n)
			}
		default:
			return nil, fmt.Errorf("bool has no %s", name)
		}
	}
	all := slices.Concat(parts["filter"], parts["must"])
	if should := parts["should"]; least == "1" || least == "" && len(all) == 0 && len(should) > 0 {
		if len(should) == 0 {
			return &Node{Op: Nothing}, nil
		}
		all = append(all, joined(Or, should))
	}
	for _, n := range parts["must_not"] {
		all = append(all, negated(n))
	}
	if len(all) == 0 {
		return &Node{Op: Everything}, nil
	}
	return joined(And, all), nil
}
