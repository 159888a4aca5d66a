package dsl_test

import (
	"flag"
	"fmt"
	"io"
	"time"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/model/modeltest"
)

func ExampleCheck() {
	f, err := dsl.Parse("is_active and last_login_at < now - 90d and id in ($1)")
	if err != nil {
		fmt.Println(err)
		return
	}
	c, err := dsl.Check(f, modeltest.People(),
		dsl.Now(time.Date(2024, 3, 31, 12, 0, 0, 0, time.UTC)),
		dsl.Args([]int{3, 5}))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(dsl.Format(c.Root))
	// Output:
	// is_active = true and last_login_at < 2024-01-01T12:00:00Z and id in (3, 5)
}

func ExampleCheck_errors() {
	f, err := dsl.Parse("is_activ = true and id = '5'")
	if err != nil {
		fmt.Println(err)
		return
	}
	_, err = dsl.Check(f, modeltest.People())
	fmt.Println(err)
	// Output:
	// type error at line 1, column 1: unknown field "is_activ"
	//   is_activ = true and id = '5'
	//   ^^^^^^^^
	//   hint: did you mean is_active?
	// type error at line 1, column 26: expected an int, got a string
	//   is_activ = true and id = '5'
	//                            ^^^
	//   hint: id is an int: write 5 without quotes
}

func ExampleCompile() {
	f, err := dsl.Parse("name like 'jos%' and email is null")
	if err != nil {
		fmt.Println(err)
		return
	}
	c, err := dsl.Check(f, modeltest.People())
	if err != nil {
		fmt.Println(err)
		return
	}
	p, err := dsl.Compile(c.Root, c.Schema)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, name := range []any{"José Núñez", nil} {
		user := modeltest.MustRecord(c.Schema, map[string]any{"name": name})
		fmt.Println(p.Match(user), p.Eval(user))
	}
	// Output:
	// true true
	// false unknown
}

func ExampleField() {
	created := dsl.Field("created_at")
	f := dsl.Where(dsl.All(
		dsl.Field("is_active").Holds(),
		created.After(time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)),
		dsl.Any(dsl.Field("roles.name").StartsWith("Pick"), dsl.Field("id").In(1, 2, 3)),
	))
	fmt.Println(f)
	// Output:
	// is_active and created_at > 2024-01-01T00:00:00Z and (roles.name starts with 'Pick' or id in (1, 2, 3))
}

func ExampleComplete() {
	text := "is_active and last"
	c := dsl.Complete(modeltest.People(), text, len(text))
	for _, candidate := range c.Candidates {
		fmt.Println(text[:c.Range.Start]+candidate.Text, "·", candidate.Detail)
	}
	// Output:
	// is_active and last_login_at · datetime: last login; null for never
}

func ExampleSimplify() {
	f, err := dsl.Parse("not (id < 5 or name != 'x') and (email = 'a' or email != 'a')")
	if err != nil {
		fmt.Println(err)
		return
	}
	c, err := dsl.Check(f, modeltest.People())
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(dsl.Format(dsl.NNF(c.Root)))
	fmt.Println(dsl.Format(dsl.Fold(c.Root)))
	fmt.Println(dsl.Format(dsl.Simplify(c.Root)))
	// Output:
	// id >= 5 and name = 'x' and (email = 'a' or email != 'a')
	// not (id < 5 or name != 'x') and email not between '1' and '0'
	// id >= 5 and name = 'x' and email is not null
}

func ExampleCompareStrings() {
	for _, c := range []model.Collation{model.CI, model.Binary, model.Case} {
		fmt.Println(c, dsl.CompareStrings(c, "José ", "JOSE") == 0, dsl.CompareStrings(c, "José", "JOSÉ") == 0)
	}
	// Output:
	// ci true true
	// binary false false
	// case false true
}

func ExampleCompareValues() {
	id, _ := modeltest.People().Lookup("id")
	fmt.Println(dsl.CompareValues(id, model.Int(3), model.Int(7)) < 0, dsl.CompareValues(id, model.Null(), model.Int(3)) < 0)
	// Output: true true
}

func ExampleFilter_Set() {
	flags := flag.NewFlagSet("example", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	var f dsl.Filter
	flags.Var(&f, "filter", "which users")
	if err := flags.Parse([]string{"-filter", "is_active && id > 5"}); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(&f)
	// Output:
	// is_active and id > 5
}

func ExampleWalk() {
	f, err := dsl.Parse("id = 1 or (name = 'x' and not email is null)")
	if err != nil {
		fmt.Println(err)
		return
	}
	predicates := 0
	dsl.Walk(f.Root, func(n dsl.Node) bool {
		switch n.(type) {
		case *dsl.And, *dsl.Or, *dsl.Not:
		default:
			predicates++
		}
		return true
	})
	fmt.Println(predicates)
	// Output:
	// 3
}

func ExampleNamed() {
	f, err := dsl.Parse("name = :name and id in (:ids)")
	if err != nil {
		fmt.Println(err)
		return
	}
	c, err := dsl.Check(f, modeltest.People(), dsl.Named(map[string]any{"name": "O'Neil", "ids": []int64{1, 2}}))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(dsl.Format(c.Root))
	// Output:
	// name = 'O''Neil' and id in (1, 2)
}

func ExampleRewrite() {
	f, err := dsl.Parse("id = 1 or (username = 'x' and is_active)")
	if err != nil {
		fmt.Println(err)
		return
	}
	renamed := dsl.Rewrite(f.Root, func(n dsl.Node) dsl.Node {
		if c, ok := n.(*dsl.Compare); ok && c.Path.Name == "username" {
			return &dsl.Compare{Path: &dsl.Path{Name: "email"}, Op: c.Op, Value: c.Value}
		}
		return n
	})
	fmt.Println(dsl.Format(renamed), dsl.Equal(renamed, f.Root))
	// Output:
	// id = 1 or email = 'x' and is_active false
}
