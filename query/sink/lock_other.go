//go:build !unix

package sink

import "os"

func lock(*os.File) error { return nil }

// cannotSyncDir is true: such systems refuse to open or to sync a folder.
func cannotSyncDir(error) bool { return true }
