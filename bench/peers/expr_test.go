package peers

import (
	"errors"
	"time"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/parser"
	"github.com/expr-lang/expr/vm"
	"github.com/muster-go/muster/query/shipstream"
)

// exprRecord is what an expression sees: the fields and Date, which is constant
// and thus called when the expression is compiled. The built-in date would parse
// its text at every record.
type exprRecord struct{ row }

// Date returns the first instant of a day, UTC.
func (exprRecord) Date(day string) (time.Time, error) { return time.Parse(time.DateOnly, day) }

func exprEngine() engine {
	overStruct := []expr.Option{expr.Env(exprRecord{}), expr.ConstExpr("Date"), expr.AsBool()}
	overMap := []expr.Option{expr.Env(exprMap(row{})), expr.ConstExpr("Date"), expr.AsBool()}
	bind := func(text string, record any, options []expr.Option) (evaluation, error) {
		program, err := expr.Compile(text, options...)
		if err != nil {
			return nil, err
		}
		var machine vm.VM // kept from record to record, which saves its stack
		return func() (bool, error) { return truth(machine.Run(program, record)) }, nil
	}
	return engine{
		name: "expr", module: "github.com/expr-lang/expr",
		query: `is_active == true and created_at > Date("2024-01-01") and (email == "a@b.c" or id in [1,2,3])`,
		or:    " or ", term: `email == "user{}@example.com"`,
		parse: func(text string) error {
			_, err := parser.Parse(text)
			return err
		},
		compile: func(text string) error {
			_, err := expr.Compile(text, overStruct...)
			return err
		},
		bind: func(text string, u *shipstream.User) (evaluation, error) {
			return bind(text, &exprRecord{rowOf(u)}, overStruct)
		},
		bindReady: func(text string, u *shipstream.User) (evaluation, error) {
			return bind(text, exprMap(rowOf(u)), overMap)
		},
	}
}

// exprMap is the record with every field in an interface already.
func exprMap(r row) map[string]any {
	return map[string]any{
		"id": r.ID, "email": r.Email, "is_active": r.IsActive, "created_at": r.CreatedAt, "Date": exprRecord{}.Date,
	}
}

var errNotBool = errors.New("the answer is no boolean")

// truth is the answer of an engine that answers with anything.
func truth(answer any, err error) (bool, error) {
	if err != nil {
		return false, err
	}
	b, ok := answer.(bool)
	if !ok {
		return false, errNotBool
	}
	return b, nil
}
