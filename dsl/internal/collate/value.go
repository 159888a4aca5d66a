package collate

import (
	"cmp"

	"github.com/muster-go/muster/model"
)

// Values orders two values, or elements, of a field that are not null: texts by the field's
// collation, all others by their number.
func Values(f *model.Field, a, b model.Value) int {
	if f.Element() == model.TypeString {
		return Strings(f.Collation, a.Str(), b.Str())
	}
	switch f.Element() { //nolint:exhaustive // the others are their number
	case model.TypeDecimal:
		return model.CompareDecimals(a, b)
	case model.TypeFloat: // a constant may be an integer that no float is
		return model.CompareNumbers(a, b)
	}
	return cmp.Or(cmp.Compare(a.Int(), b.Int()), cmp.Compare(a.Nanosecond(), b.Nanosecond()))
}
