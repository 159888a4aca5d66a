package shipstream

import (
	"context"
	"fmt"
	"strconv"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query"
)

// Get returns one user, with one request: the basic fields and those named, in the
// paths of a filter. What a path passes through comes with it: "roles.permissions"
// brings what the roles permit, and "roles" their types and ids alone. Objects that
// came are found without another request in the user's [model.User.Included]. A user
// that is not there, that is deleted or of another kind than the source's, is an
// error that matches [transport.ErrNotFound], another user than that one
// [query.ErrAnswer]; a name that users do not have, or never return, is a
// [*query.OptionError], and nothing is asked.
func (s *UserSource) Get(ctx context.Context, id int64, fields ...string) (*model.User, error) {
	selected := make([]*model.Field, len(fields))
	for i, name := range fields {
		f, ok := s.Schema().Lookup(name)
		if !ok || f.Returned == model.ReturnedNo {
			return nil, &query.OptionError{Option: "select", Value: name, Reason: "users have no such field that could be returned"}
		}
		selected[i] = f
	}
	path := s.path() + "/" + strconv.FormatInt(id, 10)
	u, _, err := ask(ctx, s, path, s.Dialect().Project(optional(selected)), model.DecodeUser, true)
	if err == nil && u.ID != id {
		err = fmt.Errorf("%w: it answered with user %d", query.ErrAnswer, u.ID)
	}
	if err != nil {
		return nil, fmt.Errorf("user %d: %w", id, err)
	}
	return u, nil
}

// optional leaves out what comes without asking.
func optional(fields []*model.Field) []*model.Field {
	var asked []*model.Field
	for _, f := range fields {
		if f.Returned != model.ReturnedAlways {
			asked = append(asked, f)
		}
	}
	return asked
}
