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
	case userRoles, userRolesID, userRolesName:
		return carriage(u.Roles)
	case userLoginViaBadge:
		return u.carriesOf(OrganizationUser, carriage(u.LoginViaBadge))
	case userWarehouse, userWarehouseID, userWarehouseName, userWarehouseIsActive:
		return u.carriesOf(OrganizationUser, carriage(u.DefaultWarehouse))
	case userMerchant, userMerchantID, userMerchantName, userMerchantCode, userMerchantIsActive:
		return u.carriesOf(ClientUser, carriage(u.Merchant))
	}
	return Carried // the kind and the id
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
	switch field {
	case userRoles, userRolesID, userRolesName:
		return len(u.Roles.value)
	case userWarehouse, userWarehouseID, userWarehouseName, userWarehouseIsActive:
		return setLen(u.DefaultWarehouse)
	case userMerchant, userMerchantID, userMerchantName, userMerchantCode, userMerchantIsActive:
		return setLen(u.Merchant)
	}
	return 0
}

// At implements [Record]: what the path at field has for reference i, resolved
// in the objects that came with the page; null for one that did not come.
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
	case userRolesName:
		if r, ok := u.included.Role(u.Roles.value[i]); ok {
			return stringValue(r.Name)
		}
	case userWarehouseName, userWarehouseIsActive:
		if w, ok := u.included.Warehouse(u.DefaultWarehouse.value); ok {
			return w.at(field)
		}
	case userMerchantName, userMerchantCode, userMerchantIsActive:
		if m, ok := u.included.Merchant(u.Merchant.value); ok {
			return m.at(field)
		}
	}
	return Value{}
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
	}
	return boolValue(m.IsActive)
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
