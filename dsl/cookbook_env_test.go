package dsl_test

import (
	"errors"
	"fmt"
	"strings"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model"
)

// lookup stands for a service that not every row can be asked about.
func lookup(address string) (risk float64, err error) {
	if strings.HasSuffix(address, ".invalid") {
		return 0, errors.New("the domain is reserved")
	}
	return float64(len(address)) / 100, nil
}

func Example_functions() {
	env, err := dsl.NewEnv(dsl.Function{
		Name: "risk", Args: []dsl.Argument{{Name: "address", Type: model.TypeString}}, Result: model.TypeFloat,
		Cost: 1000, Doc: "how likely the address is false, from 0 to 1",
		Call: func(args []model.Value) (model.Value, error) {
			risk, err := lookup(args[0].Str())
			return model.Float(risk), err
		},
	})
	if err != nil {
		panic(err) // a name that filters have, or cannot have
	}
	type account struct {
		Email string `filter:"email,collation=ci"`
		Open  bool   `filter:"open"`
	}
	accounts, err := dsl.For[account]()
	if err != nil {
		panic(err)
	}
	m, err := accounts.Compile("open and risk(email) > 0.15", dsl.Functions(env))
	if err != nil {
		panic(err)
	}
	for _, a := range []account{{"ana@mail.example", true}, {"bo@x.example", true}, {"x@y.invalid", false}, {"x@y.invalid", true}} {
		matches, err := m.Test(&a)
		fmt.Println(matches, err, errors.Is(err, dsl.ErrCall))
	}
	// Output:
	// true <nil> false
	// false <nil> false
	// false <nil> false
	// false risk(email) failed: the domain is reserved true
}
