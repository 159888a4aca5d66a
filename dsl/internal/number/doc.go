// Package number is arithmetic on integers, decimals and floats. A result is exact, or null if
// it does not fit: only a quotient of decimals and a float are rounded.
//
//	number.Add(model.Int(1), model.Int(2)) // 3
package number
