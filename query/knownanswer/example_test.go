package knownanswer_test

import (
	"fmt"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query/knownanswer"
)

// fruit is a row of the examples.
type fruit struct {
	id   int64
	name model.Value
}

func (f fruit) Value(field int) model.Value {
	return []model.Value{model.Int(f.id), f.name}[field]
}
func (fruit) Len(int) int             { return 0 }
func (fruit) At(int, int) model.Value { return model.Null() }

func fruits() (*model.Schema, []int64, []model.Record) {
	schema, err := model.NewSchema(
		"fruits", model.Field{Name: "id", Type: model.TypeInt},
		model.Field{Name: "name", Type: model.TypeString, Collation: model.Binary, Nullable: true},
	)
	if err != nil {
		panic(err)
	}
	return schema, []int64{1, 2, 3}, []model.Record{fruit{1, model.String("apple")}, fruit{2, model.String("Apple")}, fruit{3, model.Null()}}
}

func checked(schema *model.Schema, text string) dsl.Node {
	filter, err := dsl.Parse(text)
	if err != nil {
		panic(err)
	}
	c, err := dsl.Check(filter, schema)
	if err != nil {
		panic(err)
	}
	return c.Root
}

// A server that ignores the case of letters is found out by one question.
func ExampleNew() {
	rows := knownanswer.New(fruits())
	schema, _, _ := fruits()
	q, err := rows.Ask(checked(schema, "name = 'apple'"))
	if err != nil {
		panic(err)
	}
	fmt.Println(q.Text, q.Yes, q.No, q.Telling())
	fmt.Println(q.Judge([]int64{1}, true).None())
	fmt.Println(q.Judge([]int64{1, 2}, true))
	fmt.Println(q.Judge(nil, true), q.Judge(nil, false).None())
	// Output:
	// name = 'apple' [1] [2 3] 1
	// true
	// missing []; wrong or double [2]
	// missing [1]; wrong or double [] true
}

func ExampleRows_Conditions() {
	conditions := knownanswer.New(fruits()).Conditions()
	fmt.Println(len(conditions) > 50, conditions[0])
	// Output: true `id` = 1
}

// A server that returns every row passes a test of questions that every row satisfies.
func ExampleDecide() {
	all := knownanswer.Question[int64]{Text: "id in (1, 2)", Yes: []int64{1}}
	none := knownanswer.Question[int64]{Text: "id in (2)", No: []int64{1}}
	fmt.Println(knownanswer.Decide([]knownanswer.Question[int64]{all}), knownanswer.Decide([]knownanswer.Question[int64]{all, none}))
	// Output: false true
}

func ExampleJoin() {
	a := knownanswer.Question[int64]{Text: "a", Yes: []int64{1, 2}, No: []int64{3}}
	b := knownanswer.Question[int64]{Text: "b", Yes: []int64{2, 3}, No: []int64{1}}
	for _, q := range knownanswer.Join([]knownanswer.Question[int64]{a, b}) {
		fmt.Println(q.Text, q.Yes)
	}
	// Output:
	// a and b [2]
	// a or b [1 2 3]
	// b and a [2]
	// b or a [2 3 1]
}

func ExampleRows_On() {
	schema, _, _ := fruits()
	name, _ := schema.Lookup("name")
	for _, c := range knownanswer.New(fruits()).On(name)[:4] {
		fmt.Println(c.Operator, "in", c.Text)
	}
	// Output:
	// is null in `name` is null
	// is not null in `name` is not null
	// = in `name` = 'apple'
	// != in `name` != 'apple'
}

func ExampleOf() {
	schema, _, rows := fruits()
	name, _ := schema.Lookup("name")
	fmt.Println(knownanswer.Of(rows[0], name), knownanswer.Of(rows[2], name))
	// Output: [apple] [null]
}

func ExampleValues() {
	schema, _, rows := fruits()
	name, _ := schema.Lookup("name")
	fmt.Println(knownanswer.Values(name, rows))
	// Output: [apple Apple]
}

func ExampleSome() {
	fmt.Println(knownanswer.Some([]string{"a", "b"}), knownanswer.Some([]int64{1, 2, 3, 4, 5, 6, 7, 8, 9}))
	// Output: ["a" "b"] [1 2 3 4 5 6 7 8]
}

// The answer shows what a server took a condition for.
func ExampleRows_Misreadings() {
	rows := knownanswer.New(fruits())
	schema, _, _ := fruits()
	misreadings, err := rows.Misreadings(checked(schema, "name != 'apple'"))
	if err != nil {
		panic(err)
	}
	got := []int64{2, 3}
	for _, m := range misreadings {
		if m.Judge(got, true).None() {
			fmt.Println("the server seems to", m.Text)
		}
	}
	// Output: the server seems to take nulls along
}
