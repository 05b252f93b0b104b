package main

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// The program prints the status and body of every response, errors included.
func TestPrintsTheResponse(t *testing.T) {
	program := filepath.Join(t.TempDir(), "request")
	build := exec.Command("go", "build", "-buildvcs=false", "-o", program, ".")
	if output, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, output)
	}
	requests := make(chan string, 1)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		requests <- fmt.Sprintf("%s %s %s", r.Method, r.URL.EscapedPath(), body)
		if r.URL.Query().Get("auth_signature") == "" || r.URL.Path == "/apps/3/fail" {
			w.WriteHeader(http.StatusUnauthorized)
			io.WriteString(w, "Invalid signature")
			return
		}
		io.WriteString(w, "{}")
	}))
	defer server.Close()
	address, err := url.Parse(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	run := func(args ...string) (string, error) {
		command := exec.Command(program, args...)
		command.Env = append(os.Environ(), "PUSHER_URL=http://key:secret@"+address.Host+"/apps/3")
		output, err := command.CombinedOutput()
		return string(output), err
	}
	for _, c := range []struct {
		args []string
		want string
	}{
		{
			[]string{"trigger", "a", "b", "c"},
			`POST /apps/3/events {"name":"b","data":"c","channel":"a"}`,
		},
		{
			[]string{"send", "alice", "b", "c"},
			`POST /apps/3/events {"name":"b","data":"c","channel":"#server-to-user-alice"}`,
		},
		{[]string{"terminate", "a|b"}, `POST /apps/3/users/a%7Cb/terminate_connections {}`},
		{[]string{"GET", "/channels"}, `GET /apps/3/channels `},
		{
			[]string{"POST", "/batch_events", `{"batch":[]}`},
			`POST /apps/3/batch_events {"batch":[]}`,
		},
	} {
		output, err := run(c.args...)
		if err != nil || output != "200 OK\n{}\n" {
			t.Errorf("%q: got %s, %v", c.args, output, err)
		} else if got := <-requests; got != c.want {
			t.Errorf("%q: got %s", c.args, got)
		}
	}
	const rejected = "401 Unauthorized\nInvalid signature\n"
	if output, err := run("GET", "/fail"); err == nil || output != rejected {
		t.Errorf("got %q, %v", output, err)
	}
	for _, args := range [][]string{
		nil, {"GET"}, {"trigger", "a"}, {"trigger", "a b", "c", "d"}, {"get", "/x"},
	} {
		output, err := run(args...)
		if err == nil || strings.Contains(output, "200 OK") || strings.Contains(output, "secret") {
			t.Errorf("%q: got %q, %v", args, output, err)
		}
	}
	server.Close()
	output, err := run("GET", "/channels")
	if err == nil || !strings.Contains(output, "connection refused") {
		t.Errorf("got %q, %v", output, err)
	}
}
