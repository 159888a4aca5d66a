package sink

import (
	"os"
	"path/filepath"
	"strings"
)

// isMountPoint reports whether a file system is mounted at a name. Only Linux has the
// list; elsewhere the rename at the end of an export finds out. A file's device tells
// nothing: an overlay may have another one for each file.
//
// See https://man7.org/linux/man-pages/man5/proc_pid_mountinfo.5.html
func isMountPoint(name string) bool {
	mounts, err := os.ReadFile("/proc/self/mountinfo")
	if err != nil {
		return false
	}
	if name, err = filepath.Abs(name); err != nil {
		return false
	}
	if folder, err := filepath.EvalSymlinks(filepath.Dir(name)); err == nil {
		name = filepath.Join(folder, filepath.Base(name))
	}
	escaped := strings.NewReplacer(`\`, `\134`, " ", `\040`, "\t", `\011`, "\n", `\012`).Replace(name)
	for line := range strings.Lines(string(mounts)) {
		const place = 4 // the field of the mount point
		if fields := strings.Fields(line); len(fields) > place && fields[place] == escaped {
			return true
		}
	}
	return false
}
