package fuzz_test

import (
	"bytes"
	"encoding/json"
	"reflect"
	"testing"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/muster-go/muster/model"
)

// FuzzMend holds what is made of a body with broken texts, and of one with repeated
// members, to what encoding/json reads: U+FFFD, and the last member.
func FuzzMend(f *testing.F) {
	for _, s := range decodeSeeds {
		f.Add([]byte(s))
	}
	for _, s := range []string{
		"{\"a\xff\":\"\\ud83d\",\"b\":\"\\ud83d\\ude42\\\\ud83d\"}", `{"a":{"b":1,"b":2},"a":[{"c":1,"c":1}],"x":{"a":1},"\u0061":3}`, "[\"\\ud83d\xe2\x82\"]",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		mended, n := model.MendText(body)
		if again, more := model.MendText(mended); more != 0 || !bytes.Equal(again, mended) || n == 0 && !bytes.Equal(mended, body) {
			t.Fatalf("%d of %q are mended to %q, and %d of that to %q", n, body, mended, more, again)
		}
		var want, got any
		if json.Unmarshal(body, &want) != nil {
			return
		}
		if err := json.Unmarshal(mended, &got); err != nil || !reflect.DeepEqual(got, want) {
			t.Fatalf("%q is mended to %q: %v, want %v, %v", body, mended, got, want, err)
		}
		last, err := model.KeepLastMembers(mended)
		if err != nil { // deeper than jsontext goes
			return
		}
		got = nil
		if err := json.Unmarshal(last, &got); err != nil || !reflect.DeepEqual(got, want) || !jsontext.Value(last).IsValid() {
			t.Fatalf("%q has the last members %q: %v, want %v, %v", mended, last, got, want, err)
		}
	})
}
