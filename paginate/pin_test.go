package paginate_test

import (
	"slices"
	"testing"

	"github.com/muster-go/muster/paginate"
	"github.com/muster-go/muster/paginate/paginatetest"
)

// TestPinRace: rows are born while the first round is in flight. The source
// answered the page from the top before the births, but a page of the wave that
// was answered after them is completed first. What it let go stays in the run,
// which is pinned there; what was born between is read, what is born above is
// not.
func TestPinRace(t *testing.T) {
	src := paginatetest.NewSource(paginatetest.Dense(30, 0)...)
	m, err := paginate.NewMachine(paginate.MachineOptions{Strategy: paginate.StrategyGaps, PageSize: 10, Wave: true})
	if err != nil {
		t.Fatal(err)
	}
	ask := func() paginate.Claim {
		t.Helper()
		claim, ok := m.Next(4)
		if !ok {
			t.Fatalf("nothing to ask; gaps %v", m.Gaps())
		}
		return claim
	}
	answer := func(c paginate.Claim) paginate.Answer {
		t.Helper()
		page, err := src.Fetch(t.Context(), c.Request)
		if err != nil {
			t.Fatal(err)
		}
		return paginate.Answer{IDs: page.Rows, HasMore: page.HasMore, Next: page.Next, Count: page.Count}
	}
	var got []int64
	complete := func(c paginate.Claim, a paginate.Answer) {
		t.Helper()
		pieces, err := m.Complete(c.ID, a)
		if err != nil {
			t.Fatal(err)
		}
		for _, piece := range pieces {
			s := piece.Rows
			got = append(got, a.IDs[s.Start:s.End]...)
		}
	}

	top, bottom, wave21, wave41 := ask(), ask(), ask(), ask()
	if wave21.Request.From != 21 || wave41.Request.From != 41 {
		t.Fatalf("the wave asks %v and %v", wave21.Request, wave41.Request)
	}
	before := answer(top)
	for id := int64(31); id <= 60; id++ { // born
		src.Insert(id)
	}
	complete(wave41, answer(wave41)) // 41 to 50
	for id := int64(61); id <= 70; id++ {
		src.Insert(id) // born too late: above the pin
	}
	complete(top, before) // 21 to 30
	if pin := m.Stats().Pin; pin != 50 {
		t.Errorf("pinned at %d, want 50", pin)
	}
	complete(bottom, answer(bottom))
	complete(wave21, answer(wave21))
	for !m.Done() {
		c := ask()
		complete(c, answer(c))
	}
	if slices.Sort(got); !slices.Equal(got, paginatetest.Dense(50, 0)) {
		t.Errorf("got %v, want 1 to 50", got)
	}
}

// TestBornAfterThePin: rows that are born after the first answer from the top
// are not delivered by the strategies that pin.
func TestBornAfterThePin(t *testing.T) {
	for _, b := range builds() {
		if b.order == paginate.Ascending {
			continue // it follows the rows as they are born, and says so
		}
		t.Run(b.name, func(t *testing.T) {
			src := paginatetest.NewSource(paginatetest.Dense(100, 0)...)
			scan := src.Scan()
			scan.PageSize, scan.Order = 10, b.order
			run := b.make(scan)
			var got []int64
			for batch, err := range run.Pages(t.Context()) {
				if err != nil {
					t.Fatal(err)
				}
				got = append(got, batch...)
				if run.Stats().Pin != 0 {
					src.Insert(100 + int64(len(got)))
				}
			}
			if slices.Sort(got); !slices.Equal(got, paginatetest.Dense(100, 0)) {
				t.Errorf("got %v, want 1 to 100", got)
			}
		})
	}
}
