//go:build cgo

package pusherauth

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"unicode/utf8"
)

// maxParameters is what a request's parameters may take, in bytes; pusher-js sends some 30, or 100 with a channel.
const maxParameters = 8192

// maxDepth is how deep JSON may nest: what the parsers of other languages bear too.
const maxDepth = 2048

// parameters are those of a request, by their exact names.
type parameters map[string]string

// readBody returns the request's body, and leaves it there for the application's functions to parse.
func readBody(w http.ResponseWriter, r *http.Request, limit int64) ([]byte, error) {
	if r.Body == nil {
		return nil, nil
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, limit))
	if err != nil {
		return nil, asRefusal(err)
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	return body, nil
}

// parseParameters returns those of the query for GET, and those of the body alone for POST.
func parseParameters(r *http.Request, body []byte) (parameters, error) {
	if r.Method == http.MethodGet {
		return parseForm(r.URL.RawQuery)
	}
	mediaType, _, _ := strings.Cut(only(r, "Content-Type"), ";")
	switch strings.ToLower(strings.Trim(mediaType, " \t")) {
	case "application/x-www-form-urlencoded":
		if len(body) == 0 && len(r.PostForm) > 0 { // the application has read it
			return parseForm(r.PostForm.Encode())
		}
		return parseForm(string(body))
	case "application/json":
		return parseJSON(body)
	default:
		return nil, refusal{http.StatusForbidden, "the body must be a form or a JSON object, and its Content-Type must say so"}
	}
}

// errTwice: of two parameters of one name, two programs may believe two different ones.
var errTwice = refusal{http.StatusForbidden, "a parameter is given twice"}

// parseForm is like [url.ParseQuery], but refuses names that are given twice, and takes a semicolon and what does not decode as they are.
func parseForm(form string) (parameters, error) {
	params := parameters{}
	for _, pair := range strings.Split(form, "&") {
		if pair == "" {
			continue
		}
		name, value, _ := strings.Cut(pair, "=")
		name, value = unescape(name), unescape(value)
		if _, ok := params[name]; ok {
			return nil, errTwice
		}
		params[name] = value
	}
	return params, nil
}

func unescape(text string) string {
	if unescaped, err := url.QueryUnescape(text); err == nil {
		return unescaped
	}
	return text
}

var errNotObject = refusal{http.StatusForbidden, "the body is not a JSON object"}

// parseJSON returns the members of one JSON object that are strings. Unlike [json.Unmarshal], it refuses members of one name, at any
// depth, names with a NUL, and what is not Unicode.
func parseJSON(body []byte) (parameters, error) {
	if !utf8.Valid(body) {
		return nil, errNotObject
	}
	decoder := json.NewDecoder(bytes.NewReader(body))
	params := parameters{}
	type level struct {
		names map[string]bool // nil in an array
		name  string          // of the member whose value is next
		value bool            // whether that is so
	}
	var levels []level
	for {
		start := decoder.InputOffset()
		token, err := decoder.Token()
		if err == io.EOF && start > 0 && len(levels) == 0 {
			return params, nil
		}
		if err != nil || start > 0 && len(levels) == 0 || len(levels) == 0 && token != json.Delim('{') {
			return nil, errNotObject
		}
		text, isString := token.(string)
		if isString && halfPair(body[start:decoder.InputOffset()], text) {
			return nil, errNotObject
		}
		if token == json.Delim('}') || token == json.Delim(']') {
			levels = levels[:len(levels)-1]
			continue
		}
		if top := len(levels) - 1; top >= 0 && levels[top].names != nil {
			in := &levels[top]
			if !in.value {
				if in.names[text] {
					return nil, errTwice
				}
				if strings.Contains(text, "\x00") {
					return nil, errNotObject
				}
				in.names[text], in.name, in.value = true, text, true
				continue
			}
			in.value = false
			if isString && top == 0 {
				params[in.name] = text
			}
		}
		switch token {
		case json.Delim('{'):
			levels = append(levels, level{names: map[string]bool{}})
		case json.Delim('['):
			levels = append(levels, level{})
		}
		if len(levels) > maxDepth {
			return nil, errNotObject
		}
	}
}

// halfPair tells whether the JSON string decoded to text has half a surrogate pair, in whose place encoding/json puts U+FFFD.
func halfPair(encoded []byte, text string) bool {
	return strings.ContainsRune(text, utf8.RuneError) &&
		strings.Count(text, "\uFFFD") != bytes.Count(encoded, []byte("\uFFFD"))+bytes.Count(bytes.ToLower(encoded), []byte(`\ufffd`))
}
