// Package redact takes secrets out of texts that other people read: errors, logs and notes.
//
//	shown := redact.Text(said, redact.Masks("[token]", token))
package redact
