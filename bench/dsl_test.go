package bench

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query/shipstream"
)

// anchor is the filter that every engine of the comparison gets.
const anchor = "is_active = true and created_at > 2024-01-01 and (email = 'a@b.c' or id in (1,2,3))"

// orChain is a filter of n terms, each of which a planner would keep.
func orChain(n int) string {
	terms := make([]string, n)
	for i := range terms {
		terms[i] = fmt.Sprintf("email = 'user%d@example.com'", i)
	}
	return strings.Join(terms, " or ")
}

// chains are the lengths that show whether the work is linear.
var chains = []int{10, 100, 1000}

// compile is what an engine does once for a filter: parse, check, compile.
func compile(text string, schema *model.Schema) (*dsl.Predicate, error) {
	f, err := dsl.Parse(text)
	if err != nil {
		return nil, err
	}
	c, err := dsl.Check(f, schema, dsl.Now(time.Unix(1_700_000_000, 0)))
	if err != nil {
		return nil, err
	}
	return dsl.Compile(c.Root, schema)
}

// eachFilter runs bench on the query and on the chains.
func eachFilter(b *testing.B, bench func(b *testing.B, text string)) {
	b.Helper()
	b.Run("muster", func(b *testing.B) { bench(b, anchor) })
	for _, n := range chains {
		text := orChain(n)
		b.Run(fmt.Sprintf("or-%d/muster", n), func(b *testing.B) { bench(b, text) })
	}
}

func BenchmarkParse(b *testing.B) {
	eachFilter(b, func(b *testing.B, text string) {
		b.Helper()
		b.ReportAllocs()
		b.SetBytes(int64(len(text)))
		for b.Loop() {
			if _, err := dsl.Parse(text); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// BenchmarkParseReference is the cost of the reflective grammar that Parse
// replaces.
func BenchmarkParseReference(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := dsl.ParseReference(anchor); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkCompile parses, checks and compiles.
func BenchmarkCompile(b *testing.B) {
	schema := shipstream.UserSchema()
	eachFilter(b, func(b *testing.B, text string) {
		b.Helper()
		b.ReportAllocs()
		for b.Loop() {
			if _, err := compile(text, schema); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// evaluated is a user of whom the query is true by its last condition.
func evaluated() *shipstream.User {
	return &shipstream.User{
		ID: 3, Email: model.Some("nobody@example.com"), IsActive: model.Some(true),
		CreatedAt: model.Some(time.Date(2024, 5, 1, 12, 0, 0, 0, time.UTC)),
	}
}

// BenchmarkEval evaluates a compiled filter on a user of whom the query is true
// by its last condition, and who is on no chain.
func BenchmarkEval(b *testing.B) {
	schema := shipstream.UserSchema()
	user := evaluated()
	eachFilter(b, func(b *testing.B, text string) {
		b.Helper()
		p, err := compile(text, schema)
		if err != nil {
			b.Fatal(err)
		}
		if p.Match(user) != (text == anchor) {
			b.Fatalf("%.80s: matches %v", text, p.Match(user))
		}
		b.ReportAllocs()
		for b.Loop() {
			p.Match(user)
		}
	})
}

func BenchmarkFormat(b *testing.B) {
	eachFilter(b, func(b *testing.B, text string) {
		b.Helper()
		f, err := dsl.Parse(text)
		if err != nil {
			b.Fatal(err)
		}
		b.ReportAllocs()
		for b.Loop() {
			_ = dsl.Format(f.Root)
		}
	})
}

// TestAllocations holds the part of the figures that no busy machine blurs.
func TestAllocations(t *testing.T) {
	mostOfParse, mostOfCompile := 10.0, 30.0 // a compilation parses, too
	if raced {                               // the detector moves more to the heap
		mostOfParse, mostOfCompile = 1.5*mostOfParse, 1.5*mostOfCompile
	}
	schema := shipstream.UserSchema()
	parse := func(text string) float64 {
		return testing.AllocsPerRun(10, func() {
			if _, err := dsl.Parse(text); err != nil {
				t.Fatal(err)
			}
		})
	}
	if got := parse(anchor); got > mostOfParse {
		t.Errorf("parsing the query allocates %v times, more than %v", got, mostOfParse)
	}
	// Ten times the terms are ten times the nodes, and slices that grow by doubling.
	if short, long := parse(orChain(100)), parse(orChain(1000)); long > 12*short {
		t.Errorf("parsing 1000 terms allocates %v times, 100 terms %v", long, short)
	}
	whole := func(text string) float64 {
		return testing.AllocsPerRun(10, func() {
			if _, err := compile(text, schema); err != nil {
				t.Fatal(err)
			}
		})
	}
	if got := whole(anchor); got > mostOfCompile {
		t.Errorf("compiling the query allocates %v times, more than %v", got, mostOfCompile)
	}
	if short, long := whole(orChain(100)), whole(orChain(1000)); long > 12*short {
		t.Errorf("compiling 1000 terms allocates %v times, 100 terms %v", long, short)
	}
	user := evaluated()
	for _, text := range []string{anchor, orChain(100), "roles.name = 'Pickers' or name like '%a_b%' or not (email ~ '^x')"} {
		p, err := compile(text, schema)
		if err != nil {
			t.Fatal(err)
		}
		if got := testing.AllocsPerRun(100, func() { p.Match(user); p.Eval(user) }); got > 0 {
			t.Errorf("evaluating %.80s allocates %v times", text, got)
		}
	}
}
