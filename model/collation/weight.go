package collation

//go:generate go run ./internal/gencollation -o table.go

// Supplementary is the weight of every character beyond the basic plane, and of U+FFFD,
// which stands for a byte that is not UTF-8.
const Supplementary = 0xFFFD

// Weight returns the weight of a character: characters of equal weight compare as
// equal. There are no expansions and no contractions: ß weighs as S, Ø only as itself,
// and a combining accent is a character of its own. r must not be negative.
func Weight(r rune) uint16 {
	if r > 0xFFFF {
		return Supplementary
	}
	page := int(generalCIIndex[r>>8])
	if page == 0 {
		return uint16(r) //nolint:gosec // at most 0xFFFF by the test above
	}
	at := (page-1)<<9 | int(r&0xFF)<<1
	return uint16(generalCIPages[at])<<8 | uint16(generalCIPages[at+1])
}
