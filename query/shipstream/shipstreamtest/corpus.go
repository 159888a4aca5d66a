package shipstreamtest

import (
	"fmt"
	"strings"
	"time"
)

func givenNames() []string {
	return []string{
		"Anna", "Bernard", "Carla", "Dmitri", "Elena", "Farid", "Grace", "Hiro", "Ines", "Jonas", "Kofi", "Lena",
		"Mateo", "Nadia", "Omar", "Priya", "Quentin", "Rosa", "Sven", "Tariq", "Uma", "Victor", "Wanda", "Yusuf",
	}
}

func familyNames() []string {
	return []string{
		"Adler", "Bauer", "Castillo", "Dubois", "Eriksen", "Fischer", "Greensmith", "Haddad", "Ivanova", "Jansen",
		"Kowalski", "Larsen", "Moreau", "Nakamura", "Okafor", "Petrov", "Quinn", "Rossi", "Silva", "Tanaka",
		"Ueda", "Vargas", "Weber", "Young", "Zhang",
	}
}

func mailDomains() []string {
	return []string{"example.com", "example.org", "mail.example.net", "warehouse.example"}
}

// awkwardNames are what string comparison, patterns, quoting and encoding go
// wrong on. Some differ only in case, accents or trailing white space.
func awkwardNames() []string {
	return []string{
		"ANNA ADLER", "anna adler", "Änna Adler", "Ânna Ádler", "Anna Adler ", "Anna Adler\t", "Anna Adler  \t ", " Anna Adler",
		"a", "a ", "a\t", "A", "á", "Å", "ａ", "e\u0301", "é", "E", "ß", "s", "ss", "Straße", "STRASSE", "Strasse",
		"Ø", "O", "Œ", "ÿ", "ı", "İ", "i", "I", "K", "K", "ﬁ", "ſ",
		"", " ", "\t", "\n", "null", "NULL", "true", "15", "-1", "0", "{}", "[]", `{"eq":"x"}`,
		"O'Brien", `"Quoted" Name`, `Back\slash`, `ends with \`, `\`, `\\`, `\%`, "100%", "100% sure", "under_score", "%", "_", "%%", "a_b", "a%b", "axb",
		"semi;colon", "a&b=c", "a+b c", "comma, name", "colon:name", "hash#tag", "slash/name", "q?x", "line\nbreak", "carriage\rreturn", "nul\u0001byte",
		"<b>bold</b>", "  two  spaces  ", "non\u00A0breaking", "zero\u200Bwidth", "\uFEFFbom", "right\u202Eleft", "\uFFFD",
		"Дмитрий Иванов", "ДМИТРИЙ ИВАНОВ", "дмитрий иванов", "Ελένη Παπαδοπούλου", "ΕΛΕΝΗ ΠΑΠΑΔΟΠΟΥΛΟΥ", "Σίσυφος", "ΣΊΣΥΦΟΣ",
		"محمد علي", "שרה כהן", "山田太郎", "ヤマダ タロウ", "김민수", "สมชาย ใจดี", "राजेश कुमार", "Nguyễn Văn An", "NGUYỄN VĂN AN", "Łukasz Żak", "Þór Æsir", "İstanbul", "Ǆ ǅ ǆ",
		"🙂", "🙃", "🙂🙃", "Emoji 🙂 Name", "Emoji 🚚 Name", "👨‍👩‍👧", "𝒜nna", "𐍈",
		strings.Repeat("x", 65), strings.Repeat("é", 65), strings.Repeat("🙂", 65),
	}
}

// boundaryTimes are first and last seconds of days, months and years, a leap
// day, and the ends of what 32 bits of seconds can tell.
func boundaryTimes() []time.Time {
	texts := []string{
		"1970-01-01T00:00:01Z", "1999-12-31T23:59:59Z", "2000-01-01T00:00:00Z", "2016-02-29T00:00:00Z", "2016-12-31T23:59:59Z",
		"2020-02-29T23:59:59Z", "2021-03-28T01:00:00Z", "2023-12-31T23:59:59Z", "2024-01-01T00:00:00Z", "2024-01-01T00:00:01Z",
		"2024-01-01T23:59:59Z", "2024-01-02T00:00:00Z", "2024-02-29T12:00:00Z", "2025-06-30T23:59:59Z", "2025-07-01T00:00:00Z",
		"2038-01-19T03:14:07Z",
	}
	out := make([]time.Time, 0, len(texts))
	for _, s := range texts {
		t, err := time.Parse(time.RFC3339, s)
		if err != nil {
			panic(err) // a constant of this file
		}
		out = append(out, t)
	}
	return out
}

// generateRoles returns roles of both kinds with one sequence of ids, so that a
// list of all of them has one order and one cursor, as the list of users has.
func generateRoles() []Role {
	organization := []string{
		"Owners", "Managers", "Administrators", "Pickers", "Packers", "Receivers", "Shippers", "Auditors", "Supervisors",
		"Équipe de nuit", "Night % Shift", "Never Assigned O'Role",
	}
	client := []string{"Merchants", "Administrators", "Buyers", "Support", "Read Only", "pickers"}
	roles := make([]Role, 0, len(organization)+len(client))
	for i, name := range organization {
		roles = append(roles, Role{ID: int64(i) + 1, Kind: OrganizationUser, Name: name, Permissions: permissions(i)})
	}
	for i, name := range client {
		roles = append(roles, Role{ID: int64(len(roles)) + 1, Kind: ClientUser, Name: name, Permissions: permissions(i)})
	}
	return roles
}

func permissions(i int) []string {
	all := []string{
		"warehouse", "warehouse/staff", "warehouse/staff/time_entry_log", "warehouse/staff/time_management",
		"warehouse/staff/time_management/excluded", "warehouse/staff/time_management/status_dashboard",
	}
	return all[:i%(len(all)+1)]
}

func warehouseNames() []string {
	return []string{"Main", "East Coast 1", "East Coast 2", "West Coast", "Zürich", "大阪", "Overflow", "Closed", "main"}
}

func generateWarehouses() []Warehouse {
	names := warehouseNames()
	out := make([]Warehouse, 0, len(names))
	for i, name := range names {
		out = append(out, Warehouse{ID: int64(i) + 1, Name: name, Active: name != "Closed"})
	}
	return out
}

// generatedMerchants is how many merchants there are.
const generatedMerchants = 40

func generateMerchants() []Merchant {
	out := make([]Merchant, 0, generatedMerchants)
	for i := range int64(generatedMerchants) {
		id := i + 1
		out = append(out, Merchant{
			ID: id, Code: fmt.Sprintf("acme_%02d", id), Name: fmt.Sprintf("ACME %d Inc.", id), Active: id%7 != 0, Deleted: id%13 == 0,
			SortOrder: id % 10, CreatedAt: firstCreated().AddDate(0, int(i), 0), Brands: []int64{id}, DefaultBrand: id,
		})
	}
	return out
}
