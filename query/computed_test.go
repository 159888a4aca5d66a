package query_test

import (
	"fmt"

	"pgregory.net/rapid"
)

// computedPredicate draws conditions on computed values, most of which the planner asks a server
// for in another form.
func computedPredicate() *rapid.Generator[string] {
	return rapid.Custom(func(t *rapid.T) string {
		pick := func(items ...string) string { return rapid.SampledFrom(items).Draw(t, "part") }
		op := func() string { return pick("=", "!=", "<", "<=", ">", ">=") }
		text := func() string {
			return "'" + pick("a", "A", "", " ", "a ", "ab", "box", "k", "K", "\u212a", "ı", "ß", "á") + "'"
		}
		name := pick("name", "email", "username")
		switch pick("year", "date", "case", "trim", "length", "substring", "coalesce", "sum") {
		case "year":
			return fmt.Sprintf("year(%s) %s %s", pick("created_at", "last_login_at"), op(), pick("2020", "2023", "2024", "9999"))
		case "date":
			return fmt.Sprintf("date(%s) %s %s", pick("created_at", "last_login_at"), op(), pick("2023-01-01", "2024-06-15", "2024-06-15T12:00:00Z"))
		case "case":
			return fmt.Sprintf("%s(%s) %s %s", pick("lower", "upper"), name, op(), text())
		case "trim":
			return fmt.Sprintf("trim(%s) %s %s", name, pick("=", "!="), text())
		case "length":
			return fmt.Sprintf("length(%s) %s %s", name, op(), pick("0", "1", "2"))
		case "substring":
			return fmt.Sprintf("substring(%s, 1, %s) %s %s", name, pick("1", "2"), pick("=", "!="), text())
		case "coalesce":
			return fmt.Sprintf("coalesce(email, %s) %s %s", text(), op(), text())
		}
		return fmt.Sprintf("%s %s %s", pick("id + 5", "id * -2", "abs(id - 50)", "9223372036854775807 - id"), op(), pick("20", "-60", "9223372036854775707"))
	})
}
