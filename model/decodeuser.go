package model

import "errors"

var errNoID = errors.New("the object has no id")

// decodeRow reads one row of the users resource.
func (u *User) decodeRow(d *decoder, inc *Included) {
	u.included = inc
	if !d.open('{') {
		return
	}
	start := d.pos - 1
	for m := d.key(&d.rowNames); m != nil; m = d.key(&d.rowNames) {
		switch m.name {
		case "type":
			u.Kind = Kind(d.string())
		case "id":
			u.ID = d.id()
		case "name":
			u.Name = d.optString()
		case "email":
			u.Email = d.optString()
		case "username":
			u.Username = d.optString()
		case "is_active":
			u.IsActive = d.optBool()
		case "roles":
			u.Roles = d.optRefs("roles", &u.unknown)
		case "login_via_badge":
			u.LoginViaBadge = d.optBool()
		case "default_warehouse":
			u.DefaultWarehouse = d.optRef("default_warehouse", &u.unknown)
		case "merchant":
			u.Merchant = d.optRef("merchant", &u.unknown)
		case "created_at":
			u.CreatedAt = d.optTime()
		case "last_login_at":
			u.LastLoginAt = d.optTime()
		default:
			d.keep(&u.unknown, m.name)
		}
	}
	if d.err == nil && u.ID == 0 {
		d.fail(start, errNoID)
	}
}
