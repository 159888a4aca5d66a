package peers

import (
	bexpr "github.com/hashicorp/go-bexpr"
	"github.com/hashicorp/go-bexpr/grammar"
	"github.com/muster-go/muster/query/shipstream"
)

// bexprEngine has no ordering operators: the comparison of created_at is done
// beforehand, and the language only asks for its answer. Its in looks for a value
// in a field that is a list. Names and types are looked up at every record.
func bexprEngine() engine {
	return engine{
		name: "bexpr", module: "github.com/hashicorp/go-bexpr",
		query: `is_active == true and recent == true and (email == "a@b.c" or id == 1 or id == 2 or id == 3)`,
		or:    " or ", term: `email == "user{}@example.com"`,
		parse: func(text string) error {
			_, err := grammar.Parse("", []byte(text))
			return err
		},
		compile: func(text string) error {
			_, err := bexpr.CreateEvaluator(text)
			return err
		},
		bind: func(text string, u *shipstream.User) (evaluation, error) {
			evaluator, err := bexpr.CreateEvaluator(text)
			if err != nil {
				return nil, err
			}
			record := rowOf(u)
			return func() (bool, error) { return evaluator.Evaluate(&record) }, nil
		},
	}
}
