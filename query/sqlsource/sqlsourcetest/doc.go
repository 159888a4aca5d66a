// Package sqlsourcetest tests how package sqlsource speaks to a database:
// [TestFlavour] makes a table of texts, instants and nulls that databases disagree
// about, and holds every filter over it to its meaning.
package sqlsourcetest
