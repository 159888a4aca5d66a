package query_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"runtime"
	"strconv"
	"testing"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/paginate"
	"github.com/muster-go/muster/query"
	"github.com/muster-go/muster/query/plan"
)

// entry is a row of a ledger, whose key is a number or a text.
type entry struct{ key model.Value }

func (e *entry) Value(int) model.Value { return e.key }
func (*entry) Len(int) int             { return 0 }
func (*entry) At(int, int) model.Value { return model.Null() }

type ledgerDialect struct{ plan.BaseDialect }

func (ledgerDialect) MaxPageSize() int { return 1000 }

// ledger is a source whose pages name the next one. The first row comes again with the last.
type ledger struct {
	query.BaseSource[entry, *entry]
	rows int64
	last func() // called for the last page
}

func newLedger(t *testing.T, paging plan.Paging, key model.Type, rows int64) *ledger {
	t.Helper()
	schema, err := model.NewSchema("entries", model.Field{Name: "id", Type: key, Collation: model.Binary, Returned: model.ReturnedAlways})
	if err != nil {
		t.Fatal(err)
	}
	return &ledger{query.NewBaseSource[entry](schema, plan.Capabilities{Paging: paging}, ledgerDialect{}), rows, func() {}}
}

func (l *ledger) entry(n int64) entry {
	if l.Schema().Field(0).Type == model.TypeString {
		return entry{model.String(fmt.Sprintf("entry-%027d", n))}
	}
	return entry{model.Int(n * 7919)}
}

func (l *ledger) Fetch(plan.Scan) paginate.Fetch[entry] {
	return func(_ context.Context, r paginate.Request) (*paginate.Page[entry], error) {
		at, _ := strconv.ParseInt(r.Token, 10, 64) // "" is 0
		p := &paginate.Page[entry]{Count: -1}
		for n := at; n < min(at+int64(r.Limit), l.rows); n++ {
			p.Rows = append(p.Rows, l.entry(n))
		}
		if at += int64(len(p.Rows)); at < l.rows {
			p.NextToken = strconv.FormatInt(at, 10)
			return p, nil
		}
		l.last()
		p.Rows = append(p.Rows, l.entry(0))
		return p, nil
	}
}

// counter is a sink that counts rows; with keys it reads them back.
type counter struct {
	rows       int
	checkpoint []byte
	keys       bool
}

func (s *counter) Resume(context.Context) ([]byte, error)      { return s.checkpoint, nil }
func (s *counter) Write(_ context.Context, rows []entry) error { s.rows += len(rows); return nil }

func (s *counter) Commit(_ context.Context, c []byte) error                         { s.checkpoint = c; return nil }
func (s *counter) Close() error                                                     { return nil }
func (s *counter) none(func(model.Value, error) bool)                               {}
func (s *counter) read(context.Context, *model.Field) iter.Seq2[model.Value, error] { return s.none }

func (s *counter) SinkCapabilities() (c query.SinkCapabilities) {
	if s.keys {
		c.Keys = s.read
	}
	return c
}

// TestBytesOfKeys: a run keeps at most 16 bytes a row for the keys of its rows, whatever
// names the next page. So does an export whose sink reads them back. With another sink the
// checkpoint carries a bounded number of them besides.
func TestBytesOfKeys(t *testing.T) {
	rows, carried := int64(300_000), 100_000
	for _, paging := range []plan.Paging{plan.PagingToken, plan.PagingOffset, plan.PagingLink} {
		for key, size := range map[model.Type]int{model.TypeInt: 8, model.TypeString: 16 + 48} { // a header, and 33 bytes in a class of 48
			for name, test := range map[string]struct {
				run  func(src *ledger) (int, error)
				most int
			}{
				"no sink": {func(src *ledger) (n int, err error) {
					run, err := query.Run(t.Context(), src, "")
					if err != nil {
						return 0, err
					}
					for _, err := range run.All() {
						if err != nil {
							return n, err
						}
						n++
					}
					return n, nil
				}, 0},
				"keys": {func(src *ledger) (int, error) {
					to := &counter{keys: true}
					_, err := query.Export(t.Context(), src, "", query.Sink[entry](to))
					return to.rows, err
				}, 0},
				"no keys": {func(src *ledger) (int, error) {
					to := new(counter)
					_, err := query.Export(t.Context(), src, "", query.Sink[entry](to))
					return to.rows, err
				}, 2*carried*size + 4<<20}, // slices grow by a quarter; and the text of a checkpoint
			} {
				src, held := newLedger(t, paging, key, rows), 0
				before := heapBytes()
				src.last = func() { held = heapBytes() - before }
				n, err := test.run(src)
				if err != nil || int64(n) != rows {
					t.Fatalf("%v, %v, %s: %d rows, %v", paging, key, name, n, err)
				}
				const page = 1 << 20 // what is on its way
				if most := 16*int(rows) + test.most + page; held > most {
					t.Errorf("%v, %v, %s: %.1f bytes a row, at most %.1f", paging, key, name, float64(held)/float64(rows), float64(most)/float64(rows))
				}
			}
		}
	}
}

