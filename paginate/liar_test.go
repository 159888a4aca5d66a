package paginate_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/muster-go/muster/paginate"
	"github.com/muster-go/muster/paginate/paginatetest"
)

// lie changes a true answer into a false one.
type lie func(r paginate.Request, p *paginate.Page[int64])

// TestLiars: every strategy names a source that breaks the rules of paging, and delivers
// no row of the answer that it refuses.
func TestLiars(t *testing.T) {
	for _, tt := range []struct {
		name string
		lie  lie
		want string // part of the message
		as   func(error) bool
	}{
		{"ignores the cursor", func(r paginate.Request, p *paginate.Page[int64]) {
			p.Rows = []int64{1, 2}
			if r.Descending {
				p.Rows = []int64{400, 399}
			}
			p.HasMore, p.Next = true, 0
		}, "outside what was asked", as[*paginate.RangeError]},
		{"out of range", func(_ paginate.Request, p *paginate.Page[int64]) {
			p.Rows[len(p.Rows)-1] = 5000
		}, "id 5000 is outside", as[*paginate.RangeError]},
		{"id of zero", func(_ paginate.Request, p *paginate.Page[int64]) {
			p.Rows[0] = 0
		}, "id 0 is outside", as[*paginate.RangeError]},
		{"repeats a row", func(_ paginate.Request, p *paginate.Page[int64]) {
			p.Rows[1] = p.Rows[0]
		}, "out of order or repeated", as[*paginate.OrderError]},
		{"wrong direction", func(_ paginate.Request, p *paginate.Page[int64]) {
			p.Rows[0], p.Rows[1] = p.Rows[1], p.Rows[0]
		}, "out of order or repeated", as[*paginate.OrderError]},
		{"repeats the cursor", func(r paginate.Request, p *paginate.Page[int64]) {
			p.HasMore, p.Next = true, r.From
		}, "the source loops", as[*paginate.CursorError]},
		{"cursor goes back", func(_ paginate.Request, p *paginate.Page[int64]) {
			p.HasMore, p.Next = true, p.Rows[0]
		}, "the source loops", as[*paginate.CursorError]},
		{"empty page repeats the cursor", func(r paginate.Request, p *paginate.Page[int64]) {
			p.Rows, p.HasMore, p.Next = nil, true, r.From
		}, "the source loops", as[*paginate.CursorError]},
		{"no rows, no cursor", func(_ paginate.Request, p *paginate.Page[int64]) {
			p.Rows, p.HasMore, p.Next = nil, true, 0
		}, "no progress", as[*paginate.ProgressError]},
		{"more after the last possible id", func(r paginate.Request, p *paginate.Page[int64]) {
			edge := r.Until
			if !r.Descending {
				edge--
			}
			p.Rows, p.HasMore, p.Next = []int64{edge}, true, 0
		}, "has_more is true, but nothing can follow", as[*paginate.HasMoreError]},
		{"cursor past the far end", func(r paginate.Request, p *paginate.Page[int64]) {
			p.HasMore, p.Next = true, r.Until
			if r.Descending {
				p.Next = r.Until - 1
			}
		}, "has_more is true, but nothing can follow", as[*paginate.HasMoreError]},
		{"no more, yet a next page", func(r paginate.Request, p *paginate.Page[int64]) {
			p.HasMore, p.Next = false, p.Rows[len(p.Rows)-1]+1
			if r.Descending {
				p.Next -= 2
			}
		}, "has_more is false, but there is a cursor", as[*paginate.HasMoreError]},
		{"too many rows", func(r paginate.Request, p *paginate.Page[int64]) {
			p.Rows = nil
			for i := range int64(r.Limit) + 1 {
				p.Rows = append(p.Rows, i+10)
			}
		}, "11 rows came where at most 10", as[*paginate.PageSizeError]},
	} {
		for _, b := range builds() {
			t.Run(tt.name+"/"+b.name, func(t *testing.T) {
				src := paginatetest.NewSource(paginatetest.Dense(400, 0)...)
				src.Answer = func(_ context.Context, r paginate.Request, p *paginate.Page[int64]) error {
					if len(p.Rows) > 2 && (r.From > 5 && r.From < 396) { // the truth at first
						tt.lie(r, p)
					}
					return nil
				}
				scan := src.Scan()
				scan.Order, scan.PageSize, scan.Bounds = b.order, 10, paginate.Bounds{Lo: 2, Hi: 400}
				_, err := collect(b.make(scan))
				var run *paginate.RunError
				switch {
				case err == nil:
					t.Fatal("not noticed")
				case !errors.As(err, &run) || !errors.Is(err, paginate.ErrProtocol) || !tt.as(err):
					t.Fatalf("%T: %v", err, err)
				case !strings.Contains(err.Error(), tt.want):
					t.Fatalf("%q lacks %q", err, tt.want)
				}
			})
		}
	}
}

func as[E error](err error) bool {
	var e E
	return errors.As(err, &e)
}

// TestTolerated: pages that are odd and not wrong.
func TestTolerated(t *testing.T) {
	for name, odd := range map[string]lie{
		"a cursor on the last page that points at it": func(r paginate.Request, p *paginate.Page[int64]) {
			if !p.HasMore {
				p.Next = r.From
			}
		},
		"a cursor on the last page past the far end": func(r paginate.Request, p *paginate.Page[int64]) {
			if !p.HasMore && !r.Descending {
				p.Next = 1 << 40
			}
		},
		"a count that is wrong": func(_ paginate.Request, p *paginate.Page[int64]) { p.Count = 3 },
		"no count":              func(_ paginate.Request, p *paginate.Page[int64]) { p.Count = -1 },
	} {
		for _, b := range builds() {
			t.Run(name+"/"+b.name, func(t *testing.T) {
				src := paginatetest.NewSource(paginatetest.Dense(100, 0)...)
				src.Answer = func(_ context.Context, r paginate.Request, p *paginate.Page[int64]) error {
					odd(r, p)
					return nil
				}
				scan := src.Scan()
				scan.Order, scan.PageSize = b.order, 10
				scan.Bounds = paginate.Bounds{Hi: 101}
				got, err := collect(b.make(scan))
				if err != nil || len(got) != 100 {
					t.Fatalf("%d rows, error %v", len(got), err)
				}
			})
		}
	}
}

// TestErrorText holds the words of a run's error: which ids, and why.
func TestErrorText(t *testing.T) {
	src := paginatetest.NewSource(paginatetest.Dense(30, 0)...)
	broken := errors.New("connection reset")
	src.Answer = func(_ context.Context, r paginate.Request, _ *paginate.Page[int64]) error {
		if r.From == 11 {
			return fmt.Errorf("asking: %w", broken)
		}
		return nil
	}
	scan := src.Scan()
	scan.Order, scan.PageSize, scan.Bounds = paginate.Ascending, 10, paginate.Bounds{Hi: 40}
	got, err := collect(paginate.Serial(scan))
	if want := "paginate: ids [11, 40): asking: connection reset"; err == nil || err.Error() != want {
		t.Errorf("error %v, want %s", err, want)
	}
	if !errors.Is(err, broken) || errors.Is(err, paginate.ErrProtocol) {
		t.Errorf("error %v is not the fetch function's", err)
	}
	if len(got) != 10 {
		t.Errorf("%d rows stay delivered, want 10", len(got))
	}
}
