package define

import (
	"bytes"
	"errors"
	"fmt"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/model/display"
)

// kind is the kind of a value, as the guesses tell them apart.
type kind uint8

const (
	null kind = iota
	boolean
	number
	text
	list
	object
)

// value is a JSON value whose members keep their order. A number keeps its digits.
type value struct {
	kind    kind
	text    string // of a text, unquoted; of a number or a boolean, as it came
	items   []value
	members []member
}

type member struct {
	name string
	value
}

// maxDepth bounds how deep the values of an answer are kept. A deeper one is a list
// without items to the guesses, which look less deep.
const maxDepth = 16

// parse reads a body. It repairs what the definition can declare or the library repairs:
// text that is not UTF-8, and members of one name, for which repeated is true.
func parse(body []byte) (v value, repeated bool, err error) {
	body = bytes.TrimPrefix(body, []byte("\ufeff"))
	if v, err = decode(body); err == nil {
		return v, false, nil
	}
	mended, _ := model.MendText(body)
	if v, err = decode(mended); err == nil {
		return v, false, nil
	}
	last, malformed := model.KeepLastMembers(mended)
	if malformed == nil {
		if v, err = decode(last); err == nil {
			return v, true, nil
		}
	}
	return v, false, notJSON(body, err)
}

func decode(body []byte) (value, error) {
	d := jsontext.NewDecoder(bytes.NewReader(body))
	v, err := read(d)
	if err != nil {
		return v, err
	}
	if d.PeekKind() != jsontext.KindInvalid {
		return v, errors.New("a second value follows the first")
	}
	return v, nil
}

// notJSON says what a body is instead.
func notJSON(body []byte, err error) error {
	body = bytes.TrimSpace(body)
	switch {
	case len(body) == 0:
		return errors.New("the answer is empty; JSON was expected")
	case body[0] == '<':
		return errors.New("the answer is HTML or XML, not JSON; look for the address of the API, and whether it wants a login")
	}
	return fmt.Errorf("the answer is not JSON: %s", display.Bounded(err.Error(), 200))
}

// read reads the value that comes next.
func read(d *jsontext.Decoder) (value, error) {
	if d.StackDepth() >= maxDepth {
		return value{kind: list}, d.SkipValue()
	}
	t, err := d.ReadToken()
	if err != nil {
		return value{}, err
	}
	switch t.Kind() {
	case jsontext.KindBeginArray:
		v := value{kind: list}
		for d.PeekKind() != jsontext.KindEndArray {
			item, err := read(d)
			if err != nil {
				return v, err
			}
			v.items = append(v.items, item)
		}
		_, err := d.ReadToken()
		return v, err
	case jsontext.KindBeginObject:
		v := value{kind: object}
		for d.PeekKind() != jsontext.KindEndObject {
			name, err := d.ReadToken()
			if err != nil {
				return v, err
			}
			m := member{name: name.String()}
			if m.value, err = read(d); err != nil {
				return v, err
			}
			v.members = append(v.members, m)
		}
		_, err := d.ReadToken()
		return v, err
	case jsontext.KindString:
		return value{kind: text, text: t.String()}, nil
	case jsontext.KindNumber:
		return value{kind: number, text: t.String()}, nil
	case jsontext.KindTrue, jsontext.KindFalse:
		return value{kind: boolean, text: t.String()}, nil
	case jsontext.KindNull, jsontext.KindInvalid, jsontext.KindEndArray, jsontext.KindEndObject:
	}
	return value{kind: null}, nil
}
