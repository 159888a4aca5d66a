package compression

import (
	"io"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"github.com/muster-go/muster/query/sink"
)

// Gzip returns the compression by gzip: a file of one or more members, which every reader of
// gzip reads as one stream.
func Gzip() sink.Compression { return gzipForm{} }

type gzipForm struct{}

func (gzipForm) Name() string { return "gzip" }

func (gzipForm) NewWriter(w io.Writer) (sink.Compressor, error) {
	return gzip.NewWriterLevel(w, gzip.BestSpeed)
}

func (gzipForm) NewReader(r io.Reader) (io.ReadCloser, error) { return gzip.NewReader(r) }

// Zstd returns the compression by zstd: a file of one or more frames, which every reader of
// zstd reads as one stream.
func Zstd() sink.Compression { return zstdForm{} }

type zstdForm struct{}

func (zstdForm) Name() string { return "zstd" }

// NewWriter bounds the window to 1 MiB, because a folder may have many files open.
func (zstdForm) NewWriter(w io.Writer) (sink.Compressor, error) {
	return zstd.NewWriter(w, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderConcurrency(1), zstd.WithWindowSize(1<<20))
}

// maxWindow is the largest window that is read, in bytes: that of zstd --long.
const maxWindow = 128 << 20

func (zstdForm) NewReader(r io.Reader) (io.ReadCloser, error) {
	z, err := zstd.NewReader(r, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(maxWindow))
	if err != nil {
		return nil, err
	}
	return z.IOReadCloser(), nil
}

// Reader returns a reader of the text in a file of that name: it decompresses r if the name
// ends in .gz or .zst. Closing it does not close r. An error is that of a file which is not
// of its form.
func Reader(name string, r io.Reader) (io.ReadCloser, error) {
	if form, _ := FromName(name); form != nil {
		return form.NewReader(r)
	}
	return io.NopCloser(r), nil
}
