// Package model describes what a paged REST resource holds: the schema that a
// filter is checked against, the values and records that it is evaluated over,
// and the typed users of the API's users resource with what they refer to.
//
// [DecodeUsers] turns the body of one page into a [Page] of [User] rows:
//
//	page, err := model.DecodeUsers(body)
//	if err != nil {
//		return err // a *DecodeError: the path, the record's id, the byte
//	}
//	for i := range page.Rows {
//		u := &page.Rows[i]
//		for role := range page.Included.Roles(u) {
//			fmt.Println(u.ID, u.Name, role.Name)
//		}
//	}
//
// What a user refers to came with its page: [Included] resolves it and never makes
// a request. [Role], [Warehouse], [Merchant] and [Brand] are the types of what is
// referred to; where they are rows themselves, [DecodePage] reads their pages.
//
// A *User is a [Record] against [UserSchema], so that a compiled filter reads it
// without allocating. Other resources bring a [Schema] of their own, made by
// [NewSchema], and a Record: one of their own, or the [DynamicRow] that a
// [DynamicDecoder] makes of any schema. [DecodeRaw] leaves rows as they came.
//
// # Absent, null, set
//
// A field that was not asked for is absent from a row, which is not the same as
// null. [Opt] keeps the three states apart; its zero value is absent. The filter
// language reads both absent and null as null.
//
// # What is not known survives
//
// New versions of the server add fields and types of object. They are never an
// error: unknown members and unknown types of object are kept as they came and
// are written again by AppendJSON and MarshalJSON. A reference to an object that
// the page did not include is no error either: see [Page.Unresolved].
//
// # Bodies are not trusted
//
// A body is validated while it is decoded: one that is cut off, not UTF-8, nested
// 10 000 deep or more, or has a name twice in one object is [ErrMalformed]; a value
// of another type, a number out of range or a row without an id is [ErrUnexpected].
// Decoding takes time in proportion to the body, whose size is for whoever reads it
// to bound, and memory as well: what is small as text and large in memory, a row or
// an included object with nothing but an id, a member that is not known, may take
// 16 MiB and 8 bytes for each of the body, which is more than any page of rows that
// say something does; beyond that the body is ErrUnexpected. [MaxRows] says how many
// rows were asked for, which are all that there may be.
//
// # Concurrency
//
// Schemas and Included are immutable and safe for concurrent use. Users and
// pages are plain values: safe for concurrent reading.
package model
