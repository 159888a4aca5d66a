package exec

import "errors"

// Merge merges sorted streams into one sorted stream.
func Merge[T any](streams []Stream[[]T], compare func(a, b *T) int) Stream[[]T] {
	return func(yield func([]T) bool) error {
		heads := make([]*head[T], len(streams))
		for i, s := range streams {
			next, stop := pull(s)
			defer stop() //nolint:revive // all streams are read to the end of the merge
			heads[i] = &head[T]{next: next}
		}
		for {
			batch, err := mergeStep(heads, compare)
			switch {
			case err != nil:
				return err
			case len(batch) == 0:
				return nil // every stream is complete
			case !yield(batch):
				return ErrStopped
			}
		}
	}
}

// head is the unread part of one stream's batch in a merge.
type head[T any] struct {
	next     func() ([]T, error)
	batch    []T
	complete bool
}

// fill reads the next batch with rows if the current one is used up.
func (h *head[T]) fill() error {
	for !h.complete && len(h.batch) == 0 {
		batch, err := h.next()
		switch {
		case errors.Is(err, errEnd):
			h.complete = true
		case err != nil:
			return err
		}
		h.batch = batch
	}
	return nil
}

// mergeStep takes rows in order until the batch of any stream is used up, so that no
// row waits longer than its batch. It takes none if all streams are complete.
func mergeStep[T any](heads []*head[T], compare func(a, b *T) int) ([]T, error) {
	for _, h := range heads {
		if err := h.fill(); err != nil {
			return nil, err
		}
	}
	var out []T
	for {
		var least *head[T]
		for _, h := range heads {
			if len(h.batch) == 0 {
				if h.complete {
					continue
				}
				return out, nil
			}
			if least == nil || compare(&h.batch[0], &least.batch[0]) < 0 {
				least = h
			}
		}
		if least == nil {
			return out, nil
		}
		out = append(out, least.batch[0])
		least.batch = least.batch[1:]
	}
}
