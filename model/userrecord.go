package model

import "time"

// Value implements [Record] against [UserSchema]: null for a field that is null
// or absent, and for a path through a reference.
func (u *User) Value(field int) Value {
	switch field {
	case userID:
		return Int(u.ID)
	case userType:
		return String(string(u.Kind))
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
		if len(u.Roles.value) > 0 {
			return Int(u.Roles.value[0].ID)
		}
	case userWarehouse:
		return refValue(u.DefaultWarehouse)
	case userMerchant:
		return refValue(u.Merchant)
	}
	return Value{}
}

// Carries implements [Carrier].
func (u *User) Carries(field int) Carriage {
	switch field {
	case userName:
		return carriage(u.Name)
	case userEmail:
		return carriage(u.Email)
	case userUsername:
		return carriage(u.Username)
	case userIsActive:
		return carriage(u.IsActive)
	case userCreatedAt:
		return carriage(u.CreatedAt)
	case userLastLoginAt:
		return carriage(u.LastLoginAt)
	case userLoginViaBadge:
		return u.carriesOf(OrganizationUser, carriage(u.LoginViaBadge))
	}
	switch userReference(field) {
	case userRoles:
		return carriage(u.Roles)
	case userWarehouse:
		return u.carriesOf(OrganizationUser, carriage(u.DefaultWarehouse))
	case userMerchant:
		return u.carriesOf(ClientUser, carriage(u.Merchant))
	}
	return Carried // the kind and the id
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

// carriesOf is what the user says of a field that users of one kind alone have.
func (u *User) carriesOf(kind Kind, c Carriage) Carriage {
	if u.Kind != kind && c == Lacking {
		return Foreign
	}
	return c
}

func carriage[T any](o Opt[T]) Carriage {
	if o.state == optAbsent {
		return Lacking
	}
	return Carried
}

// Len implements [Record]: how many references the path at field passes through.
func (u *User) Len(field int) int {
	switch userReference(field) {
	case userRoles:
		return len(u.Roles.value)
	case userWarehouse:
		return setLen(u.DefaultWarehouse)
	case userMerchant:
		return setLen(u.Merchant)
	}
	return 0
}

// At implements [Record]: what the path at field has for reference i, resolved
// in the objects that came with the page; null for one that did not come. JSON is
// written anew at every call: no filter looks into it.
func (u *User) At(field, i int) Value {
	if i < 0 || i >= u.Len(field) {
		return Value{}
	}
	switch field {
	case userRoles, userRolesID:
		return Int(u.Roles.value[i].ID)
	case userWarehouse, userWarehouseID:
		return Int(u.DefaultWarehouse.value.ID)
	case userMerchant, userMerchantID:
		return Int(u.Merchant.value.ID)
	case userRolesName, userRolesPermissions:
		if r, ok := u.included.Role(u.Roles.value[i]); ok {
			return r.at(field)
		}
	case userWarehouseName, userWarehouseIsActive:
		if w, ok := u.included.Warehouse(u.DefaultWarehouse.value); ok {
			return w.at(field)
		}
	default:
		if m, ok := u.included.Merchant(u.Merchant.value); ok {
			return m.at(field)
		}
	}
	return Value{}
}

// at returns the value at a roles path of UserSchema.
func (r *Role) at(field int) Value {
	if field == userRolesName {
		return stringValue(r.Name)
	}
	return jsonValue(r.Permissions, appendStrings)
}

// at returns the value at a default_warehouse path of UserSchema.
func (w *Warehouse) at(field int) Value {
	if field == userWarehouseName {
		return stringValue(w.Name)
	}
	return boolValue(w.IsActive)
}

// at returns the value at a merchant path of UserSchema.
func (m *Merchant) at(field int) Value {
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
		return intValue(m.SortOrder)
	case userMerchantCreatedAt:
		return timeValue(m.CreatedAt)
	case userMerchantBrands:
		return jsonValue(m.Brands, func(dst []byte, refs []Ref) []byte { return appendRefs(dst, "brands", refs, m.unknown) })
	}
	return jsonValue(m.DefaultBrand, func(dst []byte, r Ref) []byte {
		return appendRef(dst, refKey{field: "default_brand", ref: r}, m.unknown)
	})
}

func jsonValue[T any](o Opt[T], appendValue func([]byte, T) []byte) Value {
	if o.state != optSet {
		return Value{}
	}
	return JSON(string(appendValue(nil, o.value)))
}

func intValue(o Opt[int64]) Value {
	if o.state != optSet {
		return Value{}
	}
	return Int(o.value)
}

func stringValue(o Opt[string]) Value {
	if o.state != optSet {
		return Value{}
	}
	return String(o.value)
}

func boolValue(o Opt[bool]) Value {
	if o.state != optSet {
		return Value{}
	}
	return Bool(o.value)
}

func timeValue(o Opt[time.Time]) Value {
	if o.state != optSet {
		return Value{}
	}
	return DateTime(o.value)
}

func refValue(o Opt[Ref]) Value {
	if o.state != optSet {
		return Value{}
	}
	return Int(o.value.ID)
}

func setLen(o Opt[Ref]) int {
	if o.state == optSet {
		return 1
	}
	return 0
}
