package shipstream_test

import (
	"slices"
	"testing"

	"github.com/muster-go/muster/model"
	"github.com/muster-go/muster/query/shipstream"
	"github.com/muster-go/muster/transport/transporttest"
)

// TestProbe: what an emulator was told to be is what probing finds, and nothing
// more is believed of it.
func TestProbe(t *testing.T) {
	for _, test := range []struct {
		name    string
		options transporttest.Options
		want    shipstream.Capabilities
		profile string
	}{
		{"documented", transporttest.Options{}, shipstream.Capabilities{Timestamps: model.ReturnedOnRequest}, "documented"},
		{"all", transporttest.Options{Operators: transporttest.AllOperators, EscapePatterns: true}, shipstream.Capabilities{Timestamps: model.ReturnedOnRequest}, "in,nin,notnull,null_false,contains,like,nlike,pattern_escapes"},
		{"some", transporttest.Options{Operators: transporttest.OpIn | transporttest.OpNotNull}, shipstream.Capabilities{Timestamps: model.ReturnedOnRequest}, "in,notnull"},
		{"hidden timestamps", transporttest.Options{HideTimestamps: true}, shipstream.Capabilities{Timestamps: model.ReturnedNo}, "documented"},
		{"binary", transporttest.Options{Collation: model.Binary, EscapePatterns: true}, shipstream.Capabilities{Timestamps: model.ReturnedOnRequest, Collation: model.Binary}, "pattern_escapes"},
	} {
		t.Run(test.name, func(t *testing.T) {
			test.options.Users = 200
			server, client := serve(t, test.options)
			got, findings, err := shipstream.Users(client, model.AnyUser).Probe(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if got.Timestamps != test.want.Timestamps || got.Collation != test.want.Collation || got.Profile.String() != test.profile {
				t.Errorf("found %v %v %v, want %v %v %s\n%v", got.Timestamps, got.Collation, got.Profile, test.want.Timestamps, test.want.Collation, test.profile, findings)
			}
			if n := len(server.Requests()); n > 40 {
				t.Errorf("%d requests", n)
			}
			if !slices.ContainsFunc(findings, func(f shipstream.Finding) bool { return f.Name == "regex" && !f.Proved }) {
				t.Errorf("regex was believed: %v", findings)
			}
		})
	}
}

// TestProbeNeedsRows: a server without users teaches nothing, and says so.
func TestProbeNeedsRows(t *testing.T) {
	_, client := serve(t, transporttest.Options{})
	if _, _, err := shipstream.Users(client, model.AnyUser).Probe(t.Context()); err == nil {
		t.Error("an empty server was probed")
	}
}
