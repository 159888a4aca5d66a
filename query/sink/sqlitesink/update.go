package sqlitesink

import (
	"context"
	"fmt"

	"github.com/muster-go/muster/query"
	"github.com/muster-go/muster/query/sink"
	"github.com/muster-go/muster/query/sink/internal/replace"
)

// updatePrefix begins the names of the tables that rows go to while a complete export is
// brought up to date.
const updatePrefix = "muster_new_"

// into returns the table that rows of a table are written to.
func (s *Sink[T]) into(table string) string {
	if s.updating {
		return updatePrefix + table
	}
	return table
}

// update starts to bring a complete export up to date, or resumes it.
func (s *Sink[T]) update(ctx context.Context) (checkpoint []byte, err error) {
	s.updating = true
	switch {
	case s.was.keyType != s.key.typ && !s.options.Replace:
		return nil, &sink.ReplaceError{Path: s.path, Differences: []query.Difference{{Name: "type of " + s.key.name, Stored: s.was.keyType, Asked: s.key.typ}}}
	case s.was.news != nil && s.options.Mode == sink.ModeNew:
		return nil, &sink.LeftoverError{Path: s.path, Resumable: s.was.checkpoint != nil}
	case s.was.news != nil && s.options.Mode == sink.ModeResume && s.was.checkpoint != nil:
		if err := s.sameTables(s.was.news); err != nil {
			return nil, err
		}
		s.kept = true
		s.rows, err = s.count(ctx, "SELECT count(*) FROM "+quote(s.into(s.table)))
		return s.was.checkpoint, err
	}
	return nil, s.exec(ctx, append(append(s.dropUpdate(), "UPDATE muster_export SET checkpoint = NULL"), s.startUpdate()...)...)
}

// startUpdate returns the statements that make the tables of an update.
func (s *Sink[T]) startUpdate() []string {
	statements := s.create()
	for _, r := range s.relations {
		if r.seed != "" && s.sameColumns() {
			statements = append(statements, "INSERT INTO "+quote(s.into(r.seed))+" SELECT * FROM "+quote(r.seed))
		}
	}
	return statements
}

// dropUpdate returns the statements that remove the tables of an update: of this one, and
// of an earlier one that another query may have begun.
func (s *Sink[T]) dropUpdate() (statements []string) {
	for _, t := range s.all() {
		statements = append(statements, "DROP TABLE IF EXISTS "+quote(updatePrefix+t.name))
	}
	for _, name := range s.was.news {
		statements = append(statements, "DROP TABLE IF EXISTS "+quote(name))
	}
	return statements
}

// sameColumns reports whether the complete export has the columns of this one.
func (s *Sink[T]) sameColumns() bool {
	return s.was.columns == s.columnList() && s.was.keyType == s.key.typ
}

// adopt makes an update by an earlier build, which wrote in place, one of this build.
func (s *Sink[T]) adopt(ctx context.Context) error {
	s.updating = true
	statements := append(s.startUpdate(), "INSERT INTO "+quote(s.into(s.table))+" SELECT * FROM "+quote(s.table)+" WHERE "+quote(s.key.name)+" IN (SELECT id FROM muster_seen)")
	for _, r := range s.relations {
		statements = append(statements, "INSERT INTO "+quote(s.into(r.table))+" SELECT * FROM "+quote(r.table)+" WHERE "+quote(r.column)+" IN (SELECT id FROM muster_seen)")
	}
	return s.exec(ctx, append(statements, "DROP TABLE muster_seen")...)
}

// describe takes the identity of this export, and refuses to replace another one.
func (s *Sink[T]) describe(_ context.Context, identity map[string]string) error {
	s.identity = identity
	if !s.updating {
		return nil
	}
	different := replace.Differences(s.was.identity, identity)
	if len(different) == 0 && !s.sameColumns() {
		different = append(different, s.columnsDiffer())
	}
	if s.other = len(different) > 0; s.other && !s.options.Replace {
		return &sink.ReplaceError{Path: s.path, Differences: different}
	}
	return nil
}

