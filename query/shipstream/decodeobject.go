package shipstream

import (
	"cmp"

	"github.com/muster-go/muster/model"
)

// included is a pointer to an object that users refer to.
type included[T any] interface {
	*T
	model.Object
	setType(typ string)
	read(d *model.Decoder, _ *model.Included)
}

// readObject reads an included object of the type called typ.
func readObject[T any, P included[T]](d *model.Decoder, typ string) model.Object {
	o := P(new(T))
	o.setType(typ)
	o.read(d, nil)
	return o
}

func (r *Role) setType(typ string)      { r.Type = typ }
func (w *Warehouse) setType(typ string) { w.Type = typ }
func (m *Merchant) setType(typ string)  { m.Type = typ }
func (b *Brand) setType(typ string)     { b.Type = typ }

// read reads a role.
func (r *Role) read(d *model.Decoder, _ *model.Included) {
	start, ok := d.BeginObject()
	if !ok {
		return
	}
	for name, ok := d.ObjectMember(); ok; name, ok = d.ObjectMember() {
		switch name {
		case "type":
			r.Type = cmp.Or(d.Word(), r.Type)
		case "id":
			r.ID = d.ID()
		case "name":
			r.Name = d.OptString()
		case "permissions":
			r.Permissions = d.OptStrings()
		default:
			d.Keep(&r.unknown, name)
		}
	}
	d.RequireID(start, r.ID)
}

// read reads a warehouse.
func (w *Warehouse) read(d *model.Decoder, _ *model.Included) {
	start, ok := d.BeginObject()
	if !ok {
		return
	}
	for name, ok := d.ObjectMember(); ok; name, ok = d.ObjectMember() {
		switch name {
		case "type":
			w.Type = cmp.Or(d.Word(), w.Type)
		case "id":
			w.ID = d.ID()
		case "name":
			w.Name = d.OptString()
		case "is_active":
			w.IsActive = d.OptBool()
		default:
			d.Keep(&w.unknown, name)
		}
	}
	d.RequireID(start, w.ID)
}

// read reads a merchant.
func (m *Merchant) read(d *model.Decoder, _ *model.Included) {
	start, ok := d.BeginObject()
	if !ok {
		return
	}
	for name, ok := d.ObjectMember(); ok; name, ok = d.ObjectMember() {
		switch name {
		case "type":
			m.Type = cmp.Or(d.Word(), m.Type)
		case "id":
			m.ID = d.ID()
		case "code":
			m.Code = d.OptString()
		case "name":
			m.Name = d.OptString()
		case "is_active":
			m.IsActive = d.OptBool()
		case "is_deleted":
			m.IsDeleted = d.OptBool()
		case "sort_order":
			m.SortOrder = d.OptInt()
		case "created_at":
			m.CreatedAt = d.OptTime()
		case "brands":
			m.Brands = d.OptRefs("brands", &m.unknown)
		case "default_brand":
			m.DefaultBrand = d.OptRef("default_brand", &m.unknown)
		default:
			d.Keep(&m.unknown, name)
		}
	}
	d.RequireID(start, m.ID)
}

// read reads a brand.
func (b *Brand) read(d *model.Decoder, _ *model.Included) {
	start, ok := d.BeginObject()
	if !ok {
		return
	}
	for name, ok := d.ObjectMember(); ok; name, ok = d.ObjectMember() {
		switch name {
		case "type":
			b.Type = cmp.Or(d.Word(), b.Type)
		case "id":
			b.ID = d.ID()
		case "code":
			b.Code = d.OptString()
		case "name":
			b.Name = d.OptString()
		case "is_active":
			b.IsActive = d.OptBool()
		case "is_deleted":
			b.IsDeleted = d.OptBool()
		case "sort_order":
			b.SortOrder = d.OptInt()
		default:
			d.Keep(&b.unknown, name)
		}
	}
	d.RequireID(start, b.ID)
}

// PageDecoder returns the decoder of pages of roles, for [model.DecodePage].
func (*Role) PageDecoder() *model.PageDecoder[Role] { return &rolePages }

// UnmarshalJSON decodes the API's object of a role. The error is a
// *[model.DecodeError].
func (r *Role) UnmarshalJSON(text []byte) error { return unmarshal(r, &rolePages, text) }

// PageDecoder returns the decoder of pages of warehouses, for [model.DecodePage].
func (*Warehouse) PageDecoder() *model.PageDecoder[Warehouse] { return &warehousePages }

// UnmarshalJSON decodes the API's object of a warehouse. The error is a
// *[model.DecodeError].
func (w *Warehouse) UnmarshalJSON(text []byte) error { return unmarshal(w, &warehousePages, text) }

// PageDecoder returns the decoder of pages of merchants, for [model.DecodePage].
func (*Merchant) PageDecoder() *model.PageDecoder[Merchant] { return &merchantPages }

// UnmarshalJSON decodes the API's object of a merchant. The error is a
// *[model.DecodeError].
func (m *Merchant) UnmarshalJSON(text []byte) error { return unmarshal(m, &merchantPages, text) }

// PageDecoder returns the decoder of pages of brands, for [model.DecodePage].
func (*Brand) PageDecoder() *model.PageDecoder[Brand] { return &brandPages }

// UnmarshalJSON decodes the API's object of a brand. The error is a
// *[model.DecodeError].
func (b *Brand) UnmarshalJSON(text []byte) error { return unmarshal(b, &brandPages, text) }
