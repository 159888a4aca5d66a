package shipstream

import (
	"time"

	"github.com/muster-go/muster/model"
)

// Value implements [model.Record] against [UserSchema]: null for a field that is null
// or absent, and for a path through a reference.
func (u *User) Value(field int) model.Value {
	switch field {
	case userID:
		return model.Int(u.ID)
	case userType:
		return model.String(string(u.Kind))
	case userName:
		return stringValue(u.Name)
	case userEmail:
		return stringValue(u.Email)
	case userUsername:
		return stringValue(u.Username)
	case userIsActive:
		return boolValue(u.IsActive)
	case userCreatedAt:
		return timeValue(u.CreatedAt)
	case userLastLoginAt:
		return timeValue(u.LastLoginAt)
	case userLoginViaBadge:
		return boolValue(u.LoginViaBadge)
	case userRoles:
		if roles, _ := u.Roles.Get(); len(roles) > 0 {
			return idOf(roles[0])
		}
	case userWarehouse:
		return refValue(u.DefaultWarehouse)
	case userMerchant:
		return refValue(u.Merchant)
	}
	return model.Value{}
}

// Presence implements [model.PresenceRecord].
func (u *User) Presence(field int) model.Presence {
	switch field {
	case userName:
		return presence(u.Name)
	case userEmail:
		return presence(u.Email)
	case userUsername:
		return presence(u.Username)
	case userIsActive:
		return presence(u.IsActive)
	case userCreatedAt:
		return presence(u.CreatedAt)
	case userLastLoginAt:
		return presence(u.LastLoginAt)
	case userLoginViaBadge:
		return u.presenceFor(OrganizationUser, presence(u.LoginViaBadge))
	}
	switch userReference(field) {
	case userRoles:
		return presence(u.Roles)
	case userWarehouse:
		return u.presenceFor(OrganizationUser, presence(u.DefaultWarehouse))
	case userMerchant:
		return u.presenceFor(ClientUser, presence(u.Merchant))
	}
	return model.Present // the kind and the id
}

// userReference returns the reference that the path at field is or passes through;
// -1 for none.
func userReference(field int) int {
	switch {
	case field >= userFields, field < userRoles:
		return -1
	case field >= userMerchant:
		return userMerchant
	case field >= userWarehouse:
		return userWarehouse
	}
	return userRoles
}

// presenceFor returns the presence of a field that only users of one kind have.
func (u *User) presenceFor(kind Kind, p model.Presence) model.Presence {
	if u.Kind != kind && p == model.Missing {
		return model.NotApplicable
	}
	return p
}

func presence[T any](o model.Opt[T]) model.Presence {
	if o.IsAbsent() {
		return model.Missing
	}
	return model.Present
}

// Len implements [model.Record]: how many references the path at field passes through.
func (u *User) Len(field int) int {
	switch userReference(field) {
	case userRoles:
		roles, _ := u.Roles.Get()
		return len(roles)
	case userWarehouse:
		return setLen(u.DefaultWarehouse)
	case userMerchant:
		return setLen(u.Merchant)
	}
	return 0
}

// At implements [model.Record]: the value of the path at field for reference i, from
// the objects that came with the page; null for one that did not come. JSON and lists
// are made again at every call: no filter looks into JSON, and ListLen and Element give lists.
func (u *User) At(field, i int) model.Value {
	if i < 0 || i >= u.Len(field) {
		return model.Value{}
	}
	switch field {
	case userRoles, userRolesID:
		return idOf(u.Roles.Or(nil)[i])
	case userWarehouse, userWarehouseID:
		return refValue(u.DefaultWarehouse)
	case userMerchant, userMerchantID:
		return refValue(u.Merchant)
	case userRolesName, userRolesPermissions:
		if r, ok := model.LookupAs[*Role](u.included, u.Roles.Or(nil)[i]); ok {
			return r.at(field)
		}
	case userWarehouseName, userWarehouseIsActive:
		if w, ok := model.LookupAs[*Warehouse](u.included, u.DefaultWarehouse.Or(model.Ref{})); ok {
			return w.at(field)
		}
	default:
		if m, ok := model.LookupAs[*Merchant](u.included, u.Merchant.Or(model.Ref{})); ok {
			return m.at(field)
		}
	}
	return model.Value{}
}

