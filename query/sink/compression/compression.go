package compression

import (
	"io"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"github.com/muster-go/muster/query/sink"
)

// Gzip makes one gzip member after the other, which every reader of gzip reads as
// one stream.
func Gzip() sink.Compression { return gzipForm{} }

type gzipForm struct{}

func (gzipForm) Name() string { return "gzip" }

func (gzipForm) NewWriter(w io.Writer) (sink.Compressor, error) {
	return gzip.NewWriterLevel(w, gzip.BestSpeed)
}

func (gzipForm) NewReader(r io.Reader) (io.ReadCloser, error) { return gzip.NewReader(r) }

// Zstd makes one zstd frame after the other, which every reader of zstd reads as
// one stream.
func Zstd() sink.Compression { return zstdForm{} }

type zstdForm struct{}

func (zstdForm) Name() string { return "zstd" }

// NewWriter bounds the window: a folder may have many files open, each with its
// own.
func (zstdForm) NewWriter(w io.Writer) (sink.Compressor, error) {
	return zstd.NewWriter(w, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderConcurrency(1), zstd.WithWindowSize(1<<20))
}

func (zstdForm) NewReader(r io.Reader) (io.ReadCloser, error) {
	z, err := zstd.NewReader(r, zstd.WithDecoderConcurrency(1))
	if err != nil {
		return nil, err
	}
	return z.IOReadCloser(), nil
}

// Reader returns a reader of the text in a file of that name, which is compressed
// if it ends in .gz or .zst. Closing it does not close r.
func Reader(name string, r io.Reader) (io.ReadCloser, error) {
	form, _ := FromName(name)
	if form, ok := form.(sink.Decompression); ok {
		return form.NewReader(r)
	}
	return io.NopCloser(r), nil
}
