package bench

import (
	"os"
	"syscall"
)

// peakOf is the most that was resident of a process that has ended.
func peakOf(p *os.ProcessState) int64 {
	usage, ok := p.SysUsage().(*syscall.Rusage)
	if !ok {
		return 0
	}
	return usage.Maxrss << 10
}
