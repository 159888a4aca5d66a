package dsl_test

import (
	"errors"
	"fmt"
	"strings"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model"
)

// domainOf is a function for filters: the part of an address behind the @.
func domainOf() dsl.Function {
	return dsl.Function{
		Name: "domain", Args: []dsl.Argument{{Name: "address", Type: model.TypeString}},
		Result: model.TypeString, Nullable: true, Deterministic: true, Doc: "what follows the @",
		Call: func(args []model.Value) (model.Value, error) {
			_, domain, ok := strings.Cut(args[0].Str(), "@")
			if !ok {
				return model.Null(), nil
			}
			return model.String(domain), nil
		},
	}
}

func ExampleNewEnv() {
	env, err := dsl.NewEnv(domainOf())
	if err != nil {
		panic(err)
	}
	type contact struct {
		Email string `filter:"email"`
	}
	contacts, err := dsl.For[contact]()
	if err != nil {
		panic(err)
	}
	m, err := contacts.Compile("domain(email) in ('a.example', 'b.example')", dsl.Functions(env))
	if err != nil {
		panic(err)
	}
	fmt.Println(m.Match(&contact{"ana@b.example"}), m.Match(&contact{"ana"}))

	_, err = dsl.NewEnv(dsl.Function{Name: "length"})
	fmt.Println(errors.Is(err, dsl.ErrEnv))
	// Output:
	// true false
	// true
}

func ExampleFunctions() {
	env, err := dsl.NewEnv(domainOf())
	if err != nil {
		panic(err)
	}
	f, err := dsl.Parse("domian(email) = 'a.example'")
	if err != nil {
		panic(err)
	}
	s, err := model.NewSchema("contact", model.Field{Name: "email", Type: model.TypeString, Collation: model.CI})
	if err != nil {
		panic(err)
	}
	_, err = dsl.Check(f, s, dsl.Functions(env))
	fmt.Println(err)
	// Output:
	// type error at line 1, column 1: unknown function domian
	//   domian(email) = 'a.example'
	//   ^^^^^^
	//   hint: did you mean domain?
}

func ExampleEnv_Complete() {
	env, err := dsl.NewEnv(domainOf())
	if err != nil {
		panic(err)
	}
	s, err := model.NewSchema("contact", model.Field{Name: "email", Type: model.TypeString, Collation: model.CI})
	if err != nil {
		panic(err)
	}
	for _, c := range env.Complete(s, "do", 2).Candidates {
		fmt.Println(c.Text, c.Kind, c.Detail)
	}
	// Output: domain( function domain(address): what follows the @
}
