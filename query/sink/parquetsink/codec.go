package parquetsink

import (
	"github.com/klauspost/compress/zstd"
	"github.com/parquet-go/parquet-go/compress"
	parquetzstd "github.com/parquet-go/parquet-go/compress/zstd"
)

// window is the compression's window, in bytes: the size of a page, because each page is
// compressed by itself. The library's own codec has one of 4 MiB, for which the encoder
// holds several times as much.
const window = 256 << 10

// codec is the library's codec with a window of its own.
type codec struct {
	parquetzstd.Codec

	encoder *zstd.Encoder
}

func newCodec() (compress.Codec, error) {
	encoder, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderConcurrency(1),
		zstd.WithWindowSize(window), zstd.WithZeroFrames(true), zstd.WithEncoderCRC(false))
	return &codec{encoder: encoder}, err
}

// Encode implements [compress.Codec].
func (c *codec) Encode(dst, src []byte) ([]byte, error) {
	return c.encoder.EncodeAll(src, dst[:0]), nil
}
