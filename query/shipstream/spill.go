package shipstream

import (
	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query"
)

// Spills reports that users can be put aside in a file.
func (s *UserSource) Spills() bool { return true }

// NewSpill returns what puts the users of one sort aside.
func (s *UserSource) NewSpill() query.Spill[model.User] {
	return &userSpill{known: make(map[model.Ref]bool)}
}

// userSpill writes users as the API's objects. What they refer to stays in memory,
// once each: there are few roles and warehouses for many users. A user that is
// read again resolves its references in all of them.
type userSpill struct {
	last     *model.Included
	known    map[model.Ref]bool
	objects  []model.Object
	included *model.Included // of objects; nil while they grow
}

// Append implements [query.Spill].
func (s *userSpill) Append(dst []byte, u *model.User) []byte {
	if inc := u.Included(); inc != nil && inc != s.last {
		s.last = inc
		for o := range inc.Objects() {
			if ref := o.Ref(); !s.known[ref] {
				s.known[ref] = true
				s.objects, s.included = append(s.objects, o), nil
			}
		}
	}
	return u.AppendJSON(dst)
}

// Read implements [query.Spill].
func (s *userSpill) Read(data []byte) (model.User, error) {
	var u model.User
	if err := u.UnmarshalJSON(data); err != nil {
		return model.User{}, err
	}
	if s.included == nil {
		s.included = model.NewIncluded(s.objects...)
	}
	u.SetIncluded(s.included)
	return u, nil
}
