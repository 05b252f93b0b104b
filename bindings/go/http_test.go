package pusherauth_test

import (
	"bytes"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	pusherauth "github.com/pusher-auth/pusher-auth/bindings/go"
)

func TestLogRejections(t *testing.T) {
	handler := newHandler(t)
	handler.ErrorLog = log.New(io.Discard, "", 0)
	for _, c := range []struct {
		request *http.Request
		handler http.Handler
		want    string
	}{
		{post(form, "socket_id=1.2&csrf_token=right%2B%26"), handler, ""},
		{
			post(form, "socket_id=1.2&csrf_token=wrong"), handler,
			"rejected POST \"/pusher/user-auth\": 403 missing or wrong CSRF token\n",
		},
		{
			get("csrf_token=right%2B%26&socket_id=1.2"), handler,
			"rejected GET \"/pusher/user-auth\": 400 " + pusherauth.ErrParameterMissing.Error() + "\n",
		},
		{
			httptest.NewRequest("GET", "/"+strings.Repeat("%0a", 1000)+"?secret", nil),
			http.NotFoundHandler(),
			"rejected GET \"/" + strings.Repeat("%0a", 66) + "%\": 404 404 page not found\n",
		},
		{httptest.NewRequest(strings.Repeat("X", 100), "/", nil), http.HandlerFunc(
			func(w http.ResponseWriter, _ *http.Request) {
				w.WriteHeader(http.StatusEarlyHints) // informational
				w.WriteHeader(405)
				w.WriteHeader(200) // ignored: the status is set
				io.WriteString(w, "first\nsecond")
				io.WriteString(w, "third")
			}), "rejected " + strings.Repeat("X", 20) + " \"/\": 405 first\n"},
		{get(""), http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			io.WriteString(w, "400") // the status is 200 by default
		}), ""},
		{get(""), http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			http.Error(w, "internal error", 500)
		}), ""},
	} {
		var logged bytes.Buffer
		serve(pusherauth.LogRejections(c.handler, log.New(&logged, "", 0)), c.request)
		if got := strings.TrimPrefix(logged.String(), "pusherauth: "); got != c.want {
			t.Errorf("got %q, want %q", got, c.want)
		}
	}
	var logged bytes.Buffer
	defer log.SetOutput(log.Writer())
	log.SetOutput(&logged)
	serve(pusherauth.LogRejections(http.NotFoundHandler(), nil), get(""))
	if !strings.Contains(logged.String(), "404") {
		t.Errorf("got %q", logged.String())
	}
}

// Handlers behind LogRejections can stream, and switch to WebSocket.
func TestLogRejectionsKeepsTheConnectionUsable(t *testing.T) {
	recorder := httptest.NewRecorder()
	pusherauth.LogRejections(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		io.WriteString(w, "part")
		w.(http.Flusher).Flush()
		if _, _, err := w.(http.Hijacker).Hijack(); err == nil {
			t.Error("a ResponseRecorder has no connection")
		}
		if w.(interface{ Unwrap() http.ResponseWriter }).Unwrap() != recorder {
			t.Error("Unwrap does not return the original ResponseWriter")
		}
	}), nil).ServeHTTP(recorder, get(""))
	if !recorder.Flushed {
		t.Error("the response is not flushed")
	}

	server := httptest.NewServer(pusherauth.LogRejections(
		http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			connection, _, err := w.(http.Hijacker).Hijack()
			if err != nil {
				t.Error(err)
				return
			}
			defer connection.Close()
			io.WriteString(connection, "HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nhijacked")
		}), nil))
	defer server.Close()
	response, err := http.Get(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if text := readAll(t, response); text != "hijacked" {
		t.Errorf("got %q", text)
	}
}
