package sqlitesink

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"strings"

	"github.com/muster-go/muster/model"
)

// parameters is about how many a statement has. More tuples share the cost of a
// statement, but the driver looks for each parameter among all of them, which with
// 64 users at once costs more than is shared.
const parameters = 64

// inserter puts users and what they refer to into the tables.
type inserter struct {
	sink        *Sink
	users       *tupleStatement
	assignments *tupleStatement
	seen        *tupleStatement // nil where no rows of an earlier export are there
	forget      *tupleStatement // drops assignments that may have changed; nil likewise
	role        *sql.Stmt
	roles       map[model.Ref]bool // written by this sink
}

func newInserter(ctx context.Context, s *Sink) (in *inserter, err error) {
	in = &inserter{sink: s, roles: make(map[model.Ref]bool)}
	defer func() {
		if err != nil {
			_ = in.close() // the error is the story
		}
	}()
	prepare := func(width int, text func(n int) string) *tupleStatement {
		if err != nil {
			return nil
		}
		var t *tupleStatement
		t, err = newTupleStatement(ctx, s.conn, width, text)
		return t
	}
	in.users = prepare(len(s.columns)+1, func(n int) string { return upsertUsers(s.columns, n) })
	in.assignments = prepare(3, func(n int) string {
		// OR IGNORE: a list may hold a role twice.
		return "INSERT OR IGNORE INTO user_roles (user_id, role_type, role_id) VALUES " + tuples(n, 3)
	})
	if s.seen {
		in.seen = prepare(1, func(n int) string { return "INSERT OR IGNORE INTO muster_seen (id) VALUES " + tuples(n, 1) })
		in.forget = prepare(1, func(n int) string {
			return "DELETE FROM user_roles WHERE user_id IN (" + strings.TrimSuffix(strings.Repeat("?,", n), ",") + ")"
		})
	}
	if err == nil {
		in.role, err = s.conn.PrepareContext(ctx, "INSERT OR REPLACE INTO roles (type, id, name, permissions) VALUES (?, ?, ?, ?)")
	}
	return in, err
}

func (in *inserter) close() error {
	var err error
	for _, t := range []*tupleStatement{in.users, in.assignments, in.seen, in.forget} {
		if t != nil {
			err = errors.Join(err, t.close())
		}
	}
	if in.role != nil {
		err = errors.Join(err, in.role.Close())
	}
	return err
}

func (in *inserter) write(ctx context.Context, users []model.User) error {
	if in.sink.seen {
		for i := range users {
			if err := in.seen.add(ctx, users[i].ID); err != nil {
				return err
			}
			if err := in.forget.add(ctx, users[i].ID); err != nil {
				return err
			}
		}
		if err := flushAll(ctx, in.seen, in.forget); err != nil {
			return err
		}
	}
	for i := range users {
		if err := in.user(ctx, &users[i]); err != nil {
			return err
		}
	}
	return flushAll(ctx, in.users, in.assignments)
}

// flushAll stops at the first error; see [Sink].
func flushAll(ctx context.Context, statements ...*tupleStatement) error {
	for _, t := range statements {
		if err := t.flush(ctx); err != nil {
			return err
		}
	}
	return nil
}

func (in *inserter) user(ctx context.Context, u *model.User) error {
	in.users.args = append(in.users.args, u.ID)
	for _, c := range in.sink.columns {
		in.users.args = append(in.users.args, c.value(u))
	}
	if err := in.users.took(ctx); err != nil {
		return err
	}
	roles, _ := u.Roles.Get()
	for i, ref := range roles {
		if !in.roles[ref] {
			if err := in.addRole(ctx, u, ref); err != nil {
				return err
			}
		}
		if !in.sink.indexed && slices.Contains(roles[:i], ref) {
			continue // there is no index yet that would ignore it
		}
		if err := in.assignments.add(ctx, u.ID, ref.Type, ref.ID); err != nil {
			return err
		}
	}
	return nil
}

// addRole writes a role that came with the user's page. Of one that did not come
// only the reference is known.
func (in *inserter) addRole(ctx context.Context, u *model.User, ref model.Ref) error {
	var name, permissions any
	role, ok := u.Included().Role(ref)
	if ok {
		if n, set := role.Name.Get(); set {
			name = n
		}
		if p, set := role.Permissions.Get(); set {
			permissions = strings.Join(p, "\n")
		}
		in.roles[ref] = true
	}
	if !ok {
		const reference = "INSERT OR IGNORE INTO roles (type, id) VALUES (?, ?)"
		_, err := in.sink.conn.ExecContext(ctx, reference, ref.Type, ref.ID)
		in.roles[ref] = true
		return err
	}
	_, err := in.role.ExecContext(ctx, ref.Type, ref.ID, name, permissions)
	return err
}

// tupleStatement gathers tuples and executes a statement with many of them at
// once, or with one where fewer are left.
type tupleStatement struct {
	width     int
	tuples    int // that many takes
	many, one *sql.Stmt
	args      []any
}

func newTupleStatement(ctx context.Context, conn *sql.Conn, width int, text func(n int) string) (*tupleStatement, error) {
	t := &tupleStatement{width: width, tuples: max(1, parameters/width)}
	var err error
	if t.many, err = conn.PrepareContext(ctx, text(t.tuples)); err != nil {
		return nil, err
	}
	if t.one, err = conn.PrepareContext(ctx, text(1)); err != nil {
		return nil, err // the connection is given up with its statements
	}
	return t, nil
}

// add takes one tuple.
func (t *tupleStatement) add(ctx context.Context, tuple ...any) error {
	t.args = append(t.args, tuple...)
	return t.took(ctx)
}

// took executes the statement once args has enough for it.
func (t *tupleStatement) took(ctx context.Context) error {
	if len(t.args) < t.tuples*t.width {
		return nil
	}
	_, err := t.many.ExecContext(ctx, t.args...)
	t.args = t.args[:0]
	return err
}

func (t *tupleStatement) flush(ctx context.Context) error {
	for at := 0; at < len(t.args); at += t.width {
		if _, err := t.one.ExecContext(ctx, t.args[at:at+t.width]...); err != nil {
			return err
		}
	}
	clear(t.args)
	t.args = t.args[:0]
	return nil
}

func (t *tupleStatement) close() error { return errors.Join(t.many.Close(), t.one.Close()) }
