package collate

import (
	"cmp"

	"github.com/muster-go/muster/model"
)

// Values orders two values of a field that are not null: texts by the field's
// collation, all others by their number.
func Values(f *model.Field, a, b model.Value) int {
	if f.Type == model.TypeString {
		return Strings(f.Collation, a.Str(), b.Str())
	}
	if f.Type == model.TypeDecimal {
		return model.CompareDecimals(a, b)
	}
	return cmp.Compare(a.Int(), b.Int())
}
