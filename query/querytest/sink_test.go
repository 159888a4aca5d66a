package querytest_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query"
	"github.com/muster-go/muster/query/querytest"
	"github.com/muster-go/muster/query/shipstream"
)

// exported are the fields of the exports under test.
func exported() []*model.Field {
	id, _ := shipstream.UserSchema().Lookup("id")
	name, _ := shipstream.UserSchema().Lookup("name")
	return []*model.Field{id, name}
}

// people are users with nulls and with empty texts.
func people() []shipstream.User {
	users := make([]shipstream.User, 32)
	for i := range users {
		users[i] = shipstream.User{ID: int64(3 + 5*i), Name: model.Some(strings.Repeat("n", i%4))}
		if i%5 == 0 {
			users[i].Name = model.NullOpt[string]()
		}
	}
	return users
}

func record(u *shipstream.User) model.Record { return u }

// TestWrongSinks: what breaks a promise is caught, and the message says which.
func TestWrongSinks(t *testing.T) {
	for name, test := range map[string]struct {
		wrong func(*journal) query.Sink[shipstream.User]
		want  string
	}{
		"right":     {func(j *journal) query.Sink[shipstream.User] { return j }, ""},
		"hasty":     {func(j *journal) query.Sink[shipstream.User] { return &hasty{journal: j} }, "exactly once: 4 rows of 32 are missing"},
		"sloppy":    {func(j *journal) query.Sink[shipstream.User] { j.keepsAll = true; return j }, "exactly once: 36 rows where 32 were written"},
		"amnesiac":  {func(j *journal) query.Sink[shipstream.User] { return amnesiac{j} }, "durability: 4 rows were committed with a checkpoint, and Resume returns none"},
		"vague":     {func(j *journal) query.Sink[shipstream.User] { return vague{j} }, "values: 7 rows are none that were written, nulls counted"},
		"keeper":    {func(j *journal) query.Sink[shipstream.User] { return &keeper{journal: j} }, "rows that the caller uses again after Write, which are lent until it returns: "},
		"eager":     {func(j *journal) query.Sink[shipstream.User] { j.part = j.path; return j }, "commit: the output is whole, with 32 rows, before the commit that makes it so"},
		"shuffled":  {func(j *journal) query.Sink[shipstream.User] { return shuffled{j} }, "order: the rows do not stand in the order in which they were written"},
		"touchy":    {func(j *journal) query.Sink[shipstream.User] { return touchy{j} }, "cancellation: Write under a cancelled context returned I am hurt"},
		"fragile":   {func(j *journal) query.Sink[shipstream.User] { return fragile{j} }, "close: before Resume, as after a failure by the Close that an owner defers: the sink panicked: "},
		"tidy":      {func(j *journal) query.Sink[shipstream.User] { return &tidy{journal: j} }, "close: after a sink that was closed before Resume: durability: 4 rows were committed with a checkpoint, and Resume returns none"},
		"wiping":    {func(j *journal) query.Sink[shipstream.User] { return wiping{j} }, "a whole output, after a sink that was closed there without a commit: reading what it left: "},
		"adding":    {func(j *journal) query.Sink[shipstream.User] { return adding{renewing{j}} }, "a new export, of fewer rows, where the output was whole: exactly once: "},
		"backward":  {func(j *journal) query.Sink[shipstream.User] { return backward{j} }, "durability: the output is whole with 32 rows, and Resume returns the checkpoint of 8"},
		"renewing":  {func(j *journal) query.Sink[shipstream.User] { return renewing{j} }, ""},
		"silent":    {func(j *journal) query.Sink[shipstream.User] { return silent{j} }, ", once, and the sink reported no error: durability: 16 rows were committed with a checkpoint, and Resume returns none"},
		"content":   {func(j *journal) query.Sink[shipstream.User] { return content{j} }, "and the sink reported no error: durability: the last commit returned nil, and the output is not whole: "},
		"careless":  {func(j *journal) query.Sink[shipstream.User] { return careless{j} }, "and the sink reported no error: durability: the last commit returned nil, and the output is not whole: "},
		"blind":     {func(j *journal) query.Sink[shipstream.User] { return blind{j} }, "and the sink reported no error: durability: 16 rows were committed with a checkpoint, and Resume returns none"},
		"two steps": {func(j *journal) query.Sink[shipstream.User] { return &twoSteps{journal: j} }, `"write rows", once, and the sink reported "committing 8 rows: write rows: the test has the storage fail": an export that was resumed when it works again: exactly once: 8 rows of 32 are missing`},
		"copying":   {func(j *journal) query.Sink[shipstream.User] { return copying{j} }, ": in an output that is whole: exactly once: 32 rows of 32 are missing"},
		"hurried":   {func(j *journal) query.Sink[shipstream.User] { return &hurried{journal: j} }, ": commit: the output is whole, with 8 rows, before the commit that makes it so"},
		"shaken":    {func(j *journal) query.Sink[shipstream.User] { return shaken{j} }, ", once, and the sink reported no error: the sink panicked: no disk"},
		"forgetful": {func(j *journal) query.Sink[shipstream.User] { return forgetful{j, 0} }, ", the key of a committed row, is not read back"},
		"confused":  {func(j *journal) query.Sink[shipstream.User] { return forgetful{j, 7777} }, "keys: 7777 is read back, which is not the key of a committed row"},
		"stuck":     {func(j *journal) query.Sink[shipstream.User] { return stuck{j} }, ": when it works again: resuming: somebody commits"},
	} {
		t.Run(name, func(t *testing.T) {
			err := testJournal(t, test.wrong)
			if (err == nil) != (test.want == "") || err != nil && !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v\nwant %q in it", err, test.want)
			}
		})
	}
}

