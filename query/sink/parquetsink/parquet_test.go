package parquetsink_test

import (
	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query/shipstream"
)

func record(u *shipstream.User) model.Record { return u }

// fields resolves names, in order.
func fields(names ...string) []*model.Field {
	out := make([]*model.Field, len(names))
	for i, name := range names {
		out[i], _ = shipstream.UserSchema().Lookup(name)
	}
	return out
}
