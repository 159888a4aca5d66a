package peers

import "go.einride.tech/aip/filtering"

// aipEngine parses and checks, and ends there: aip-go leaves records to its
// caller, which is mostly a translation to SQL. It has no in and no constants
// true and false; the text `true` is an identifier that is declared.
func aipEngine() (engine, error) {
	declarations, err := filtering.NewDeclarations(
		filtering.DeclareStandardFunctions(),
		filtering.DeclareIdent("id", filtering.TypeInt),
		filtering.DeclareIdent("email", filtering.TypeString),
		filtering.DeclareIdent("is_active", filtering.TypeBool),
		filtering.DeclareIdent("created_at", filtering.TypeTimestamp),
		filtering.DeclareIdent("true", filtering.TypeBool),
	)
	if err != nil {
		return engine{}, err
	}
	return engine{
		name: "aip", module: "go.einride.tech/aip",
		query: `is_active = true AND created_at > timestamp("2024-01-01T00:00:00Z") AND (email = "a@b.c" OR id = 1 OR id = 2 OR id = 3)`,
		or:    " OR ", term: `email = "user{}@example.com"`,
		parse: func(text string) error {
			var p filtering.Parser
			p.Init(text)
			_, err := p.Parse()
			return err
		},
		compile: func(text string) error {
			_, err := filtering.ParseFilterString(text, declarations)
			return err
		},
	}, nil
}
