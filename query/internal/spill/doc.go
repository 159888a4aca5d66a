// Package spill puts rows aside as their JSON, for sources whose rows refer to
// objects that came with their page:
//
//	func (s *Source) NewSpill() query.Spill[Row] { return spill.New(decode) }
package spill
