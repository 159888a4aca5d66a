package bench

import (
	"bufio"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"os"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query"
	"github.com/muster-go/muster/query/shipstream"
)

// plainNDJSON decodes pages and encodes their rows with encoding/json, and makes
// the file durable once, at its end.
func plainNDJSON(_ context.Context, path string, pages [][]byte) (err error) {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	out := bufio.NewWriterSize(f, 1<<20)
	lines := json.NewEncoder(out)
	for _, body := range pages {
		var page struct {
			Collection []plainUser `json:"collection"`
		}
		if err := json.Unmarshal(body, &page); err != nil {
			return err
		}
		for i := range page.Collection {
			if err := lines.Encode(&page.Collection[i]); err != nil {
				return err
			}
		}
	}
	return errors.Join(out.Flush(), f.Sync())
}

// The statements of whoever writes users into the sink's tables row by row.
const (
	insertUser = `INSERT INTO users VALUES (?,?,?,?,?,?,?,?,?) ON CONFLICT (id) DO UPDATE SET type = excluded.type, name = excluded.name,
	email = excluded.email, username = excluded.username, is_active = excluded.is_active, login_via_badge = excluded.login_via_badge,
	created_at = excluded.created_at, last_login_at = excluded.last_login_at`
	insertRole       = "INSERT OR IGNORE INTO roles (type, id, name) VALUES (?, ?, ?)"
	insertAssignment = "INSERT OR IGNORE INTO user_roles VALUES (?, ?, ?)"
)

// plainTables are the sink's tables, with the index there from the start.
func plainTables() []string {
	return []string{
		"PRAGMA synchronous = FULL",
		`CREATE TABLE users (id INTEGER PRIMARY KEY, type TEXT, name TEXT, email TEXT, username TEXT, is_active INTEGER,
		login_via_badge INTEGER, created_at TEXT, last_login_at TEXT)`,
		"CREATE TABLE roles (type TEXT NOT NULL, id INTEGER NOT NULL, name TEXT, permissions TEXT, PRIMARY KEY (type, id)) WITHOUT ROWID",
		"CREATE TABLE user_roles (user_id INTEGER NOT NULL, role_type TEXT NOT NULL, role_id INTEGER NOT NULL)",
		"CREATE UNIQUE INDEX user_roles_by_user ON user_roles (user_id, role_type, role_id)",
	}
}

// plainSQLite decodes pages with Muster's decoder and inserts row by row with
// prepared statements, in transactions as long as the sink's.
func plainSQLite(ctx context.Context, path string, pages [][]byte) (err error) {
	db, err := sql.Open("sqlite", "file:"+path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	db.SetMaxOpenConns(1)
	for _, statement := range plainTables() {
		if _, err := db.ExecContext(ctx, statement); err != nil {
			return err
		}
	}
	for len(pages) > 0 {
		n := min(len(pages), query.DefaultCommitBatches)
		if err := plainTransaction(ctx, db, pages[:n]); err != nil {
			return err
		}
		pages = pages[n:]
	}
	return nil
}

func plainTransaction(ctx context.Context, db *sql.DB, pages [][]byte) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() //nolint:errcheck // after a commit there is nothing to roll back
	rows, err := prepareRows(ctx, tx)
	if err != nil {
		return err
	}
	for _, body := range pages {
		page, err := shipstream.DecodeUsers(body)
		if err != nil {
			return err
		}
		for i := range page.Rows {
			if err := rows.insert(ctx, &page.Rows[i]); err != nil {
				return err
			}
		}
	}
	return tx.Commit()
}

// plainRows are the prepared statements of one transaction.
type plainRows struct {
	user, role, assignment *sql.Stmt
	columns                []*model.Field
	known                  map[model.Ref]bool
}

func prepareRows(ctx context.Context, tx *sql.Tx) (*plainRows, error) {
	r := &plainRows{known: make(map[model.Ref]bool)}
	for _, f := range exportedFields() {
		if f.Name != "roles" {
			r.columns = append(r.columns, f)
		}
	}
	for text, to := range map[string]**sql.Stmt{insertUser: &r.user, insertRole: &r.role, insertAssignment: &r.assignment} {
		statement, err := tx.PrepareContext(ctx, text) //nolint:sqlclosecheck // the transaction closes it
		if err != nil {
			return nil, err
		}
		*to = statement
	}
	return r, nil
}

func (r *plainRows) insert(ctx context.Context, u *shipstream.User) error {
	cells := make([]any, len(r.columns))
	for i, f := range r.columns {
		switch v := u.Value(f.Index()); v.Type() {
		case model.TypeInt, model.TypeBool:
			cells[i] = v.Int()
		case model.TypeString, model.TypeJSON:
			cells[i] = v.Str()
		case model.TypeDateTime:
			cells[i] = v.String()
		case model.TypeNull, model.TypeRef, model.TypeRefs, model.TypeDecimal, model.TypeFloat, model.TypeList: // users have none of the last
		}
	}
	if _, err := r.user.ExecContext(ctx, cells...); err != nil {
		return err
	}
	roles, _ := u.Roles.Get()
	for _, ref := range roles {
		if !r.known[ref] {
			r.known[ref] = true
			var name any // of a role that did not come, unknown
			if role, ok := model.LookupAs[*shipstream.Role](u.Included(), ref); ok {
				name = role.Name.Or("")
			}
			if _, err := r.role.ExecContext(ctx, ref.Type, ref.ID, name); err != nil {
				return err
			}
		}
		if _, err := r.assignment.ExecContext(ctx, u.ID, ref.Type, ref.ID); err != nil {
			return err
		}
	}
	return nil
}
