package shipstream

import (
	"github.com/muster-go/muster/dsl/wire"
	"github.com/muster-go/muster/model"
)

// Capabilities declare what a server does where the API reference is silent. The
// zero value assumes nothing: documented operators only, strings compared as
// utf8mb4_general_ci, timestamps perhaps never returned.
type Capabilities struct {
	// Profile switches on filter operators that are not documented. Its nil
	// Fields means the documented ones.
	Profile wire.Profile
	// Timestamps says whether created_at and last_login_at can be asked for.
	// They are documented as filter and sort keys only.
	Timestamps model.Returned
	// Collation is how the server compares strings.
	Collation model.Collation
}

// schema is the users' schema as these capabilities have it.
func (c Capabilities) schema() *model.Schema {
	return model.UserSchema().With(func(f *model.Field) {
		if f.Type == model.TypeString {
			f.Collation = c.Collation
		}
		if f.Name == "created_at" || f.Name == "last_login_at" {
			f.Returned = c.Timestamps
		}
	})
}

// filterable returns the documented filter fields.
func filterable() []string {
	return []string{"id", "name", "email", "username", "is_active", "created_at", "last_login_at"}
}

// profile is the filter syntax as these capabilities have it.
func (c Capabilities) profile() wire.Profile {
	p := c.Profile
	if p.Fields == nil {
		p.Fields = filterable()
	}
	return p
}
