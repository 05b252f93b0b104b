// Command endpoint has the endpoints that Pusher Channels needs, with a placeholder login:
//
//	POST /pusher/user-auth  authenticates the user; GET does the same as JSONP
//	POST /pusher/auth       authorizes the user's channels; GET does the same as JSONP
//	POST /pusher/webhook    receives Pusher's webhooks
//	POST /login             is a placeholder for your application's login
//	GET  /health            reports that the server is up
//
// Settings: PUSHER_URL or PUSHER_CONFIG, or one of them with _FILE, ALLOWED_ORIGINS,
// COOKIE_SAMESITE, BIND and PORT. docs/guide/endpoints.md describes them.
package main

import (
	"context"
	"encoding/json"
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
	signer, err := pusherauth.NewFromEnv()
	if err != nil {
		log.Fatal(err)
	}
	sessions := &sessions{sameSite: sameSites[os.Getenv("COOKIE_SAMESITE")]}
	if sessions.sameSite == "" {
		log.Fatal("COOKIE_SAMESITE must be Lax or None")
	}
	origins := strings.Split(os.Getenv("ALLOWED_ORIGINS"), ",")
	host := os.Getenv("BIND")
	if host == "" {
		host = "127.0.0.1"
	}
	listener, err := net.Listen("tcp", net.JoinHostPort(host, os.Getenv("PORT")))
	if err != nil {
		log.Fatal(err)
	}
	server := &http.Server{
		Handler:        pusherauth.LogRejections(newHandler(signer, sessions, origins), nil),
		ConnState:      progress,
		ReadTimeout:    10 * time.Second, // for the complete request
		WriteTimeout:   10 * time.Second,
		MaxHeaderBytes: 16 << 10,
	}
	stop, _ := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	go func() {
		if err := server.Serve(&limitedListener{Listener: listener}); err != http.ErrServerClosed {
			log.Fatal(err)
		}
	}()
	fmt.Printf("listening on http://%v\n", listener.Addr())

	<-stop.Done()
	grace, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	server.Shutdown(grace)
}

// newHandler returns the handler for all requests.
func newHandler(signer *pusherauth.Signer, sessions *sessions, origins []string) http.Handler {
	routes := map[string]http.Handler{ // a ServeMux would also accept other spellings of the paths
		"/pusher/user-auth": &pusherauth.UserAuthHandler{
			Signer: signer, User: sessions.user, CSRFToken: sessions.csrfToken,
			CSRFExempt: hasAccessToken, AllowedOrigins: origins, JSONP: true,
		},
		"/pusher/auth": &pusherauth.ChannelAuthHandler{
			Signer: signer, User: sessions.user, CSRFToken: sessions.csrfToken,
			CSRFExempt: hasAccessToken, AllowedOrigins: origins, JSONP: true, Authorize: authorize,
		},
		"/pusher/webhook": &pusherauth.WebhookHandler{
			Signers: []*pusherauth.Signer{signer}, Handle: logEvents,
		},
		"/login":  requireMethod("POST", sessions.logIn),
		"/health": requireMethod("GET", health),
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		header := w.Header()
		header.Set("Cache-Control", "no-store")
		header.Set("Vary", "Origin")
		header.Set("X-Content-Type-Options", "nosniff")
		for _, origin := range origins {
			if sent := r.Header["Origin"]; len(sent) == 1 && sent[0] == origin && origin != "" {
				header.Set("Access-Control-Allow-Origin", origin)
				header.Set("Access-Control-Allow-Credentials", "true")
			}
		}
		// net/http does not report whether a chunked request also has a length, or whether an
		// HTTP/1.0 request is chunked. A proxy could take a part of the body for a request.
		if len(r.TransferEncoding) > 0 || !r.ProtoAtLeast(1, 1) {
			header.Set("Connection", "close")
		}
		path, _, _ := strings.Cut(r.RequestURI, "?")
		handler, ok := routes[path]
		if !ok {
			handler = http.NotFoundHandler()
		}
		handler.ServeHTTP(w, r)
	})
}

// authorize decides which channels a user can subscribe to. This part is your application's.
func authorize(_ *http.Request, u any, channel string) (member any, ok bool, err error) {
	switch user := u.(pusherauth.UserData); channel {
	case "presence-lobby":
		return pusherauth.MemberData{UserID: user.ID, UserInfo: user.UserInfo}, true, nil
	case "private-user-" + user.ID, "private-encrypted-lobby",
		"presence-signin": // its members are the users that have signed in
		return nil, true, nil
	}
	return nil, false, nil
}

// logEvents prints the names and channels of a webhook's events.
func logEvents(_ *http.Request, webhook *pusherauth.Webhook) error {
	for _, event := range webhook.Events {
		name, _ := json.Marshal(event.Name) // cannot fail for a string
		channel, _ := json.Marshal(event.Channel)
		fmt.Printf("webhook {\"name\":%s,\"channel\":%s}\n", name, channel)
	}
	return nil
}

func health(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "ok") }

// requireMethod returns a handler that responds to all other methods with 405.
func requireMethod(method string, handler http.HandlerFunc) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == method {
			handler(w, r)
			return
		}
		w.Header().Set("Allow", method)
		http.Error(w, "method not allowed", http.StatusMethodNotAllowed)
	})
}
