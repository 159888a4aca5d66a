//go:build !unix

package sink

import "os"

// noFollow is nothing: such systems have no such flags, and openRegular looks at the name
// before it opens it.
const noFollow = 0

func lock(*os.File) error { return nil }

// cannotSyncDir is true: such systems refuse to open or to sync a folder.
func cannotSyncDir(error) bool { return true }
