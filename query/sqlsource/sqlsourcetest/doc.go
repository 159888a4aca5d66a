// Package sqlsourcetest tests how package sqlsource speaks to a database:
// [TestFlavour] makes a table of texts, instants and nulls that databases disagree
// about, and holds every filter over it to its meaning. Whoever declares a
// [sqlsource.Flavour] calls it in a test, with a database to spare:
//
//	func TestMine(t *testing.T) {
//		db, err := sql.Open("mine", os.Getenv("MINE_DSN"))
//		…
//		err = sqlsourcetest.TestFlavour(t.Context(), db, mine, sqlsourcetest.Types{
//			Int: "BIGINT", Bool: "BOOLEAN", DateTime: "TIMESTAMP",
//			Text: map[model.Collation]string{model.Binary: "TEXT COLLATE bytewise"},
//		})
//		if err != nil {
//			t.Fatal(err) // each fault: the filter, what came, what is right
//		}
//	}
package sqlsourcetest
