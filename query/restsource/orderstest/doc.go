// Package orderstest serves a shop's orders over HTTP, for tests: an API unlike
// ShipStream's, with a parameter for each condition and any of four ways to page.
// It shares no code with the packages that it tests.
package orderstest
