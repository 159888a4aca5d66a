//go:build unix

package sink

import (
	"errors"
	"os"
	"syscall"
)

// noFollow are the flags that open no symbolic link and wait for no pipe.
const noFollow = syscall.O_NOFOLLOW | syscall.O_NONBLOCK

// lock locks a file until the process ends, however it ends.
func lock(f *os.File) error {
	err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	switch {
	case errors.Is(err, syscall.EWOULDBLOCK):
		return ErrLocked
	case errors.Is(err, syscall.ENOTSUP), errors.Is(err, syscall.ENOLCK):
		return nil // some network file systems have no locks
	}
	return err
}

func cannotSyncDir(err error) bool { return errors.Is(err, syscall.EINVAL) }
