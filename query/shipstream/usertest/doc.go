// Package usertest has rapid generators of users, of the objects they refer to and of
// pages of them.
//
//	rapid.Check(t, func(t *rapid.T) {
//		page := usertest.Pages().Draw(t, "page")
//		…
//		if diff := cmp.Diff(page.Rows, read.Rows, usertest.EquateUsers()); diff != "" {
//			t.Fatal(diff)
//		}
//	})
//
// It is for tests only and links the rapid and go-cmp libraries.
package usertest
