package fuzz_test

import (
	"bytes"
	"errors"
	"os"
	"testing"

	"github.com/muster-go/muster/query/rest/yaml"
	"github.com/muster-go/muster/query/shipstream"
	"github.com/muster-go/muster/query/shipstream/wire"
)

// FuzzDefinition: any text is a definition, which is written and read back as it was, or
// has faults, which are told in bounded text.
func FuzzDefinition(f *testing.F) {
	orders, err := os.ReadFile("../query/rest/yaml/testdata/orders.yaml")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(orders)
	for _, s := range []string{
		"resource: t\npath: /t/\ndialect: key-value\nlayout: {rows: i, done: end, next: {header: X}, total: {header: Y}, ok: ok, error: e, rows_absent: empty, retry: [a]}\n" +
			"paging: {style: token, token: t, alone: true}\nfields: [{name: id, type: int}]\n",
		"resource: t\npath: /t\nlayout: {rows: i, broken_text: refuse, repeated_members: last}\npaging: {style: link, rebase: true}\nfields:\n- {name: id, type: int}\n" +
			"- {name: at, type: datetime, format: {layouts: [unix, 2006-01-02], zone: '+02:00'}, nulls: ['', no, 0, 1e3]}\n",
		"a: &a [*a]\n", "resource: \"\\e\"\n", "fields: [{name: x, nulls: [[]], format: {}}]\n",
	} {
		f.Add([]byte(s))
	}
	syntax := shipstream.Syntax(wire.Profile{})
	f.Fuzz(func(t *testing.T, text []byte) {
		d, err := yaml.Read(text, syntax)
		if err != nil {
			if !errors.Is(err, yaml.ErrInvalid) || len(err.Error()) > 64<<10 {
				t.Fatalf("%d bytes: %.200v", len(err.Error()), err)
			}
			return
		}
		once, err := yaml.Write(d)
		if err != nil {
			t.Fatal(err)
		}
		back, err := yaml.Read(once, syntax)
		if err != nil {
			t.Fatalf("%v\n%s", err, once)
		}
		if twice, err := yaml.Write(back); err != nil || !bytes.Equal(once, twice) {
			t.Fatalf("%v\n%s\n%s", err, once, twice)
		}
	})
}
