package peers

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/vm"
	"github.com/muster-go/muster/dsl"
)

// bound is a user of twelve fields, as a program has one. Muster and expr read it as it is.
type bound struct {
	ID        int       `expr:"id" filter:"id" json:"id"`
	Name      string    `expr:"name" filter:"name" json:"name"`
	Email     string    `expr:"email" filter:"email" json:"email"`
	Username  string    `expr:"username" filter:"username" json:"username"`
	IsActive  bool      `expr:"is_active" filter:"is_active" json:"is_active"`
	CreatedAt time.Time `expr:"created_at" filter:"created_at" json:"created_at"`
	LastLogin time.Time `expr:"last_login_at" filter:"last_login_at" json:"last_login_at"`
	Logins    int       `expr:"logins" filter:"logins" json:"logins"`
	Country   string    `expr:"country" filter:"country" json:"country"`
	Rank      int32     `expr:"rank" filter:"rank" json:"rank"`
	IsStaff   bool      `expr:"is_staff" filter:"is_staff" json:"is_staff"`
	Notes     string    `expr:"notes" filter:"notes" json:"notes"`
}

// Date returns the first instant of a day, UTC, as that of [exprRecord] does.
func (bound) Date(day string) (time.Time, error) { return time.Parse(time.DateOnly, day) }

func aBound() bound {
	return bound{
		ID: 3, Name: "Ana Adler", Email: "nobody@example.com", Username: "ana", IsActive: true, Logins: 40, Country: "DE", Rank: 7,
		CreatedAt: time.Date(2024, 5, 1, 12, 0, 0, 0, time.UTC), LastLogin: time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC),
	}
}

// ownValues are the ways to evaluate the query on values of one's own: a struct, and a line of
// JSON that is that struct.
func ownValues(tb testing.TB) map[string]evaluation {
	tb.Helper()
	row := aBound()
	line, err := json.Marshal(row)
	if err != nil {
		tb.Fatal(err)
	}
	users, err := dsl.For[bound]()
	if err != nil {
		tb.Fatal(err)
	}
	m, err := users.Compile(musterEngine().query)
	if err != nil {
		tb.Fatal(err)
	}
	lines, err := dsl.JSON(users.Schema()).Compile(musterEngine().query)
	if err != nil {
		tb.Fatal(err)
	}
	program, err := expr.Compile(exprEngine().query, expr.Env(bound{}), expr.ConstExpr("Date"), expr.AsBool())
	if err != nil {
		tb.Fatal(err)
	}
	var machine vm.VM
	run := func(row *bound) (bool, error) { return truth(machine.Run(program, row)) }
	return map[string]evaluation{
		"struct/muster": func() (bool, error) { return m.Match(&row), nil },
		"struct/expr":   func() (bool, error) { return run(&row) },
		"json/muster":   func() (bool, error) { return lines.Match(line) },
		"json/expr": func() (bool, error) {
			var decoded bound
			if err := json.Unmarshal(line, &decoded); err != nil {
				return false, err
			}
			return run(&decoded)
		},
	}
}

func BenchmarkOwnValues(b *testing.B) {
	for name, eval := range ownValues(b) {
		b.Run(name, func(b *testing.B) { loop(b, eval) })
	}
}

// The bars of values of one's own, in times of Muster's.
const (
	leastStruct = 8.0
	leastJSON   = 4.0
)

// TestOwnValues holds both to the same answer, and under -speed to their bars.
func TestOwnValues(t *testing.T) {
	watch := stopwatch{rounds: 1, turn: time.Microsecond}
	if *speed {
		watch = stopwatch{rounds: 100, turn: 2 * time.Millisecond}
	}
	ways := ownValues(t)
	for form, bar := range map[string]float64{"struct": leastStruct, "json": leastJSON} {
		calls := []evaluation{ways[form+"/muster"], ways[form+"/expr"]}
		for i, call := range calls {
			if matched, err := call(); !matched || err != nil {
				t.Fatalf("%s %d: %v, %v", form, i, matched, err)
			}
		}
		costs, err := watch.costs(calls)
		if err != nil {
			t.Fatal(err)
		}
		times := costs[1].over(costs[0])
		t.Logf("%s: expr takes %s, and allocates %d times; Muster allocates %d times", form, ratio(times), costs[1].allocs, costs[0].allocs)
		if costs[0].allocs > 0 && !raced { // under the race detector a record moves to the heap
			t.Errorf("%s: Muster allocates %d times", form, costs[0].allocs)
		}
		if *speed && times < bar {
			t.Errorf("%s: expr takes %s, below %s", form, ratio(times), ratio(bar))
		}
	}
}
