package shipstream

import "github.com/muster-go/muster/model"

// Value implements [model.Record] against [UserSchema]: null for a field that is null
// or absent, and for a path through a reference.
func (u *User) Value(field int) model.Value {
	switch field {
	case userID:
		return model.Int(u.ID)
	case userType:
		return model.String(string(u.Kind))
	case userName:
		return valueOf(u.Name, model.String)
	case userEmail:
		return valueOf(u.Email, model.String)
	case userUsername:
		return valueOf(u.Username, model.String)
	case userIsActive:
		return valueOf(u.IsActive, model.Bool)
	case userCreatedAt:
		return valueOf(u.CreatedAt, model.DateTime)
	case userLastLoginAt:
		return valueOf(u.LastLoginAt, model.DateTime)
	case userLoginViaBadge:
		return valueOf(u.LoginViaBadge, model.Bool)
	case userRoles:
		if roles, _ := u.Roles.Get(); len(roles) > 0 {
			return idOf(roles[0])
		}
	case userWarehouse:
		return valueOf(u.DefaultWarehouse, idOf)
	case userMerchant:
		return valueOf(u.Merchant, idOf)
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
// the objects that came with the page; null for one that did not come. JSON is
// written again at every call: no filter looks into it.
func (u *User) At(field, i int) model.Value {
	if i < 0 || i >= u.Len(field) {
		return model.Value{}
	}
	switch userReference(field) {
	case userRoles:
		roles, _ := u.Roles.Get()
		if field == userRoles || field == userRolesID {
			return idOf(roles[i])
		}
		if r, ok := model.LookupAs[*Role](u.included, roles[i]); ok {
			return r.at(field)
		}
	case userWarehouse:
		ref, _ := u.DefaultWarehouse.Get()
		if field == userWarehouse || field == userWarehouseID {
			return idOf(ref)
		}
		if w, ok := model.LookupAs[*Warehouse](u.included, ref); ok {
			return w.at(field)
		}
	case userMerchant:
		ref, _ := u.Merchant.Get()
		if field == userMerchant || field == userMerchantID {
			return idOf(ref)
		}
		if m, ok := model.LookupAs[*Merchant](u.included, ref); ok {
			return m.at(field)
		}
	}
	return model.Value{}
}

// at returns the value at a roles path of UserSchema.
func (r *Role) at(field int) model.Value {
	if field == userRolesName {
		return valueOf(r.Name, model.String)
	}
	return valueOf(r.Permissions, jsonOfStrings)
}

// at returns the value at a default_warehouse path of UserSchema.
func (w *Warehouse) at(field int) model.Value {
	if field == userWarehouseName {
		return valueOf(w.Name, model.String)
	}
	return valueOf(w.IsActive, model.Bool)
}

// at returns the value at a merchant path of UserSchema.
func (m *Merchant) at(field int) model.Value {
	switch field {
	case userMerchantName:
		return valueOf(m.Name, model.String)
	case userMerchantCode:
		return valueOf(m.Code, model.String)
	case userMerchantIsActive:
		return valueOf(m.IsActive, model.Bool)
	case userMerchantIsDeleted:
		return valueOf(m.IsDeleted, model.Bool)
	case userMerchantSortOrder:
		return valueOf(m.SortOrder, model.Int)
	case userMerchantCreatedAt:
		return valueOf(m.CreatedAt, model.DateTime)
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

func idOf(r model.Ref) model.Value { return model.Int(r.ID) }

func jsonOfStrings(list []string) model.Value {
	return model.JSON(string(model.AppendStrings(nil, list)))
}

func setLen(o model.Opt[model.Ref]) int {
	if o.IsSet() {
		return 1
	}
	return 0
}