func heapBytes() int {
	runtime.GC() //nolint:revive // what is still held is the figure
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int(m.HeapAlloc)
}

// TestResumeWithoutKeys: a row of the first page that comes again with the last is dropped
// after a resume, as long as the checkpoint carries the keys. If it does not, the run
// says that the row may come twice; with the keys of its rows it does not come.
func TestResumeWithoutKeys(t *testing.T) {
	for _, paging := range []plan.Paging{plan.PagingToken, plan.PagingOffset, plan.PagingLink} {
		for _, key := range []model.Type{model.TypeInt, model.TypeString} {
			for _, test := range []struct {
				rows    int64
				kept    bool
				repeats int64
			}{{5_000, false, 0}, {103_000, false, 1}, {103_000, true, 0}} {
				src := newLedger(t, paging, key, test.rows)
				from, before := untilLastPage(t, src)
				if test.kept {
					from.Kept = func(yield func(model.Value, error) bool) {
						for n := int64(0); n < before && yield(src.entry(n).key, nil); n++ { //nolint:revive // it yields
						}
					}
				}
				rows, err := query.Resume(t.Context(), src, from)
				if err != nil {
					t.Fatal(err)
				}
				after := before
				for _, err := range rows.All() {
					if err != nil {
						t.Fatal(err)
					}
					after++
				}
				s := rows.Stats()
				if want := test.repeats > 0; s.MayRepeat != want || (len(s.Warnings) > 0) != want || after != test.rows+test.repeats {
					t.Errorf("%v, %v, %+v: %d rows, %+v", paging, key, test, after, s)
				}
			}
		}
	}
}

// TestExportMayRepeat: an export whose sink cannot read keys back says so after a resume, as
// soon as the checkpoint does not carry all of them; one of any style.
func TestExportMayRepeat(t *testing.T) {
	for _, paging := range []plan.Paging{plan.PagingToken, plan.PagingOffset, plan.PagingLink} {
		for _, test := range []struct {
			requests int64
			keys     bool
			want     bool
		}{{100, false, false}, {101, false, true}, {101, true, false}} {
			src, to := newLedger(t, paging, model.TypeInt, 103_000), &counter{keys: test.keys}
			stats, err := query.Export(t.Context(), src, "", query.Sink[entry](to), query.MaxRequests(test.requests))
			if !errors.Is(err, query.ErrLimit) || stats.MayRepeat {
				t.Fatalf("%v, %+v: %+v, %v", paging, test, stats, err)
			}
			stats, err = query.Export(t.Context(), src, "", query.Sink[entry](to))
			if err != nil || stats.MayRepeat != test.want || stats.Run.MayRepeat != test.want || !stats.Whole {
				t.Errorf("%v, %+v: %+v, %v", paging, test, stats, err)
			}
		}
	}
}

// untilLastPage runs up to the last page and returns the checkpoint, through JSON, and the
// rows before it.
func untilLastPage(t *testing.T, src *ledger) (*query.Checkpoint, int64) {
	t.Helper()
	rows, err := query.Run(t.Context(), src, "")
	if err != nil {
		t.Fatal(err)
	}
	for batch, err := range rows.Resumable() {
		if err != nil {
			t.Fatal(err)
		}
		if batch.Left.Rows < src.rows-1000 {
			continue
		}
		text, err := json.Marshal(batch.Left)
		if err != nil {
			t.Fatal(err)
		}
		from, err := query.ReadCheckpoint(src, text)
		if err != nil {
			t.Fatal(err)
		}
		return from, from.Rows
	}
	t.Fatal("the run ended early")
	return nil, 0
}
