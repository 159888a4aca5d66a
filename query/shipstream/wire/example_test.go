package wire_test

import (
	"fmt"
	"strings"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query/shipstream/wire"
)

func exampleSchema() *model.Schema {
	s, err := model.NewSchema("users",
		model.Field{Name: "id", Type: model.TypeInt},
		model.Field{Name: "email", Type: model.TypeString, Collation: model.CI},
		model.Field{Name: "is_active", Type: model.TypeBool},
		model.Field{Name: "last_login_at", Type: model.TypeDateTime, Nullable: true},
	)
	if err != nil {
		panic(err)
	}
	return s
}

func compare(s *model.Schema, name string, op dsl.CompareOp, v model.Value) dsl.Node {
	f, _ := s.Lookup(name)
	return &dsl.Compare{Path: &dsl.Path{Name: name, Field: f}, Op: op, Value: &dsl.Literal{Kind: dsl.LitValue, Value: v}}
}

func ExampleProfile_Encode() {
	s := exampleSchema()
	// is_active = true and (id < 15 or id > 50)
	n := &dsl.And{Terms: []dsl.Node{
		compare(s, "is_active", dsl.Eq, model.Bool(true)),
		&dsl.Or{Terms: []dsl.Node{
			compare(s, "id", dsl.Lt, model.Int(15)),
			compare(s, "id", dsl.Gt, model.Int(50)),
		}},
	}}
	params, err := wire.Profile{}.Encode(n)
	fmt.Println(strings.Join(params, " "), err)
	// Output: is_active:true id[{lt:15},{gt:50}] <nil>
}

func ExampleProfile_Encode_unsupported() {
	s := exampleSchema()
	// id < 15 or is_active = true
	_, err := wire.Profile{}.Encode(&dsl.Or{Terms: []dsl.Node{
		compare(s, "id", dsl.Lt, model.Int(15)),
		compare(s, "is_active", dsl.Eq, model.Bool(true)),
	}})
	fmt.Println(err)
	// Output: the API's filter syntax cannot say it: the API has no OR across fields
}

func ExampleProfile_Relax() {
	f, _ := exampleSchema().Lookup("email")
	// email like 'ann%@x.org%'
	w, ok := wire.Profile{}.Relax(&dsl.Match{
		Path: &dsl.Path{Name: "email", Field: f}, Op: dsl.Like,
		Pattern: &dsl.Literal{Kind: dsl.LitString, Value: model.String("ann%@x.org%")},
	})
	fmt.Println(w.Params, ok, w.Exact)
	fmt.Println(w.Reason)
	// Output:
	// [email{start:"ann"}] true false
	// the API has prefixes and suffixes, but no patterns; profile switch `like`
}

func ExampleProfile_With() {
	p, err := wire.Profile{}.With("in", "notnull")
	fmt.Println(p, err)
	_, err = wire.Profile{}.With("between")
	fmt.Println(err)
	// Output:
	// in,notnull <nil>
	// wire profile has no switch "between" (it has in, nin, notnull, null_false, contains, like, nlike, regex, pattern_escapes; and to turn off what is documented, -eq, -neq, -gt, -gteq, -lt, -lteq, -start, -end, -null, -array, -filter)
}

// A server that ignores neq keeps its right answers if neq is not sent.
func ExampleDocumented() {
	profile, err := wire.Profile{}.With("-neq")
	if err != nil {
		fmt.Println(err)
		return
	}
	c, err := dsl.Check(dsl.Where(dsl.Field("id").Ne(7)), exampleSchema())
	if err != nil {
		fmt.Println(err)
		return
	}
	w, _ := profile.Relax(c.Root)
	fmt.Println(w.Reason)
	fmt.Println(wire.Documented())
	// Output:
	// the profile turns `neq` off
	// [eq neq gt gteq lt lteq start end null array filter]
}

func ExampleProfile_Names() {
	profile, err := wire.Profile{}.With("-neq", "in")
	fmt.Println(profile.Names(), err)
	// Output: [in -neq] <nil>
}
