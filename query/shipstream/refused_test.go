package shipstream_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/muster-go/muster/dsl/wire"
	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query"
	"github.com/muster-go/muster/query/shipstream"
	"github.com/muster-go/muster/transport"
	"github.com/muster-go/muster/transport/transporttest"
)

// TestRefused: a 400 to what rests on a declared capability names the conjunct
// and the declaration.
func TestRefused(t *testing.T) {
	_, client := serve(t, transporttest.Options{Users: 10, HideTimestamps: true})
	profile, err := wire.Profile{}.With("contains", "in", "notnull")
	if err != nil {
		t.Fatal(err)
	}
	src := shipstream.Users(client, model.AnyUser, shipstream.With(shipstream.Capabilities{Profile: profile}))
	for _, test := range []struct {
		filter string
		opts   []query.Option
		want   []string
	}{
		{"is_active and name contains 'x'", nil, []string{"`name contains 'x'`"}},
		{"username in ('a', 'b') and email is not null", nil, []string{"`username in ('a', 'b')`", "`email is not null`"}},
		{"is_active", []query.Option{query.Select("created_at")}, []string{"the field created_at"}},
	} {
		rows, err := query.Run(t.Context(), src, test.filter, test.opts...)
		if err != nil {
			t.Fatal(err)
		}
		for _, err := range rows.All() {
			refused := (*shipstream.RefusedError)(nil)
			if !errors.As(err, &refused) || !errors.Is(err, transport.ErrBadRequest) {
				t.Fatalf("%s: %v", test.filter, err)
			}
			var parts []string
			for _, d := range refused.Doubts {
				parts = append(parts, d.Part)
			}
			if !slices.Equal(parts, test.want) {
				t.Errorf("%s: doubts %q, want %q", test.filter, parts, test.want)
			}
		}
	}
}
