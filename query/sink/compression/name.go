package compression

import (
	"strings"

	"github.com/muster-go/muster/query/sink"
)

// FromName returns the compression that a file's name asks for by ending in .gz or .zst, nil
// for any other, and the name without that ending.
func FromName(name string) (form sink.Compression, rest string) {
	if rest, ok := strings.CutSuffix(name, ".gz"); ok {
		return Gzip(), rest
	}
	if rest, ok := strings.CutSuffix(name, ".zst"); ok {
		return Zstd(), rest
	}
	return nil, name
}
