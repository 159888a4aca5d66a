package shelftest

import (
	"bytes"
	"encoding/json"
)

// strictly reads a body into a struct that has all its members.
func strictly(body, to any) error {
	text, err := json.Marshal(body)
	if err != nil {
		return err
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	return d.Decode(to)
}