// TestLeakySink: a goroutine that a sink leaves behind is found.
func TestLeakySink(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		err := testJournal(t, func(j *journal) query.Sink[shipstream.User] {
			go func() { <-t.Context().Done() }()
			return j
		})
		if want := "outlive the calls that started them, in github.com/muster-go/muster/query/querytest_test.TestLeakySink"; err == nil || !strings.Contains(err.Error(), "goroutines: ") || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v\nwant %q in it", err, want)
		}
	})
}

func testJournal(t *testing.T, wrong func(*journal) query.Sink[shipstream.User]) error {
	t.Helper()
	open := func(place string, fail disk) query.Sink[shipstream.User] {
		j := newJournal(filepath.Join(place, "x"))
		j.disk = fail
		return wrong(j)
	}
	return querytest.TestSink(t.Context(), querytest.SinkTest[shipstream.User]{
		Rows: people(), Record: record, Fields: exported(), Key: exported()[0],
		Open: func(place string) (query.Sink[shipstream.User], error) {
			return open(place, func(string) error { return nil }), nil
		},
		Read: func(place string) ([][]model.Value, error) { return readJournal(filepath.Join(place, "x")) },
		Failing: func(place string, fail func(string) error) (query.Sink[shipstream.User], error) {
			return open(place, fail), nil
		},
	})
}

// TestUnusableSinkTest: what the test itself lacks is told before anything is written.
func TestUnusableSinkTest(t *testing.T) {
	for name, test := range map[string]struct {
		spoil func(*querytest.SinkTest[shipstream.User])
		want  string
	}{
		"all":   {func(s *querytest.SinkTest[shipstream.User]) { *s = querytest.SinkTest[shipstream.User]{} }, "SinkTest lacks Open, Read, Rows, Record, Fields; "},
		"Open":  {func(s *querytest.SinkTest[shipstream.User]) { s.Open = nil }, "SinkTest lacks Open; "},
		"few":   {func(s *querytest.SinkTest[shipstream.User]) { s.Rows = s.Rows[:5] }, "SinkTest.Rows: 5 rows are too few to test with; 12 will do"},
		"alike": {func(s *querytest.SinkTest[shipstream.User]) { s.Rows[7] = s.Rows[3] }, "SinkTest.Rows: rows 3 and 7 are alike in Fields"},
		"nil": {func(s *querytest.SinkTest[shipstream.User]) {
			s.Open = func(string) (query.Sink[shipstream.User], error) { return nil, nil } //nolint:nilnil // the fault
		}, "opening a sink: it is nil, and so is the error"},
		"deaf": {func(s *querytest.SinkTest[shipstream.User]) {
			s.Failing = func(place string, _ func(string) error) (query.Sink[shipstream.User], error) { return s.Open(place) }
		}, "faults: the storage of SinkTest.Failing never asks whether it fails"},
	} {
		t.Run(name, func(t *testing.T) {
			right := querytest.SinkTest[shipstream.User]{
				Rows: people(), Record: record, Fields: exported(),
				Open: func(place string) (query.Sink[shipstream.User], error) {
					return newJournal(filepath.Join(place, "x")), nil
				},
				Read: func(place string) ([][]model.Value, error) { return readJournal(filepath.Join(place, "x")) },
			}
			test.spoil(&right)
			if err := querytest.TestSink(t.Context(), right); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v\nwant %q in it", err, test.want)
			}
		})
	}
}

