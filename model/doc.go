// Package model describes what a paged listing holds: the schema that a filter is
// checked against, the values and records that it is evaluated over, and the decoding of
// pages into rows.
//
// A [Schema] lists the fields of a resource, and a [Value] is one value of a field. A
// [Record] is a row that is read by a field's index, so a compiled filter reads it without
// allocating. A list of scalars is one value, made by [List]; a row that has it in another
// form is a [ListRecord]. There are three kinds of row:
//
//   - [DynamicRow], which a [DynamicDecoder] decodes by any schema;
//   - typed rows of one service: a [PageDecoder] reads
//     them with a function that asks a [Decoder] for one value after another;
//   - [RawRow], which [DecodeRaw] leaves as the server wrote it.
//
// An object that stands alone, such as a line of NDJSON or a map that encoding/json made,
// is read by an [ObjectReader], which decodes the fields that a filter names.
//
// Each decoder turns the body of one page into a [Page]:
//
//	decoder, err := model.NewDynamicDecoder(schema, model.Layout{Rows: "data", ID: "id", Next: "next"})
//	page, err := decoder.Decode(body)
//	if err != nil {
//		return err // a *DecodeError: the path, the record's id, the byte
//	}
//	for i := range page.Rows {
//		fmt.Println(page.Rows[i].Value(name.Index()))
//	}
//
// The objects that rows refer to came with their page: [Included] resolves references
// and never makes a request. The [ObjectTypes] of a [PageDecoder] give them types.
//
// # Absent, null, set
//
// A field that was not asked for is absent from a row, which is not the same as
// null. [Opt] keeps the three states apart; its zero value is absent. The filter
// language reads both absent and null as null.
//
// # Unknown members survive
//
// New versions of a server add fields and types of object. They are never an
// error: unknown members and unknown types of object are kept as they came and
// are written again by AppendJSON and MarshalJSON. A reference to an object that
// the page did not include is not an error either: see [Page.Unresolved].
//
// # Bodies are not trusted
//
// A body is validated while it is decoded. A body that is cut off, not UTF-8, nested
// 10 000 deep or more, or has a name twice in one object is [ErrMalformed]. A value
// of another type, a number out of range or a row without an id is [ErrUnexpected].
//
// Time is in proportion to the body, whose size the caller bounds. So is memory: values
// that are small as text and large in memory, such as an included object with nothing
// but an id, may take 16 MiB and 8 bytes for each byte of the body, which is more than
// any page of useful rows takes; beyond that the body is ErrUnexpected. [MaxRows] says
// how many rows were asked for; a page of more is an error.
//
// # Concurrency
//
// Schemas, decoders and Included are immutable and safe for concurrent use. Rows and
// pages are plain values: safe for concurrent reading.
package model
