package dsl_test

import (
	"errors"
	"testing"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/model/modeltest"
)

// compileEnv compiles a filter that may call the functions of testEnv.
func compileEnv(tb testing.TB, text string, opts ...dsl.CompileOption) *dsl.Predicate {
	tb.Helper()
	f, err := dsl.Parse(text)
	if err != nil {
		tb.Fatal(err)
	}
	c, err := dsl.Check(f, modeltest.Schema(), dsl.Functions(testEnv(tb)))
	if err != nil {
		tb.Fatal(err)
	}
	p, err := dsl.Compile(c.Root, modeltest.Schema(), opts...)
	if err != nil {
		tb.Fatal(err)
	}
	return p
}

func envRecord() model.Record {
	return modeltest.MustRecord(modeltest.Schema(), map[string]any{
		"id": 7, "name": "Ana@Mail.example", "size": 3, "created_at": "2024-01-01T08:00:00Z", "code": "none",
		"tags":   []modeltest.Object{{"id": 1, "name": "a@x"}, {"id": 2, "name": "b@y"}},
		"labels": []any{"l@m", "l@n"},
	})
}

// TestEnvEvaluated: a call is a value like others, also for nulls, references, lists and blocks.
func TestEnvEvaluated(t *testing.T) {
	t.Parallel()
	record := envRecord()
	for _, tt := range []struct {
		text string
		want dsl.Tri
	}{
		{"domain(name) = 'mail.EXAMPLE'", dsl.True},
		{"domain(name) in ('x', 'mail.example')", dsl.True},
		{"domain(name) like 'mail.%' and length(domain(name)) = 12", dsl.True},
		{"domain(code) is null", dsl.True},
		{"domain(code) = 'x'", dsl.Unknown},
		{"not domain(code) = 'x'", dsl.Unknown},
		{"domain('x') = name", dsl.Unknown},
		{"domain(note) = 'x'", dsl.Unknown},
		{"half(size) = 1.5 and half(id) = 3.5", dsl.True},
		{"nulls(note, name, note) = 2", dsl.True},
		{"nulls(name) = 0", dsl.True},
		{"early(created_at) and not early(created_at + 5h)", dsl.True},
		{"early(seen_at)", dsl.Unknown},
		{"coin() = 1 and coin() + id = 8", dsl.True},
		{"domain(tags.name) = 'y'", dsl.True},
		{"domain(tags.name) = 'z'", dsl.False},
		{"domain(labels) = 'n'", dsl.True},
		{"domain(tags.name) < domain(labels)", dsl.False},
		{"any tags (domain(name) = 'y' and id = 2)", dsl.True},
		{"any tags (domain(name) = 'y' and id = 1)", dsl.False},
		{"count(labels where domain(this) = 'm') = 1", dsl.True},
		{"ask(note) = 1", dsl.Unknown},
		{"id = 7 or ask(name) = 1", dsl.True},
		{"ask(name) = 1 and id = 8", dsl.False},
	} {
		p := compileEnv(t, tt.text)
		if got := p.Eval(record); got != tt.want {
			t.Errorf("%s is %v, want %v", tt.text, got, tt.want)
		}
		if got, err := p.Test(record); err != nil || got != (tt.want == dsl.True) || p.Match(record) != got {
			t.Errorf("%s matches: %v, %v", tt.text, got, err)
		}
	}
}