func (s *Sink[T]) columnsDiffer() query.Difference {
	return query.Difference{Name: "columns", Stored: s.was.columns, Asked: s.columnList()}
}

// merge moves the rows of an update into the tables of the complete export.
func (s *Sink[T]) merge(ctx context.Context) error {
	key, rows, update := quote(s.key.name), quote(s.table), quote(s.into(s.table))
	total, err := s.count(ctx, "SELECT count(*) FROM "+rows)
	if err != nil {
		return err
	}
	if s.rows, err = s.count(ctx, "SELECT count(*) FROM "+update); err != nil {
		return err
	}
	switch {
	case s.sameColumns() && !s.other: // another query may have other tables of lists
	case !s.options.Replace: // nobody called Describe
		return &sink.ReplaceError{Path: s.path, Differences: []query.Difference{s.columnsDiffer()}}
	default:
		return s.swap(ctx, total)
	}
	gone, err := s.count(ctx, "SELECT count(*) FROM "+rows+" WHERE "+key+" NOT IN (SELECT "+key+" FROM "+update+")")
	if err != nil {
		return err
	}
	if err := s.refuse(ctx, gone, total); err != nil {
		return err
	}
	columns := quoted(rowsTable(s.table, s.key, s.columns).columns)
	statements := []string{
		"DELETE FROM " + rows + " WHERE " + key + " NOT IN (SELECT " + key + " FROM " + update + ")",
		"INSERT INTO " + rows + " (" + columns + ") SELECT " + columns + " FROM " + update + " WHERE true" + onConflict(s.key.name, s.columns),
	}
	for _, r := range s.relations {
		for _, t := range r.tables {
			columns := quoted(t.columns)
			// An earlier build made no tables for some lists.
			statements = append(statements, "CREATE TABLE IF NOT EXISTS "+quote(t.name)+" "+t.definition, "DELETE FROM "+quote(t.name),
				"INSERT OR IGNORE INTO "+quote(t.name)+" ("+columns+") SELECT "+columns+" FROM "+quote(s.into(t.name)))
		}
		statements = append(statements, r.tidy...)
	}
	return s.exec(ctx, append(statements, s.dropUpdate()...)...)
}

// swap replaces the tables of the complete export, which have other columns. Those of its
// lists that this export does not have are removed.
func (s *Sink[T]) swap(ctx context.Context, total int64) error {
	if err := s.refuse(ctx, max(0, total-s.rows), total); err != nil {
		return err
	}
	statements := s.dropOthers()
	for _, t := range s.all() {
		statements = append(statements, "DROP TABLE IF EXISTS "+quote(t.name), "ALTER TABLE "+quote(s.into(t.name))+" RENAME TO "+quote(t.name))
	}
	if err := s.exec(ctx, statements...); err != nil {
		return err
	}
	return s.index(ctx, true)
}

// refuse drops an update that would remove many rows, and fails then.
func (s *Sink[T]) refuse(ctx context.Context, gone, total int64) error {
	if s.options.AcceptDeletes || s.other || !replace.Many(gone, total) {
		return nil
	}
	_, err := s.conn.ExecContext(ctx, "ROLLBACK")
	s.inTx = false
	if err == nil {
		err = s.exec(ctx, append(s.dropUpdate(), "UPDATE muster_export SET checkpoint = NULL")...)
	}
	if err == nil {
		_, err = s.conn.ExecContext(ctx, "COMMIT")
		s.inTx = err != nil
	}
	if err != nil {
		return fmt.Errorf("dropping an update that would remove %d rows: %w", gone, err)
	}
	return &sink.ReplaceError{Path: s.path, Removed: gone, Rows: total}
}

// count returns the number that a statement selects.
func (s *Sink[T]) count(ctx context.Context, statement string) (n int64, err error) {
	err = s.conn.QueryRowContext(ctx, statement).Scan(&n)
	return n, err
}
