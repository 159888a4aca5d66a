package shipstream

import (
	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query/rest"
	"github.com/muster-go/muster/transport"
)

// The indexes of the fields that warehouses have besides the id and the name.
const warehouseIsActive = smallFields

// Warehouses returns the warehouses as a source, `GET /v1/inventory/warehouses`. A
// nil client serves for planning alone.
func Warehouses(client *transport.Client, opts ...Option) *Listing[Warehouse] {
	record := func(w *Warehouse) model.Record { return (*warehouseRecord)(w) }
	return newListing(client, WarehousesDefinition(opts...), "warehouse", objects(&warehousePages, record, func(w *Warehouse) int64 { return w.ID }))
}

// WarehousesDefinition describes the warehouses' listing.
func WarehousesDefinition(opts ...Option) rest.Definition {
	d := smallDefinition("warehouses", "/v1/inventory/warehouses", opts)
	d.Fields = append(d.Fields, rest.Field{
		Field:  model.Field{Name: "is_active", Type: model.TypeBool, Returned: model.ReturnedAlways, Doc: "whether it is in use"},
		Filter: true,
	})
	return d
}

// warehouseRecord is a warehouse as the filter language reads it.
type warehouseRecord Warehouse

func (w *warehouseRecord) Value(field int) model.Value {
	switch field {
	case smallID:
		return model.Int(w.ID)
	case smallName:
		return stringValue(w.Name)
	case warehouseIsActive:
		return boolValue(w.IsActive)
	}
	return model.Value{}
}

func (*warehouseRecord) Len(int) int             { return 0 }
func (*warehouseRecord) At(int, int) model.Value { return model.Value{} }
