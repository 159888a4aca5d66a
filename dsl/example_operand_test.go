package dsl_test

import (
	"fmt"

	"github.com/muster-go/muster/dsl"
)

func ExampleFunc() {
	fmt.Println(dsl.Format(dsl.All(
		dsl.Func("length", dsl.Field("name")).Gt(12),
		dsl.Func("weekday", dsl.Field("created_at")).In(6, 7),
		dsl.Field("id").Expr().Plus(1).Times(2).Ne(dsl.Field("size")),
	)))
	// Output: length(name) > 12 and weekday(created_at) in (6, 7) and (id + 1) * 2 != size
}

func ExampleDuration() {
	late := dsl.Field("created_at").Expr().Plus(dsl.Duration("7d"))
	fmt.Println(dsl.Format(dsl.Field("last_login_at").Gt(late)))
	// Output: last_login_at > created_at + 7d
}
