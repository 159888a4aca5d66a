package shelf_test

import (
	"bytes"
	"cmp"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query/rest"
	"github.com/muster-go/muster/query/rest/expression"
	"github.com/muster-go/muster/query/rest/shelf"
	"github.com/muster-go/muster/query/rest/shelf/shelftest"
	"github.com/muster-go/muster/query/rest/yaml"
)

// TestNames: each definition reads, has a summary and has a server that stands for its API.
func TestNames(t *testing.T) {
	var apis []string
	for _, api := range shelftest.APIs() {
		apis = append(apis, api.Name)
	}
	slices.Sort(apis)
	if names := shelf.Names(); !slices.Equal(names, apis) {
		t.Errorf("the shelf has %q, and servers stand for %q", names, apis)
	}
	for _, name := range shelf.Names() {
		if _, err := shelf.Read(name); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		text, err := shelf.Text(name)
		if err != nil || !bytes.Contains(text, []byte("# Base URL: ")) || len(shelf.Summary(name)) < 10 {
			t.Errorf("%s: it begins with %q, %v", name, shelf.Summary(name), err)
		}
	}
}

// TestNotFound: the error of a name lists those that are near.
func TestNotFound(t *testing.T) {
	for _, test := range []struct{ name, near string }{
		{"okta/user", "okta/users"},
		{"okta", "okta/users"},
		{"okat/users", "okta/users"},
		{"users", "okta/users"},
		{"x-y-z-corp/users", "okta/users"},
		{"../shelf", ""},
		{"okta/users.yaml", "okta/users"},
	} {
		_, err := shelf.Read(test.name)
		missing, ok := errors.AsType[*shelf.NotFoundError](err)
		switch {
		case !ok:
			t.Errorf("%s: got %v", test.name, err)
		case test.near == "" && (len(missing.Near) > 0 || !strings.Contains(err.Error(), "there are "+shelf.Names()[0])):
			t.Errorf("%s: %v", test.name, err)
		case test.near != "" && !slices.Contains(missing.Near, test.near), test.near != "" && !strings.Contains(err.Error(), "did you mean "):
			t.Errorf("%s: %v", test.name, err)
		}
	}
	if _, err := shelftest.Find("okta/user"); err == nil {
		t.Error("a server stands for okta/user")
	}
}

// TestWritten: a definition that is written is read back the same.
func TestWritten(t *testing.T) {
	zones := gocmp.Comparer(func(a, b *time.Location) bool { return a.String() == b.String() })
	for _, name := range shelf.Names() {
		d, err := shelf.Read(name)
		if err != nil {
			t.Fatal(err)
		}
		text, err := yaml.Write(d)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		again, err := yaml.Read(text)
		if err != nil {
			t.Errorf("%s: %v\n%s", name, err, text)
			continue
		}
		if diff := gocmp.Diff(said(d), said(again), cmpopts.IgnoreUnexported(model.Field{}), zones); diff != "" {
			t.Errorf("%s: %s\n%s", name, diff, text)
		}
	}
}

// said is a definition in which what is not said has its default.
func said(d rest.Definition) rest.Definition {
	if d.Expression == nil {
		return d
	}
	e := *d.Expression
	e.RowsAbsent = false // the definition has it
	e.Text.Fold = cmp.Or(e.Text.Fold, expression.FoldUnclear)
	if e.Time.Zone == nil {
		e.Time.Zone = time.UTC
	}
	d.Expression = &e
	return d
}

// TestLoad: a definition is read without searching one part for each of another. Counts of
// allocations are the same on a slow machine; BenchmarkLoad has the time, which is a
// millisecond where they are 5 000.
func TestLoad(t *testing.T) {
	for _, name := range shelf.Names() {
		n := testing.AllocsPerRun(1, func() {
			if _, err := shelf.Read(name); err != nil {
				t.Error(err)
			}
		})
		if n > 20_000 {
			t.Errorf("%s: it is read with %.0f allocations", name, n)
		}
	}
}

// BenchmarkLoad reads each definition: it may take 5 ms.
func BenchmarkLoad(b *testing.B) {
	for _, name := range shelf.Names() {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if _, err := shelf.Read(name); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
