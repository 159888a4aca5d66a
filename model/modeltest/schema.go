package modeltest

import (
	"sync"

	"github.com/muster-go/muster/model"
)

//nolint:gochecknoglobals // made once and immutable
var fixture = sync.OnceValue(func() *model.Schema {
	const always, request = model.ReturnedAlways, model.ReturnedOnRequest
	s, err := model.NewSchema("things",
		model.Field{Name: "id", Type: model.TypeInt, Returned: always, Doc: "unique id"},
		model.Field{Name: "name", Type: model.TypeString, Collation: model.CI, Returned: always, Doc: "ci, not null"},
		model.Field{Name: "note", Type: model.TypeString, Collation: model.CI, Nullable: true, Returned: always, Doc: "ci, nullable"},
		model.Field{Name: "code", Type: model.TypeString, Collation: model.Binary, Returned: always, Doc: "binary, not null"},
		model.Field{Name: "sku", Type: model.TypeString, Collation: model.Binary, Nullable: true, Returned: always, Doc: "binary, nullable"},
		model.Field{Name: "brand", Type: model.TypeString, Collation: model.Case, Nullable: true, Returned: always, Doc: "case, nullable"},
		model.Field{Name: "size", Type: model.TypeInt, Nullable: true, Returned: always, Doc: "nullable integer"},
		model.Field{Name: "active", Type: model.TypeBool, Returned: always, Doc: "not null"},
		model.Field{Name: "flag", Type: model.TypeBool, Nullable: true, Returned: request, Doc: "nullable boolean"},
		model.Field{Name: "created_at", Type: model.TypeDateTime, WholeSeconds: true, Returned: request, Doc: "not null"},
		model.Field{Name: "seen_at", Type: model.TypeDateTime, Format: model.FormatRFC3339Nano, Nullable: true, Doc: "nullable; unknown whether returned"},
		model.Field{Name: "secret", Type: model.TypeInt, Nullable: true, Returned: model.ReturnedNo, Doc: "filtered by, never returned"},
		model.Field{Name: "price", Type: model.TypeDecimal, Nullable: true, Returned: always, Doc: "nullable decimal"},
		model.Field{Name: "score", Type: model.TypeFloat, Nullable: true, Returned: always, Doc: "nullable float"},
		model.Field{Name: "labels", Type: model.TypeList, Of: model.TypeString, Collation: model.CI, Nullable: true, Returned: always, Doc: "nullable list of texts"},
		model.Field{Name: "ratings", Type: model.TypeList, Of: model.TypeDecimal, Returned: always, Doc: "list of decimals, not null"},
		model.Field{Name: "visits", Type: model.TypeList, Of: model.TypeDateTime, Format: model.FormatRFC3339Nano, Nullable: true, Returned: request, Doc: "nullable list of instants"},
		model.Field{Name: "answers", Type: model.TypeList, Of: model.TypeBool, Nullable: true, Returned: request, Doc: "nullable list of booleans"},
		model.Field{Name: "samples", Type: model.TypeList, Of: model.TypeFloat, Nullable: true, Returned: request, Doc: "nullable list of floats"},
		model.Field{Name: "owner", Type: model.TypeRef, Nullable: true, Returned: request, Doc: "one reference or null"},
		model.Field{Name: "owner.id", Type: model.TypeInt, Returned: request, Through: "owner", Doc: "id of the owner"},
		model.Field{Name: "owner.name", Type: model.TypeString, Collation: model.CI, Nullable: true, Returned: request, Through: "owner", Doc: "name of the owner"},
		model.Field{Name: "owner.active", Type: model.TypeBool, Nullable: true, Returned: request, Through: "owner", Doc: "whether the owner is active"},
		model.Field{Name: "tags", Type: model.TypeRefs, Returned: request, Doc: "any number of references"},
		model.Field{Name: "tags.id", Type: model.TypeInt, Returned: request, Through: "tags", Doc: "id of a tag"},
		model.Field{Name: "tags.name", Type: model.TypeString, Collation: model.CI, Nullable: true, Returned: request, Through: "tags", Doc: "name of a tag"},
		model.Field{Name: "tags.rate", Type: model.TypeDecimal, Nullable: true, Returned: request, Through: "tags", Doc: "rate of a tag"},
		model.Field{Name: "tags.weight", Type: model.TypeInt, Nullable: true, Returned: request, Through: "tags", Doc: "weight of a tag"},
		model.Field{Name: "tags.marks", Type: model.TypeList, Of: model.TypeString, Collation: model.Binary, Nullable: true, Returned: request, Through: "tags", Doc: "list of texts of a tag"},
	)
	if err != nil {
		panic(err)
	}
	return s
})

// Schema returns a schema of a made-up resource, "things", the same one at every
// call: every type but JSON, lists, each collation, nullable and not, each [model.Returned],
// a single reference and a list of them.
func Schema() *model.Schema { return fixture() }
