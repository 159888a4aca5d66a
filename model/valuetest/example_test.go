package valuetest_test

import (
	"fmt"
	"time"

	"pgregory.net/rapid"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/model/modeltest"
	"github.com/muster-go/muster/model/valuetest"
)

// What generators make is for a property; here is one of each, by number.
func Example() {
	size := valuetest.Values(model.TypeInt).Example(1)
	row := valuetest.Records(modeltest.Schema()).Example(1)
	fmt.Println(size.Type(), row.Value(0).Type())

	either := rapid.OneOf(valuetest.Strings(), rapid.Just("always")).Example(1)
	instant, number := valuetest.Instants().Example(1), valuetest.Ints().Example(1)
	fmt.Printf("%T %T %T\n", either, instant, number)
	// Output:
	// int int
	// string time.Time int64
}

// Moments have a fraction now and then, in steps of the precision asked for.
func ExampleMoments() {
	for seed := range 3 {
		at := valuetest.Moments(time.Millisecond).Example(seed)
		fmt.Println(at.Equal(at.Truncate(time.Millisecond)))
	}
	// Output:
	// true
	// true
	// true
}

func ExampleLists() {
	list := valuetest.Lists(model.TypeString).Example(1)
	fmt.Println(list.Type(), list.Len() <= 4)
	// Output: list true
}

// Values of the types that have none are null.
func ExampleValues() {
	fmt.Println(valuetest.Values(model.TypeJSON).Example(1))
	// Output: null
}

// Of makes a generator of whatever choices make.
func ExampleOf() {
	coins := valuetest.Of(func(c modeltest.Choices) string { return modeltest.Pick(c, "heads", "tails") })
	fmt.Println(len(coins.Example(1)))
	// Output: 5
}

// Within a property that draws by itself, Choices drives a generator of modeltest.
func ExampleChoices() {
	rows := rapid.Custom(func(t *rapid.T) *modeltest.Record { return valuetest.Choices(t).Record(modeltest.People()) })
	id, _ := modeltest.People().Lookup("id")
	fmt.Println(rows.Example(1).Value(id.Index()).Type())
	// Output: int
}
