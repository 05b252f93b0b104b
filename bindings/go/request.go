//go:build cgo

package pusherauth

// #include "calls.h"
import "C"

import (
	"net/url"
	"sort"
	"strings"
	"time"
)

// RequestURL returns the signed URL of a request to Pusher's REST API. Send the request with this
// method and body within ten minutes of at. The body's Content-Type is application/json. If at is
// the zero time, the URL is for now.
//
// path is the path below the app, such as "/events". query can be nil. They are signed as they are:
// the error is [ErrRequest] if they contain characters that require escaping, or if a name has
// several values. Join values with commas, as in {"info": {"user_count,subscription_count"}}.
func (s *Signer) RequestURL(
	method, path string, query url.Values, body []byte, at time.Time,
) (string, error) {
	pairs, err := encodeQuery(query)
	if err != nil {
		return "", err
	}
	timestamp, err := unix(at)
	if err != nil {
		return "", err
	}
	inputLen := len(method) + len(path) + len(pairs)
	signed, err := s.write(inputLen, func(signer C.uintptr_t, out output) C.int32_t {
		return C.request_url(signer, method, path, pairs, view(body), timestamp,
			out.start, out.size)
	})
	return view(signed), err
}

// TerminateUserConnectionsURL returns the signed URL of the request that terminates all connections
// of a user. Send it by POST, with the body {} as application/json, within ten minutes of at. If at
// is the zero time, the URL is for now.
func (s *Signer) TerminateUserConnectionsURL(userID string, at time.Time) (string, error) {
	timestamp, err := unix(at)
	if err != nil {
		return "", err
	}
	signed, err := s.write(len(userID), func(signer C.uintptr_t, out output) C.int32_t {
		return C.terminate_user_url(signer, userID, timestamp, out.start, out.size)
	})
	return view(signed), err
}

// encodeQuery joins names and values without escaping, because the library signs a query as it is
// sent.
func encodeQuery(query url.Values) (string, error) {
	if len(query) == 0 {
		return "", nil
	}
	pairs := make([]string, 0, len(query))
	for name, values := range query {
		for _, value := range values { // the library rejects duplicate names
			if strings.ContainsAny(name, "&=") || strings.Contains(value, "&") {
				return "", ErrRequest
			}
			pairs = append(pairs, name+"="+value)
		}
	}
	sort.Strings(pairs)
	return strings.Join(pairs, "&"), nil
}

// unix returns the timestamp that C takes. In C, 0 means now.
func unix(at time.Time) (C.int64_t, error) {
	if at.IsZero() {
		return 0, nil
	}
	if at.Unix() <= 0 {
		return 0, ErrRequest
	}
	return C.int64_t(at.Unix()), nil
}
