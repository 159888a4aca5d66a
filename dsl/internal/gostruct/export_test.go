package gostruct

import "reflect"

// AtPointer is [RowOf] for a pointer whose type is known at run time only.
func AtPointer(p *Plan, row reflect.Value) *Record {
	return &Record{Row: row.UnsafePointer(), Fields: p.Fields, Cursors: p.NewCursors()}
}