// ListLen implements [model.ListRecord] for the permissions of role i.
func (u *User) ListLen(field, i int) int {
	if r := u.role(field, i); r != nil {
		return listLen(r.Permissions)
	}
	return -1
}

// Element implements [model.ListRecord].
func (u *User) Element(field, i, j int) model.Value {
	r := u.role(field, i)
	if r == nil || j < 0 || j >= listLen(r.Permissions) {
		return model.Value{}
	}
	return model.String(r.Permissions.Or(nil)[j])
}

// role returns role i if field is a list of a role, and the role came with the page; nil
// otherwise.
func (u *User) role(field, i int) *Role {
	if roles := u.Roles.Or(nil); field == userRolesPermissions && i >= 0 && i < len(roles) {
		if r, ok := model.LookupAs[*Role](u.included, roles[i]); ok {
			return r
		}
	}
	return nil
}

// at returns the value at a roles path of UserSchema.
func (r *Role) at(field int) model.Value {
	if field == userRolesName {
		return stringValue(r.Name)
	}
	return valueOf(r.Permissions, listOfStrings)
}

// at returns the value at a default_warehouse path of UserSchema.
func (w *Warehouse) at(field int) model.Value {
	if field == userWarehouseName {
		return stringValue(w.Name)
	}
	return boolValue(w.IsActive)
}

// at returns the value at a merchant path of UserSchema.
func (m *Merchant) at(field int) model.Value {
	switch field {
	case userMerchantName:
		return stringValue(m.Name)
	case userMerchantCode:
		return stringValue(m.Code)
	case userMerchantIsActive:
		return boolValue(m.IsActive)
	case userMerchantIsDeleted:
		return boolValue(m.IsDeleted)
	case userMerchantSortOrder:
		return valueOf(m.SortOrder, model.Int)
	case userMerchantCreatedAt:
		return timeValue(m.CreatedAt)
	case userMerchantBrands:
		return valueOf(m.Brands, func(refs []model.Ref) model.Value {
			return model.JSON(string(m.unknown.AppendRefs(nil, "brands", refs)))
		})
	}
	return valueOf(m.DefaultBrand, func(r model.Ref) model.Value {
		return model.JSON(string(m.unknown.AppendRef(nil, "default_brand", r)))
	})
}

// valueOf is an optional field as the filter language reads it: null unless it is set.
func valueOf[T any](o model.Opt[T], value func(T) model.Value) model.Value {
	v, ok := o.Get()
	if !ok {
		return model.Value{}
	}
	return value(v)
}

// The functions below are valueOf for one type each: they are inlined, and evaluation
// spends its time here.

func stringValue(o model.Opt[string]) model.Value {
	if s, ok := o.Get(); ok {
		return model.String(s)
	}
	return model.Value{}
}

func boolValue(o model.Opt[bool]) model.Value {
	if b, ok := o.Get(); ok {
		return model.Bool(b)
	}
	return model.Value{}
}

func timeValue(o model.Opt[time.Time]) model.Value {
	if t, ok := o.Get(); ok {
		return model.DateTime(t)
	}
	return model.Value{}
}

func refValue(o model.Opt[model.Ref]) model.Value {
	if r, ok := o.Get(); ok {
		return model.Int(r.ID)
	}
	return model.Value{}
}

func idOf(r model.Ref) model.Value { return model.Int(r.ID) }

func listOfStrings(list []string) model.Value {
	values := make([]model.Value, len(list))
	for i, s := range list {
		values[i] = model.String(s)
	}
	return model.List(values...)
}

// listLen is what [model.ListRecord] says of a list.
func listLen(o model.Opt[[]string]) int {
	list, ok := o.Get()
	if !ok {
		return -1
	}
	return len(list)
}

func setLen(o model.Opt[model.Ref]) int {
	if o.IsSet() {
		return 1
	}
	return 0
}
