package peers

import (
	"time"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/query/shipstream"
)

// musterEngine compares emails under the schema's collation, which ignores case
// and accents; the peers compare bytes.
func musterEngine() engine {
	schema := shipstream.UserSchema()
	now := dsl.Now(time.Unix(1_700_000_000, 0))
	compile := func(text string) (*dsl.Predicate, error) {
		f, err := dsl.Parse(text)
		if err != nil {
			return nil, err
		}
		c, err := dsl.Check(f, schema, now)
		if err != nil {
			return nil, err
		}
		return dsl.Compile(c.Root, schema)
	}
	return engine{
		name: "muster", module: "github.com/muster-go/muster",
		query: `is_active = true and created_at > 2024-01-01 and (email = 'a@b.c' or id in (1,2,3))`,
		or:    " or ", term: `email = 'user{}@example.com'`,
		parse: func(text string) error {
			_, err := dsl.Parse(text)
			return err
		},
		compile: func(text string) error {
			_, err := compile(text)
			return err
		},
		bind: func(text string, u *shipstream.User) (evaluation, error) {
			p, err := compile(text)
			if err != nil {
				return nil, err
			}
			return func() (bool, error) { return p.Match(u), nil }, nil
		},
	}
}
