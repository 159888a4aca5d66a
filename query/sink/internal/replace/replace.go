package replace

import (
	"maps"

	"github.com/muster-go/muster/query/plan"
)

// Differences returns how the query of a complete export differs from that of another; none
// if nothing is recorded. The form of the output does not count, nor does an order in
// which all rows come. A relative time is the same question whenever it is asked.
func Differences(was, now map[string]string) []plan.Difference {
	if was == nil {
		return nil
	}
	was, now = maps.Clone(was), maps.Clone(now)
	ignored := []string{"format", "question"}
	if was["limit"] == "0" && now["limit"] == "0" {
		ignored = append(ignored, "sort")
	}
	if was["question"] != "" && was["question"] == now["question"] {
		ignored = append(ignored, "filter")
	}
	for _, name := range ignored {
		delete(was, name)
		delete(now, name)
	}
	return plan.Differences(was, now)
}

// Many reports whether an update would remove so many rows of a complete export that
// somebody should agree to it: more than 50, and more than a tenth.
func Many(gone, total int64) bool { return gone > 50 && gone > total/10 }
