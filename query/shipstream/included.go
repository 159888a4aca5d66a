package shipstream

import (
	"iter"

	"github.com/muster-go/muster/model"
)

// RolesOf yields those of u's roles that came with its page, in u's order; none for nil.
// [model.LookupAs] resolves any one reference: model.LookupAs[*Warehouse](u.Included(), ref).
func RolesOf(u *User) iter.Seq[*Role] {
	return func(yield func(*Role) bool) {
		if u == nil {
			return
		}
		roles, _ := u.Roles.Get()
		for _, ref := range roles {
			if role, ok := model.LookupAs[*Role](u.included, ref); ok && !yield(role) {
				return
			}
		}
	}
}
