package peers

import (
	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"github.com/muster-go/muster/query/shipstream"
)

func celEngine() (engine, error) {
	env, err := cel.NewEnv(
		cel.Variable("id", cel.IntType),
		cel.Variable("email", cel.StringType),
		cel.Variable("is_active", cel.BoolType),
		cel.Variable("created_at", cel.TimestampType),
	)
	if err != nil {
		return engine{}, err
	}
	compile := func(text string) (cel.Program, error) {
		tree, issues := env.Compile(text) // parses and checks
		if err := issues.Err(); err != nil {
			return nil, err
		}
		// The optimiser reads the timestamp and makes a set of the list, once.
		return env.Program(tree, cel.EvalOptions(cel.OptOptimize))
	}
	bind := func(text string, record cel.Activation) (evaluation, error) {
		program, err := compile(text)
		if err != nil {
			return nil, err
		}
		return func() (bool, error) {
			answer, _, err := program.Eval(record)
			if err != nil {
				return false, err
			}
			return truth(answer.Value(), nil)
		}, nil
	}
	return engine{
		name: "cel", module: "cel.dev/cel-go",
		query: `is_active == true && created_at > timestamp("2024-01-01T00:00:00Z") && (email == "a@b.c" || id in [1,2,3])`,
		or:    " || ", term: `email == "user{}@example.com"`,
		parse: func(text string) error {
			_, issues := env.Parse(text)
			return issues.Err()
		},
		compile: func(text string) error {
			_, err := compile(text)
			return err
		},
		bind: func(text string, u *shipstream.User) (evaluation, error) {
			return bind(text, &celRow{rowOf(u)})
		},
		bindReady: func(text string, u *shipstream.User) (evaluation, error) {
			return bind(text, readyCelRow(rowOf(u)))
		},
	}, nil
}

// celRow is a record whose fields become CEL's values when they are asked for.
type celRow struct{ row row }

// ResolveName returns the value of a field.
func (r *celRow) ResolveName(name string) (any, bool) {
	switch name {
	case "id":
		return r.row.ID, true
	case "email":
		return r.row.Email, true
	case "is_active":
		return r.row.IsActive, true
	case "created_at":
		return r.row.CreatedAt, true
	}
	return nil, false
}

// Parent returns nil: there are no other names.
func (*celRow) Parent() cel.Activation { return nil }

// celReady is a record whose fields are CEL's values already.
type celReady struct{ id, email, active, created ref.Val }

func readyCelRow(r row) *celReady {
	return &celReady{types.Int(r.ID), types.String(r.Email), types.Bool(r.IsActive), types.Timestamp{Time: r.CreatedAt}}
}

// ResolveName returns the value of a field.
func (r *celReady) ResolveName(name string) (any, bool) {
	switch name {
	case "id":
		return r.id, true
	case "email":
		return r.email, true
	case "is_active":
		return r.active, true
	case "created_at":
		return r.created, true
	}
	return nil, false
}

// Parent returns nil: there are no other names.
func (*celReady) Parent() cel.Activation { return nil }
