package parquetsink

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/klauspost/compress/zstd"
	"github.com/parquet-go/parquet-go"
	compact "github.com/parquet-go/parquet-go/encoding/thrift"
	"github.com/parquet-go/parquet-go/format"

	"github.com/muster-go/muster/query/sink"
)

// The bounds of a file that is read. What an export writes stays far below them.
const (
	maxFooter = 32 << 20 // bytes
	maxHeader = 1 << 20  // bytes of a page's header
	maxPage   = 80 << 20 // bytes of a page, expanded; a row of an export has at most 64 MiB
	maxValues = 1 << 24  // values of a page
)

// File is an open file that is read, such as an [os.File].
type File interface {
	io.ReaderAt
	io.Seeker
}

// contained calls read and makes a panic of the Parquet library, which does not check all
// that a file says, a [*sink.DamagedError].
func contained(read func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = damaged(fmt.Errorf("it is damaged: %v", p))
		}
	}()
	return read()
}

func damaged(err error) error { return &sink.DamagedError{Err: err} }

// openFile opens a Parquet file that may be damaged. It checks the footer before the
// library makes room for what the footer says.
func openFile(f File) (*parquet.File, error) {
	size, err := f.Seek(0, io.SeekEnd)
	if err != nil {
		return nil, err
	}
	if err := checkFooter(f, size); err != nil {
		return nil, err
	}
	open, err := parquet.OpenFile(f, size, parquet.SkipPageIndex(true), parquet.SkipBloomFilters(true))
	if err != nil {
		return nil, damaged(err)
	}
	return open, nil
}

// openSegment opens a segment, whose pages are all read. found says that another process
// wrote it.
func openSegment(f File, found bool) (*parquet.File, error) {
	open, err := openFile(f)
	if err != nil {
		return nil, err
	}
	index := int64(0)
	for _, group := range open.Metadata().RowGroups {
		for i := range group.Columns {
			c := &group.Columns[i]
			if c.ColumnIndexLength < 0 || c.OffsetIndexLength < 0 {
				return nil, damaged(errors.New("an index has a negative length"))
			}
			index += int64(c.ColumnIndexLength) + int64(c.OffsetIndexLength)
			if !found {
				continue
			}
			if err := checkPages(f, &c.MetaData, maxValues); err != nil {
				return nil, err
			}
		}
	}
	if index > open.Size() {
		return nil, damaged(fmt.Errorf("its index has %d bytes, and the file %d", index, open.Size()))
	}
	if open, err = parquet.OpenFile(f, open.Size()); err != nil {
		return nil, damaged(err)
	}
	return open, nil
}

func checkFooter(f File, size int64) error {
	var end [8]byte
	if size < 12 {
		return damaged(fmt.Errorf("%d bytes are too few for a Parquet file", size))
	}
	if _, err := f.ReadAt(end[:], size-8); err != nil {
		return err
	}
	n := int64(binary.LittleEndian.Uint32(end[:4]))
	if n > min(size-12, maxFooter) {
		return damaged(fmt.Errorf("its footer has %d bytes, more than the %d it can have", n, min(size-12, maxFooter)))
	}
	footer := make([]byte, n)
	if _, err := f.ReadAt(footer, size-8-n); err != nil {
		return err
	}
	if _, err := checkStruct(footer); err != nil {
		return damaged(fmt.Errorf("its footer: %w", err))
	}
	var meta format.FileMetaData
	if err := compact.Unmarshal(new(compact.CompactProtocol), footer, &meta); err != nil {
		return damaged(fmt.Errorf("its footer: %w", err))
	}
	return checkMetadata(&meta, size)
}

// checkMetadata fails if a number in the footer is one that the file cannot have.
func checkMetadata(meta *format.FileMetaData, size int64) error {
	for _, e := range meta.Schema {
		if n := int(e.NumChildren.V); n < 0 || n > len(meta.Schema) {
			return damaged(fmt.Errorf("a group of its schema has %d columns", n))
		}
	}
	for _, group := range meta.RowGroups {
		for _, c := range group.Columns {
			m := c.MetaData
			begin := m.DataPageOffset
			if m.DictionaryPageOffset > 0 {
				begin = min(begin, m.DictionaryPageOffset)
			}
			if begin < 0 || m.TotalCompressedSize < 0 || begin > size || m.TotalCompressedSize > size-begin {
				return damaged(fmt.Errorf("%d bytes of a column at %d are not in the file", m.TotalCompressedSize, begin))
			}
		}
	}
	return nil
}

