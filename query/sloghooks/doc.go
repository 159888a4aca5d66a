// Package sloghooks logs what a client and its queries do, by log/slog.
//
//	client, err := shipstream.NewClient(transport.Options{…, Hooks: sloghooks.Transport(logger)})
//	…
//	rows, err := query.Run(ctx, users, filter, query.WithHooks(sloghooks.Query(logger)))
//
// Attempts, pages and split ranges are logged at the level Debug. Retries and throttling are
// logged at Warn, because they cost time. A failure that ends a run is not logged: the
// caller gets it as an error.
//
// URLs come without secrets, and an error's text comes without the token and without what a
// terminal obeys. A filter is part of a URL, so Debug shows the values in it.
package sloghooks
