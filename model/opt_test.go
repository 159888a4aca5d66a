package model_test

import (
	"encoding/json"
	"testing"

	"github.com/muster-go/muster/model"
)

func TestOpt(t *testing.T) {
	t.Parallel()
	type row struct {
		A model.Opt[int] `json:"a,omitzero"`
	}
	tests := []struct {
		opt                   model.Opt[int]
		set, null, absent     bool
		text, json, marshaled string
	}{
		{model.Opt[int]{}, false, false, true, "", `{}`, `null`},
		{model.NullOpt[int](), false, true, false, "null", `{"a":null}`, `null`},
		{model.Some(0), true, false, false, "0", `{"a":0}`, `0`},
		{model.Some(7), true, false, false, "7", `{"a":7}`, `7`},
	}
	for _, tt := range tests {
		o := tt.opt
		if _, ok := o.Get(); ok != tt.set || o.IsSet() != tt.set || o.IsNull() != tt.null || o.IsAbsent() != tt.absent || o.String() != tt.text {
			t.Errorf("%+v: %q", tt, o.String())
		}
		got, err := json.Marshal(row{o})
		if err != nil || string(got) != tt.json {
			t.Errorf("%q encodes as %s, %v", o, got, err)
		}
		if got, err := json.Marshal(o); err != nil || string(got) != tt.marshaled {
			t.Errorf("%q by itself encodes as %s, %v", o, got, err)
		}
		var back row
		if err := json.Unmarshal([]byte(tt.json), &back); err != nil || back.A != o {
			t.Errorf("%s decodes as %q, %v", tt.json, back.A, err)
		}
	}
	if err := json.Unmarshal([]byte(`{"a":"x"}`), new(row)); err == nil {
		t.Error("a string for an int: no error")
	}
	if got := model.NullOpt[int]().Or(3); got != 3 {
		t.Errorf("Or = %d", got)
	}
}