// hasty makes the checkpoint durable before the rows.
type hasty struct {
	*journal

	rows []shipstream.User
}

func (h *hasty) Write(_ context.Context, rows []shipstream.User) error {
	h.rows = append(h.rows, rows...)
	return nil
}

func (h *hasty) Commit(ctx context.Context, checkpoint []byte) error {
	if err := h.journal.Commit(ctx, checkpoint); err != nil || checkpoint == nil {
		return err
	}
	err := h.journal.Write(ctx, h.rows)
	h.rows = nil
	return err
}

// amnesiac forgets its checkpoint.
type amnesiac struct{ *journal }

func (a amnesiac) Resume(ctx context.Context) ([]byte, error) {
	_, err := a.journal.Resume(ctx)
	return nil, err
}

// vague takes null for an empty text.
type vague struct{ *journal }

func (v vague) Write(ctx context.Context, rows []shipstream.User) error {
	for i := range rows {
		rows[i].Name = model.Some(rows[i].Name.Or(""))
	}
	return v.journal.Write(ctx, rows)
}

// keeper keeps the rows that it was lent.
type keeper struct {
	*journal

	kept [][]shipstream.User
}

func (k *keeper) Write(_ context.Context, rows []shipstream.User) error {
	k.kept = append(k.kept, rows)
	return nil
}

func (k *keeper) Commit(ctx context.Context, checkpoint []byte) error {
	for _, rows := range k.kept {
		if err := k.journal.Write(ctx, rows); err != nil {
			return err
		}
	}
	k.kept = nil
	return k.journal.Commit(ctx, checkpoint)
}

// shuffled writes rows backwards.
type shuffled struct{ *journal }

func (s shuffled) Write(ctx context.Context, rows []shipstream.User) error {
	slices.Reverse(rows)
	return s.journal.Write(ctx, rows)
}

// touchy has an error of its own for a context that has ended.
type touchy struct{ *journal }

func (s touchy) Write(ctx context.Context, rows []shipstream.User) error {
	if ctx.Err() != nil {
		return errors.New("I am hurt")
	}
	return s.journal.Write(ctx, rows)
}

// fragile cannot be closed before Resume.
type fragile struct{ *journal }

func (f fragile) Close() error { return errors.Join(f.lines.Flush(), f.journal.Close()) }

// tidy drops an export to which it has committed nothing, even if another sink has.
type tidy struct {
	*journal

	kept bool
}

func (s *tidy) Commit(ctx context.Context, checkpoint []byte) error {
	s.kept = true
	return s.journal.Commit(ctx, checkpoint)
}

func (s *tidy) Close() error {
	err := s.journal.Close()
	if !s.kept {
		err = errors.Join(err, os.RemoveAll(s.part))
	}
	return err
}

// wiping begins a new export by dropping the one before.
type wiping struct{ *journal }

func (w wiping) Resume(ctx context.Context) ([]byte, error) {
	if err := os.RemoveAll(w.path); err != nil {
		return nil, err
	}
	return w.journal.Resume(ctx)
}

// renewing begins a new export where one is whole, as a sink may.
type renewing struct{ *journal }

func (r renewing) Resume(ctx context.Context) ([]byte, error) {
	name := r.path
	defer func() { r.path = name }()
	r.path += ".none"
	return r.journal.Resume(ctx)
}

// adding writes the new export behind the one that is whole.
type adding struct{ renewing }

func (a adding) Resume(ctx context.Context) ([]byte, error) {
	checkpoint, err := a.renewing.Resume(ctx)
	if err != nil || checkpoint != nil {
		return checkpoint, err
	}
	text, _ := os.ReadFile(a.path) // there may be none
	for line := range bytes.Lines(text) {
		if line[0] != '#' {
			_, err = a.lines.Write(line)
		}
	}
	return nil, err
}

// backward returns an early checkpoint of an output that is whole.
type backward struct{ *journal }

func (b backward) Resume(ctx context.Context) ([]byte, error) {
	checkpoint, err := b.journal.Resume(ctx)
	if b.file.File == nil && err == nil {
		checkpoint = []byte(`{"rows":8}`)
	}
	return checkpoint, err
}

// silent says nothing of what fails in a commit.
type silent struct{ *journal }

func (s silent) Write(ctx context.Context, rows []shipstream.User) error {
	_ = s.journal.Write(ctx, rows)
	return nil
}

func (s silent) Commit(ctx context.Context, checkpoint []byte) error {
	_ = s.journal.Commit(ctx, checkpoint)
	return nil
}

