package modeltest

import (
	"sync"

	"github.com/muster-go/muster/model"
)

//nolint:gochecknoglobals // made once and immutable
var orders = sync.OnceValue(func() *model.Schema {
	const always, nano = model.ReturnedAlways, model.FormatRFC3339Nano
	s, err := model.NewSchema("orders",
		model.Field{Name: "id", Type: model.TypeInt, Returned: always, Doc: "unique id"},
		model.Field{Name: "note", Type: model.TypeString, Collation: model.CI, Nullable: true, Returned: always, Doc: "nullable text"},
		model.Field{Name: "tags", Type: model.TypeList, Of: model.TypeString, Nullable: true, Returned: always, Doc: "nullable list of texts"},
		model.Field{Name: "customer", Type: model.TypeRef, Nullable: true, Returned: always, Doc: "one object or null"},
		model.Field{Name: "customer.name", Type: model.TypeString, Nullable: true, Returned: always, Through: "customer", Doc: "name of the customer"},
		model.Field{Name: "customer.addresses", Type: model.TypeRefs, Returned: always, Through: "customer", Doc: "list in an object"},
		model.Field{Name: "customer.addresses.city", Type: model.TypeString, Nullable: true, Returned: always, Through: "customer.addresses", Doc: "city of an address"},
		model.Field{Name: "lines", Type: model.TypeRefs, Returned: always, Doc: "list of objects"},
		model.Field{Name: "lines.sku", Type: model.TypeString, Nullable: true, Returned: always, Through: "lines", Doc: "article of a line"},
		model.Field{Name: "lines.quantity", Type: model.TypeInt, Nullable: true, Returned: always, Through: "lines", Doc: "quantity of a line"},
		model.Field{Name: "lines.marks", Type: model.TypeList, Of: model.TypeString, Nullable: true, Returned: always, Through: "lines", Doc: "list of texts of a line"},
		model.Field{Name: "lines.product", Type: model.TypeRef, Nullable: true, Returned: always, Through: "lines", Doc: "one object of a line, or null"},
		model.Field{Name: "lines.product.name", Type: model.TypeString, Nullable: true, Returned: always, Through: "lines.product", Doc: "name of the product"},
		model.Field{Name: "lines.discounts", Type: model.TypeRefs, Returned: always, Through: "lines", Doc: "list of objects of a line"},
		model.Field{Name: "lines.discounts.code", Type: model.TypeString, Nullable: true, Returned: always, Through: "lines.discounts", Doc: "code of a discount"},
		model.Field{Name: "lines.discounts.percent", Type: model.TypeInt, Nullable: true, Returned: always, Through: "lines.discounts", Doc: "percent of a discount"},
		model.Field{Name: "lines.discounts.labels", Type: model.TypeList, Of: model.TypeString, Nullable: true, Returned: always, Through: "lines.discounts", Doc: "list of texts of a discount"},
		model.Field{Name: "lines.discounts.uses", Type: model.TypeRefs, Returned: always, Through: "lines.discounts", Doc: "list of objects of a discount"},
		model.Field{Name: "lines.discounts.uses.at", Type: model.TypeDateTime, Format: nano, Nullable: true, Returned: always, Through: "lines.discounts.uses", Doc: "when a discount was used"},
		model.Field{Name: "lines.discounts.uses.by", Type: model.TypeInt, Nullable: true, Returned: always, Through: "lines.discounts.uses", Doc: "who used a discount"},
		model.Field{Name: "lines.taxes", Type: model.TypeRefs, Returned: always, Through: "lines", Doc: "another list of objects of a line"},
		model.Field{Name: "lines.taxes.code", Type: model.TypeString, Nullable: true, Returned: always, Through: "lines.taxes", Doc: "code of a tax"},
	)
	if err != nil {
		panic(err)
	}
	return s
})

// Orders returns the schema of a made-up resource, "orders", the same one at every call: lists
// of objects inside lists of objects, up to three levels deep, two lists side by side, and
// single objects inside lists and around them.
func Orders() *model.Schema { return orders() }
