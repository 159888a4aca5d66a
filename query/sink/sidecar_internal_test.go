package sink

import (
	"strings"
	"testing"
)

// TestDamagedSidecar: a sidecar that does not say how much is committed would have the
// rows before it dropped in silence.
func TestDamagedSidecar(t *testing.T) {
	t.Parallel()
	const good = `{"version":1,"at":{"rows":0,"bytes":0},"checkpoint":1}`
	if _, err := decodeSidecar([]byte(good)); err != nil {
		t.Fatal(err)
	}
	for at, want := range map[string]string{
		`{}`:                       "how much is committed",
		`null`:                     "how much is committed",
		`{"rows":50}`:              "how much is committed",
		`{"bytes":50}`:             "how much is committed",
		`{"rows":-1,"bytes":0}`:    "negative offset",
		`{"rows":"50","bytes":50}`: "cannot unmarshal",
	} {
		if _, err := decodeSidecar([]byte(strings.Replace(good, `{"rows":0,"bytes":0}`, at, 1))); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", at, err, want)
		}
	}
}
