package bench

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/dsl/dsltest"
	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/model/modeltest"
	"github.com/muster-go/muster/query"
	"github.com/muster-go/muster/query/shipstream"
)

// hold fails a benchmark whose operation takes longer than bar for each unit. The bars
// are five times and more what the operations take, and far below what quadratic work
// takes. Without -speed they are ten times as long, and two seconds at the least: a neighbour
// on the machine must not fail a benchmark that runs once.
func hold(b *testing.B, bar time.Duration, units int) {
	b.Helper()
	units = max(units, 1)
	if !*full {
		bar = max(10*bar, 2*time.Second/time.Duration(units))
	}
	if each := b.Elapsed() / time.Duration(b.N) / time.Duration(units); each > bar && !raced {
		b.Errorf("%v each, more than %v", each, bar)
	}
}

// BenchmarkHostileText parses hostile texts with raised limits, in at most 50 ms for each
// 100 KB.
func BenchmarkHostileText(b *testing.B) {
	raised := []dsl.ParseOption{dsl.MaxBytes(1 << 30), dsl.MaxTokens(1 << 30), dsl.MaxDepth(1 << 30), dsl.MaxListItems(1 << 30)}
	for _, h := range dsltest.Hostile() {
		b.Run(h.Name, func(b *testing.B) {
			b.SetBytes(int64(len(h.Text)))
			for b.Loop() {
				_, _ = dsl.Parse(h.Text, raised...)
			}
			hold(b, 500*time.Nanosecond, len(h.Text))
		})
	}
}

// BenchmarkHostileCompletion completes after one path of very many parts.
func BenchmarkHostileCompletion(b *testing.B) {
	const size = 250_000
	schema := modeltest.Schema()
	for _, part := range []string{"a.", "a . ", "`a`.", "tags.", "'", "\xff"} {
		text := strings.Repeat(part, size/len(part))
		b.Run(strconv.Quote(part), func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				dsl.Complete(schema, text, len(text))
			}
			hold(b, 500*time.Nanosecond, len(text))
		})
	}
}

// BenchmarkWideFilter takes filters of 20 000 terms through every stage.
func BenchmarkWideFilter(b *testing.B) {
	const wide = 20_000
	schema := modeltest.Schema()
	for name, term := range map[string]func(i int) string{
		"equals":      func(i int) string { return fmt.Sprintf("id = %d", i*7%wide) },
		"strings":     func(i int) string { return fmt.Sprintf("name = 'n%d'", i) },
		"patterns":    func(i int) string { return fmt.Sprintf("name like 'n%d%%'", i) },
		"references":  func(i int) string { return fmt.Sprintf("not tags.id != %d", i) },
		"groups":      func(i int) string { return fmt.Sprintf("(id = %d and active)", i) },
		"same groups": func(int) string { return "(id = 1 and active)" },
		"intervals":   func(i int) string { return fmt.Sprintf("id between %d and %d", i*10, i*10+5) },
	} {
		terms := make([]string, wide)
		for i := range terms {
			terms[i] = term(i)
		}
		f, err := dsl.Parse(strings.Join(terms, " or "), dsl.MaxBytes(1<<22), dsl.MaxTokens(1<<20))
		if err != nil {
			b.Fatal(err)
		}
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				c, err := dsl.Check(f, schema)
				if err != nil {
					b.Fatal(err)
				}
				if _, err := dsl.Compile(dsl.Simplify(c.Root), schema); err != nil {
					b.Fatal(err)
				}
			}
			hold(b, 50*time.Microsecond, wide)
		})
	}
}

// BenchmarkWidePlan plans filters of thousands of terms. No plan answers those whose
// name ends in "refused".
func BenchmarkWidePlan(b *testing.B) {
	src := shipstream.Users(nil, shipstream.AnyUser, shipstream.With(shipstream.Capabilities{Timestamps: model.ReturnedNo}))
	for _, f := range []struct {
		name, joint, term string
		terms             int
	}{
		{"and of ors", " and ", "(name = 'a%[1]d' or email = 'b%[1]d')", 4000},
		{"or of ands", " or ", "(name = 'a%[1]d' and email = 'b%[1]d')", 4000},
		{"not equals", " and ", "name != 'a%[1]d'", 9000},
		{"references", " or ", "roles.id between %[1]d and %[1]d", 5000},
		{"id ranges", " or ", "id between %[1]d00 and %[1]d01", 6000},
		{"mixed", " or ", "name = 'a%[1]d' or email = 'b%[1]d' or roles.id = 5", 2000},
		{"likes", " and ", "name like 'a%%b%[1]d_%[1]d'", 6000},
		{"and of ors, refused", " and ", "(name = 'a%[1]d' or created_at > 2024-01-01)", 4000},
		{"or of ands, refused", " or ", "(name = 'a%[1]d' and created_at > 2024-01-01)", 4000},
	} {
		terms := make([]string, f.terms)
		for i := range terms {
			terms[i] = fmt.Sprintf(f.term, i)
		}
		filter := strings.Join(terms, f.joint)
		b.Run(f.name, func(b *testing.B) {
			for b.Loop() {
				_, _ = query.Prepare(src, filter)
			}
			hold(b, 200*time.Microsecond, f.terms)
		})
	}
}
