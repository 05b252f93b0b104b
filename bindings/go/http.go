//go:build cgo

package pusherauth

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"strings"
)

// rejection is an error of the visitor's: status and reason are the response. Every other error is
// the application's, whatever it wraps.
type rejection struct {
	status int
	reason string
}

func (r rejection) Error() string { return r.reason }

// readBody returns the request's body, which the application's functions can still read.
func readBody(w http.ResponseWriter, r *http.Request, limit int64) ([]byte, error) {
	if r.Body == nil {
		return nil, nil
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, limit))
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		return nil, rejection{http.StatusRequestEntityTooLarge, "the body is too large"}
	}
	if err != nil {
		return nil, rejection{http.StatusBadRequest, "the body is incomplete"}
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	return body, nil
}

// singleHeader returns the value of a header that the request has once, and otherwise "".
func singleHeader(header http.Header, name string) string {
	if values := header[name]; len(values) == 1 {
		return values[0]
	}
	return ""
}

// writeError responds with the reason of a rejection. It logs every other error, and responds with
// 500.
func writeError(w http.ResponseWriter, err error, errorLog *log.Logger) {
	if rejected, ok := err.(rejection); ok {
		http.Error(w, rejected.reason, rejected.status)
		return
	}
	if errorLog == nil {
		errorLog = log.Default()
	}
	errorLog.Printf("pusherauth: %v", strings.TrimPrefix(err.Error(), "pusherauth: "))
	http.Error(w, "internal error", http.StatusInternalServerError)
}

// methodNotAllowed responds with 405 and the methods that are allowed.
func methodNotAllowed(w http.ResponseWriter, allowed string) {
	w.Header().Set("Allow", allowed)
	http.Error(w, "method not allowed", http.StatusMethodNotAllowed)
}

type field struct {
	name string
	set  bool
}

// missingField returns an error that names the first required field that is not set.
func missingField(handler string, required ...field) error {
	for _, f := range required {
		if !f.set {
			return fmt.Errorf("pusherauth: %s.%s is missing", handler, f.name)
		}
	}
	return nil
}
