package shipstream

import (
	"slices"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query/shipstream/wire"
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
	// Collation is how the server compares strings; not set, as utf8mb4_general_ci.
	Collation model.Opt[model.Collation]
}

// Option changes what [Users], [Roles] and [Warehouses] assume.
type Option interface{ apply(*Capabilities) }

// With declares the server's capabilities, in place of the zero value that
// assumes nothing beyond the documentation.
func With(c Capabilities) Option { return withCapabilities(c) }

type withCapabilities Capabilities

func (w withCapabilities) apply(c *Capabilities) { *c = Capabilities(w) }

func capabilities(opts []Option) (c Capabilities) {
	for _, o := range opts {
		o.apply(&c)
	}
	return c
}

func (c Capabilities) collation() model.Collation { return c.Collation.Or(model.CI) }

// schema returns the users' schema with these capabilities.
func (c Capabilities) schema() *model.Schema {
	return UserSchema().With(func(f *model.Field) {
		if f.Element() == model.TypeString {
			f.Collation = c.collation()
		}
		if isTimestamp(f.Name) {
			f.Returned = c.Timestamps
		}
	})
}

// isTimestamp reports whether the field is one that [Capabilities.Timestamps] is
// about.
func isTimestamp(field string) bool { return field == "created_at" || field == "last_login_at" }

// filters reports whether the server filters by the field: the documented ones,
// unless the profile names others.
func (c Capabilities) filters(field string) bool {
	fields := c.Profile.Fields
	if fields == nil {
		fields = []string{"id", "name", "email", "username", "is_active", "created_at", "last_login_at"}
	}
	return slices.Contains(fields, field)
}

// declared describes the declaration behind an optional field that was asked for; "" if
// the field is documented.
func declared(f *model.Field) string {
	switch {
	case f.Name == "permissions":
		return "whether a listing of roles has them is not documented; leave them out"
	case !isTimestamp(f.Name):
		return ""
	case f.Returned == model.ReturnedOnRequest:
		return "it was declared to be returned on request" + undeclare
	}
	return "whether this server returns it was not declared" + undeclare
}

const undeclare = "; if it never is, declare that: `--timestamps never`"
