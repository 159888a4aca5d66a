package modeltest_test

import (
	"fmt"
	"math/rand/v2"
	"time"

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
	// id="7" name="bolt" created_at="2024-01-01T00:00:00Z" owner=[1] owner.id=[1] owner.name=[Ana] owner.active=[null] tags=[1 2] tags.id=[1 2] tags.name=[null null] tags.rate=[null null] tags.weight=[3 null] tags.marks=[null null]
}

// The bytes of a fuzz target make a value of any type and a row of any schema. Without bytes
// each is the simplest.
func ExampleBytes() {
	choices := modeltest.Bytes([]byte("\x02\x00\x00\x07\x01"))
	fmt.Println(choices.Int(), choices.Int())
	fmt.Println(choices.Bool(), choices.Value(model.TypeDecimal), choices.List(model.TypeString))
	row := choices.Record(modeltest.Schema())
	fmt.Println(row.Value(0))
	// Output:
	// -9223372036854775808 7
	// true 0 []
	// 0
}

// A random number generator makes choices, too.
func ExampleChoices() {
	choices := modeltest.Choices(rand.New(rand.NewPCG(1, 1)).IntN)
	row := choices.Record(modeltest.Schema())
	fmt.Println(row.Value(0).Type(), modeltest.Choices(nil).N(5))
	// Output: int 0
}

// A choice outside of its range is brought into it.
func ExampleChoices_N() {
	fmt.Println(modeltest.Choices(func(n int) int { return n + 1 }).N(5))
	// Output: 1
}

func ExamplePick() {
	fmt.Println(modeltest.Pick(modeltest.Bytes([]byte{2}), "and", "or", "not"))
	// Output: not
}

func ExamplePeople() {
	ana := modeltest.MustRecord(modeltest.People(), map[string]any{"id": 7, "name": "Ana", "roles": []modeltest.Object{{"id": 1, "name": "Pickers"}}})
	role, _ := modeltest.People().Lookup("roles.name")
	fmt.Println(ana.At(role.Index(), 0))
	// Output: Pickers
}

// Moments have a fraction now and then, in steps of the precision asked for.
// Orders are rows with lists of objects inside lists of objects.
func ExampleOrders() {
	row := modeltest.MustRecord(modeltest.Orders(), map[string]any{"lines": []modeltest.Object{
		{"sku": "hat", "discounts": []modeltest.Object{{"code": "X"}, {"code": "Y"}}},
		{"sku": "cap"},
	}})
	fmt.Println(row)
	// Output: lines=[0 0] lines.sku=[hat cap] lines.quantity=[null null] lines.marks=[null null] lines.product=[null null] lines.discounts=[2 null] lines.discounts.code=[X Y] lines.discounts.percent=[null null] lines.discounts.labels=[null null] lines.discounts.uses=[null null] lines.taxes=[null null]
}

func ExampleChoices_Moment() {
	for seed := range byte(3) {
		at := modeltest.Bytes([]byte{6 + seed, seed}).Moment(time.Millisecond)
		fmt.Println(at.Format(time.RFC3339Nano))
	}
	// Output:
	// 1970-01-01T00:00:00Z
	// 2024-01-01T00:00:00.999Z
	// 2024-02-29T00:00:00Z
}
