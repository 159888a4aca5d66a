package sqlitesink

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"strings"

	"github.com/muster-go/muster/model"
)

// userRoles is the relation of users to their roles, which are a table of their
// own. An assignment may be to a role that did not come with the page, so that
// nothing makes it refer to one.
func userRoles() relation[model.User] {
	return relation[model.User]{
		table: "user_roles", column: "user_id",
		create: []string{
			`CREATE TABLE roles (type TEXT NOT NULL, id INTEGER NOT NULL, name TEXT, permissions TEXT, PRIMARY KEY (type, id)) WITHOUT ROWID`,
			`CREATE TABLE user_roles (user_id INTEGER NOT NULL, role_type TEXT NOT NULL, role_id INTEGER NOT NULL)`,
		},
		drop:   []string{"roles", "user_roles"},
		tidy:   []string{"DELETE FROM roles WHERE (type, id) NOT IN (SELECT role_type, role_id FROM user_roles)"},
		unique: `CREATE UNIQUE INDEX user_roles_by_user ON user_roles (user_id, role_type, role_id)`,
		dedupe: "DELETE FROM user_roles WHERE rowid NOT IN (SELECT min(rowid) FROM user_roles GROUP BY user_id, role_type, role_id)",
		open:   openRoles,
	}
}

// roles writes users' assignments and the roles that came with their pages.
type roles struct {
	sink        *Sink[model.User]
	assignments *tupleStatement
	role        *sql.Stmt
	known       map[model.Ref]bool // written by this sink
}

func openRoles(ctx context.Context, s *Sink[model.User]) (related[model.User], error) {
	r := &roles{sink: s, known: make(map[model.Ref]bool)}
	var err error
	r.assignments, err = newTupleStatement(ctx, s.conn, 3, func(n int) string {
		// OR IGNORE: a list may hold a role twice.
		return "INSERT OR IGNORE INTO user_roles (user_id, role_type, role_id) VALUES " + tuples(n, 3)
	})
	if err != nil {
		return nil, err
	}
	r.role, err = s.conn.PrepareContext(ctx, "INSERT OR REPLACE INTO roles (type, id, name, permissions) VALUES (?, ?, ?, ?)")
	if err != nil {
		return nil, errors.Join(err, r.assignments.close())
	}
	return r, nil
}

func (r *roles) add(ctx context.Context, u *model.User) error {
	refs, _ := u.Roles.Get()
	for i, ref := range refs {
		if !r.known[ref] {
			if err := r.addRole(ctx, u, ref); err != nil {
				return err
			}
		}
		if !r.sink.seen && slices.Contains(refs[:i], ref) {
			continue // there is no index yet that would ignore it
		}
		if err := r.assignments.add(ctx, u.ID, ref.Type, ref.ID); err != nil {
			return err
		}
	}
	return nil
}

// addRole writes a role that came with the user's page. Of one that did not come
// only the reference is known.
func (r *roles) addRole(ctx context.Context, u *model.User, ref model.Ref) error {
	r.known[ref] = true
	role, ok := u.Included().Role(ref)
	if !ok {
		_, err := r.sink.conn.ExecContext(ctx, "INSERT OR IGNORE INTO roles (type, id) VALUES (?, ?)", ref.Type, ref.ID)
		return err
	}
	var name, permissions any
	if n, set := role.Name.Get(); set {
		name = n
	}
	if p, set := role.Permissions.Get(); set {
		permissions = strings.Join(p, "\n")
	}
	_, err := r.role.ExecContext(ctx, ref.Type, ref.ID, name, permissions)
	return err
}

func (r *roles) flush(ctx context.Context) error { return r.assignments.flush(ctx) }
func (r *roles) close() error                    { return errors.Join(r.assignments.close(), r.role.Close()) }
