package dsltest

import (
	"fmt"
	"math/big"

	"github.com/muster-go/muster/dsl"
	"github.com/muster-go/muster/model"
)

func compare(f *model.Field, v model.Value, op dsl.CompareOp, k model.Value) dsl.Tri {
	if v.IsNull() {
		return dsl.Unknown
	}
	var less, equal bool
	if f.Element() == model.TypeString {
		less, equal = stringOrder(f.Collation, v.Str(), k.Str())
	} else {
		order := rational(v).Cmp(rational(k))
		less, equal = order < 0, order == 0
	}
	switch op {
	case dsl.Lt:
		return truth(less)
	case dsl.Le:
		return truth(less || equal)
	case dsl.Gt:
		return truth(!less && !equal)
	case dsl.Ge:
		return truth(!less)
	case dsl.Eq:
	}
	return truth(equal)
}

// rational returns a number, a boolean or an instant as a fraction.
func rational(v model.Value) *big.Rat {
	if v.Type() == model.TypeFloat {
		return new(big.Rat).SetFloat64(v.Float())
	}
	if v.Type() != model.TypeDecimal {
		nanos := new(big.Rat).SetFrac64(int64(v.Nanosecond()), 1e9)
		return nanos.Add(nanos, new(big.Rat).SetInt64(v.Int()))
	}
	r, ok := new(big.Rat).SetString(v.String())
	if !ok {
		panic(fmt.Sprintf("dsltest: %v is not a decimal", v))
	}
	return r
}