// TestEnvFails: a function that fails is an error of the row that names the call. The row does
// not match, whatever the filter makes of the call.
func TestEnvFails(t *testing.T) {
	t.Parallel()
	record := envRecord()
	for _, tt := range []struct {
		text, call, want string
		cause            error
	}{
		{"ask(name) = 1", "ask(name)", "ask(name) failed: the service does not answer", errUnreachable},
		{"not ask(name) = 1", "ask(name)", "ask(name) failed: the service does not answer", errUnreachable},
		{"not (id = 7 and ask(name) = 1)", "ask(name)", "ask(name) failed: the service does not answer", errUnreachable},
		{"coalesce(ask(name), 1) = 1", "ask(name)", "ask(name) failed: the service does not answer", errUnreachable},
		{"no tags (ask(name) = 1)", "ask(name)", "ask(name) failed: the service does not answer", errUnreachable},
		{"not ask(tags.name) = id", "ask(tags.name)", "ask(tags.name) failed: the service does not answer", errUnreachable},
		{"all labels (nulls(this) = ask(this))", "ask(this)", "ask(this) failed: the service does not answer", errUnreachable},
		{"crash(lower(name)) is null", "crash(lower(name))", "crash(lower(name)) failed: the function broke off", nil},
		{"liar(name) = 1", "liar(name)", "liar(name) failed: the result is of type string instead of int", nil},
		{"nan() > 0", "nan()", "nan() failed: the result is null, NaN or infinite, which it must not be", nil},
		{"void() is null", "void()", "void() failed: the result is null, which it must not be", nil},
	} {
		p := compileEnv(t, tt.text)
		got, err := p.Test(record)
		var failed *dsl.CallError
		if got || !errors.Is(err, dsl.ErrCall) || !errors.As(err, &failed) {
			t.Errorf("%s: %v, %v, want a CallError", tt.text, got, err)
			continue
		}
		if failed.Call != tt.call || failed.Error() != tt.want || tt.cause != nil && !errors.Is(err, tt.cause) {
			t.Errorf("%s: %q of %q, want %q", tt.text, failed, failed.Call, tt.want)
		}
		if place := failed.Range.Of(tt.text); place != tt.call {
			t.Errorf("%s: the place is %q", tt.text, place)
		}
		if p.Match(record) || p.Eval(record) != dsl.Unknown {
			t.Errorf("%s: it matches, or is not unknown", tt.text)
		}
		if tt.call[:2] == "cr" && (failed.Panic == nil || len(failed.Stack) == 0) {
			t.Errorf("%s: no panic is kept", tt.text)
		}
	}
}

// TestEnvCost: a call takes the steps of its cost, and the limit ends the evaluation before it.
func TestEnvCost(t *testing.T) {
	t.Parallel()
	calls := 0
	env, err := dsl.NewEnv(dsl.Function{
		Name: "slow", Args: []dsl.Argument{{Name: "n", Type: model.TypeInt}}, Result: model.TypeInt, Cost: 1000,
		Call: func(args []model.Value) (model.Value, error) { calls++; return args[0], nil },
	})
	if err != nil {
		t.Fatal(err)
	}
	maps := dsl.Map(modeltest.Schema())
	for _, tt := range []struct{ steps, calls int }{{900, 0}, {1100, 1}, {2100, 2}} {
		m, err := maps.Compile("slow(id) + slow(id) = 2", dsl.Functions(env), dsl.MaxSteps(tt.steps))
		if err != nil {
			t.Fatal(err)
		}
		calls = 0
		got, err := m.Match(map[string]any{"id": 1})
		if done := tt.calls == 2; got != done || errors.Is(err, dsl.ErrSteps) == done || calls != tt.calls {
			t.Errorf("within %d steps: %v, %v after %d calls, want %d", tt.steps, got, err, calls, tt.calls)
		}
	}
}

type addressed struct {
	ID    int64   `filter:"id"`
	Email string  `filter:"email,collation=ci"`
	Note  *string `filter:"note"`
}

// TestEnvOfRows: what compiles a filter at once takes functions, and returns their errors.
func TestEnvOfRows(t *testing.T) {
	t.Parallel()
	structs, err := dsl.For[addressed]()
	if err != nil {
		t.Fatal(err)
	}
	env := dsl.Functions(testEnv(t))
	m, err := structs.Compile("domain(email) = 'MAIL' and half(id) > 1", env)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := m.Test(&addressed{ID: 3, Email: "a@mail"}); !got || err != nil {
		t.Errorf("Test = %v, %v", got, err)
	}
	if m, err = structs.Compile("id > 0 and ask(email) > 1", env); err != nil {
		t.Fatal(err)
	}
	row := &addressed{ID: 3, Email: "a@mail"}
	if got, err := m.Test(row); got || !errors.Is(err, errUnreachable) {
		t.Errorf("Test = %v, %v", got, err)
	}
	if got, err := m.Eval(row); got != dsl.Unknown || !errors.Is(err, dsl.ErrCall) || m.Match(row) {
		t.Errorf("Eval = %v, %v", got, err)
	}
	lines, err := dsl.JSON(structs.Schema()).Compile("crash(email) = 1", env)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := lines.Match([]byte(`{"id": 1, "email": "x", "note": null}`)); got || !errors.Is(err, dsl.ErrCall) {
		t.Errorf("Match = %v, %v", got, err)
	}
	if _, err := structs.Compile("domain(email) = 'x'"); !errors.Is(err, dsl.ErrType) {
		t.Errorf("without functions: %v", err)
	}
}
