package shipstream_test

import (
	"encoding/json"
	"errors"
	"strconv"
	"strings"
	"testing"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query/shipstream"
)

// many is enough of anything for what is not linear to outlast the test's
// deadline.
const many = 40_000

// repeat returns n items, made from their number and joined by commas.
func repeat(n int, item func(n string) string) string {
	var b strings.Builder
	for i := range n {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(item(strconv.Itoa(i + 1)))
	}
	return b.String()
}

// TestDecodeHostileLinear decodes, encodes and resolves large bodies of odd
// shapes, all of them valid: one at a time, because each takes some memory.
func TestDecodeHostileLinear(t *testing.T) {
	fixed := func(s string) func(string) string { return func(string) string { return s } }
	ref := func(n string) string { return `{"type":"R","id":1,"x":` + n + `}` }
	member := func(n string) string { return `"m` + n + `":{"m` + n + `":[]}` }
	for name, body := range map[string]string{
		"references with more in them": pageOf(`{"id":1,"roles":[` + repeat(many, ref) + `]}`),
		"members":                      pageOf(`{"id":1,` + repeat(many, member) + `}`),
		"members below":                pageOf(`{"id":1,"x":[{` + repeat(many, member) + `}]}`),
		"rows with names escaped":      pageOf(repeat(many, fixed(`{"\u0069d":1,"x":{"\u0069d":1}}`))),
		"rows too deep":                pageOf(repeat(many, fixed(`{"id":1,"x":[[[[[[[[[[[[]]]]]]]]]]]]}`))),
		"rows in lines":                pageOf(repeat(many, fixed("{\n\"id\":1,\r\n\"x\":[]}"))),
		"rows with names of their own": pageOf(repeat(many, func(n string) string { return `{"id":1,"x":{"m` + n + `":1}}` })),
		"escapes":                      pageOf(`{"id":1,"name":"` + strings.Repeat(`\ud83d\ude42`, many) + `","x":"` + strings.Repeat(`\"`, many) + `"}`),
		"deep":                         pageOf(`{"id":1,"x":` + strings.Repeat("[", 9990) + strings.Repeat("]", 9990) + `}`),
		"types of included objects":    `{"collection":[],"has_more":false,"included":{` + repeat(many, func(n string) string { return `"T` + n + `":[{"id":1}]` }) + `}}`,
		"white space":                  pageOf(strings.Repeat(" \n", many) + `{"id":` + strings.Repeat("\t", many) + `1}`),
	} {
		t.Run(name, func(t *testing.T) {
			page := mustDecode(t, body)
			page.Unresolved()
			again, err := json.Marshal(page)
			if err != nil {
				t.Fatal(err)
			}
			if len(again) < many/2 && name != "deep" && name != "white space" {
				t.Errorf("encoded in %d bytes", len(again))
			}
			raw, err := model.DecodeRaw([]byte(body))
			if err != nil || len(raw.Rows) != len(page.Rows) {
				t.Errorf("raw: %v", err)
			}
		})
	}
}

// TestDecodeHostileErrors wants an error that says where, and soon, of large
// bodies that go wrong at their end.
func TestDecodeHostileErrors(t *testing.T) {
	t.Parallel()
	const before = 2000
	rows := repeat(before, func(n string) string { return `{"id":` + n + `,"name":"a"}` })
	last := "/collection/" + strconv.Itoa(before)
	for name, tt := range map[string]struct {
		row, path string
		class     error
	}{
		"cut in a string":   {`{"id":7,"name":"` + strings.Repeat("x", many), last + "/name", model.ErrMalformed},
		"NUL":               {`{"id":7,"name":"a` + "\x00" + `"}]}`, last + "/name", model.ErrMalformed},
		"NUL between":       {`{"id":7,` + "\x00" + `"name":"a"}]}`, last, model.ErrMalformed},
		"huge number":       {`{"id":7,"roles":[{"type":"R","id":` + strings.Repeat("9", many) + `}]}],"has_more":true}`, last + "/roles/0/id", model.ErrUnexpected},
		"huge exponent":     {`{"id":7,"name":1e` + strings.Repeat("9", many) + `}],"has_more":true}`, last + "/name", model.ErrUnexpected},
		"too deep":          {`{"id":7,"x":` + nested(many), last + "/x", model.ErrMalformed},
		"too deep by one":   {`{"id":7,"x":` + nested(9_998) + strings.Repeat("]", 9_998) + `}],"has_more":true}`, last + "/x", model.ErrMalformed},
		"repeated":          {`{"id":7,"x":{"a":1,"b":2,"a":3}}],"has_more":true}`, last + "/x/a", model.ErrMalformed},
		"repeated of many":  {`{"id":7,"x":{` + repeat(many, func(n string) string { return `"` + n + `":0` }) + `,"9":1}}],"has_more":true}`, last + "/x/9", model.ErrMalformed},
		"not UTF-8":         {`{"id":7,"name":"` + "\xed\xa0\x80" + `"}]}`, last + "/name", model.ErrMalformed},
		"overlong UTF-8":    {`{"id":7,"` + "\xc0\x80" + `":1}]}`, last, model.ErrMalformed},
		"type of a value":   {`{"id":7,"is_active":"yes"}],"has_more":true}`, last + "/is_active", model.ErrUnexpected},
		"text after number": {`{"id":7x}],"has_more":true}`, last, model.ErrMalformed},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := shipstream.DecodeUsers([]byte(`{"collection":[` + rows + `,` + tt.row))
			var e *model.DecodeError
			if !errors.As(err, &e) || !errors.Is(err, tt.class) || len(err.Error()) > 1200 {
				t.Fatalf("error %.300v", err)
			}
			if !strings.HasPrefix(e.Path, tt.path) || e.ID != 7 {
				t.Errorf("path %.300s, id %d, want %s, 7", e.Path, e.ID, tt.path)
			}
		})
	}
}

// TestDecodeHostileNames: where a name is long and much stands in it, an error costs no
// more memory than that of any other body: nobody writes the path of every value.
func TestDecodeHostileNames(t *testing.T) {
	body := []byte(`{"` + strings.Repeat("x", 400_000) + `":[` + repeat(30_000, func(string) string { return `{}` }) + `],"collection":[{"id":7,"name":5}]}`)
	var err error
	n := allocated(func() { _, err = shipstream.DecodeUsers(body) })
	failed, ok := errors.AsType[*model.DecodeError](err)
	if !ok || failed.Path != "/collection/0/name" || failed.ID != 7 {
		t.Errorf("%.300v", err)
	}
	if most := 20 * len(body); n > most {
		t.Errorf("%d bytes allocated for a body of %d", n, len(body))
	}
}
