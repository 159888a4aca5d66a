package modeltest_test

import (
	"fmt"

	"pgregory.net/rapid"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/model/modeltest"
)

func ExampleNewRecord() {
	things := modeltest.Schema()
	row, err := modeltest.NewRecord(things, map[string]any{
		"id": 7, "name": "Ana", "owner": modeltest.Object{"id": 1, "name": "Bob"},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	name, _ := things.Lookup("name")
	note, _ := things.Lookup("note")
	owner, _ := things.Lookup("owner.name")
	fmt.Println(row.Value(name.Index()), row.Value(note.Index()), row.At(owner.Index(), 0))
	_, err = modeltest.NewRecord(things, map[string]any{"colour": "red"})
	fmt.Println(err)
	// Output:
	// Ana null Bob
	// modeltest: schema things has no field "colour" of its own
}

// In a table of tests a record is a literal.
func ExampleMustRecord() {
	s := modeltest.Schema()
	r := modeltest.MustRecord(s, map[string]any{
		"id": 7, "name": "bolt", "created_at": "2024-01-01T00:00:00Z",
		"owner": modeltest.Object{"id": 1, "name": "Ana"},
		"tags":  []modeltest.Object{{"id": 1, "weight": 3}, {"id": 2}},
	})
	weight, _ := s.Lookup("tags.weight")
	fmt.Println(r.Len(weight.Index()), r.At(weight.Index(), 0), r.At(weight.Index(), 1))
	fmt.Println(r)
	// Output:
	// 2 3 null
	// id="7" name="bolt" created_at="2024-01-01T00:00:00Z" owner=[1] owner.id=[1] owner.name=[Ana] owner.active=[null] tags=[1 2] tags.id=[1 2] tags.name=[null null] tags.rate=[null null] tags.weight=[3 null]
}

// What generators make is for a property; here is one of each, by number.
func Example_generators() {
	size := modeltest.Values(model.TypeInt).Example(1)
	row := modeltest.Records(modeltest.Schema()).Example(1)
	fmt.Println(size.Type(), row.Value(0).Type())

	either := rapid.OneOf(modeltest.Strings(), rapid.Just("always")).Example(1)
	instant, number := modeltest.Instants().Example(1), modeltest.Ints().Example(1)
	fmt.Printf("%T %T %T\n", either, instant, number)
	// Output:
	// int int
	// string time.Time int64
}

func ExamplePeople() {
	ana := modeltest.MustRecord(modeltest.People(), map[string]any{"id": 7, "name": "Ana", "roles": []modeltest.Object{{"id": 1, "name": "Pickers"}}})
	role, _ := modeltest.People().Lookup("roles.name")
	fmt.Println(ana.At(role.Index(), 0))
	// Output: Pickers
}
