package model

import (
	"bytes"
	"cmp"
	"strconv"
)

// decode reads an included role.
func (r *Role) decode(d *decoder) {
	d.object(&r.ID, func(key string) {
		switch key {
		case "type":
			r.Type = cmp.Or(d.string(), r.Type)
		case "name":
			r.Name = d.optString()
		case "permissions":
			r.Permissions = d.optStrings()
		default:
			d.keep(&r.unknown, key)
		}
	})
}

// decode reads an included warehouse.
func (w *Warehouse) decode(d *decoder) {
	d.object(&w.ID, func(key string) {
		switch key {
		case "type":
			w.Type = cmp.Or(d.string(), w.Type)
		case "name":
			w.Name = d.optString()
		case "is_active":
			w.IsActive = d.optBool()
		default:
			d.keep(&w.unknown, key)
		}
	})
}

// decode reads an included merchant.
func (m *Merchant) decode(d *decoder) {
	d.object(&m.ID, func(key string) {
		switch key {
		case "type":
			m.Type = cmp.Or(d.string(), m.Type)
		case "code":
			m.Code = d.optString()
		case "name":
			m.Name = d.optString()
		case "is_active":
			m.IsActive = d.optBool()
		case "is_deleted":
			m.IsDeleted = d.optBool()
		case "sort_order":
			m.SortOrder = d.optInt()
		case "created_at":
			m.CreatedAt = d.optTime()
		case "brands":
			m.Brands = d.optRefs("brands", &m.unknown)
		case "default_brand":
			m.DefaultBrand = d.optRef("default_brand", &m.unknown)
		default:
			d.keep(&m.unknown, key)
		}
	})
}

// decode reads an included brand.
func (b *Brand) decode(d *decoder) {
	d.object(&b.ID, func(key string) {
		switch key {
		case "type":
			b.Type = cmp.Or(d.string(), b.Type)
		case "code":
			b.Code = d.optString()
		case "name":
			b.Name = d.optString()
		case "is_active":
			b.IsActive = d.optBool()
		case "is_deleted":
			b.IsDeleted = d.optBool()
		case "sort_order":
			b.SortOrder = d.optInt()
		default:
			d.keep(&b.unknown, key)
		}
	})
}

// decode keeps an included object of a type that is not known, and of a dynamic
// row's what paths of its schema end in.
func (o *rawObject) decode(d *decoder) {
	if d.err != nil || d.peek() != '{' {
		o.raw = d.value().Clone()
		return
	}
	start := d.pos
	d.open('{')
	for m := d.key(&d.objectNames); m != nil; m = d.key(&d.objectNames) {
		switch {
		case m.name == "type" && d.peek() == '"':
			o.ref.Type = cmp.Or(d.string(), o.ref.Type)
		case m.name == "id":
			if n, err := strconv.ParseInt(string(d.value()), 10, 64); err == nil {
				o.ref.ID = n
			}
		default:
			o.decodeEnds(d, m.name)
		}
	}
	if d.err == nil {
		o.raw = bytes.Clone(d.body[start:d.pos])
	}
}

// object reads an included object, its id into id and every other member by
// read, which reads exactly one value.
func (d *decoder) object(id *int64, read func(key string)) {
	if !d.open('{') {
		return
	}
	start := d.pos - 1
	for m := d.key(&d.objectNames); m != nil; m = d.key(&d.objectNames) {
		if m.name == "id" {
			*id = d.id()
			continue
		}
		read(m.name)
	}
	if d.err == nil && *id == 0 {
		d.fail(start, errNoID)
	}
}

// knows reports whether objects of the type called typ are decoded.
func (d *decoder) knows(typ string) bool {
	switch typ {
	case RefOrganizationUserRole, RefClientUserRole, RefWarehouse, RefMerchant, RefBrand:
		return d.shape == nil // another API gives the name to something else
	}
	return false
}

// newObject returns an empty object of the type called typ.
func (d *decoder) newObject(typ string) Object {
	d.spend(objectBytes)
	if d.shape != nil {
		d.spend(len(d.shape.ends) * valueBytes)
	}
	if !d.knows(typ) {
		return &rawObject{ref: Ref{Type: typ}}
	}
	switch typ {
	case RefOrganizationUserRole, RefClientUserRole:
		return &Role{Type: typ}
	case RefWarehouse:
		return &Warehouse{Type: typ}
	case RefMerchant:
		return &Merchant{Type: typ}
	}
	return &Brand{Type: typ}
}

// decode reads the API's "included": lists of objects by type.
func (inc *Included) decode(d *decoder) {
	if !d.openObject() {
		return
	}
	var names vocabulary
	for m := d.key(&names); m != nil; m = d.key(&names) {
		d.spend(listBytes)
		inc.lists = append(inc.lists, includedList{name: m.name})
		inc.decodeList(d, &inc.lists[len(inc.lists)-1])
	}
}

func (inc *Included) decodeList(d *decoder, l *includedList) {
	if d.err == nil && !d.knows(l.name) && d.peek() != '[' {
		l.raw = d.value().Clone()
		return
	}
	if d.null() || !d.open('[') {
		return
	}
	for d.more(']') {
		o := d.newObject(l.name)
		o.decode(d)
		if d.err != nil {
			return
		}
		l.objects = append(l.objects, o)
	}
}
