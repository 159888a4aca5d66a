package usertest_test

import (
	"fmt"

	"github.com/google/go-cmp/cmp"

	"github.com/muster-go/muster/query/shipstream/usertest"
)

func ExamplePages() {
	page := usertest.Pages().Example(1)
	fmt.Println(len(page.Rows) <= 10)
	// Output: true
}

func ExampleEquateUsers() {
	user, included := usertest.Users().Example(1), usertest.Inclusions().Example(1)
	same := user
	same.SetIncluded(included) // another page, and the same user
	fmt.Println(cmp.Equal(user, same, usertest.EquateUsers()))
	same.ID++
	fmt.Println(cmp.Equal(user, same, usertest.EquateUsers()))
	// Output:
	// true
	// false
}