// content says nothing of what fails in the last commit.
type content struct{ *journal }

func (c content) Commit(ctx context.Context, checkpoint []byte) error {
	if err := c.journal.Commit(ctx, checkpoint); checkpoint != nil {
		return err
	}
	return nil
}

// careless does not listen to what a sync says.
type careless struct{ *journal }

func (c careless) Commit(ctx context.Context, checkpoint []byte) error {
	if checkpoint == nil {
		return c.journal.Commit(ctx, nil)
	}
	if _, err := fmt.Fprintf(c.lines, "#%s\n", checkpoint); err != nil {
		return err
	}
	err := c.lines.Flush()
	_ = c.file.Sync()
	return err
}

// blind takes what it cannot read for what is not there.
type blind struct{ *journal }

func (b blind) Resume(ctx context.Context) ([]byte, error) {
	checkpoint, err := b.journal.Resume(ctx)
	if err == nil {
		return checkpoint, nil
	}
	return nil, errors.Join(b.journal.Close(), os.RemoveAll(b.part))
}

// twoSteps makes the checkpoint durable and then, in the same commit, the rows.
type twoSteps struct {
	*journal

	rows []shipstream.User
}

func (s *twoSteps) Resume(ctx context.Context) ([]byte, error) {
	s.keepsAll = true
	if _, err := s.journal.Resume(ctx); err != nil {
		return nil, err
	}
	checkpoint, _ := os.ReadFile(s.path + ".state") // there may be none
	return checkpoint, nil
}

func (s *twoSteps) Write(_ context.Context, rows []shipstream.User) error {
	s.rows = append(s.rows, rows...)
	return nil
}

func (s *twoSteps) Commit(ctx context.Context, checkpoint []byte) error {
	if checkpoint == nil {
		return s.journal.Commit(ctx, nil)
	}
	if err := os.WriteFile(s.path+".state", checkpoint, 0o600); err != nil {
		return err
	}
	if err := s.disk("write rows"); err != nil {
		return err
	}
	err := s.journal.Write(ctx, s.rows)
	s.rows = nil
	return err
}

// copying copies what it wrote to the name that only whole files have.
type copying struct{ *journal }

func (c copying) Commit(ctx context.Context, checkpoint []byte) error {
	if checkpoint != nil || c.file.File == nil {
		return c.journal.Commit(ctx, checkpoint)
	}
	to, err := os.Create(c.path)
	if err != nil {
		return err
	}
	if err := c.disk("copy"); err != nil {
		return errors.Join(err, to.Close())
	}
	text, err := os.ReadFile(c.part)
	if err == nil {
		_, err = to.Write(text)
	}
	return errors.Join(err, to.Close(), os.Remove(c.part), c.journal.Close())
}

// hurried gives its file the name when it is closed after a failure.
type hurried struct {
	*journal

	failed bool
}

func (h *hurried) Commit(ctx context.Context, checkpoint []byte) error {
	err := h.journal.Commit(ctx, checkpoint)
	h.failed = err != nil
	return err
}

func (h *hurried) Close() error {
	err := h.journal.Close()
	if h.failed {
		err = errors.Join(err, os.Rename(h.part, h.path))
	}
	return err
}

// shaken panics where a commit fails.
type shaken struct{ *journal }

func (s shaken) Commit(ctx context.Context, checkpoint []byte) error {
	if s.journal.Commit(ctx, checkpoint) != nil {
		panic("no disk")
	}
	return nil
}

// stuck takes a commit that failed for one that is still running.
type stuck struct{ *journal }

func (s stuck) Resume(ctx context.Context) ([]byte, error) {
	if _, err := os.Stat(s.path + ".lock"); err == nil {
		return nil, errors.New("somebody commits")
	}
	return s.journal.Resume(ctx)
}

func (s stuck) Commit(ctx context.Context, checkpoint []byte) error {
	if err := os.WriteFile(s.path+".lock", nil, 0o600); err != nil {
		return err
	}
	if err := s.journal.Commit(ctx, checkpoint); err != nil {
		return err
	}
	return os.Remove(s.path + ".lock")
}

// forgetful reads back one key alone, or none.
type forgetful struct {
	*journal

	key int64 // 0 = none
}

func (f forgetful) SinkCapabilities() query.SinkCapabilities {
	return query.SinkCapabilities{Keys: func(context.Context, *model.Field) iter.Seq2[model.Value, error] {
		return func(yield func(model.Value, error) bool) {
			if f.key != 0 {
				yield(model.Int(f.key), nil)
			}
		}
	}}
}
