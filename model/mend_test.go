package model_test

import (
	"fmt"
	"testing"

	"github.com/muster-go/muster/model"
)

func TestMendText(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		text, want string
		replaced   int
	}{
		{`{"a":"x"}`, `{"a":"x"}`, 0},
		{"{\"a\":\"x\xff\xc3(\"}", "{\"a\":\"x\ufffd\ufffd(\"}", 2},
		{"{\"\xe4\":1}", "{\"\ufffd\":1}", 1},
		{`["\ud83d\ude42","\ud83d","\ude42","\ud83d\ud83d\ude42","\u00e9"]`, `["\ud83d\ude42","\ufffd","\ufffd","\ufffd\ud83d\ude42","\u00e9"]`, 3},
		{`["\\ud83d","\\\ud83d"]`, `["\\ud83d","\\\ufffd"]`, 1},
		{`["\ud83d\n","\uD83Dx`, `["\ufffd\n","\ufffdx`, 2},
		{`["\u12`, `["\u12`, 0},
		{`["\`, `["\`, 0},
	} {
		if got, n := model.MendText([]byte(test.text)); string(got) != test.want || n != test.replaced {
			t.Errorf("%q: %q, %d; want %q, %d", test.text, got, n, test.want, test.replaced)
		}
	}
}

func TestKeepLastMembers(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`{"a":1}`:       `{"a":1}`,
		`{"a":1,"a":2}`: `{"a":2}`,
		`{"a":1, "b":{"c":1,"c":[2]} , "a":{"a":1}}`: `{"b":{"c":[2]} , "a":{"a":1}}`,
		`{"a":{"b":1,"b":2},"x":0,"a":3,"x":1}`:      `{"a":3,"x":1}`,
		`{"a":1,"\u0061":2,"a":3}`:                   `{"a":3}`,
		`[{"a":1},{"a":2}]`:                          `[{"a":1},{"a":2}]`,
		`{"a":1,"b":2,"a":3,"b":4,"a":5}`:            `{"b":4,"a":5}`,
		` "x" `:                                      ` "x" `,
	} {
		if got, err := model.KeepLastMembers([]byte(text)); err != nil || string(got) != want {
			t.Errorf("%s: %s, %v; want %s", text, got, err, want)
		}
	}
	for _, text := range []string{`{"a":1,`, `{"a"}`, "{\"a\":\"\xff\"}"} {
		if got, err := model.KeepLastMembers([]byte(text)); err == nil {
			t.Errorf("%s: %s", text, got)
		}
	}
}

func ExampleMendText() {
	text, n := model.MendText([]byte("{\"name\":\"Zo\xeb \\ud83d\"}"))
	fmt.Printf("%s %d\n", text, n)
	// Output: {"name":"Zo� \ufffd"} 2
}

func ExampleKeepLastMembers() {
	text, err := model.KeepLastMembers([]byte(`{"id":1,"name":"old","name":"new"}`))
	fmt.Printf("%s %v\n", text, err)
	// Output: {"id":1,"name":"new"} <nil>
}
