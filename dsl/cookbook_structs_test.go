package dsl_test

import (
	"fmt"
	"time"

	"github.com/muster-go/muster/dsl"
)

// ticket is a struct of one's own that filters read by its tags.
type ticket struct {
	ID     int64     `filter:"id"`
	Title  string    `filter:"title,collation=ci"`
	Closed time.Time `filter:"closed,nullable"` // zero: it is open
}

func Example_structs() {
	list := []ticket{
		{ID: 1, Title: "Box is late", Closed: time.Date(2024, 3, 10, 9, 0, 0, 0, time.UTC)},
		{ID: 2, Title: "Box is open"},
		{ID: 3, Title: "Label is torn"},
	}
	tickets, err := dsl.For[ticket]()
	if err != nil {
		panic(err) // a mistake in the tags
	}
	boxes, err := tickets.Compile("title starts with 'box' and (closed is null or closed on 2024-03-10)")
	if err != nil {
		panic(err)
	}
	for i := range list {
		if boxes.Match(&list[i]) {
			fmt.Println(list[i].ID)
		}
	}
	_, err = tickets.Compile("titel = 'x'")
	fmt.Println(err)
	// Output:
	// 1
	// 2
	// type error at line 1, column 1: unknown field "titel"
	//   titel = 'x'
	//   ^^^^^
	//   hint: did you mean title?
}
