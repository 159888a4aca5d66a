// Package textwidth measures how many terminal cells a text takes, so that a
// caret stands under the character it means and columns line up under names in
// any script.
//
//	pad := 20 - textwidth.String(name)
package textwidth
