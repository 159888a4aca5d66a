package machine_test

import (
	"slices"
	"testing"

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
	src := paginatetest.NewSource(paginatetest.Dense(30, 0)...)
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
	complete := func(c machine.Lease, a machine.Answer) {
		t.Helper()
		segments, violation := m.Complete(c.ID, a)
		if violation != nil {
			t.Fatalf("%+v", violation)
		}
		for _, s := range segments {
			got = append(got, a.IDs[s.Start:s.End]...)
		}
	}

	top, bottom, wave21, wave41 := ask(), ask(), ask(), ask()
	if wave21.Request.IDs.Lo != 21 || wave41.Request.IDs.Lo != 41 {
		t.Fatalf("the wave asks %v and %v", wave21.Request, wave41.Request)
	}
	before := machinetest.Ask(src, top.Request)
	for id := int64(31); id <= 60; id++ { // born
		src.Insert(id)
	}
	complete(wave41, machinetest.Ask(src, wave41.Request)) // 41 to 50
	for id := int64(61); id <= 70; id++ {
		src.Insert(id) // born too late: above the high watermark
	}
	complete(top, before) // 21 to 30
	for _, r := range m.Unread(nil) {
		if r.Contains(29) || r.Contains(30) || r.Contains(51) || r.Contains(70) {
			t.Errorf("unread after the page from the top: %v", m.Unread(nil))
		}
	}
	if top := m.Stats().HighWatermark; top != 50 {
		t.Errorf("the high watermark is %d, want 50", top)
	}
	complete(bottom, machinetest.Ask(src, bottom.Request))
	complete(wave21, machinetest.Ask(src, wave21.Request))
	for !m.Done() {
		c := ask()
		complete(c, machinetest.Ask(src, c.Request))
	}
	if slices.Sort(got); !slices.Equal(got, paginatetest.Dense(50, 0)) {
		t.Errorf("got %v, want 1 to 50", got)
	}
}
