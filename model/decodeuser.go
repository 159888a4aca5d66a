package model

import "errors"

var errNoID = errors.New("the object has no id")

// textSpan is a string of the row being read, inside decoder.text. All strings
// of a row become one allocation, so that a row that is kept keeps only itself
// alive and not its page.
type textSpan struct {
	start, end int
	state      optState
}

// span reads a string or null into the row's text.
func (d *decoder) span() textSpan {
	text, state := d.stringBytes(true)
	s := textSpan{start: len(d.text), state: state}
	d.text = append(d.text, text...)
	s.end = len(d.text)
	return s
}

func (s textSpan) of(text string) Opt[string] {
	return Opt[string]{value: text[s.start:s.end], state: s.state}
}

// decode reads one row of the users resource.
func (u *User) decode(d *decoder) {
	if !d.open('{') {
		return
	}
	start := d.pos - 1
	var name, email, username textSpan
	d.text = d.text[:0]
	for key, ok := d.key(); ok; key, ok = d.key() {
		switch string(key) {
		case "type":
			u.Kind = Kind(d.string())
		case "id":
			u.ID = d.id()
		case "name":
			name = d.span()
		case "email":
			email = d.span()
		case "username":
			username = d.span()
		case "is_active":
			u.IsActive = d.optBool()
		default:
			u.decodeOptional(d, key)
		}
	}
	if d.err == nil && u.ID == 0 {
		d.fail(start, errNoID)
	}
	text := string(d.text)
	u.Name, u.Email, u.Username = name.of(text), email.of(text), username.of(text)
}

// decodeOptional reads the member called key, which is not one of the fields
// that every row has.
func (u *User) decodeOptional(d *decoder, key []byte) {
	switch string(key) {
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
		d.keep(&u.unknown, d.intern(key))
	}
}
