package query

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"strings"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/query/plan"
)

// ErrIdentity matches an [IdentityError].
var ErrIdentity = fmt.Errorf("%w: it belongs to another export", ErrStored)

// IdentityError reports how a checkpoint's export differs from the one that should
// resume from it.
type IdentityError struct {
	Differences []Difference // at least one, sorted by name
}

// Difference is one property in which two exports differ.
type Difference = plan.Difference

// Error returns one line.
func (e *IdentityError) Error() string {
	return "the checkpoint belongs to another export: " + e.Text()
}

// Text returns the differences alone.
func (e *IdentityError) Text() string {
	parts := make([]string, len(e.Differences))
	for i, d := range e.Differences {
		parts[i] = fmt.Sprintf("its %s is %s, not %s", d.Name, orNone(d.Stored), orNone(d.Asked))
	}
	return strings.Join(parts, "; ")
}

// Is reports whether target is [ErrIdentity] or [ErrStored].
func (e *IdentityError) Is(target error) bool { return target == ErrIdentity || target == ErrStored }

func orNone(s string) string {
	if s == "" {
		return "none"
	}
	return "`" + s + "`"
}

// identity identifies an export. It has the checked filter, with bound parameters and
// resolved relative times, so that equal queries have equal identities however they are
// spelled.
type identity map[string]string

func identityOf(p *Plan, s *settings, source, sink map[string]string) identity {
	id := identity(p.Identity())
	id["deleted"] = s.plan.Deleted.String()
	maps.Copy(id, source)
	maps.Copy(id, sink)
	return id
}

func (id identity) checksum() string {
	text, err := json.Marshal(map[string]string(id)) // in the order of its keys
	if err != nil {
		return "" // texts do not fail
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// exportVersion is the version of the JSON of an export's checkpoint.
const exportVersion = 1

// exportCheckpoint is what a sink stores: the identity of the export and the progress of
// its run.
type exportCheckpoint struct {
	Version  int             `json:"version"`
	Identity identity        `json:"identity"`
	Checksum string          `json:"checksum"` // of the identity
	Run      json.RawMessage `json:"run"`
}

func (id identity) checkpoint(run *Checkpoint) ([]byte, error) {
	left, err := run.MarshalJSON()
	if err != nil {
		return nil, err
	}
	return json.Marshal(exportCheckpoint{exportVersion, id, id.checksum(), left})
}

// readExport reads what checkpoint has written.
func readExport(r Resource, data []byte, env *dsl.Env) (identity, *Checkpoint, error) {
	var stored exportCheckpoint
	if err := json.Unmarshal(data, &stored); err != nil {
		return nil, nil, &StoredError{What: "checkpoint", Reason: err.Error()}
	}
	switch {
	case stored.Version != exportVersion:
		return nil, nil, &StoredError{What: "checkpoint", Reason: fmt.Sprintf("version %d, expected %d", stored.Version, exportVersion)}
	case stored.Checksum != stored.Identity.checksum():
		return nil, nil, &StoredError{What: "checkpoint", Reason: "its checksum does not match its identity"}
	}
	run, err := ReadCheckpoint(r, stored.Run, Functions(env))
	return stored.Identity, run, err
}
