package machine_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/muster-go/muster/paginate/idset"
	"github.com/muster-go/muster/paginate/internal/machine"
	"github.com/muster-go/muster/paginate/internal/machinetest"
	"github.com/muster-go/muster/paginate/paginatetest"
)

// TestWatermarkRace: rows are born while the first round is in flight. The source answered
// the page from the top before the births, but a page of the wave that was answered after
// them is completed first. The rows that it delivered stay in the run, and the high
// watermark is the highest of them. Rows born below it are read, rows born above it are
// not.
func TestWatermarkRace(t *testing.T) {
	for rows := int64(11); rows <= 40; rows++ {
		for _, wave := range []int64{21, 41} {
			t.Run(fmt.Sprintf("%d rows, wave at %d", rows, wave), func(t *testing.T) { watermarkRace(t, rows, wave) })
		}
	}
}

func watermarkRace(t *testing.T, rows, wave int64) {
	t.Helper()
	src := paginatetest.NewSource(paginatetest.Dense(int(rows), 0)...)
	m := machine.New(machine.Options{Strategy: machine.SplitRanges, PageSize: 10, SpeculativeWave: true})
	ask := func() machine.Lease {
		t.Helper()
		lease, ok := m.Next(4)
		if !ok {
			t.Fatalf("nothing to ask; unread %v", m.Unread(nil))
		}
		return lease
	}
	var got []int64
	complete := func(l machine.Lease, a machine.Answer) {
		t.Helper()
		segments, violation := m.Complete(l.ID, a)
		if violation != nil {
			t.Fatalf("%+v", violation)
		}
		for _, s := range segments {
			got = append(got, a.IDs[s.Start:s.End]...)
		}
	}

	top, bottom, last := ask(), ask(), ask()
	for last.Request.IDs.Lo < wave {
		last = ask()
	}
	if !top.Request.Descending || !top.Request.Count || bottom.Request.IDs.Lo != 1 || last.Request.IDs.Lo != wave {
		t.Fatalf("asked %+v, %+v and %+v", top, bottom, last)
	}
	before := machinetest.Ask(src, top.Request)
	for id := rows + 1; id <= 60; id++ { // born
		src.Insert(id)
	}
	complete(last, machinetest.Ask(src, last.Request)) // from wave to wave+9
	for id := int64(61); id <= 70; id++ {
		src.Insert(id) // born too late: above the high watermark
	}
	complete(top, before) // from rows-9 to rows
	mark := max(rows, wave+9)
	if at := m.Stats().HighWatermark; at != mark {
		t.Errorf("the high watermark is %d, want %d", at, mark)
	}
	read := idset.Of(idset.Between(rows-9, rows), idset.Between(wave, wave+9), idset.Range{Lo: mark + 1})
	if left := idset.Of(m.Unread(nil)...); !slices.Equal(left, read.Complement()) {
		t.Errorf("unread after the page from the top: %v, want %v", left, read.Complement())
	}
	complete(bottom, machinetest.Ask(src, bottom.Request))
	for !m.Done() {
		m.ReleaseAll()
		l := ask()
		complete(l, machinetest.Ask(src, l.Request))
	}
	if slices.Sort(got); !slices.Equal(got, paginatetest.Dense(int(mark), 0)) {
		t.Errorf("got %v, want 1 to %d", got, mark)
	}
}

// TestWave: the pages of the wave start at whole, doubling numbers of pages, up to 2^14 of
// them or to the end of the bounds, and none starts once a page was answered.
func TestWave(t *testing.T) {
	for _, tt := range []struct {
		bounds idset.Range
		pages  int
	}{{idset.Range{}, 14}, {idset.Range{Lo: 301}, 14}, {idset.Range{Hi: 1 + 10<<5}, 4}, {idset.Range{Hi: 2 + 10<<5}, 5}} {
		m := machine.New(machine.Options{Strategy: machine.SplitRanges, Bounds: tt.bounds, PageSize: 10, SpeculativeWave: true})
		var starts, want []int64
		for l, ok := m.Next(99); ok; l, ok = m.Next(99) {
			starts = append(starts, l.Request.IDs.Lo)
		}
		lo := max(tt.bounds.Lo, 1)
		want = append(want, lo, lo) // the probes
		for k := 1; k <= tt.pages; k++ {
			want = append(want, lo+10<<k)
		}
		if !slices.Equal(starts, want) {
			t.Errorf("%v: requests start at %v, want %v", tt.bounds, starts, want)
		}
		if s := m.Stats(); s.Splits != int64(tt.pages) || s.UnreadRanges != tt.pages+1 {
			t.Errorf("%v: %+v", tt.bounds, s)
		}
		m = machine.New(machine.Options{Strategy: machine.SplitRanges, Bounds: tt.bounds, PageSize: 10, SpeculativeWave: true})
		_, _ = m.Next(99)
		bottom, _ := m.Next(99)
		if _, violation := m.Complete(bottom.ID, machine.Answer{IDs: []int64{lo}, HasMore: true, Count: -1}); violation != nil {
			t.Fatalf("%+v", violation)
		}
		if l, ok := m.Next(99); ok {
			t.Errorf("%v: after an answer the wave asks %+v", tt.bounds, l)
		}
	}
}
