package query

// Without switches planning rules off by name, for tests that hold the rules to
// change how an answer is had and never what it is.
func Without(rules ...string) Option {
	return option(func(s *settings) {
		s.without = map[string]bool{}
		for _, name := range rules {
			s.without[name] = true
		}
	})
}

// Optional is the rules that can be switched off.
func Optional() []string {
	return []string{
		ruleNNF, ruleFold, ruleNeverNull, ruleIDs, rulePush, ruleUnion, ruleExpand, ruleChunks,
		ruleRelax, ruleArrays, ruleLists, ruleNegations, rulePatterns, ruleOrder, ruleLimit, ruleProject,
	}
}
