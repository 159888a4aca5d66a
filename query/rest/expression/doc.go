// Package expression describes filter languages as data: how a server takes all
// conditions of a request as one expression, and what that expression means there.
//
// A [Dialect] has templates for AND, OR, NOT and each test, the quoting of values, and the
// language's semantics: what a test gives for null, how it compares text, and which limits
// it has. [Compile] makes a [Renderer] of it, which classifies conditions for the planner
// and writes the expression of a request:
//
//	status = 'open' and (total > 5 or note is null)   the language of package dsl
//	status eq 'open' and (total gt 5 or note eq null) OData
//
// The renderer keeps the planner's contract under three-valued logic. What it calls exact
// selects the same rows on the server; a superset selects at least those; all else is
// unsupported, with the reason. It works on negation normal form, where every NOT stands
// on a test. A negated test is written `(test and field is present)` unless the language's
// own null logic makes that needless. An OR is sent whole or not at all.
//
// [Presets] has the dialects of public specifications; a definition may change any part.
package expression
