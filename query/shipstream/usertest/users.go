package usertest

import (
	"bytes"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/model/valuetest"
	"github.com/muster-go/muster/query/shipstream"
)

// referable is how many objects of each type there are for users to refer to.
const referable = 4

// Users generates users of both kinds that belong to no page: optional fields
// absent, null or set, references to ids 1 to 4 so that some of them meet.
func Users() *rapid.Generator[shipstream.User] {
	return rapid.Custom(func(t *rapid.T) shipstream.User {
		u := shipstream.User{
			Kind:        rapid.SampledFrom([]shipstream.Kind{shipstream.OrganizationUser, shipstream.ClientUser}).Draw(t, "kind"),
			ID:          rapid.OneOf(rapid.Int64Range(1, 50), rapid.Int64Min(1)).Draw(t, "id"),
			Name:        model.Some(valuetest.Strings().Draw(t, "name")),
			Email:       opt(t, "email", valuetest.Strings()),
			Username:    model.Some(valuetest.Strings().Draw(t, "username")),
			IsActive:    model.Some(rapid.Bool().Draw(t, "is_active")),
			CreatedAt:   opt(t, "created_at", valuetest.Moments(time.Nanosecond)),
			LastLoginAt: opt(t, "last_login_at", valuetest.Moments(time.Nanosecond)),
		}
		if u.Kind == shipstream.ClientUser {
			u.Roles = opt(t, "roles", rapid.SliceOfN(refs(shipstream.RefClientUserRole), 0, 3))
			u.Merchant = opt(t, "merchant", refs(shipstream.RefMerchant))
			return u
		}
		u.Roles = opt(t, "roles", rapid.SliceOfN(refs(shipstream.RefOrganizationUserRole), 0, 3))
		u.LoginViaBadge = opt(t, "login_via_badge", rapid.Bool())
		u.DefaultWarehouse = opt(t, "default_warehouse", refs(shipstream.RefWarehouse))
		return u
	})
}

func refs(typ string) *rapid.Generator[model.Ref] {
	return rapid.Map(rapid.Int64Range(1, referable), func(id int64) model.Ref { return model.Ref{Type: typ, ID: id} })
}

// opt generates an optional value: set more often than not.
func opt[T any](t *rapid.T, label string, g *rapid.Generator[T]) model.Opt[T] {
	switch rapid.IntRange(0, 5).Draw(t, label+" state") {
	case 0:
		return model.Opt[T]{}
	case 1:
		return model.NullOpt[T]()
	}
	return model.Some(g.Draw(t, label))
}

// Inclusions generates some of the objects that [Users] refer to, so that some
// references resolve and some do not.
func Inclusions() *rapid.Generator[*model.Included] {
	return rapid.Custom(func(t *rapid.T) *model.Included {
		var objects []model.Object
		some := func(label string, object func(id int64) model.Object) {
			for id := int64(1); id <= referable; id++ {
				if rapid.Bool().Draw(t, label) {
					objects = append(objects, object(id))
				}
			}
		}
		for _, typ := range []string{shipstream.RefOrganizationUserRole, shipstream.RefClientUserRole} {
			some(typ, func(id int64) model.Object {
				return &shipstream.Role{Type: typ, ID: id, Name: opt(t, "name", valuetest.Strings()), Permissions: opt(t, "permissions", rapid.SliceOfN(valuetest.Strings(), 0, 2))}
			})
		}
		some(shipstream.RefWarehouse, func(id int64) model.Object {
			return &shipstream.Warehouse{ID: id, Name: opt(t, "name", valuetest.Strings()), IsActive: opt(t, "is_active", rapid.Bool())}
		})
		some(shipstream.RefMerchant, func(id int64) model.Object {
			return &shipstream.Merchant{
				ID: id, Code: opt(t, "code", valuetest.Strings()), Name: opt(t, "name", valuetest.Strings()), IsActive: opt(t, "is_active", rapid.Bool()),
				IsDeleted: opt(t, "is_deleted", rapid.Bool()), SortOrder: opt(t, "sort_order", valuetest.Ints()), CreatedAt: opt(t, "created_at", valuetest.Moments(time.Nanosecond)),
				Brands: opt(t, "brands", rapid.SliceOfN(refs(shipstream.RefBrand), 0, 2)), DefaultBrand: opt(t, "default_brand", refs(shipstream.RefBrand)),
			}
		})
		some(shipstream.RefBrand, func(id int64) model.Object {
			return &shipstream.Brand{ID: id, Code: opt(t, "code", valuetest.Strings()), Name: opt(t, "name", valuetest.Strings()), IsActive: opt(t, "is_active", rapid.Bool()), IsDeleted: opt(t, "is_deleted", rapid.Bool()), SortOrder: opt(t, "sort_order", valuetest.Ints())}
		})
		return model.NewIncluded(objects...)
	})
}

// Pages generates pages of up to ten users with distinct ids, which resolve
// their references in the page's Included.
func Pages() *rapid.Generator[*model.Page[shipstream.User]] {
	return rapid.Custom(func(t *rapid.T) *model.Page[shipstream.User] {
		p := &model.Page[shipstream.User]{
			Rows:     rapid.SliceOfNDistinct(Users(), 0, 10, func(u shipstream.User) int64 { return u.ID }).Draw(t, "rows"),
			Included: Inclusions().Draw(t, "included"),
			HasMore:  rapid.Bool().Draw(t, "has_more"),
			Next:     valuetest.Strings().Draw(t, "next"),
			Previous: valuetest.Strings().Draw(t, "previous"),
			Meta: model.Meta{
				ProcessingTime: rapid.Float64Range(0, 10).Draw(t, "processing_time"),
				CursorStart:    opt(t, "cursor_start", valuetest.Ints()),
				CursorEnd:      opt(t, "cursor_end", valuetest.Ints()),
				Count:          opt(t, "count", valuetest.Ints()),
			},
		}
		for i := range p.Rows {
			p.Rows[i].SetIncluded(p.Included)
		}
		return p
	})
}

// EquateUsers returns an option for go-cmp under which two users are equal when
// they are the same object of the API, unknown members included, whatever page
// they belong to.
func EquateUsers() cmp.Option {
	return cmp.Comparer(func(a, b shipstream.User) bool { return bytes.Equal(a.AppendJSON(nil), b.AppendJSON(nil)) })
}
