package model

import (
	"iter"
	"time"
)

// Object is something that rows refer to and that came with their page: a
// *[Role], *[Warehouse], *[Merchant] or *[Brand], or an object of a type that
// this package does not know. The set is sealed.
type Object interface {
	// Ref returns the reference that resolves to the object.
	Ref() Ref
	// References yields the references that the object itself holds.
	References() iter.Seq[Ref]
	// AppendJSON appends the API's object to dst: what was received.
	AppendJSON(dst []byte) []byte

	decode(d *decoder)
}

// Role is a role of organization or of client users. Fields that were not asked
// for are absent.
type Role struct {
	Type        string // RefOrganizationUserRole or RefClientUserRole; "" is neither
	ID          int64
	Name        Opt[string]
	Permissions Opt[[]string] // slash paths: "warehouse/staff"

	unknown *unknown
}

// Warehouse is a warehouse. Fields that were not asked for are absent.
type Warehouse struct {
	Type     string // RefWarehouse; "" means the same
	ID       int64
	Name     Opt[string]
	IsActive Opt[bool]

	unknown *unknown
}

// Merchant is a merchant. Fields that were not asked for are absent.
type Merchant struct {
	Type         string // RefMerchant; "" means the same
	ID           int64
	Code         Opt[string]
	Name         Opt[string]
	IsActive     Opt[bool]
	IsDeleted    Opt[bool]
	SortOrder    Opt[int64]
	CreatedAt    Opt[time.Time]
	Brands       Opt[[]Ref]
	DefaultBrand Opt[Ref]

	unknown *unknown
}

// Brand is a brand of a merchant. Fields that were not asked for are absent.
type Brand struct {
	Type      string // RefBrand; "" means the same
	ID        int64
	Code      Opt[string]
	Name      Opt[string]
	IsActive  Opt[bool]
	IsDeleted Opt[bool]
	SortOrder Opt[int64]

	unknown *unknown
}

// Ref returns the reference that resolves to r.
func (r *Role) Ref() Ref { return Ref{Type: r.Type, ID: r.ID} }

// Ref returns the reference that resolves to w.
func (w *Warehouse) Ref() Ref { return refOf(w.Type, RefWarehouse, w.ID) }

// Ref returns the reference that resolves to m.
func (m *Merchant) Ref() Ref { return refOf(m.Type, RefMerchant, m.ID) }

// Ref returns the reference that resolves to b.
func (b *Brand) Ref() Ref { return refOf(b.Type, RefBrand, b.ID) }

func refOf(typ, def string, id int64) Ref {
	if typ == "" {
		typ = def
	}
	return Ref{Type: typ, ID: id}
}

// References yields nothing: a role refers to no object.
func (r *Role) References() iter.Seq[Ref] { return noRefs }

// References yields nothing: a warehouse refers to no object.
func (w *Warehouse) References() iter.Seq[Ref] { return noRefs }

// References yields nothing: a brand refers to no object.
func (b *Brand) References() iter.Seq[Ref] { return noRefs }

// References yields the merchant's brands, then its default brand.
func (m *Merchant) References() iter.Seq[Ref] {
	return func(yield func(Ref) bool) {
		for _, r := range m.Brands.value {
			if !yield(r) {
				return
			}
		}
		if m.DefaultBrand.IsSet() {
			yield(m.DefaultBrand.value)
		}
	}
}

func noRefs(func(Ref) bool) {}

// rawObject is an object of a type that is not known.
type rawObject struct {
	ref  Ref // ID 0 when the object has none
	raw  []byte
	ends []Value // by shape.ends; nil but for dynamic rows
}

func (o *rawObject) Ref() Ref                     { return o.ref }
func (o *rawObject) References() iter.Seq[Ref]    { return noRefs }
func (o *rawObject) AppendJSON(dst []byte) []byte { return append(dst, o.raw...) }
