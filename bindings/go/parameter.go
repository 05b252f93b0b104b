//go:build cgo

package pusherauth

// #include "calls.h"
import "C"

// RequestParameter returns the value of the parameter name of a request. contentType is the header
// Content-Type, and text is the request's body: a form (application/x-www-form-urlencoded) or a
// JSON object (application/json). For a query string, contentType is "".
//
// Unlike [net/http.Request.FormValue], it rejects text that programs read in different ways: the
// error is [ErrParameters] if text is malformed or has a duplicate name. It is
// [ErrParameterMissing] if there is no such parameter.
func RequestParameter(contentType, text, name string) (string, error) {
	bound := func() C.size_t { return C.size_t(len(text)) + 1 }
	value, code := write(len(text), bound, func(out output) C.int32_t {
		return C.request_parameter(contentType, text, name, out.start, out.size)
	})
	if code < 0 {
		return "", Error(code)
	}
	return view(value), nil
}

// JSONP returns the script that passes response to callback, for pages that use pusher-js's
// transport "jsonp". Serve it as "application/javascript; charset=utf-8" with
// "X-Content-Type-Options: nosniff", and only to requests with a CSRF token, because pages of any
// site can include a script.
func JSONP(callback string, response []byte) ([]byte, error) {
	bound := func() C.size_t { return C.size_t(len(callback) + 2*len(response) + 8) }
	script, code := write(len(callback)+len(response), bound, func(out output) C.int32_t {
		return C.jsonp(callback, view(response), out.start, out.size)
	})
	if code < 0 {
		return nil, Error(code)
	}
	return script, nil
}
