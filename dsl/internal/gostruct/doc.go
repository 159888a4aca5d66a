// Package gostruct reads Go structs as records of the filter language. A [Plan], made once
// for a type, has the schema and the place of each field; a [Record] is one struct that is
// read by it:
//
//	plan, err := gostruct.New(reflect.TypeFor[Ticket](), gostruct.Options{})
//	var r gostruct.Record
//	r.Row, r.Fields = gostruct.RowOf(&ticket), plan.Fields
//	matched := predicate.Match(r.Concealed())
//
// # Why it is safe
//
// This is the only package of Muster that imports unsafe. Package reflect cannot read a
// field without allocating and takes ten times as long. Two uses need a reason each.
//
// A field is read at its offset. Offsets, sizes and element types all come from package
// reflect, for the very type that the caller's pointer has: the facade
// makes plan and pointer of one type parameter. A read goes through
// [unsafe.Add] from a pointer that stays one, so the garbage collector sees it throughout,
// and never leaves the struct or the slice that it started in: an index is checked against
// the slice's length. A nil pointer is never followed.
//
// A record stays on the caller's stack, although it is passed as an interface. The
// compiler would move it to the heap, because it cannot see what an interface's method
// does with its receiver. The methods are the ones of this package, and an evaluation keeps
// no record: it ends before its call returns. See [Record.Concealed]. Only the record's own
// address is concealed. That it has the row's address stays known, so a row of the stack
// is moved to the heap if the record ever is, and the heap never points at a stack.
package gostruct
