package shipstreamtest

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Role is what a user's role reference points at.
type Role struct {
	ID          int64
	Kind        Kind // of the users that have it; "" means OrganizationUser
	Name        string
	Permissions []string
}

// Warehouse is what a default_warehouse reference points at.
type Warehouse struct {
	ID     int64
	Name   string
	Active bool
}

// Merchant is what a merchant reference points at. Brands are referred to and
// never included.
type Merchant struct {
	ID           int64
	Code, Name   string
	Active       bool
	Deleted      bool
	SortOrder    int64
	CreatedAt    time.Time
	Brands       []int64
	DefaultBrand int64 // 0 for null
}

// The types of referenced objects.
const (
	typeWarehouse = "Warehouse"
	typeMerchant  = "Merchant"
)

// references are the objects that users refer to. They never change.
type references struct {
	byType map[string]map[int64][]member // by type and id
	roles  []Role
	houses []Warehouse
	ascii  bool
}

// member is one field of a referenced object, encoded as `"name":value`.
type member struct {
	name string
	json []byte
}

func newReferences(o *Options) *references {
	roles, houses, merchants := o.Roles, o.Warehouses, o.Merchants
	if roles == nil {
		roles = generateRoles()
	}
	if houses == nil {
		houses = generateWarehouses()
	}
	if merchants == nil {
		merchants = generateMerchants()
	}
	rs := &references{byType: map[string]map[int64][]member{
		OrganizationUser.roleType(): {}, ClientUser.roleType(): {}, typeWarehouse: {}, typeMerchant: {},
	}, ascii: o.ASCII}
	for _, r := range roles {
		r.Kind = cmp.Or(r.Kind, OrganizationUser)
		rs.roles = append(rs.roles, r)
		rs.byType[r.Kind.roleType()][r.ID] = rs.roleMembers(r)
	}
	for _, w := range houses {
		rs.houses = append(rs.houses, w)
		rs.byType[typeWarehouse][w.ID] = rs.warehouseMembers(w)
	}
	for _, m := range merchants {
		rs.byType[typeMerchant][m.ID] = rs.merchantMembers(m)
	}
	slices.SortFunc(rs.roles, func(a, b Role) int { return cmp.Compare(a.ID, b.ID) })
	slices.SortFunc(rs.houses, func(a, b Warehouse) int { return cmp.Compare(a.ID, b.ID) })
	return rs
}

func (rs *references) text(name, value string) member {
	return member{name, appendString([]byte(`"`+name+`":`), value, rs.ascii)}
}

func boolean(name string, value bool) member {
	return member{name, strconv.AppendBool([]byte(`"`+name+`":`), value)}
}

func (rs *references) roleMembers(r Role) []member {
	perms := []byte(`"permissions":[`)
	for i, p := range r.Permissions {
		if i > 0 {
			perms = append(perms, ',')
		}
		perms = appendString(perms, p, rs.ascii)
	}
	return []member{rs.text("name", r.Name), {"permissions", append(perms, ']')}}
}

func (rs *references) warehouseMembers(w Warehouse) []member {
	return []member{rs.text("name", w.Name), boolean("is_active", w.Active)}
}

func (rs *references) merchantMembers(m Merchant) []member {
	brands := []byte(`"brands":[`)
	for i, id := range m.Brands {
		if i > 0 {
			brands = append(brands, ',')
		}
		brands = appendRef(brands, "Brand", id)
	}
	return []member{
		rs.text("code", m.Code),
		rs.text("name", m.Name),
		boolean("is_active", m.Active),
		boolean("is_deleted", m.Deleted),
		{"sort_order", strconv.AppendInt([]byte(`"sort_order":`), m.SortOrder, 10)},
		{"created_at", appendTime([]byte(`"created_at":`), unixOrNull(m.CreatedAt))},
		{"brands", append(brands, ']')},
		{"default_brand", appendRefOrNull([]byte(`"default_brand":`), "Brand", m.DefaultBrand)},
	}
}

// appendObject appends one referenced object with the fields that keep says.
func appendObject(b []byte, typ string, id int64, members []member, keep *fieldSet) []byte {
	b = append(append(append(b, `{"type":"`...), typ...), `","id":`...)
	b = strconv.AppendInt(b, id, 10)
	for _, m := range members {
		if keep.has(m.name) {
			b = append(append(b, ','), m.json...)
		}
	}
	return append(b, '}')
}

// fieldSet is which fields of a referenced object are to be included. Nil means
// that the object is not to be included at all.
type fieldSet struct {
	all   bool
	names []string
}

func (f *fieldSet) has(name string) bool { return f.all || slices.Contains(f.names, name) }

// reference is what the emulator knows of one reference field of users.
type reference struct {
	param    string   // the query parameter
	implied  optional // the users' field
	basic    []string // the fields of the object that are not optional
	optional []string
}

