package dsl_test

import (
	"errors"
	"fmt"
	"strings"

	"github.com/muster-go/muster/dsl"
)

func ExampleParse() {
	f, err := dsl.Parse(`is_active && created_at > now-90d AND NOT (name LIKE "A%" || id in (1,2,))`)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(f)
	// Output:
	// is_active and created_at > now - 90d and not (name like 'A%' or id in (1, 2))
}

func ExampleSyntaxError() {
	_, err := dsl.Parse("is_active and\nname begins with 'Bo'")
	fmt.Println(err)

	if e, ok := errors.AsType[*dsl.SyntaxError](err); ok {
		fmt.Printf("bytes %d to %d\n", e.Range.Start, e.Range.End)
	}
	// Output:
	// syntax error at line 2, column 6: expected an operator after 'name', got 'begins'
	//   name begins with 'Bo'
	//        ^^^^^^
	//   hint: did you mean `starts with`?
	// bytes 19 to 25
}

func ExampleMaxDepth() {
	_, err := dsl.Parse(strings.Repeat("(", 10), dsl.MaxDepth(3))
	fmt.Println(errors.Is(err, dsl.ErrLimit))
	// Output: true
}

func ExampleFormat() {
	f, _ := dsl.Parse(`NOT a = 1 AND ((b <> 'it''s') || c)`)
	fmt.Println(dsl.Format(f.Root))
	// Output: a != 1 and (b != 'it''s' or c)
}

func ExampleFormatIndent() {
	f, _ := dsl.Parse(`is_active and (name starts with 'A' or name starts with 'B') and id not in (1, 2)`)
	fmt.Println(dsl.FormatIndent(f.Root, 40))
	// Output:
	// is_active
	// and (
	//   name starts with 'A'
	//   or name starts with 'B'
	// )
	// and id not in (1, 2)
}

func ExampleParseReference() {
	text := "not (a or b) and c in (1, 2)"
	product, _ := dsl.Parse(text)
	reference, _ := dsl.ParseReference(text)
	fmt.Println(dsl.Equal(product.Root, reference.Root))
	// Output: true
}

func ExampleEBNF() {
	rules, _, _ := strings.Cut(dsl.EBNF(), "\nNot =")
	fmt.Println(rules)
	// Output:
	// Filter = Or? .
	// Or = And (("or" | "||") And)* .
	// And = Not (("and" | "&&") Not)* .
}
