package transport

import (
	"bytes"
	"encoding/json"

	"github.com/muster-go/muster/model/display"
)

// maxErrorItems bounds how many errors of one body are kept.
const maxErrorItems = 100

// parseAPIError reads the reason of a refusal: a list of errors, or one of the forms
// that other APIs commonly use. A proxy may send anything with a 5xx, so a body of
// another form yields no items. An item with malformed details keeps its message.
func parseAPIError(body []byte, redact func(string) string) *APIError {
	var envelope struct {
		Errors json.RawMessage `json:"errors"`
	}
	e := new(APIError)
	if json.Unmarshal(body, &envelope) != nil {
		return e
	}
	var list []json.RawMessage
	_ = json.Unmarshal(envelope.Errors, &list) // another form has no list
	for _, raw := range list[:min(len(list), maxErrorItems)] {
		var item ErrorItem
		// On a mismatch of types the fields that match are filled all the same.
		if err := json.Unmarshal(raw, &item); err != nil && item.Message == "" {
			continue
		}
		if item.Message != "" || len(item.Details) > 0 {
			e.Errors = append(e.Errors, item.redacted(redact))
		}
	}
	if len(e.Errors) > 0 {
		return e
	}
	text := words(body, deepestWords)
	if text == "" && len(list) > 0 {
		text = words(list[0], deepestWords)
	}
	if text != "" {
		e.Errors = []ErrorItem{{Message: redact(text)}}
	}
	return e
}

// Said returns what a body says about an error, on one line of bounded length without the
// token and without control characters: the words of one of the forms that [APIError] has
// them from, or else the beginning of the body itself. A nil client knows no token.
func (c *Client) Said(body []byte) string {
	redact := func(text string) string { return text }
	if c != nil {
		redact = c.auth.redact
	}
	if e := parseAPIError(body, redact); len(e.Errors) > 0 {
		return e.said()
	}
	text := string(bytes.TrimSpace(body))
	_ = json.Unmarshal(body, &text) // a text alone
	return display.Bounded(redact(text), maxErrorText)
}

// deepestWords is how many nested objects are searched for the words of an error.
const deepestWords = 3

// words returns what another API's object says about an error: its message, its error
// (a text, or such an object), or its detail and title (RFC 9457). It returns "" if the
// object has none of them.
func words(object []byte, depth int) string {
	var of struct {
		Message     json.RawMessage `json:"message"`
		Msg         json.RawMessage `json:"msg"`
		Description json.RawMessage `json:"error_description"` // beside the code (RFC 6749)
		Error       json.RawMessage `json:"error"`
		Detail      json.RawMessage `json:"detail"`
		Title       json.RawMessage `json:"title"`
	}
	if depth == 0 || json.Unmarshal(object, &of) != nil {
		return ""
	}
	for _, member := range []json.RawMessage{of.Message, of.Msg, of.Description, of.Error, of.Detail, of.Title} {
		var text string
		if json.Unmarshal(member, &text) != nil {
			text = words(member, depth-1)
		}
		if text != "" {
			return text
		}
	}
	return ""
}

// redacted returns the item with every text redacted. It runs after decoding, because
// a server may escape a character of the token.
func (i ErrorItem) redacted(redact func(string) string) ErrorItem {
	i.Type, i.Message = redact(i.Type), redact(i.Message)
	for d := range i.Details {
		i.Details[d].Key, i.Details[d].Message = redact(i.Details[d].Key), redact(i.Details[d].Message)
	}
	return i
}