// The reference parameters of users. That permissions are what is optional of a
// role, and nothing of the others, is inferred.
func userReferences() [3]reference {
	return [3]reference{
		{"fields:roles", optRoles, []string{"id", "name"}, []string{"permissions"}},
		{"fields:default_warehouse", optWarehouse, []string{"id", "name", "is_active"}, nil},
		{"fields:merchant", optMerchant, []string{"id", "code", "name", "is_active", "is_deleted", "sort_order", "created_at", "brands", "default_brand"}, nil},
	}
}

// selection is what a request wants to see of users and what they refer to.
type selection struct {
	opt                        optional
	roles, warehouse, merchant *fieldSet
}

func (s *selection) sets() [3]**fieldSet {
	return [3]**fieldSet{&s.roles, &s.warehouse, &s.merchant}
}

// optionalField returns the optional user field called name.
func (o *Options) optionalField(name string) (optional, bool) {
	switch name {
	case "roles":
		return optRoles, true
	case "login_via_badge":
		return optBadge, true
	case "default_warehouse":
		return optWarehouse, true
	case "merchant":
		return optMerchant, true
	case "created_at":
		return optCreated, !o.HideTimestamps
	case "last_login_at":
		return optLastLogin, !o.HideTimestamps
	case "all":
		all := optRoles | optBadge | optWarehouse | optMerchant
		if !o.HideTimestamps {
			all |= optCreated | optLastLogin
		}
		return all, true
	}
	return 0, false
}

// parseSelection reads fields and the fields:… parameters.
func (e *Emulator) parseSelection(q query) (*selection, *apiError) {
	sel := &selection{}
	for _, list := range q.all("fields") {
		for name := range strings.SplitSeq(list, ",") {
			field, ok := e.opts.optionalField(name)
			if !ok {
				return nil, invalid("query.fields", "%q is not an optional field.", name)
			}
			sel.opt |= field
		}
	}
	sets := sel.sets()
	for i, ref := range userReferences() {
		set, err := q.parseFieldSet(ref)
		if err != nil {
			return nil, err
		}
		if set != nil {
			*sets[i] = set
			sel.opt |= ref.implied
		}
	}
	return sel, nil
}

// parseFieldSet reads one fields:… parameter. A list shows exactly the fields
// named, besides type and id.
func (q query) parseFieldSet(ref reference) (*fieldSet, *apiError) {
	lists := q.all(ref.param)
	if len(lists) == 0 {
		return nil, nil
	}
	set := &fieldSet{}
	for _, list := range lists {
		for name := range strings.SplitSeq(list, ",") {
			switch {
			case name == "all":
				set.all = true
			case name == "basic":
				set.names = append(set.names, ref.basic...)
			case slices.Contains(ref.basic, name), slices.Contains(ref.optional, name):
				set.names = append(set.names, name)
			default:
				return nil, invalid("query."+ref.param, "unknown field %q.", name)
			}
		}
	}
	return set, nil
}

// appendIncluded appends `,"included":{…}` with every object that the rows
// refer to, once; ids that nothing is known of stay dangling.
func (e *Emulator) appendIncluded(b []byte, rows []*row, sel *selection) []byte {
	b = append(b, `,"included":{`...)
	found := e.referred(rows, sel)
	keep := map[string]*fieldSet{
		OrganizationUser.roleType(): sel.roles, ClientUser.roleType(): sel.roles,
		typeWarehouse: sel.warehouse, typeMerchant: sel.merchant,
	}
	for i, typ := range slices.Sorted(maps.Keys(found)) {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(append(append(b, '"'), typ...), `":[`...)
		for j, id := range slices.Sorted(maps.Keys(found[typ])) {
			if j > 0 {
				b = append(b, ',')
			}
			b = appendObject(b, typ, id, e.refs.byType[typ][id], keep[typ])
		}
		b = append(b, ']')
	}
	return append(b, '}')
}

// referred returns, by type, the known ids that the rows refer to and the
// selection wants.
func (e *Emulator) referred(rows []*row, sel *selection) map[string]map[int64]struct{} {
	found := map[string]map[int64]struct{}{}
	note := func(typ string, id int64) {
		ids := found[typ]
		if _, have := ids[id]; have {
			return
		}
		if _, known := e.refs.byType[typ][id]; !known {
			return
		}
		if ids == nil {
			ids = map[int64]struct{}{}
			found[typ] = ids
		}
		ids[id] = struct{}{}
	}
	if sel.roles != nil {
		organization, client := OrganizationUser.roleType(), ClientUser.roleType()
		for _, r := range rows {
			typ := organization
			if r.client {
				typ = client
			}
			for _, id := range r.attrs().roles.ids {
				note(typ, id)
			}
		}
	}
	if sel.warehouse == nil && sel.merchant == nil {
		return found
	}
	for _, r := range rows {
		switch ref := r.attrs().ref; {
		case ref == 0:
		case r.client && sel.merchant != nil:
			note(typeMerchant, ref)
		case !r.client && sel.warehouse != nil:
			note(typeWarehouse, ref)
		}
	}
	return found
}
