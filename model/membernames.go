package model

import (
	"encoding/binary"
	"slices"
)

const (
	// maxWords bounds memberNames: beyond it, only jsontext finds repeated names.
	maxWords = 64
	// maxBlanks is how much white space beside a name is learnt.
	maxBlanks = 64
)

// memberNames holds the member names of the objects of one kind. Objects of a listing
// resemble each other, so the names nearly always come in the order of the object before.
// One comparison then reads a name. The same entries show a repeated name.
//
// The zero memberNames is empty and learns as it goes.
type memberNames struct {
	words  []*word
	start  word  // stands before an object's first member
	last   *word // the member read last
	object int   // counts the objects
	depth  int   // in how many values that are skipped the objects stand
	spare  word  // what find returns where there are too many
}

// word is the name of a member.
type word struct {
	name   string
	lead   string // what stands in a body before its value, without a comma: `"name":`; "" until it was met so
	head   uint64 // the first eight bytes of lead; of a shorter one, all
	mask   uint64 // the bits of head that count
	tail   uint64 // the last eight bytes of a longer lead
	next   *word  // what followed it when it was last met
	skip   bool   // nobody reads its value
	object int    // the object that had it last
	column int    // of a dynamic row: 1 + the field's index in the schema, -1 for none, 0 not yet known
}

// begin begins another object.
func (v *memberNames) begin() {
	v.object++
	v.last = &v.start
}

// leads reports whether text begins with the word's lead, and goes on for a while.
func (w *word) leads(text []byte) bool {
	n := len(w.lead)
	if n == 0 || len(text) < n+8 || (binary.LittleEndian.Uint64(text)^w.head)&w.mask != 0 {
		return false
	}
	return n <= 8 || binary.LittleEndian.Uint64(text[n-8:]) == w.tail && (n <= 16 || string(text[8:n-8]) == w.lead[8:n-8])
}

// use makes w the member read last; false when its object has had it before.
func (v *memberNames) use(w *word) bool {
	fresh := w.object != v.object
	w.object = v.object
	v.last.next, v.last = w, w
	return fresh
}

// find returns the word called name and learns it. Its lead has the name at an offset;
// nil if the name has escapes there. When there are too many words already it returns one
// that is not learnt and is good until the next is found, and false.
func (v *memberNames) find(name, lead []byte, at int) (w *word, known bool) {
	i := slices.IndexFunc(v.words, func(w *word) bool { return w.name == string(name) })
	switch {
	case i >= 0:
		w = v.words[i]
	case len(v.words) == maxWords:
		v.spare = word{name: string(name)}
		return &v.spare, false
	default:
		w = new(word)
		v.words = append(v.words, w)
		if lead == nil || len(lead) > len(name)+maxBlanks {
			w.name = string(name)
		}
	}
	if w.lead == "" && lead != nil && len(lead) <= len(name)+maxBlanks {
		w.learn(string(lead))
		w.name = w.lead[at:][:len(name)]
	}
	return w, true
}

// learn makes lead the word's.
func (w *word) learn(lead string) {
	var head, mask [8]byte
	n := copy(head[:], lead)
	for i := range n {
		mask[i] = 0xff
	}
	w.lead, w.head, w.mask = lead, binary.LittleEndian.Uint64(head[:]), binary.LittleEndian.Uint64(mask[:])
	if n == len(head) {
		w.tail = binary.LittleEndian.Uint64([]byte(lead[len(lead)-n:]))
	}
}