// checkPages fails if a page of the column's chunk would take more memory than its size in
// the file allows, or is not encoded as an export's.
func checkPages(f io.ReaderAt, m *format.ColumnMetaData, rows int64) error {
	if m.Codec != format.Zstd && m.Codec != format.Uncompressed {
		return damaged(fmt.Errorf("a column is compressed by %v, and that of an export by %v", m.Codec, format.Zstd))
	}
	at := m.DataPageOffset
	if m.DictionaryPageOffset > 0 {
		at = m.DictionaryPageOffset
	}
	end := at + m.TotalCompressedSize
	expand, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(maxPage))
	if err != nil {
		return err
	}
	defer expand.Close()
	var packed, plain []byte
	for at < end {
		header, n, err := pageHeader(io.NewSectionReader(f, at, end-at))
		if err != nil {
			return err
		}
		at += int64(n)
		if err := checkHeader(header, end-at, rows); err != nil {
			return err
		}
		if m.Codec == format.Zstd {
			packed = append(packed[:0], make([]byte, header.CompressedPageSize)...)
			if _, err := f.ReadAt(packed, at); err != nil {
				return damaged(err)
			}
			if plain, err = expandPage(expand, header, packed, plain[:0]); err != nil {
				return damaged(err)
			}
		}
		at += int64(header.CompressedPageSize)
	}
	return nil
}

// expandPage expands a page. The levels of a page of version 2 are not compressed.
func expandPage(expand *zstd.Decoder, h *format.PageHeader, packed, plain []byte) ([]byte, error) {
	levels := 0
	if v2 := h.DataPageHeaderV2; v2.Valid {
		levels = int(v2.V.RepetitionLevelsByteLength) + int(v2.V.DefinitionLevelsByteLength)
		if levels < 0 || levels > len(packed) {
			return nil, damaged(fmt.Errorf("the levels of a page have %d bytes of %d", levels, len(packed)))
		}
		if v2.V.IsCompressed.Valid && !v2.V.IsCompressed.V {
			return plain, nil
		}
	}
	if levels == len(packed) {
		return plain, nil
	}
	plain, err := expand.DecodeAll(packed[levels:], plain)
	if err == nil && len(plain)+levels > int(h.UncompressedPageSize) {
		err = damaged(fmt.Errorf("a page has %d bytes, more than the %d that its header says", len(plain), h.UncompressedPageSize))
	}
	return plain, err
}

// pageHeader reads the header of a page and returns its length.
func pageHeader(r *io.SectionReader) (*format.PageHeader, int, error) {
	for size := int64(1 << 10); ; size <<= 5 {
		data := make([]byte, min(size, r.Size()))
		if _, err := r.ReadAt(data, 0); err != nil && !errors.Is(err, io.EOF) {
			return nil, 0, err
		}
		n, err := checkStruct(data)
		if errors.Is(err, errThriftShort) && int64(len(data)) < r.Size() && size < maxHeader {
			continue
		}
		header := new(format.PageHeader)
		if err == nil {
			err = compact.Unmarshal(new(compact.CompactProtocol), data[:n], header)
		}
		if err != nil {
			return nil, 0, damaged(fmt.Errorf("the header of a page: %w", err))
		}
		return header, n, nil
	}
}

// checkHeader fails if a page cannot have the sizes and the encoding that its header says.
func checkHeader(h *format.PageHeader, left, rows int64) error {
	values, form := int32(0), format.Plain
	switch {
	case h.DataPageHeader.Valid:
		values, form = h.DataPageHeader.V.NumValues, h.DataPageHeader.V.Encoding
	case h.DataPageHeaderV2.Valid:
		values, form = h.DataPageHeaderV2.V.NumValues, h.DataPageHeaderV2.V.Encoding
	case h.DictionaryPageHeader.Valid:
		values, form = h.DictionaryPageHeader.V.NumValues, h.DictionaryPageHeader.V.Encoding
	}
	switch {
	case h.CompressedPageSize < 0 || int64(h.CompressedPageSize) > left:
		return damaged(fmt.Errorf("a page has %d bytes, and %d are left", h.CompressedPageSize, left))
	case h.UncompressedPageSize < 0 || h.UncompressedPageSize > maxPage:
		return damaged(fmt.Errorf("a page has %d bytes, more than the %d it can have", h.UncompressedPageSize, maxPage))
	case values < 0 || int64(values) > min(rows, maxValues):
		return damaged(fmt.Errorf("a page has %d values, and there are %d rows", values, rows))
	}
	switch form {
	case format.Plain, format.PlainDictionary, format.RLE, format.RLEDictionary, format.DeltaBinaryPacked, format.DeltaLengthByteArray: //nolint:staticcheck // writers still use it
		return nil
	case format.BitPacked, format.DeltaByteArray, format.ByteStreamSplit:
	}
	return damaged(fmt.Errorf("a page is encoded by %v, and no page of an export", form))
}
