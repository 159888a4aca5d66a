package dsl_test

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/model/modeltest"
)

var errUnreachable = errors.New("the service does not answer")

// functions returns functions of each kind.
func functions() []dsl.Function {
	text := []dsl.Argument{{Name: "text", Type: model.TypeString}}
	return []dsl.Function{
		{
			Name: "domain", Args: text, Result: model.TypeString, Deterministic: true, Nullable: true,
			Doc: "the part of an address behind the @",
			Call: func(args []model.Value) (model.Value, error) {
				_, domain, ok := strings.Cut(args[0].Str(), "@")
				if !ok {
					return model.Null(), nil
				}
				return model.String(domain), nil
			},
		},
		{
			Name: "half", Args: []dsl.Argument{{Name: "number", Type: model.TypeFloat}}, Result: model.TypeFloat, Deterministic: true,
			Call: func(args []model.Value) (model.Value, error) { return model.Float(args[0].Float() / 2), nil },
		},
		{
			Name: "nulls", Args: []dsl.Argument{{Name: "texts", Type: model.TypeString}}, Repeats: true, TakesNull: true, Result: model.TypeInt,
			Call: func(args []model.Value) (model.Value, error) {
				n := int64(0)
				for _, a := range args {
					if a.IsNull() {
						n++
					}
				}
				return model.Int(n), nil
			},
		},
		{
			Name: "early", Args: []dsl.Argument{{Name: "time", Type: model.TypeDateTime}}, Result: model.TypeBool, Deterministic: true,
			Call: func(args []model.Value) (model.Value, error) { return model.Bool(args[0].Time().Hour() < 12), nil },
		},
		{Name: "coin", Result: model.TypeInt, Call: func([]model.Value) (model.Value, error) { return model.Int(1), nil }},
		{
			Name: "ask", Args: text, Result: model.TypeInt, Deterministic: true, Cost: 50,
			Call: func([]model.Value) (model.Value, error) { return model.Null(), errUnreachable },
		},
		{
			Name: "crash", Args: text, Result: model.TypeInt, Deterministic: true,
			Call: func([]model.Value) (model.Value, error) { panic(errUnreachable) },
		},
		{
			Name: "liar", Args: text, Result: model.TypeInt,
			Call: func(args []model.Value) (model.Value, error) { return args[0], nil },
		},
		{
			Name: "greet", Args: []dsl.Argument{{Name: "n", Type: model.TypeInt}}, Result: model.TypeString,
			Call: func([]model.Value) (model.Value, error) { return model.String("Hello"), nil },
		},
		{
			Name: "nan", Result: model.TypeFloat,
			Call: func([]model.Value) (model.Value, error) { return model.Float(math.NaN()), nil },
		},
		{Name: "void", Result: model.TypeInt, Call: func([]model.Value) (model.Value, error) { return model.Null(), nil }},
	}
}

func testEnv(tb testing.TB) *dsl.Env {
	tb.Helper()
	env, err := dsl.NewEnv(functions()...)
	if err != nil {
		tb.Fatal(err)
	}
	return env
}

// TestEnvFaults: what cannot be a function is named, all of it at once.
func TestEnvFaults(t *testing.T) {
	t.Parallel()
	call := func([]model.Value) (model.Value, error) { return model.Int(1), nil }
	tests := []struct {
		f    dsl.Function
		want string
	}{
		{dsl.Function{Name: "length"}, "the language has a function of this name"},
		{dsl.Function{Name: "count"}, "the name is a word of the language"},
		{dsl.Function{Name: "today"}, "the name is a word of the language"},
		{dsl.Function{}, "a name has lower-case letters, digits and underscores, and starts with no digit"},
		{dsl.Function{Name: "isVIP"}, "a name has lower-case"},
		{dsl.Function{Name: "2nd"}, "a name has lower-case"},
		{dsl.Function{Name: "a.b"}, "a name has lower-case"},
		{dsl.Function{Name: "größe"}, "a name has lower-case"},
		{dsl.Function{Name: "good"}, "an earlier function has this name"},
		{dsl.Function{Name: "f", Result: model.TypeInt}, "it has nothing to call"},
		{dsl.Function{Name: "g", Call: call}, "the result cannot be of type null"},
		{dsl.Function{Name: "h", Result: model.TypeList, Call: call}, "the result cannot be of type list"},
		{dsl.Function{Name: "i", Result: model.TypeInt, Cost: -1, Call: call}, "the cost is negative"},
		{dsl.Function{Name: "j", Result: model.TypeInt, Repeats: true, Call: call}, "there is no argument to repeat"},
		{dsl.Function{Name: "k", Args: []dsl.Argument{{Type: model.TypeInt}}, Result: model.TypeInt, Call: call}, "argument 1 has no name"},
		{dsl.Function{Name: "l", Args: []dsl.Argument{{Name: "x", Type: model.TypeRefs}}, Result: model.TypeInt, Call: call}, "argument x cannot be of type references"},
	}
	all := []dsl.Function{{Name: "good", Result: model.TypeInt, Call: call}}
	for _, tt := range tests {
		all = append(all, tt.f)
	}
	_, err := dsl.NewEnv(all...)
	if !errors.Is(err, dsl.ErrEnv) {
		t.Fatalf("NewEnv = %v, want ErrEnv", err)
	}
	lines := strings.Split(err.Error(), "\n")[1:]
	if len(lines) != len(tests) {
		t.Fatalf("%d faults, want %d:\n%v", len(lines), len(tests), err)
	}
	for i, tt := range tests {
		if want := fmt.Sprintf("function %d, %q: %s", i+2, tt.f.Name, tt.want); !strings.HasPrefix(lines[i], want) {
			t.Errorf("fault %q, want %q", lines[i], want)
		}
	}
}

