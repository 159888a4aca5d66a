// Package orderstest serves a shop's orders over HTTP, for tests: an API with a
// parameter for each condition and pages that go forward by the key, by token, by offset,
// by number or by link.
//
//	shop := orderstest.New(orderstest.Options{Style: "token", Fault: 7})
//	defer shop.Close()
//	client, err := transport.New(transport.Options{BaseURL: shop.URL + "/shop", Token: transport.StaticToken("t")})
//	orders, err := rest.New(client, definition)
//
// [Server.Orders] has the rows that a client should find, and [Server.Requests] counts its
// requests. It shares no code with the packages that it tests.
package orderstest
