package model

import "errors"

// refBlock is how many references are allocated at once for the rows of a page.
// It is small, so that one row that is kept does not keep many others' alive.
const refBlock = 16

// Keep reads the next value as the member called name, which the row or object has no
// field for, and adds it to u.
func (d *Decoder) Keep(u *Unknown, name string) { d.keep(&u.kept, name) }

func (d *Decoder) keep(u **unknown, name string) {
	m := d.member(name)
	if d.err != nil {
		return
	}
	if *u == nil {
		*u = new(unknown)
	}
	(*u).members = append((*u).members, m)
}

// member reads the next value as an unknown member.
func (d *Decoder) member(name string) member {
	d.chargeMemory(memberBytes)
	m := member{name: name}
	m.raw = d.value().Clone()
	return m
}

// ref reads a reference, the one at a place of its list. What it holds beyond
// type and id goes into u.
func (d *Decoder) ref(field string, at int, u **unknown) Ref {
	var (
		r            Ref
		hasID, hasTy bool
		extra        []member
	)
	if !d.open('{') {
		return Ref{}
	}
	start := d.pos - 1
	for m := d.key(&d.refNames); m != nil; m = d.key(&d.refNames) {
		switch m.name {
		case "type":
			r.Type, hasTy = d.Word(), true
		case "id":
			r.ID, hasID = d.int(), true
		default:
			extra = append(extra, d.member(m.name))
		}
	}
	if d.err == nil && !(hasTy && hasID) {
		d.fail(start, errors.New("the reference lacks its type or its id"))
	}
	if d.err != nil {
		return Ref{}
	}
	if extra != nil {
		d.chargeMemory(refBytes)
		if *u == nil {
			*u = new(unknown)
		}
		if (*u).refs == nil {
			(*u).refs = make(map[refKey][]member)
		}
		(*u).refs[refKey{field: field, at: at, ref: r}] = extra
	}
	return r
}

// OptRef reads the reference of a field or null. What it holds beyond type and id goes
// into u.
func (d *Decoder) OptRef(field string, u *Unknown) Opt[Ref] {
	if d.null() {
		return NullOpt[Ref]()
	}
	r := d.ref(field, 0, &u.kept)
	if d.err != nil {
		return Opt[Ref]{}
	}
	return Some(r)
}

// OptRefs reads a field's list of references or null. What they hold beyond types and
// ids goes into u. The lists of many rows are cut from one block, each with no room to
// grow into the next.
func (d *Decoder) OptRefs(field string, u *Unknown) Opt[[]Ref] {
	if d.null() {
		return NullOpt[[]Ref]()
	}
	if !d.open('[') {
		return Opt[[]Ref]{}
	}
	start := len(d.refs)
	for d.more(']') {
		start = d.listRef(start, field, &u.kept)
	}
	if d.err != nil {
		return Opt[[]Ref]{}
	}
	return Some(d.refs[start:len(d.refs):len(d.refs)])
}

// listRef appends a reference to the list that begins at start in the block, and
// returns where the list begins then.
func (d *Decoder) listRef(start int, field string, u **unknown) int {
	if len(d.refs) == cap(d.refs) {
		list := d.refs[start:]
		d.refs = append(make([]Ref, 0, max(refBlock, 2*len(list))), list...)
		start = 0
	}
	d.refs = append(d.refs, d.ref(field, len(d.refs)-start, u))
	return start
}

// OptStrings reads a list of strings or null.
func (d *Decoder) OptStrings() Opt[[]string] {
	if d.null() {
		return NullOpt[[]string]()
	}
	if !d.open('[') {
		return Opt[[]string]{}
	}
	list := []string{}
	for d.more(']') {
		list = append(list, d.Word())
	}
	if d.err != nil {
		return Opt[[]string]{}
	}
	return Some(list)
}
