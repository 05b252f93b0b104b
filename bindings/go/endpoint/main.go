// Command endpoint is an authentication endpoint for Pusher Channels, with a login of its own to try it out. It takes the app's
// credentials from PUSHER_CONFIG (JSON) and the other origins whose pages may use it from ALLOWED_ORIGINS (separated by commas), and
// listens on 127.0.0.1, at PORT.
package main

import (
	"context"
	"fmt"
	"log"
	"net"
	"net/http"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	pusherauth "github.com/pusher-auth/pusher-auth/bindings/go"
)

func main() {
	log.SetFlags(0)
	signer, err := pusherauth.NewJSON([]byte(os.Getenv("PUSHER_CONFIG")))
	if err != nil {
		log.Fatalf("PUSHER_CONFIG: %v", err)
	}
	defer signer.Close()

	origins := strings.FieldsFunc(os.Getenv("ALLOWED_ORIGINS"), func(c rune) bool { return c == ',' || c == ' ' })
	sessions := newSessions()
	userAuth := &pusherauth.UserAuthHandler{
		Signer: signer,
		User: func(r *http.Request) (any, error) {
			if session, ok := sessions.of(r); ok {
				return session.user, nil
			}
			return nil, nil
		},
		CSRFToken: func(r *http.Request) string {
			session, _ := sessions.of(r)
			return session.csrfToken
		},
		AllowedOrigins: origins,
		JSONP:          true,
	}
	server := &http.Server{
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/pusher/user-auth" {
				userAuth.ServeHTTP(w, r) // which sets these headers itself
				return
			}
			setHeaders(w, r, origins)
			if r.URL.Path == "/login" {
				sessions.logIn(w, r)
				return
			}
			http.NotFound(w, r)
		}),
		// A client that stalls holds its own connection only, and not for long.
		ReadTimeout:  10 * time.Second,
		WriteTimeout: 10 * time.Second,
	}

	stop, _ := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	listener, err := net.Listen("tcp", "127.0.0.1:"+os.Getenv("PORT"))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("listening on http://%v\n", listener.Addr())
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()

	select {
	case err := <-failed:
		log.Fatal(err)
	case <-stop.Done():
	}
	grace, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	if server.Shutdown(grace) != nil {
		server.Close()
	}
}

func setHeaders(w http.ResponseWriter, r *http.Request, origins []string) {
	w.Header().Set("Vary", "Origin")
	w.Header().Set("Cache-Control", "no-store")
	for _, origin := range origins {
		if origin == r.Header.Get("Origin") {
			w.Header().Set("Access-Control-Allow-Origin", origin)
			w.Header().Set("Access-Control-Allow-Credentials", "true")
		}
	}
}
