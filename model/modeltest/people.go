package modeltest

import (
	"slices"
	"sync"

	"github.com/muster-go/muster/model"
)

//nolint:gochecknoglobals // made once and immutable
var people = sync.OnceValue(func() *model.Schema {
	const always, request = model.ReturnedAlways, model.ReturnedOnRequest
	through := func(ref string, fields ...model.Field) []model.Field {
		for i := range fields {
			fields[i].Name, fields[i].Through, fields[i].Returned = ref+"."+fields[i].Name, ref, request
			fields[i].Nullable = fields[i].Name != ref+".id"
		}
		return fields
	}
	fields := slices.Concat([]model.Field{
		{Name: "id", Type: model.TypeInt, Returned: always, Doc: "unique id"},
		{Name: "type", Type: model.TypeString, Collation: model.CI, Returned: always, Doc: "kind of person"},
		{Name: "name", Type: model.TypeString, Collation: model.CI, Returned: always, Doc: "full name"},
		{Name: "email", Type: model.TypeString, Collation: model.CI, Nullable: true, Returned: always, Doc: "e-mail address"},
		{Name: "username", Type: model.TypeString, Collation: model.CI, Returned: always, Doc: "login name"},
		{Name: "is_active", Type: model.TypeBool, Returned: always, Doc: "whether the person may log in"},
		{Name: "created_at", Type: model.TypeDateTime, WholeSeconds: true, Nullable: true, Doc: "when the account was made"},
		{Name: "last_login_at", Type: model.TypeDateTime, WholeSeconds: true, Nullable: true, Doc: "last login; null for never"},
		{Name: "login_via_badge", Type: model.TypeBool, Nullable: true, Returned: request, Doc: "whether a badge logs the person in"},
		{Name: "roles", Type: model.TypeRefs, Returned: request, Doc: "roles of the person"},
		{Name: "tags", Type: model.TypeList, Of: model.TypeString, Collation: model.CI, Nullable: true, Returned: request, Doc: "labels of the person"},
	},
		through("roles",
			model.Field{Name: "id", Type: model.TypeInt}, model.Field{Name: "name", Type: model.TypeString, Collation: model.CI},
			model.Field{Name: "permissions", Type: model.TypeList, Of: model.TypeString, Collation: model.CI}),
		[]model.Field{{Name: "default_warehouse", Type: model.TypeRef, Nullable: true, Returned: request, Doc: "place of work"}},
		through("default_warehouse",
			model.Field{Name: "id", Type: model.TypeInt}, model.Field{Name: "name", Type: model.TypeString, Collation: model.CI},
			model.Field{Name: "is_active", Type: model.TypeBool}),
		[]model.Field{{Name: "merchant", Type: model.TypeRef, Nullable: true, Returned: request, Doc: "employer"}},
		through("merchant",
			model.Field{Name: "id", Type: model.TypeInt}, model.Field{Name: "name", Type: model.TypeString, Collation: model.CI},
			model.Field{Name: "code", Type: model.TypeString, Collation: model.CI}, model.Field{Name: "is_active", Type: model.TypeBool},
			model.Field{Name: "is_deleted", Type: model.TypeBool}, model.Field{Name: "sort_order", Type: model.TypeInt},
			model.Field{Name: "created_at", Type: model.TypeDateTime, WholeSeconds: true}, model.Field{Name: "brands", Type: model.TypeJSON},
			model.Field{Name: "default_brand", Type: model.TypeJSON}),
	)
	s, err := model.NewSchema("users", fields...)
	if err != nil {
		panic(err)
	}
	return s
})

// People returns the schema of people with roles, a place of work and an employer, the
// same one at every call: the fields that the language's documentation uses. Strings are
// compared under [model.CI], and whether times are returned is not known.
func People() *model.Schema { return people() }
