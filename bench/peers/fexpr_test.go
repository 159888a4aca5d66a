package peers

import "github.com/ganigeorgiev/fexpr"

// fexprEngine is a parser alone: fexpr leaves names, types and records to its
// caller. It has no in.
func fexprEngine() engine {
	return engine{
		name: "fexpr", module: "github.com/ganigeorgiev/fexpr",
		query: `is_active = true && created_at > '2024-01-01' && (email = 'a@b.c' || id = 1 || id = 2 || id = 3)`,
		or:    " || ", term: `email = 'user{}@example.com'`,
		parse: func(text string) error {
			_, err := fexpr.Parse(text)
			return err
		},
	}
}
