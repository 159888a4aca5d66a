package shipstream

import "github.com/muster-go/muster/model"

// objectTypes are the included objects that have types here. The kinds of user come
// first among the words: every row has one.
//
//nolint:gochecknoglobals // immutable
var objectTypes = model.NewObjectTypes(map[string]model.ReadObject{
	RefOrganizationUserRole: readObject[Role],
	RefClientUserRole:       readObject[Role],
	RefWarehouse:            readObject[Warehouse],
	RefMerchant:             readObject[Merchant],
	RefBrand:                readObject[Brand],
}, string(OrganizationUser), string(ClientUser), RefOrganizationUserRole, RefClientUserRole)

// The decoders of pages by type of row.
//
//nolint:gochecknoglobals // immutable
var (
	userPages      = model.PageDecoder[User]{Objects: objectTypes, Read: (*User).read}
	rawPages       = model.PageDecoder[model.RawRow]{Objects: objectTypes}
	rolePages      = model.PageDecoder[Role]{Objects: objectTypes, Read: (*Role).read}
	warehousePages = model.PageDecoder[Warehouse]{Objects: objectTypes, Read: (*Warehouse).read}
	merchantPages  = model.PageDecoder[Merchant]{Objects: objectTypes, Read: (*Merchant).read}
	brandPages     = model.PageDecoder[Brand]{Objects: objectTypes, Read: (*Brand).read}
)

// DecodeUsers decodes the body of a page of the users resource. It keeps nothing
// of body. The error is a *[model.DecodeError]; the page is nil then.
//
// The body must have "collection" and "has_more": to take a body without them
// for an empty last page would lose rows. Every row must have an id. Everything
// else may be absent, and unknown members are kept. An empty list where the API
// has an object is an empty object.
func DecodeUsers(body []byte, opts ...model.DecodeOption) (*model.Page[User], error) {
	return userPages.Decode(body, opts...)
}

// DecodeUser decodes the body of a single user: {"resource":…,"included":…}. The
// user resolves its references in the body's included objects; other members of the
// body are dropped. The error is a *[model.DecodeError].
func DecodeUser(body []byte) (*User, error) { return userPages.DecodeOne(body) }

// DecodeRaw is [model.DecodeRaw] with the included objects decoded as by [DecodeUsers].
func DecodeRaw(body []byte, opts ...model.DecodeOption) (*model.Page[model.RawRow], error) {
	return rawPages.Decode(body, opts...)
}

// DecodeIncluded decodes the "included" object of a page. The error is a
// *[model.DecodeError].
func DecodeIncluded(text []byte) (*model.Included, error) { return objectTypes.DecodeIncluded(text) }

// PageDecoder returns the decoder of pages of users, for [model.DecodePage].
func (*User) PageDecoder() *model.PageDecoder[User] { return &userPages }

// read reads one row of the users resource.
func (u *User) read(d *model.Decoder, inc *model.Included) {
	u.included = inc
	start, ok := d.BeginObject()
	if !ok {
		return
	}
	for name, ok := d.RowMember(); ok; name, ok = d.RowMember() {
		switch name {
		case "type":
			u.Kind = Kind(d.Word())
		case "id":
			u.ID = d.ID()
		case "name":
			u.Name = d.OptString()
		case "email":
			u.Email = d.OptString()
		case "username":
			u.Username = d.OptString()
		case "is_active":
			u.IsActive = d.OptBool()
		case "roles":
			u.Roles = d.OptRefs("roles", &u.unknown)
		case "login_via_badge":
			u.LoginViaBadge = d.OptBool()
		case "default_warehouse":
			u.DefaultWarehouse = d.OptRef("default_warehouse", &u.unknown)
		case "merchant":
			u.Merchant = d.OptRef("merchant", &u.unknown)
		case "created_at":
			u.CreatedAt = d.OptTime()
		case "last_login_at":
			u.LastLoginAt = d.OptTime()
		default:
			d.Keep(&u.unknown, name)
		}
	}
	d.RequireID(start, u.ID)
}

// UnmarshalJSON decodes the API's object of one user into u, which belongs to no
// page then. The error is a *[model.DecodeError].
func (u *User) UnmarshalJSON(text []byte) error { return unmarshal(u, &userPages, text) }

// unmarshal replaces a value that text holds; if that fails, the value is unchanged.
func unmarshal[T any](into *T, pages *model.PageDecoder[T], text []byte) error {
	fresh, err := pages.DecodeRow(text, nil)
	if err == nil {
		*into = fresh
	}
	return err
}
