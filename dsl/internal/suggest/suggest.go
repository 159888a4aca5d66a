package suggest

import "strings"

// Nearest returns the candidate with the smallest edit distance to word, in any letter
// case. It returns "" if none is close enough to be a slip: at most a third of the
// letters may differ, and one in a word of two to five. Of equals the first one wins.
func Nearest(word string, candidates []string) string {
	if len(word) > 64 { // nobody mistypes a name that long, and the work is quadratic
		return ""
	}
	w := strings.ToLower(word)
	best, bestDist := "", max(1, len(w)/3)+1
	for _, c := range candidates {
		if len(c) > len(w)+bestDist || len(w) > len(c)+bestDist {
			continue
		}
		if d := editDistance(w, strings.ToLower(c)); d < bestDist && d < len(w) {
			best, bestDist = c, d
		}
	}
	return best
}

// editDistance returns the optimal string alignment distance of two short strings, in
// bytes. It is Damerau-Levenshtein distance without overlapping edits: insertions,
// deletions, substitutions and swaps of neighbours, the four slips of a typist.
func editDistance(a, b string) int {
	prev2 := make([]int, len(b)+1)
	prev := make([]int, len(b)+1)
	cur := make([]int, len(b)+1)
	for j := range prev {
		prev[j] = j
	}
	for i := 1; i <= len(a); i++ {
		cur[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			cur[j] = min(prev[j]+1, cur[j-1]+1, prev[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				cur[j] = min(cur[j], prev2[j-2]+1)
			}
		}
		prev2, prev, cur = prev, cur, prev2
	}
	return prev[len(b)]
}
