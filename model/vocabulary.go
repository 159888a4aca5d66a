package model

// maxWords bounds a vocabulary: beyond it, repeated names are jsontext's to find.
const maxWords = 64

// vocabulary holds the names of the members that objects of one kind were seen to
// have. Objects of a listing resemble each other, so that the name which followed
// the last one in the object before is nearly always the one that comes next: a
// single comparison reads it. The same entries tell whether a name is repeated.
//
// The zero vocabulary is empty and learns as it goes.
type vocabulary struct {
	words  []*word
	start  word  // stands before an object's first member
	last   *word // the member read last
	object int   // counts the objects
}

// word is the name of a member.
type word struct {
	name   string
	quoted string // as it stands in a body: `"name":`
	next   *word  // what followed it when it was last met
	object int    // the object that had it last
}

// begin begins another object.
func (v *vocabulary) begin() {
	v.object++
	v.last = &v.start
}

// guess returns the word that text begins with if that is the one expected.
func (v *vocabulary) guess(text []byte) *word {
	w := v.last.next
	if w == nil || len(text) < len(w.quoted) || string(text[:len(w.quoted)]) != w.quoted {
		return nil
	}
	return w
}

// use makes w the member read last; false when its object has had it before.
func (v *vocabulary) use(w *word) bool {
	fresh := w.object != v.object
	w.object = v.object
	v.last.next, v.last = w, w
	return fresh
}

// find returns the word called name and learns it. When there are too many
// words already it returns one of no vocabulary, and false.
func (v *vocabulary) find(name []byte) (w *word, known bool) {
	for _, w := range v.words {
		if w.name == string(name) {
			return w, true
		}
	}
	quoted := `"` + string(name) + `":` // no text of a body when name needs escapes: never guessed, only found
	w = &word{name: quoted[1 : len(quoted)-2], quoted: quoted}
	if len(v.words) == maxWords {
		return w, false
	}
	v.words = append(v.words, w)
	return w, true
}
