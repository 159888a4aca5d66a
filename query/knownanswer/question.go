package knownanswer

import (
	"fmt"
	"slices"
	"strings"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model"
)

// Rows are rows whose values are known, by keys of type K. They are immutable and safe for
// concurrent use. The zero Rows are none.
type Rows[K comparable] struct {
	schema  *model.Schema
	keys    []K
	records []model.Record
}

// New returns rows of the schema, each with its key. It keeps both lists. Rows that share a
// key are one row: what a question says of it is what it says of any of them.
func New[K comparable](schema *model.Schema, keys []K, records []model.Record) Rows[K] {
	return Rows[K]{schema, keys, records}
}

// Question is a condition whose answer is known. The zero Question is about no rows.
type Question[K comparable] struct {
	Text string // in the words in which it is asked
	Yes  []K    // the known rows that satisfy it
	No   []K    // the known rows that do not
}

// Ask returns the condition as a question. It must have been checked against the rows'
// schema, as [dsl.Check] does; an error is that of [dsl.Compile].
func (r Rows[K]) Ask(n dsl.Node) (Question[K], error) {
	predicate, err := dsl.Compile(n, r.schema)
	if err != nil {
		return Question[K]{}, err
	}
	q := Question[K]{Text: dsl.Format(n)}
	for i, key := range r.keys {
		if predicate.Match(r.records[i]) {
			q.Yes = append(q.Yes, key)
		} else {
			q.No = append(q.No, key)
		}
	}
	return q, nil
}

// Telling returns how well the known rows show whether a server answers the question: the
// number of those that satisfy it or of those that do not, whichever is less. 0 means that
// a server that ignores the question may answer it right.
func (q Question[K]) Telling() int { return min(len(q.Yes), len(q.No)) }

// Decide reports whether right answers to all the questions prove that a server understands
// them: one that ignores them, or returns nothing, gives a wrong answer to one of them.
func Decide[K comparable](questions []Question[K]) bool {
	var yes, no bool
	for _, q := range questions {
		yes, no = yes || len(q.Yes) > 0, no || len(q.No) > 0
	}
	return yes && no
}

// Fault is what is wrong with an answer. The zero Fault is none.
type Fault[K comparable] struct {
	Missing []K // rows that satisfy the condition and did not come
	Wrong   []K // rows that came and do not satisfy it, are not known, or came before
}

// Judge compares the rows that a server returned with those that it should have returned.
// If complete is false, the server may have more rows, and none counts as missing.
func (q Question[K]) Judge(got []K, complete bool) (f Fault[K]) {
	left := make(map[K]bool, len(q.Yes))
	for _, key := range q.Yes {
		left[key] = true
	}
	for _, key := range got {
		if !left[key] {
			f.Wrong = append(f.Wrong, key)
		}
		delete(left, key)
	}
	for _, key := range q.Yes {
		if complete && left[key] {
			f.Missing = append(f.Missing, key)
			delete(left, key)
		}
	}
	return f
}

// None reports whether the answer is right.
func (f Fault[K]) None() bool { return len(f.Missing) == 0 && len(f.Wrong) == 0 }

// String names the first rows of each kind.
func (f Fault[K]) String() string {
	return fmt.Sprintf("missing %s; wrong or double %s", Some(f.Missing), Some(f.Wrong))
}

// Some returns a list of keys in brackets, as messages show it: the first 8 keys.
func Some[K comparable](keys []K) string {
	const shown = 8
	var b strings.Builder
	for i, key := range keys[:min(shown, len(keys))] {
		if i > 0 {
			b.WriteByte(' ')
		}
		fmt.Fprintf(&b, "%#v", key)
	}
	return "[" + b.String() + "]"
}

// and joins two questions about the same rows.
func (q Question[K]) and(other Question[K]) Question[K] {
	yes := make(map[K]bool, len(other.Yes))
	for _, key := range other.Yes {
		yes[key] = true
	}
	joined := Question[K]{Text: q.Text + " and " + other.Text, No: slices.Clone(q.No)}
	for _, key := range q.Yes {
		if yes[key] {
			joined.Yes = append(joined.Yes, key)
		} else {
			joined.No = append(joined.No, key)
		}
	}
	return joined
}

// or joins two questions about the same rows.
func (q Question[K]) or(other Question[K]) Question[K] {
	yes := make(map[K]bool, len(other.Yes))
	for _, key := range other.Yes {
		yes[key] = true
	}
	joined := Question[K]{Text: q.Text + " or " + other.Text, Yes: slices.Clone(q.Yes)}
	for _, key := range q.No {
		if yes[key] {
			joined.Yes = append(joined.Yes, key)
		} else {
			joined.No = append(joined.No, key)
		}
	}
	return joined
}

// mostJoined is how many questions are joined with others.
const mostJoined = 150

// Join joins questions about the same rows, spread over all of them, with others by `and`
// and `or`. Their answers show verdicts that depend on the other conditions. Some of the
// others are a few places away, and so often about the same field; some are far away.
// Text must be a condition that needs no parentheses.
func Join[K comparable](singles []Question[K]) []Question[K] {
	step := 1 + len(singles)/mostJoined
	var out []Question[K]
	for i := 0; i < len(singles); i += step {
		q, away := singles[i], 7
		if i/step%2 == 1 {
			away += len(singles) / 3
		}
		other := singles[(i+away)%len(singles)]
		out = append(out, q.and(other), q.or(other))
		if i/step%3 == 0 {
			if three, ok := narrowed(singles, i); ok {
				out = append(out, three)
			}
		}
	}
	return out
}

// narrowed joins a question with two others. Each of the two excludes some rows of those
// before it, but not all, so that a server that drops one of the three is found out.
func narrowed[K comparable](singles []Question[K], i int) (q Question[K], ok bool) {
	q, found := singles[i], 0
	for k := range singles {
		next := q.and(singles[(i+len(singles)/3+k)%len(singles)])
		if n := len(next.Yes); n == 0 || n == len(q.Yes) {
			continue
		}
		if q, found = next, found+1; found == 2 {
			return q, true
		}
	}
	return q, false
}
