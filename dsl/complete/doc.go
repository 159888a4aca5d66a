// Package complete says how the text of a filter may continue at a cursor.
//
//	c := complete.Complete(schema, "created_at > now - 3", 20)
package complete
