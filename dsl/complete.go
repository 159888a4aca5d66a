package dsl

import (
	"github.com/muster-go/muster/dsl/complete"
	"github.com/muster-go/muster/model"
)

// Completion is what may stand at a place of a text.
type Completion = complete.Completion

// Candidate is one proposal of a [Completion].
type Candidate = complete.Candidate

// CandidateKind says what a [Candidate] is.
type CandidateKind = complete.Kind

// The kinds of candidate.
const (
	KindField    = complete.KindField
	KindOperator = complete.KindOperator
	KindValue    = complete.KindValue
	KindKeyword  = complete.KindKeyword
	KindFunction = complete.KindFunction
)

// Complete returns what may stand at a byte offset of a filter that is being typed:
// fields of s, functions, operators that the field's type takes, values, keywords.
//
// It reads the text up to the cursor and tolerates mistakes in it. A cursor outside
// the text is moved to its nearer end. It takes time linear in the text.
//
// [Env.Complete] proposes functions of one's own, too.
func Complete(s *model.Schema, text string, cursor int) Completion {
	return complete.Complete(s, text, cursor)
}
