//go:build cgo

package pusherauth

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"strings"
)

// rejection is an error that the visitor caused: status and reason are the response. Every other
// error is the application's, whatever it wraps.
type rejection struct {
	status int
	reason string
}

func (r rejection) Error() string { return r.reason }

// readBody returns the request's body. The application's functions can read it again.
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

// singleHeader returns the value of a header that the request has exactly once, otherwise "".
func singleHeader(header http.Header, name string) string {
	if values := header[name]; len(values) == 1 {
		return values[0]
	}
	return ""
}

// writeError responds with a rejection's status and reason. It logs every other error and responds
// with 500.
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

// LogRejections returns a handler that calls handler, and logs one line for each response with a
// status of 400 to 499: the method, the path, the status and the reason. It logs nothing else of
// the request, because that can be secret. If logger is nil, [log.Default] is used.
//
// The handlers of this package log the reasons of responses with status 500 themselves.
func LogRejections(handler http.Handler, logger *log.Logger) http.Handler {
	if logger == nil {
		logger = log.Default()
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		recorder := &rejectionRecorder{ResponseWriter: w}
		handler.ServeHTTP(recorder, r)
		if recorder.status >= 400 && recorder.status < 500 {
			path, _, _ := strings.Cut(r.RequestURI, "?")
			logger.Printf("pusherauth: rejected %.20s %.200q: %d %s",
				r.Method, path, recorder.status, recorder.reason)
		}
	})
}

// rejectionRecorder keeps a response's status, and the first line of a rejection's body.
type rejectionRecorder struct {
	http.ResponseWriter
	status int
	reason []byte
}

func (r *rejectionRecorder) WriteHeader(status int) {
	if r.status < 200 { // informational responses precede the final one
		r.status = status
	}
	r.ResponseWriter.WriteHeader(status)
}

func (r *rejectionRecorder) Write(body []byte) (int, error) {
	if r.status < 200 {
		r.status = http.StatusOK
	}
	if r.status >= 400 && r.reason == nil {
		line, _, _ := bytes.Cut(body, []byte("\n"))
		r.reason = append([]byte{}, line...)
	}
	return r.ResponseWriter.Write(body)
}

// Flush, Hijack and Unwrap are for handlers that stream or switch to WebSocket.

func (r *rejectionRecorder) Flush() {
	if flusher, ok := r.ResponseWriter.(http.Flusher); ok {
		flusher.Flush()
	}
}

func (r *rejectionRecorder) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	if hijacker, ok := r.ResponseWriter.(http.Hijacker); ok {
		return hijacker.Hijack()
	}
	return nil, nil, errors.New("pusherauth: the connection cannot be hijacked")
}

func (r *rejectionRecorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }
