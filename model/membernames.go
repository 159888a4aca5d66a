package model

import "slices"

// maxWords bounds memberNames: beyond it, only jsontext finds repeated names.
const maxWords = 64

// memberNames holds the names of the members that objects of one kind were seen to
// have. Objects of a listing resemble each other, so that the name that followed
// the last one in the object before is nearly always the one that comes next: a
// single comparison reads it. The same entries tell whether a name is repeated.
//
// The zero memberNames is empty and learns as it goes.
type memberNames struct {
	words  []*word
	start  word  // stands before an object's first member
	last   *word // the member read last
	object int   // counts the objects
	spare  word  // what find returns where there are too many
}

// word is the name of a member.
type word struct {
	name   string
	quoted string // as it stands in a body that does not escape it: `"name":`; "" until it was met so
	next   *word  // what followed it when it was last met
	object int    // the object that had it last
	column int    // of a dynamic row: 1 + the field's index in the schema, -1 for none, 0 not yet known
}

// begin begins another object.
func (v *memberNames) begin() {
	v.object++
	v.last = &v.start
}

// guess returns the word that text begins with if that is the one expected.
func (v *memberNames) guess(text []byte) *word {
	w := v.last.next
	if w == nil || w.quoted == "" || len(text) < len(w.quoted) || string(text[:len(w.quoted)]) != w.quoted {
		return nil
	}
	return w
}

// use makes w the member read last; false when its object has had it before.
func (v *memberNames) use(w *word) bool {
	fresh := w.object != v.object
	w.object = v.object
	v.last.next, v.last = w, w
	return fresh
}

// find returns the word called name, which has escapes in the body or not, and
// learns it. When there are too many words already it returns one that is not
// learnt and is good until the next is found, and false.
func (v *memberNames) find(name []byte, escaped bool) (w *word, known bool) {
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
		if escaped {
			w.name = string(name)
		}
	}
	if w.quoted == "" && !escaped {
		w.quoted = `"` + string(name) + `":`
		w.name = w.quoted[1 : len(w.quoted)-len(`":`)]
	}
	return w, true
}