// TestEnvChecked shows what a check makes of calls: constants where the function is
// deterministic, and otherwise the call as it is.
func TestEnvChecked(t *testing.T) {
	t.Parallel()
	tests := []struct{ text, want string }{
		{"Domain(name) = 'a.b'", "domain(name) = 'a.b'"},
		{"'a.b' != domain( name )", "domain(name) != 'a.b'"},
		{"name = domain('x@a.b')", "name = 'a.b'"},
		{"domain('x') is null and domain('x') = name", "domain('x') is null and domain('x') = name"},
		{"half(size) > 1 and half(3) > half(size)", "half(size) > 1 and half(size) < 1.5"},
		{"nulls('a', name, 'b') = 1", "nulls('a', name, 'b') = 1"},
		{"early(seen_at) and not early('2024-01-01T13:00:00')", "early(seen_at) = true and not false"},
		{"coin() = 1 and id = coin()", "coin() = 1 and id = coin()"},
		{"length(domain(lower(name))) + coin() * 2 between 1 and 3", "length(domain(lower(name))) + coin() * 2 between 1 and 3"},
		{"name = domain('x') and domain('x') = name and lower(greet(id)) < name and greet(id) < code", "name = domain('x') and domain('x') = name and lower(greet(id)) < name and greet(id) < code"},
		{"lower(domain(name)) = name and concat(domain('x@a'), name) = name", "lower(domain(name)) = name and concat('a', name) = name"},
	}
	env := dsl.Functions(testEnv(t))
	for _, tt := range tests {
		f := mustParse(t, tt.text)
		checkFormat(t, f)
		c, err := dsl.Check(f, modeltest.Schema(), env)
		if err != nil {
			t.Errorf("%s: %v", tt.text, err)
			continue
		}
		if got := dsl.Format(c.Root); got != tt.want {
			t.Errorf("%s becomes %s, want %s", tt.text, got, tt.want)
		}
		again, err := dsl.Check(mustParse(t, dsl.Format(c.Root)), modeltest.Schema(), env)
		if err != nil || !dsl.Equal(again.Root, c.Root) {
			t.Errorf("%s, checked again, is %v, %v", tt.want, again, err)
		}
	}
}

// TestEnvTypeErrors compares the exact range and the full text of the errors of calls.
func TestEnvTypeErrors(t *testing.T) {
	env := dsl.Functions(testEnv(t))
	n := golden(t, "testdata/env/*.txtar", func(t *testing.T, filter string) string {
		t.Helper()
		_, err := dsl.Check(mustParse(t, filter), modeltest.Schema(), env)
		var list dsl.TypeErrors
		if !errors.As(err, &list) {
			t.Fatalf("Check(%q) = %v, want TypeErrors", filter, err)
		}
		var b strings.Builder
		for _, e := range list {
			fmt.Fprintf(&b, "bytes %d-%d\n%s\n", e.Range.Start, e.Range.End, e)
		}
		return b.String()
	})
	if n < 12 {
		t.Errorf("%d cases, want at least 12", n)
	}
}

// TestEnvCause: a function that fails for constants is the cause of the type error, which shows
// nothing of a panic.
func TestEnvCause(t *testing.T) {
	t.Parallel()
	env := dsl.Functions(testEnv(t))
	_, err := dsl.Check(mustParse(t, "id = ask('x')"), modeltest.Schema(), env)
	if !errors.Is(err, errUnreachable) || !errors.Is(err, dsl.ErrCall) || !errors.Is(err, dsl.ErrType) {
		t.Errorf("Check = %v, want the function's error", err)
	}
	_, err = dsl.Check(mustParse(t, "id = crash('x')"), modeltest.Schema(), env)
	var call *dsl.CallError
	if !errors.As(err, &call) || call.Function != "crash" || call.Call != "crash('x')" || call.Panic == nil || !strings.Contains(string(call.Stack), "env_test.go") {
		t.Errorf("Check = %v, with %+v, want the panic and its stack", err, call)
	}
	if strings.Contains(err.Error(), "index") {
		t.Errorf("the error shows the panic: %v", err)
	}
	_, err = dsl.Check(dsl.Where(dsl.Field("id").Eq(1)), modeltest.Schema(), dsl.Functions(nil), dsl.Functions(new(dsl.Env)))
	if err != nil {
		t.Errorf("without functions: %v", err)
	}
}

// TestEnvFoldsWithinSteps: a check computes constants for 10 000 steps, and leaves the calls
// beyond them to the evaluation.
func TestEnvFoldsWithinSteps(t *testing.T) {
	t.Parallel()
	calls := 0
	env, err := dsl.NewEnv(dsl.Function{
		Name: "slow", Args: []dsl.Argument{{Name: "n", Type: model.TypeInt}}, Result: model.TypeInt, Deterministic: true, Cost: 1000,
		Call: func(args []model.Value) (model.Value, error) { calls++; return args[0], nil },
	})
	if err != nil {
		t.Fatal(err)
	}
	text := "id = slow(1)" + strings.Repeat(" or id = slow(2)", 30)
	c, err := dsl.Check(mustParse(t, text), modeltest.Schema(), dsl.Functions(env))
	if err != nil {
		t.Fatal(err)
	}
	if calls != 10 {
		t.Errorf("%d calls", calls)
	}
	p, err := dsl.Compile(c.Root, modeltest.Schema())
	if err != nil {
		t.Fatal(err)
	}
	for id, want := range map[int]bool{1: true, 2: true, 3: false} {
		if got := p.Match(modeltest.MustRecord(modeltest.Schema(), map[string]any{"id": id})); got != want {
			t.Errorf("id %d: %v", id, got)
		}
	}
}
