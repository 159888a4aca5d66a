package shipstream

import (
	"iter"
	"time"

	"github.com/muster-go/muster/model"
)

// The types of the objects that users refer to, directly or through a merchant.
const (
	RefOrganizationUserRole = "OrganizationUserRole"
	RefClientUserRole       = "ClientUserRole"
	RefWarehouse            = "Warehouse"
	RefMerchant             = "Merchant"
	RefBrand                = "Brand"
)

// Role is a role of organization or of client users. Fields that were not asked
// for are absent.
type Role struct {
	Type        string // RefOrganizationUserRole or RefClientUserRole; "" is neither
	ID          int64
	Name        model.Opt[string]
	Permissions model.Opt[[]string] // slash paths: "warehouse/staff"

	unknown model.Unknown
}

// Warehouse is a warehouse. Fields that were not asked for are absent.
type Warehouse struct {
	Type     string // RefWarehouse; "" means the same
	ID       int64
	Name     model.Opt[string]
	IsActive model.Opt[bool]

	unknown model.Unknown
}

// Merchant is a merchant. Fields that were not asked for are absent.
type Merchant struct {
	Type         string // RefMerchant; "" means the same
	ID           int64
	Code         model.Opt[string]
	Name         model.Opt[string]
	IsActive     model.Opt[bool]
	IsDeleted    model.Opt[bool]
	SortOrder    model.Opt[int64]
	CreatedAt    model.Opt[time.Time]
	Brands       model.Opt[[]model.Ref]
	DefaultBrand model.Opt[model.Ref]

	unknown model.Unknown
}

// Brand is a brand of a merchant. Fields that were not asked for are absent.
type Brand struct {
	Type      string // RefBrand; "" means the same
	ID        int64
	Code      model.Opt[string]
	Name      model.Opt[string]
	IsActive  model.Opt[bool]
	IsDeleted model.Opt[bool]
	SortOrder model.Opt[int64]

	unknown model.Unknown
}

// Ref returns the reference that resolves to r.
func (r *Role) Ref() model.Ref { return model.Ref{Type: r.Type, ID: r.ID} }

// Ref returns the reference that resolves to w.
func (w *Warehouse) Ref() model.Ref { return refOf(w.Type, RefWarehouse, w.ID) }

// Ref returns the reference that resolves to m.
func (m *Merchant) Ref() model.Ref { return refOf(m.Type, RefMerchant, m.ID) }

// Ref returns the reference that resolves to b.
func (b *Brand) Ref() model.Ref { return refOf(b.Type, RefBrand, b.ID) }

func refOf(typ, def string, id int64) model.Ref {
	if typ == "" {
		typ = def
	}
	return model.Ref{Type: typ, ID: id}
}

// References yields nothing: a role refers to no object.
func (r *Role) References() iter.Seq[model.Ref] { return noRefs }

// References yields nothing: a warehouse refers to no object.
func (w *Warehouse) References() iter.Seq[model.Ref] { return noRefs }

// References yields nothing: a brand refers to no object.
func (b *Brand) References() iter.Seq[model.Ref] { return noRefs }

// References yields the merchant's brands, then its default brand.
func (m *Merchant) References() iter.Seq[model.Ref] {
	return func(yield func(model.Ref) bool) {
		brands, _ := m.Brands.Get()
		for _, r := range brands {
			if !yield(r) {
				return
			}
		}
		if r, ok := m.DefaultBrand.Get(); ok {
			yield(r)
		}
	}
}

func noRefs(func(model.Ref) bool) {}
